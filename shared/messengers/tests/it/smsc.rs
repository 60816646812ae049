//! SMSC (notification notes, section 5.1; reliability notes, section 4.10).

use jiff::SignedDuration;
use serde_json::json;
use yam_domain::effect::CallClass;
use yam_domain::ids::MessengerId;
use yam_domain::money::Currency;
use yam_messengers::{
    Authenticity, CallOutcome, Cause, Channel, DeliveryState, ReceiptError, Recovery, RefusalKind as K,
    wire_id,
};

use crate::bench::{Bench, WITHIN};
use crate::hook::Hook;
use crate::letters::{again, call, handle, key, phone, sms, with_field};

const ID: MessengerId = MessengerId::Smsc;
const CYRILLIC: &str = "Ваш заказ №1024 ждёт вас в отделении 101000. Трек 80083741236541.";

fn id(channel: Channel, count: u32) -> String {
    wire_id::positive_31(channel, &key(count)).to_string()
}

#[tokio::test]
async fn a_text_and_a_call_are_taken() {
    let bench = Bench::new().await;
    let sent = bench.sent(ID, &sms(phone(ID), CYRILLIC, 1, Bench::now())).await;
    let row = bench.only(ID).await;
    assert_eq!(row["our_id"], id(Channel::Sms, 1).as_str());
    assert_eq!(row["its_id"], sent.provider_id.as_str());
    assert_eq!((&row["recipient"], &row["detail"]["from"]), (&json!("79160000001"), &json!("ROMASHKA")));
    assert_eq!(row["detail"]["text"], CYRILLIC, "declared as UTF-8");
    assert_eq!((sent.segments, sent.seconds), (Some(1), None));
    assert_eq!(sent.cost.map(|cost| cost.micros), Some(2_900_000));
    assert_eq!(sent.balance.map(|cost| (cost.micros, cost.currency)), Some((9_997_100_000, Currency::Rub)));

    let spoken = bench.sent(ID, &call("+74951230001", CYRILLIC, 2, Bench::now())).await;
    let rows = bench.ledger(ID).await;
    assert_eq!((&rows[1]["kind"], &rows[1]["recipient"]), (&json!("call"), &json!("74951230001")));
    assert_eq!(rows[1]["detail"]["extra"], json!({"voice": "w", "param": "25,600,3"}));
    assert_eq!(rows[1]["our_id"], id(Channel::Voice, 2).as_str());
    assert!(spoken.segments.is_none() && spoken.seconds.is_some_and(|seconds| seconds >= 5));

    let keyed = with_field(bench.account(ID), &[("api_key", "demo-smsc-key")]);
    let by_key = bench.of(ID).send(&keyed, &bench.usual(ID), WITHIN).await;
    assert_eq!(by_key.class(), CallClass::Done, "{by_key:?}");
}

#[tokio::test]
async fn every_code_has_its_meaning() {
    let bench = Bench::new().await;
    for (code, kind) in [
        (1, K::Request),
        (2, K::Account),
        (3, K::Money),
        (5, K::Request),
        (6, K::Content),
        (7, K::Number),
        (8, K::Number),
    ] {
        bench.code(ID, code).await;
        assert_eq!(bench.send(ID, &bench.usual(ID)).await.refusal(), Some(kind), "{code}");
    }
    for code in [4, 9] {
        bench.code(ID, code).await;
        let outcome = bench.send(ID, &bench.usual(ID)).await;
        assert!(matches!(outcome, CallOutcome::Busy { .. }), "{code}: {outcome:?}");
    }
    assert!(bench.ledger(ID).await.is_empty());
}

#[tokio::test]
async fn what_is_wrong_is_refused_by_the_provider_itself() {
    let bench = Bench::new().await;
    let wrong = with_field(bench.account(ID), &[("login", "hub"), ("password", "not-this-one")]);
    let end = bench.of(ID).send(&wrong, &bench.usual(ID), WITHIN).await;
    assert_eq!(end.refusal(), Some(K::Account));
    let mut message = bench.usual(ID);
    message.sender = Some("PENDING".into());
    assert_eq!(bench.send(ID, &message).await.refusal(), Some(K::Content), "6: text or sender");
    let names = json!([{"name": "ROMASHKA"}]);
    for (account, kind) in [
        (json!({"balance": 100, "price": 290}), K::Money),
        (json!({"balance": 100_000, "price": 290, "stop_list": ["79160000001"]}), K::Number),
        (json!({"balance": 100_000, "price": 290, "ip_allowed": false}), K::Account),
    ] {
        let mut whole = json!({"name": "hub", "secret": "demo-pass", "senders": names});
        whole.as_object_mut().unwrap().extend(account.as_object().unwrap().clone());
        bench.put_account(ID, whole).await;
        assert_eq!(bench.send(ID, &bench.usual(ID)).await.refusal(), Some(kind), "{account}");
    }
    assert!(bench.ledger(ID).await.is_empty());
}

