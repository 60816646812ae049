//! Amazon SES v2 (notification notes, section 4.4; reliability notes, section 4.10).

use jiff::SignedDuration;
use serde_json::{Value, json};
use yam_domain::effect::CallClass;
use yam_domain::ids::MessengerId;
use yam_messengers::mail::{EmailAddress, Mailbox};
use yam_messengers::{
    Authenticity, CallOutcome, Cause, Content, DeliveryState, ReceiptCall, ReceiptError, Recovery,
    RefusalKind as K,
};

use crate::bench::Bench;
use crate::hook::Hook;
use crate::letters::{again, mail, phone, sms};

const ID: MessengerId = MessengerId::Ses;

#[tokio::test]
async fn letters_in_four_languages_are_taken() {
    let bench = Bench::new().await;
    for (count, words) in [
        (1, "Заказ 1024 ждёт вас в отделении 101000"),
        (2, "مرسوله شما به دفتر پست رسید."),
        (3, "주문 1024 상품이 우체국에 도착했습니다."),
        (4, "Order 1024 is at post office 101000"),
    ] {
        let sent = bench.sent(ID, &mail(words, count, Bench::now())).await;
        let row = bench.ledger(ID).await.pop().unwrap();
        assert_eq!(row["its_id"], sent.provider_id.as_str());
        assert_eq!(row["recipient"], "ivan@example.org");
        assert_eq!(row["detail"]["from"], "=?UTF-8?B?0KDQvtC80LDRiNC60LA=?= <noreply@shop.example>");
        assert!(row["detail"]["text"].as_str().unwrap().contains(words), "{row}");
        assert_eq!(row["detail"]["extra"]["tags"], json!({"ntf": format!("ntf-{count}")}));
        let headers = &row["detail"]["extra"]["headers"];
        assert_eq!(headers["List-Unsubscribe"], "<https://hub.example/u/abc>");
        assert_eq!(headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
    }
    let end = bench.send(ID, &sms(phone(ID), "x", 5, Bench::now())).await;
    assert_eq!(end.refusal(), Some(K::NotOffered));
}

#[tokio::test]
async fn errors_have_their_meaning() {
    let bench = Bench::new().await;
    for (code, kind) in [(400, K::Account), (403, K::Account), (404, K::Account)] {
        bench.code(ID, code).await;
        let end = bench.send(ID, &bench.usual(ID)).await;
        assert_eq!(end.refusal(), Some(kind), "{code}: {end:?}");
    }
    bench.code(ID, 429).await;
    assert!(matches!(bench.send(ID, &bench.usual(ID)).await, CallOutcome::Busy { .. }));
    bench.code(ID, 500).await;
    assert_eq!(bench.send(ID, &bench.usual(ID)).await.class(), CallClass::Unknown);
    let mut unverified = bench.usual(ID);
    if let Content::Email(email) = &mut unverified.content {
        let address = EmailAddress::parse("noreply@nobody.example").unwrap();
        email.from = Mailbox { name: String::new(), address };
    }
    assert_eq!(bench.send(ID, &unverified).await.refusal(), Some(K::Sender), "MessageRejected, by its words");
    bench.put_account(ID, json!({"name": "aws", "active": false})).await;
    assert_eq!(bench.send(ID, &bench.usual(ID)).await.refusal(), Some(K::Account));
    assert!(bench.ledger(ID).await.is_empty());
}

/// An event with our tag settles a lost answer; without one there is one more send. SES gives each mail a
/// Message-ID of its own [a], so that the tag is what both have in common.
#[tokio::test]
async fn a_lost_answer_is_settled_by_an_event_or_one_more_send() {
    let bench = Bench::new().await;
    let (hook, account) = (Hook::of(&bench, ID).await, bench.account(ID));
    bench.fault(ID, &json!({"mode": "lost_answer"})).await;
    let message = bench.usual(ID);
    assert_eq!(bench.send(ID, &message).await.class(), CallClass::Unknown);
    let Recovery::RepeatOnce { first_after } = bench.of(ID).recovery(&message.content) else { panic!() };
    assert_eq!(first_after, SignedDuration::from_mins(10));
    bench.advance("9s").await;
    bench.deliver(ID).await;
    let read = hook.read(&bench, &account).pop().unwrap().unwrap();
    assert_eq!(read.receipts[0].key.as_deref(), Some(message.key.as_str()));
    assert_eq!(bench.only(ID).await["its_id"], read.receipts[0].provider_id.as_str());

    bench.script(ID, json!({"receipt": "lost"})).await;
    bench.fault(ID, &json!({"mode": "lost_answer"})).await;
    let message = bench.usual(ID);
    assert_eq!(bench.send(ID, &message).await.class(), CallClass::Unknown);
    bench.sent(ID, &again(&message)).await;
    let rows = bench.ledger(ID).await;
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[1]["detail"]["extra"]["tags"], rows[2]["detail"]["extra"]["tags"]);
}

