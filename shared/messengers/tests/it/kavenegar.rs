//! Kavenegar (notification notes, section 5.3; reliability notes, section 4.10).

use jiff::SignedDuration;
use serde_json::{Value, json};
use yam_domain::effect::CallClass;
use yam_domain::ids::MessengerId;
use yam_domain::money::Currency;
use yam_messengers::message::Pattern;
use yam_messengers::{
    Authenticity, CallOutcome, Cause, Channel, Content, DeliveryState, Message, ReceiptError, Recovery,
    RefusalKind as K, wire_id,
};

use crate::bench::{Bench, WITHIN};
use crate::hook::Hook;
use crate::letters::{again, call, handle, key, phone, sms, to, with_field};

const ID: MessengerId = MessengerId::Kavenegar;
const PARSIAN: &str = "مرسوله شما به دفتر پست رسید. کد رهگیری: ۲۲۰۱۵۰۰۰";

fn localid(channel: Channel, count: u32) -> String {
    wire_id::positive_63(channel, &key(count)).to_string()
}

fn pattern(template: &str, tokens: &[(&str, &str)], count: u32) -> Message {
    let mut message = sms(phone(ID), "", count, Bench::now());
    let tokens = tokens.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    if let Content::Text(text) = &mut message.content {
        text.pattern = Some(Pattern { template: template.to_owned(), tokens });
    }
    message
}

#[tokio::test]
async fn a_text_a_call_and_a_pattern_are_taken() {
    let bench = Bench::new().await;
    let sent = bench.sent(ID, &sms(phone(ID), PARSIAN, 1, Bench::now())).await;
    let row = bench.only(ID).await;
    assert_eq!(row["its_id"], sent.provider_id.as_str());
    assert_eq!(row["our_id"], localid(Channel::Sms, 1).as_str());
    assert_eq!((&row["recipient"], &row["detail"]["from"]), (&json!("09120000001"), &json!("10000000")));
    assert_eq!(row["detail"]["text"], PARSIAN);
    assert_eq!(sent.state, DeliveryState::Accepted);
    let cost = sent.cost.unwrap();
    assert_eq!((cost.micros, cost.currency), (1_200_000_000, Currency::Irr), "rial, as the notes say");

    let spoken = bench.sent(ID, &call("+982188001234", PARSIAN, 2, Bench::now())).await;
    let rows = bench.ledger(ID).await;
    assert_eq!((&rows[1]["kind"], &rows[1]["recipient"]), (&json!("call"), &json!("02188001234")));
    assert_eq!(rows[1]["our_id"], localid(Channel::Voice, 2).as_str());
    assert_eq!(rows[1]["its_id"], spoken.provider_id.as_str());

    let tokens = [("token", "1024"), ("token10", "پست مرکزی شیراز")];
    bench.sent(ID, &pattern("parcel-arrived", &tokens, 3)).await;
    let rows = bench.ledger(ID).await;
    assert_eq!(rows[2]["detail"]["text"], "مرسوله سفارش 1024 به پست مرکزی شیراز رسید.");
    assert_eq!(rows[2]["our_id"], Value::Null, "a pattern message has no id of ours");
    assert_eq!(rows[2]["detail"]["extra"]["template"], "parcel-arrived");
}

/// Section 5.3: `return.status`, which the HTTP status repeats.
#[tokio::test]
async fn every_code_has_its_meaning() {
    let bench = Bench::new().await;
    for (code, kind) in [
        (400, K::Request),
        (401, K::Account),
        (402, K::Other),
        (403, K::Account),
        (404, K::Request),
        (405, K::Request),
        (406, K::Request),
        (407, K::Account),
        (411, K::Number),
        (412, K::Sender),
        (413, K::Content),
        (414, K::Request),
        (415, K::Request),
        (416, K::Account),
        (417, K::Request),
        (418, K::Money),
        (419, K::Request),
        (420, K::Content),
        (422, K::Content),
        (424, K::Template),
        (426, K::Account),
        (427, K::Sender),
        (428, K::Template),
        (431, K::Content),
        (432, K::Template),
        (501, K::Account),
        (607, K::Request),
    ] {
        bench.code(ID, code).await;
        assert_eq!(bench.send(ID, &bench.usual(ID)).await.refusal(), Some(kind), "{code}");
    }
    for code in [409, 429, 451] {
        bench.code(ID, code).await;
        let outcome = bench.send(ID, &bench.usual(ID)).await;
        assert!(matches!(outcome, CallOutcome::Busy { .. }), "{code}: {outcome:?}");
    }
    bench.code(ID, 477).await;
    assert_eq!(bench.send(ID, &bench.usual(ID)).await.class(), CallClass::Unknown);
    assert!(bench.ledger(ID).await.is_empty());
}