/// The way of reliability notes 4.10: wait 70 s, ask by phone and id, send again after misses only.
#[tokio::test]
async fn a_lost_answer_is_settled_by_asking() {
    for (fault, taken) in [
        (json!({"mode": "lost_answer"}), true),
        (json!({"mode": "commit_then_500"}), true),
        (json!({"mode": "truncate"}), true),
        (json!({"mode": "malformed"}), true),
        (json!({"mode": "cut_request"}), false),
        (json!({"mode": "http_500"}), false),
        (json!({"mode": "late_commit", "seconds": 60, "clock": "sim"}), true),
    ] {
        let bench = Bench::new().await;
        let account = bench.account(ID);
        bench.fault(ID, &fault).await;
        let message = sms(phone(ID), CYRILLIC, 1, Bench::now());
        assert_eq!(bench.send(ID, &message).await.class(), CallClass::Unknown, "{fault}");
        let Recovery::LookUp { first_after } = bench.of(ID).recovery(&message.content) else { panic!() };
        assert_eq!(first_after, SignedDuration::from_secs(70));
        bench.advance("70s").await;
        let asked = handle(&message, None);
        match bench.of(ID).look_up(&account, &asked, WITHIN).await {
            CallOutcome::Done(_) => assert!(taken, "{fault}"),
            CallOutcome::Refused(error) => {
                assert!(!taken && error.kind == K::NotFound && error.code == "-3", "{fault}: {error:?}");
                bench.sent(ID, &again(&message)).await;
            }
            other => panic!("{fault}: {other:?}"),
        }
        assert_eq!(bench.only(ID).await["our_id"], id(Channel::Sms, 1).as_str(), "{fault}");
    }
}

/// Error 9 to a repeat means that the first is in; to a first send that another message looked the same.
#[tokio::test]
async fn the_brake_says_that_the_first_is_in() {
    let bench = Bench::new().await;
    bench.fault(ID, &json!({"mode": "lost_answer"})).await;
    let message = sms(phone(ID), CYRILLIC, 1, Bench::now());
    assert_eq!(bench.send(ID, &message).await.class(), CallClass::Unknown);
    let repeat = bench.send(ID, &again(&message)).await;
    let CallOutcome::Unknown(why) = &repeat else { panic!("{repeat:?}") };
    assert!(why.contains("first one is in"), "{why}");
    let other = bench.send(ID, &sms(phone(ID), CYRILLIC, 2, Bench::now())).await;
    let CallOutcome::Busy { retry_after, .. } = other else { panic!("{other:?}") };
    assert_eq!(retry_after, Some(SignedDuration::from_secs(70)));
    assert_eq!(bench.ledger(ID).await.len(), 1);
    bench.advance("70s").await;
    bench.sent(ID, &sms(phone(ID), CYRILLIC, 2, Bench::now())).await;
    assert_eq!(bench.ledger(ID).await.len(), 2, "a minute later it is another message");
}

/// A foreign number of ten digits is asked for with its plus, as it was sent: without it SMSC takes it for a
/// Russian one without its 7, and three misses would send the message again.
#[tokio::test]
async fn a_short_foreign_number_is_found_again() {
    let bench = Bench::new().await;
    for (count, number) in [(1, "+8223123456"), (2, "+77011234567"), (3, "+989120000001")] {
        let message = sms(number, CYRILLIC, count, Bench::now());
        bench.sent(ID, &message).await;
        let found = bench.of(ID).look_up(&bench.account(ID), &handle(&message, None), WITHIN).await;
        assert_eq!(found.class(), CallClass::Done, "{number}: {found:?}");
    }
}

#[tokio::test]
async fn statuses_and_reasons() {
    let bench = Bench::new().await;
    for (script, expected) in [
        (json!({}), (DeliveryState::Delivered, None)),
        (json!({"outcome": "failed"}), (DeliveryState::Failed, Some(Cause::NoSuchRecipient))),
        (json!({"outcome": "failed", "code": 219}), (DeliveryState::Undelivered, Some(Cause::Handset))),
        (json!({"outcome": "failed", "code": 237}), (DeliveryState::Undelivered, Some(Cause::NoAnswer))),
        (json!({"outcome": "failed", "code": 245}), (DeliveryState::Unknown, Some(Cause::Other))),
        (json!({"outcome": "failed", "code": 254}), (DeliveryState::Failed, Some(Cause::Sender))),
        (json!({"outcome": "expired"}), (DeliveryState::Undelivered, Some(Cause::Expired))),
        (json!({"outcome": "blocked"}), (DeliveryState::Blocked, Some(Cause::OptedOut))),
        (json!({"outcome": "machine"}), (DeliveryState::Undelivered, Some(Cause::Machine))),
        (json!({"outcome": "silent"}), (DeliveryState::Sent, None)),
    ] {
        bench.script(ID, script.clone()).await;
        let message = bench.usual(ID);
        bench.sent(ID, &message).await;
        bench.advance("9s").await;
        let asked = handle(&message, None);
        let found = bench.of(ID).look_up(&bench.account(ID), &asked, WITHIN).await;
        let CallOutcome::Done(status) = found else { panic!("{script}: {found:?}") };
        assert_eq!((status.state, status.cause), expected, "{script}");
        assert!(status.at.is_some() && status.segments == Some(1) && status.cost.is_some());
    }
}

