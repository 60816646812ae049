//! SMS.ru (notification notes, section 5.2; reliability notes, section 4.10): no id of ours, so that a lost answer
//! waits for a person.

use jiff::SignedDuration;
use serde_json::json;
use yam_domain::effect::CallClass;
use yam_domain::ids::MessengerId;
use yam_messengers::{
    Authenticity, CallOutcome, Cause, DeliveryState, ReceiptError, Recovery, RefusalKind as K,
};

use crate::bench::{Bench, WITHIN};
use crate::hook::Hook;
use crate::letters::{again, call, handle, phone, sms, with_field};

const ID: MessengerId = MessengerId::SmsRu;
const API_ID: &str = "00000000-0000-0000-0000-000000000001";
const CYRILLIC: &str = "Ваш заказ №1024 ждёт вас в отделении 101000. Трек 80083741236541.";

#[tokio::test]
async fn a_text_is_taken() {
    let bench = Bench::new().await;
    let sent = bench.sent(ID, &sms(phone(ID), CYRILLIC, 1, Bench::now())).await;
    let row = bench.only(ID).await;
    assert_eq!(row["its_id"], sent.provider_id.as_str());
    assert_eq!((&row["recipient"], &row["detail"]["from"]), (&json!("79160000001"), &json!("ROMASHKA")));
    assert_eq!((&row["detail"]["text"], &row["our_id"]), (&json!(CYRILLIC), &json!(null)));
    assert_eq!(sent.balance.map(|cost| cost.micros), Some(9_997_100_000));
    let spoken = bench.send(ID, &call(phone(ID), CYRILLIC, 2, Bench::now())).await;
    assert_eq!(spoken.refusal(), Some(K::NotOffered));
}

/// Codes of the whole call.
#[tokio::test]
async fn every_code_has_its_meaning() {
    let bench = Bench::new().await;
    for (code, kind) in [
        (150, K::NoRoute),
        (200, K::Account),
        (201, K::Money),
        (202, K::Number),
        (203, K::Content),
        (204, K::Sender),
        (205, K::Content),
        (206, K::Quota),
        (207, K::Number),
        (208, K::Request),
        (209, K::Blocked),
        (210, K::Request),
        (211, K::Request),
        (212, K::Request),
        (213, K::Request),
        (214, K::NoRoute),
        (215, K::Blocked),
        (230, K::Repeated),
        (231, K::Repeated),
        (232, K::Repeated),
        (233, K::Repeated),
        (300, K::Account),
        (301, K::Account),
        (302, K::Account),
        (303, K::Account),
        (304, K::Account),
        (305, K::Account),
        (901, K::Request),
        (902, K::Request),
    ] {
        bench.code(ID, code).await;
        assert_eq!(bench.send(ID, &bench.usual(ID)).await.refusal(), Some(kind), "{code}");
    }
    bench.code(ID, 220).await;
    assert!(matches!(bench.send(ID, &bench.usual(ID)).await, CallOutcome::Busy { .. }));
    // "Retry" in the notes, which say of all 5xx that nothing is proved: the stricter of the two.
    for code in [500, 777] {
        bench.code(ID, code).await;
        assert_eq!(bench.send(ID, &bench.usual(ID)).await.class(), CallClass::Unknown, "{code}");
    }
    assert!(bench.ledger(ID).await.is_empty());
}

/// Codes of a number, within an answer that is OK as a whole.
#[tokio::test]
async fn what_is_wrong_is_refused_by_the_provider_itself() {
    let bench = Bench::new().await;
    let landline = sms("+74951230001", CYRILLIC, 1, Bench::now());
    assert_eq!(bench.send(ID, &landline).await.refusal(), Some(K::Number), "207");
    let nobody = with_field(bench.account(ID), &[("api_id", "nobody-at-sms-ru")]);
    let end = bench.of(ID).send(&nobody, &bench.usual(ID), WITHIN).await;
    assert_eq!(end.refusal(), Some(K::Account));
    let mut message = bench.usual(ID);
    message.sender = Some("PENDING".into());
    assert_eq!(bench.send(ID, &message).await.refusal(), Some(K::Sender));
    let long = sms(phone(ID), &"Ы".repeat(8 * 67 + 1), 2, Bench::now());
    assert_eq!(bench.send(ID, &long).await.refusal(), Some(K::Content), "205: 9 parts");
    let fits = sms(phone(ID), &"Ы".repeat(8 * 67), 3, Bench::now());
    bench.sent(ID, &fits).await;
    for (account, kind) in [
        (json!({"balance": 2_000, "price": 290}), K::Money),
        (json!({"balance": 100_000, "price": 290, "stop_list": ["79160000001"]}), K::Blocked),
        (json!({"balance": 100_000, "price": 290, "active": false}), K::Account),
    ] {
        let mut whole = json!({"name": API_ID, "senders": [{"name": "ROMASHKA"}]});
        whole.as_object_mut().unwrap().extend(account.as_object().unwrap().clone());
        bench.put_account(ID, whole).await;
        assert_eq!(bench.send(ID, &bench.usual(ID)).await.refusal(), Some(kind), "{account}");
    }
    assert_eq!(bench.ledger(ID).await.len(), 1);
}