#[tokio::test]
async fn what_is_wrong_is_refused_by_the_provider_itself() {
    let bench = Bench::new().await;
    let nobody = with_field(bench.account(ID), &[("api_key", "nobody-kavenegar-key")]);
    let end = bench.of(ID).send(&nobody, &bench.usual(ID), WITHIN).await;
    assert_eq!(end.refusal(), Some(K::Account));
    let mut message = bench.usual(ID);
    message.sender = Some("30009999".into());
    assert_eq!(bench.send(ID, &message).await.refusal(), Some(K::Sender));
    for (template, tokens, kind) in [
        ("nothing", [("token", "1")], K::Template),
        ("parcel-waiting", [("token", "1")], K::Template),
        ("parcel-code", [("token", "a-b")], K::Content),
        ("parcel-arrived", [("token", "1")], K::Template),
    ] {
        let end = bench.send(ID, &pattern(template, &tokens, bench.count())).await;
        assert_eq!(end.refusal(), Some(kind), "{template}: {end:?}");
    }
    let landline = Message { to: to("+982188001234"), ..pattern("parcel-code", &[("token", "1")], 1) };
    assert_eq!(bench.send(ID, &landline).await.refusal(), Some(K::Number), "it would become a call");
    let lines = json!([{"name": "10000000"}]);
    for (change, kind) in [
        (json!({"balance": 1_000}), K::Money),
        (json!({"balance": 50_000_000, "active": false}), K::Account),
        (json!({"balance": 50_000_000, "ip_allowed": false}), K::Account),
    ] {
        let mut account = json!({"name": "demo-kavenegar-key", "price": 1_200, "senders": lines});
        account.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        bench.put_account(ID, account).await;
        assert_eq!(bench.send(ID, &bench.usual(ID)).await.refusal(), Some(kind), "{change}");
    }
    assert!(bench.ledger(ID).await.is_empty());
}

#[tokio::test]
async fn a_repeat_under_the_same_localid_sends_nothing() {
    for fault in [
        json!({"mode": "lost_answer"}),
        json!({"mode": "commit_then_500"}),
        json!({"mode": "truncate"}),
        json!({"mode": "malformed"}),
        json!({"mode": "cut_request"}),
        json!({"mode": "late_commit", "seconds": 60, "clock": "sim"}),
    ] {
        let bench = Bench::new().await;
        bench.fault(ID, &fault).await;
        let message = sms(phone(ID), PARSIAN, 1, Bench::now());
        assert_eq!(bench.send(ID, &message).await.class(), CallClass::Unknown, "{fault}");
        let sent = bench.sent(ID, &again(&message)).await;
        bench.advance("2h").await;
        let repeated = bench.sent(ID, &again(&again(&message))).await;
        assert_eq!(sent.provider_id, repeated.provider_id, "{fault}");
        assert_eq!(bench.only(ID).await["its_id"], sent.provider_id.as_str(), "{fault}");
    }
}

/// The first took the last of the money: its record comes back, and no refusal lets another provider send it.
#[tokio::test]
async fn a_repeat_is_no_refusal_of_the_first() {
    let bench = Bench::new().await;
    let money = json!({
        "name": "demo-kavenegar-key", "price": 1_200, "balance": 1_500, "senders": [{"name": "10000000"}],
    });
    bench.put_account(ID, money).await;
    bench.fault(ID, &json!({"mode": "lost_answer"})).await;
    let message = sms(phone(ID), PARSIAN, 1, Bench::now());
    assert_eq!(bench.send(ID, &message).await.class(), CallClass::Unknown);
    let sent = bench.sent(ID, &again(&message)).await;
    assert_eq!(bench.only(ID).await["its_id"], sent.provider_id.as_str());
    // Whether money is looked at before the localid the notes do not say [a]: then nothing is known still.
    for code in [401, 403, 407, 412, 418] {
        bench.code(ID, code).await;
        assert_eq!(bench.send(ID, &again(&message)).await.class(), CallClass::Unknown, "{code}");
        bench.code(ID, code).await;
        assert_eq!(bench.send(ID, &bench.usual(ID)).await.class(), CallClass::Refused, "{code}");
    }
    let Recovery::Repeat { within, .. } = bench.of(ID).recovery(&message.content) else { panic!() };
    assert_eq!(within, SignedDuration::from_hours(12));
    let Recovery::Evidence { .. } = bench.of(ID).recovery(&pattern("parcel-code", &[], 1).content) else {
        panic!("a pattern message has no localid")
    };
}

#[tokio::test]
async fn look_ups_by_our_id_last_12_hours_and_by_theirs_48() {
    let bench = Bench::new().await;
    let message = sms(phone(ID), PARSIAN, 1, Bench::now());
    let sent = bench.sent(ID, &message).await;
    let (ours, theirs) = (handle(&message, None), handle(&message, Some(&sent.provider_id)));
    let account = bench.account(ID);
    bench.advance("4s").await;
    for asked in [&ours, &theirs] {
        let CallOutcome::Done(status) = bench.of(ID).look_up(&account, asked, WITHIN).await else { panic!() };
        assert_eq!((status.state, status.code.as_str()), (DeliveryState::Delivered, "10"));
    }
    bench.advance("12h").await;
    assert_eq!(bench.of(ID).look_up(&account, &ours, WITHIN).await.refusal(), Some(K::NotFound));
    let known = bench.of(ID).look_up(&account, &theirs, WITHIN).await;
    assert_eq!(known.class(), CallClass::Done, "{known:?}");
    bench.advance("36h").await;
    assert_eq!(bench.of(ID).look_up(&account, &theirs, WITHIN).await.refusal(), Some(K::NotFound));
}