#[tokio::test]
async fn events_come_in_envelopes_once_twice_backwards_and_before_the_answer() {
    let bench = Bench::new().await;
    let (hook, account) = (Hook::of(&bench, ID).await, bench.account(ID));
    for (script, states) in [
        (json!({}), vec![(DeliveryState::Delivered, None)]),
        (json!({"receipt": "double"}), vec![(DeliveryState::Delivered, None); 2]),
        (
            json!({"receipt": "reversed"}),
            vec![(DeliveryState::Delivered, None), (DeliveryState::Accepted, None)],
        ),
        (json!({"outcome": "failed"}), vec![(DeliveryState::Failed, Some(Cause::NoSuchRecipient))]),
        (json!({"outcome": "expired"}), vec![(DeliveryState::Undelivered, Some(Cause::Full))]),
        (json!({"outcome": "blocked"}), vec![(DeliveryState::Blocked, Some(Cause::OptedOut))]),
    ] {
        let before = hook.seen().len();
        bench.script(ID, script.clone()).await;
        let sent = bench.sent(ID, &bench.usual(ID)).await;
        bench.advance("9s").await;
        bench.deliver(ID).await;
        let read: Vec<_> = hook.read(&bench, &account).into_iter().skip(before).map(Result::unwrap).collect();
        assert!(read.iter().all(|it| it.receipts[0].provider_id == sent.provider_id), "{script}");
        assert!(read.iter().all(|it| it.receipts[0].recipients == ["ivan@example.org"]), "{script}");
        assert!(read.iter().all(|it| it.authenticity == Authenticity::SecretPath), "not signed there");
        let mut told: Vec<_> =
            read.iter().map(|it| (it.receipts[0].status.state, it.receipts[0].status.cause)).collect();
        told.sort_by_key(|(state, _)| !state.is_final());
        assert_eq!(told, states, "{script}");
    }
    let before = hook.seen().len();
    bench.script(ID, json!({"receipt": "first"})).await;
    bench.sent(ID, &bench.usual(ID)).await;
    assert_eq!(hook.seen().len(), before + 1, "it came before the answer");
}

/// Only Amazon's own address is called to confirm a subscription.
#[tokio::test]
async fn a_forged_confirmation_is_refused() {
    let bench = Bench::new().await;
    let confirm = |url: &str| {
        let body: Value = json!({"Type": "SubscriptionConfirmation", "SubscribeURL": url});
        let call = ReceiptCall { body: body.to_string().into_bytes(), ..ReceiptCall::default() };
        bench.of(ID).receipts(&bench.account(ID), &call)
    };
    assert!(confirm("https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription").is_ok());
    assert_eq!(confirm("https://sns.evil.example/"), Err(ReceiptError::Forged));
    assert_eq!(confirm("http://169.254.169.254/latest/meta-data"), Err(ReceiptError::Forged));
    let end = bench.send(ID, &bench.usual(ID)).await;
    assert!(matches!(end, CallOutcome::Done(_)));
}