#[tokio::test]
async fn receipts_are_signed() {
    let bench = Bench::new().await;
    let (hook, account) = (Hook::of(&bench, ID).await, bench.account(ID));
    for (script, count) in
        [(json!({}), 1), (json!({"receipt": "double"}), 2), (json!({"receipt": "reversed"}), 2)]
    {
        let before = hook.seen().len();
        bench.script(ID, script.clone()).await;
        let sent = bench.sent(ID, &bench.usual(ID)).await;
        bench.advance("9s").await;
        bench.deliver(ID).await;
        let read: Vec<_> = hook.read(&bench, &account).into_iter().skip(before).map(Result::unwrap).collect();
        assert_eq!(read.len(), count, "{script}");
        assert!(read.iter().all(|it| it.authenticity == Authenticity::Signed), "{script}");
        assert!(read.iter().all(|it| it.receipts[0].provider_id == sent.provider_id), "{script}");
        assert!(read.iter().any(|it| it.receipts[0].status.state == DeliveryState::Delivered), "{script}");
    }
    let push = hook.seen().remove(0);
    let adapter = bench.of(ID);
    for forged in [push.changed("status=1", "status=20"), push.changed("phone=7916", "phone=7917")] {
        assert_eq!(adapter.receipts(&account, &forged), Err(ReceiptError::Forged));
    }
    let other = with_field(bench.account(ID), &[("api_key", "k"), ("callback_secret", "another-secret")]);
    assert_eq!(adapter.receipts(&other, &push.call()), Err(ReceiptError::Forged));
    // Whether SMSC signs the notes tell both ways: without a secret the path alone speaks for a push.
    let unsigned = with_field(bench.account(ID), &[("api_key", "k")]);
    let read = adapter.receipts(&unsigned, &push.call()).unwrap();
    assert_eq!(read.authenticity, Authenticity::SecretPath);

    let before = hook.seen().len();
    bench.script(ID, json!({"receipt": "first"})).await;
    bench.fault(ID, &json!({"mode": "lost_answer"})).await;
    let message = bench.usual(ID);
    assert_eq!(bench.send(ID, &message).await.class(), CallClass::Unknown);
    bench.deliver(ID).await;
    assert_eq!(hook.seen().len(), before + 1, "the receipt settles what the answer did not");
    let read = hook.read(&bench, &account).pop().unwrap().unwrap();
    let ours = wire_id::positive_31(Channel::Sms, &message.key).to_string();
    assert_eq!((read.authenticity, &read.receipts[0].provider_id), (Authenticity::Signed, &ours));
}

#[tokio::test]
async fn money_prices_senders_and_cancelling() {
    let bench = Bench::new().await;
    let (adapter, account) = (bench.of(ID), bench.account(ID));
    bench.settings(ID, json!({"delivery_seconds": 600})).await;
    let long = sms(phone(ID), &"Ы".repeat(71), 1, Bench::now());
    let CallOutcome::Done(price) = adapter.price(&account, &long, WITHIN).await else { panic!() };
    assert_eq!((price.cost.micros, price.units), (5_800_000, Some(2)));
    assert!(bench.ledger(ID).await.is_empty(), "a price sends nothing");
    let CallOutcome::Done(balance) = adapter.balance(&account, WITHIN).await else { panic!() };
    assert_eq!((balance.money.micros, balance.money.currency), (10_000_000_000, Currency::Rub));
    let CallOutcome::Done(senders) = adapter.senders(&account, WITHIN).await else { panic!() };
    assert_eq!(senders, ["ROMASHKA", "YAM", "74951230000"]);

    let none = adapter.cancel(&account, &handle(&long, None), WITHIN).await;
    assert_eq!(none.refusal(), Some(K::NotFound), "what may still come in is not called cancelled");
    bench.sent(ID, &long).await;
    assert_eq!(adapter.cancel(&account, &handle(&long, None), WITHIN).await, CallOutcome::Done(()));
    bench.advance("20m").await;
    let found = adapter.look_up(&account, &handle(&long, None), WITHIN).await;
    assert_eq!(found.refusal(), Some(K::NotFound));
    let late = bench.usual(ID);
    bench.sent(ID, &late).await;
    bench.advance("20m").await;
    let end = adapter.cancel(&account, &handle(&late, None), WITHIN).await;
    assert_eq!(end.refusal(), Some(K::NotPossible));
}