#[tokio::test]
async fn the_limit_of_the_same_text_says_that_the_first_is_in() {
    let bench = Bench::new().await;
    bench.fault(ID, &json!({"mode": "lost_answer"})).await;
    let message = sms(phone(ID), CYRILLIC, 1, Bench::now());
    assert_eq!(bench.send(ID, &message).await.class(), CallClass::Unknown);
    let Recovery::Evidence { wait } = bench.of(ID).recovery(&message.content) else { panic!() };
    assert_eq!(wait, SignedDuration::from_hours(72));
    assert_eq!(bench.send(ID, &again(&message)).await.class(), CallClass::Unknown, "231 to a repeat");
    let other = sms(phone(ID), CYRILLIC, 2, Bench::now());
    assert_eq!(bench.send(ID, &other).await.refusal(), Some(K::Repeated), "231 to another message");
    assert_eq!(bench.ledger(ID).await.len(), 1);
    let by_ours = bench.of(ID).look_up(&bench.account(ID), &handle(&message, None), WITHIN).await;
    assert_eq!(by_ours.refusal(), Some(K::NotOffered));
}

#[tokio::test]
async fn statuses_by_their_id() {
    let bench = Bench::new().await;
    for (script, expected) in [
        (json!({}), (DeliveryState::Delivered, None)),
        (json!({"outcome": "expired"}), (DeliveryState::Undelivered, Some(Cause::Expired))),
        (json!({"outcome": "failed", "code": 105}), (DeliveryState::Failed, Some(Cause::Filtered))),
        (json!({"outcome": "failed", "code": 106}), (DeliveryState::Undelivered, Some(Cause::Handset))),
        (json!({"outcome": "failed", "code": 150}), (DeliveryState::Failed, Some(Cause::NoRoute))),
        (json!({"outcome": "blocked", "code": 215}), (DeliveryState::Blocked, Some(Cause::OptedOut))),
        (json!({"outcome": "silent"}), (DeliveryState::Sent, None)),
    ] {
        bench.script(ID, script.clone()).await;
        let message = bench.usual(ID);
        let sent = bench.sent(ID, &message).await;
        bench.advance("9s").await;
        let asked = handle(&message, Some(&sent.provider_id));
        let found = bench.of(ID).look_up(&bench.account(ID), &asked, WITHIN).await;
        let CallOutcome::Done(status) = found else { panic!("{script}: {found:?}") };
        assert_eq!((status.state, status.cause), expected, "{script}");
        assert_eq!(status.cost.map(|cost| cost.micros), Some(2_900_000));
    }
    let none = handle(&bench.usual(ID), Some("202611-1999999"));
    let found = bench.of(ID).look_up(&bench.account(ID), &none, WITHIN).await;
    assert_eq!(found.refusal(), Some(K::NotFound));
}

#[tokio::test]
async fn receipts_are_hashed_and_want_100() {
    let bench = Bench::new().await;
    let (hook, account) = (Hook::of(&bench, ID).await, bench.account(ID));
    for (script, count) in
        [(json!({}), 1), (json!({"receipt": "double"}), 2), (json!({"receipt": "first"}), 1)]
    {
        let before = hook.seen().len();
        bench.script(ID, script.clone()).await;
        let sent = bench.sent(ID, &bench.usual(ID)).await;
        if script["receipt"] != "first" {
            bench.advance("9s").await;
            bench.deliver(ID).await;
        }
        let read: Vec<_> = hook.read(&bench, &account).into_iter().skip(before).map(Result::unwrap).collect();
        assert_eq!(read.len(), count, "{script}");
        for receipts in read {
            assert_eq!((receipts.authenticity, receipts.reply), (Authenticity::Signed, "100"));
            assert_eq!(receipts.receipts[0].provider_id, sent.provider_id);
            assert_eq!(receipts.receipts[0].status.state, DeliveryState::Delivered);
        }
    }
    assert!(bench.deliver(ID).await.iter().all(|notice| notice["state"] == "taken"));
    let push = hook.seen().remove(0);
    let adapter = bench.of(ID);
    for forged in [push.changed("%0A103%0A", "%0A105%0A"), push.changed("hash=", "hash=0")] {
        assert_eq!(adapter.receipts(&account, &forged), Err(ReceiptError::Forged));
    }
    let other = with_field(bench.account(ID), &[("api_id", "another-api-id")]);
    assert_eq!(adapter.receipts(&other, &push.call()), Err(ReceiptError::Forged));
}

#[tokio::test]
async fn money_prices_and_senders() {
    let bench = Bench::new().await;
    let (adapter, account) = (bench.of(ID), bench.account(ID));
    let long = sms(phone(ID), &"Ы".repeat(71), 1, Bench::now());
    let CallOutcome::Done(price) = adapter.price(&account, &long, WITHIN).await else { panic!() };
    assert_eq!((price.cost.micros, price.units), (5_800_000, Some(2)));
    let landline = sms("+74951230001", CYRILLIC, 2, Bench::now());
    assert_eq!(adapter.price(&account, &landline, WITHIN).await.refusal(), Some(K::Number), "no price of 0");
    let CallOutcome::Done(balance) = adapter.balance(&account, WITHIN).await else { panic!() };
    assert_eq!(balance.money.micros, 10_000_000_000);
    let senders = adapter.senders(&account, WITHIN).await;
    assert_eq!(senders, CallOutcome::Done(vec!["ROMASHKA".to_owned(), "YAM".to_owned()]));
    assert!(bench.ledger(ID).await.is_empty());
    let end = adapter.cancel(&account, &handle(&long, Some("202611-1000001")), WITHIN).await;
    assert_eq!(end.refusal(), Some(K::NotOffered));
}