/// The names of a receipt's fields are a guess of the notes; it only says what to ask about.
#[tokio::test]
async fn receipts_come_once_twice_backwards_and_before_the_answer() {
    let bench = Bench::new().await;
    let (hook, account) = (Hook::of(&bench, ID).await, bench.account(ID));
    for (script, states) in [
        (json!({}), vec![DeliveryState::Delivered]),
        (json!({"receipt": "double"}), vec![DeliveryState::Delivered; 2]),
        (json!({"receipt": "reversed"}), vec![DeliveryState::Delivered, DeliveryState::Sent]),
        (json!({"receipt": "lost"}), vec![]),
        (json!({"outcome": "failed"}), vec![DeliveryState::Failed]),
        (json!({"outcome": "expired"}), vec![DeliveryState::Undelivered]),
        (json!({"outcome": "blocked"}), vec![DeliveryState::Blocked]),
    ] {
        let before = hook.seen().len();
        bench.script(ID, script.clone()).await;
        let sent = bench.sent(ID, &bench.usual(ID)).await;
        bench.advance("9s").await;
        bench.deliver(ID).await;
        let read: Vec<_> = hook.read(&bench, &account).into_iter().skip(before).map(Result::unwrap).collect();
        assert!(read.iter().all(|it| it.authenticity == Authenticity::SecretPath));
        assert!(read.iter().all(|it| it.receipts[0].provider_id == sent.provider_id), "{script}");
        let mut told: Vec<_> = read.iter().map(|it| it.receipts[0].status.state).collect();
        // Two that are due together leave in any order.
        told.sort_by_key(|state| !state.is_final());
        assert_eq!(told, states, "{script}");
    }
    let before = hook.seen().len();
    bench.script(ID, json!({"receipt": "first"})).await;
    let sent = bench.sent(ID, &bench.usual(ID)).await;
    assert_eq!(hook.seen().len(), before + 1, "it came before the answer");
    let read = hook.read(&bench, &account).pop().unwrap().unwrap();
    assert_eq!(read.receipts[0].provider_id, sent.provider_id);
    let push = hook.seen().pop().unwrap();
    let mut odd = push.call();
    odd.query = yam_messengers::Fields::parse(b"messageid=1&status=many");
    assert_eq!(bench.of(ID).receipts(&account, &odd), Err(ReceiptError::Unreadable));
}

#[tokio::test]
async fn money_and_cancelling() {
    let bench = Bench::new().await;
    let account = bench.account(ID);
    bench.settings(ID, json!({"delivery_seconds": 600})).await;
    let message = bench.usual(ID);
    let sent = bench.sent(ID, &message).await;
    let left = async || match bench.of(ID).balance(&account, WITHIN).await {
        CallOutcome::Done(balance) => (balance.money.micros / 1_000_000, balance.money.currency),
        other => panic!("{other:?}"),
    };
    assert_eq!(left().await, (50_000_000 - 1_200, Currency::Irr));
    let known = handle(&message, Some(&sent.provider_id));
    let unknown = bench.of(ID).cancel(&account, &handle(&message, None), WITHIN).await;
    assert_eq!(unknown.refusal(), Some(K::NotPossible), "by their id only");
    assert_eq!(bench.of(ID).cancel(&account, &known, WITHIN).await, CallOutcome::Done(()));
    assert_eq!(left().await.0, 50_000_000, "13: cancelled and paid back");
    let CallOutcome::Done(status) = bench.of(ID).look_up(&account, &known, WITHIN).await else { panic!() };
    assert_eq!((status.state, status.cause), (DeliveryState::Cancelled, None));
    let message = bench.usual(ID);
    let sent = bench.sent(ID, &message).await;
    bench.advance("20m").await;
    let late = bench.of(ID).cancel(&account, &handle(&message, Some(&sent.provider_id)), WITHIN).await;
    assert_eq!(late.refusal(), Some(K::NotPossible));
    let price = bench.of(ID).price(&account, &message, WITHIN).await;
    assert_eq!(price.refusal(), Some(K::NotOffered));
    let blocked = json!({"outcome": "blocked"});
    bench.script(ID, blocked).await;
    let message = bench.usual(ID);
    bench.sent(ID, &message).await;
    bench.advance("20m").await;
    let asked = handle(&message, None);
    let CallOutcome::Done(status) = bench.of(ID).look_up(&account, &asked, WITHIN).await else { panic!() };
    assert_eq!((status.state, status.cause), (DeliveryState::Blocked, Some(Cause::OptedOut)));
}
