//! Every code, rows of numbers, signed receipts of the notes.

use super::codes::{Class, RESULTS, STATUSES};
use super::*;
use crate::outcome::RefusalKind as K;
use crate::samples::{SOON, Server, account, call, config, handle, sms};
use crate::status::DeliveryState;
use proptest::prelude::*;
use serde_json::json;
use yam_domain::effect::CallClass;

const PHONE: &str = "+79160000001";
const API_ID: &str = "00000000-0000-0000-0000-000000000001";

fn mine() -> Account {
    account(MessengerId::SmsRu, &[("api_id", API_ID)])
}

fn at(base: &str) -> SmsRu {
    let config = config("YAM_URL_SMSRU", base);
    SmsRu::new(EffectClient::new(&config), &config)
}

fn for_number(code: i64) -> Value {
    json!({"status": "OK", "status_code": 100, "balance": 97.1,
        "sms": {"79160000001": {"status": "X", "status_code": code, "sms_id": "202611-1000001"}}})
}

fn read(value: &Value, unclear: bool) -> CallOutcome<Sent> {
    match wire::outer(value, unclear) {
        Ok(()) => wire::sent(value, sms(PHONE, "x").phone::<()>().unwrap(), unclear),
        Err(end) => end,
    }
}

#[test]
fn every_code_has_its_outcome_for_the_call_and_for_the_number() {
    for (code, class, _) in RESULTS {
        let of_call = json!({"status": "ERROR", "status_code": code, "status_text": "words"});
        let ends = if *class == Class::Done { vec![] } else { vec![read(&of_call, false)] };
        for end in ends.into_iter().chain([read(&for_number(*code), false)]) {
            match class {
                Class::Done => assert_eq!(end.class(), CallClass::Done),
                Class::Busy => assert!(matches!(end, CallOutcome::Busy { .. }), "{code}"),
                Class::Refused(kind) => assert_eq!(end.refusal(), Some(*kind), "{code}"),
                Class::Unclear => assert_eq!(end.class(), CallClass::Unknown, "{code}"),
            }
        }
        if *class == Class::Refused(K::Repeated) {
            assert_eq!(read(&for_number(*code), true).class(), CallClass::Unknown, "{code}");
        }
    }
    assert_eq!(read(&for_number(777), false).class(), CallClass::Unknown);
    assert_eq!(read(&json!({"status": "OK"}), false).class(), CallClass::Unknown);
}

#[test]
fn every_status_has_its_state() {
    for (code, state, cause, _) in STATUSES {
        let value = json!({"sms": {"a-1": {"status_code": code, "cost": "2.90"}}});
        let CallOutcome::Done(found) = wire::status(&value, "a-1") else { panic!("{code}") };
        assert_eq!((found.state, found.cause), (*state, *cause), "{code}");
    }
    let lost = json!({"sms": {"a-1": {"status_code": -1}}});
    assert_eq!(wire::status(&lost, "a-1").refusal(), Some(K::NotFound));
    let other = json!({"sms": {"a-2": {"status_code": 103}}});
    assert_eq!(wire::status(&other, "a-1").class(), CallClass::Unknown);
}

#[tokio::test]
async fn a_message_is_accepted_with_their_id() {
    let server = Server::answering(200, &for_number(100).to_string()).await;
    let mut message = sms(PHONE, "Zakaz 1024");
    message.sender = Some("ROMASHKA".into());
    message.valid_for = Some(SignedDuration::from_hours(2));
    let CallOutcome::Done(sent) = at(&server.base).send(&mine(), &message, SOON).await else { panic!() };
    assert_eq!(sent.provider_id, "202611-1000001");
    assert_eq!(sent.balance.map(|money| money.micros), Some(97_100_000));
    let seen = &server.seen()[0];
    assert!(seen.starts_with("POST /sms/send "));
    for part in ["json=1", "to=79160000001", "msg=Zakaz+1024", "from=ROMASHKA", "ttl=120"] {
        assert!(seen.contains(part), "{part}");
    }
    let end = at(&server.base).send(&mine(), &call(PHONE, "x"), SOON).await;
    assert_eq!((end.refusal(), server.seen().len()), (Some(K::NotOffered), 1));
}

#[test]
fn an_answer_about_another_number_proves_nothing() {
    let mut value = for_number(100);
    value["sms"] = json!({"79160000002": {"status_code": 100, "sms_id": "1"}});
    assert_eq!(read(&value, false).class(), CallClass::Unknown);
    value["sms"] = json!({"79160000001": {"status_code": 100}});
    assert_eq!(read(&value, false).class(), CallClass::Unknown);
}

#[tokio::test]
async fn look_ups_prices_balances_senders() {
    let body = json!({"status_code": 100, "balance": 97.1, "senders": ["ROMASHKA"],
        "sms": {"202611-1000001": {"status": "OK", "status_code": 103, "cost": 2.9}}});
    let server = Server::answering(200, &body.to_string()).await;
    let provider = at(&server.base);
    let by_id = handle(PHONE, Channel::Sms, Some("202611-1000001"));
    let CallOutcome::Done(status) = provider.look_up(&mine(), &by_id, SOON).await else { panic!() };
    assert_eq!(status.state, DeliveryState::Delivered);
    let by_ours = handle(PHONE, Channel::Sms, None);
    assert_eq!(provider.look_up(&mine(), &by_ours, SOON).await.refusal(), Some(K::NotOffered));
    let CallOutcome::Done(balance) = provider.balance(&mine(), SOON).await else { panic!() };
    assert_eq!(balance.money.micros, 97_100_000);
    let row = json!({"status_code": 100, "total_cost": 5.8, "total_sms": 2,
        "sms": {"79160000001": {"status": "OK", "status_code": 100, "cost": 5.8, "sms": 2}}});
    let server = Server::answering(200, &row.to_string()).await;
    let priced = at(&server.base);
    let CallOutcome::Done(price) = priced.price(&mine(), &sms(PHONE, "x"), SOON).await else { panic!() };
    assert_eq!((price.cost.micros, price.units), (5_800_000, Some(2)));
    let row = json!({"status_code": 100, "total_cost": 0, "total_sms": 0,
        "sms": {"79160000001": {"status": "ERROR", "status_code": 207}}});
    let server = Server::answering(200, &row.to_string()).await;
    let refused = at(&server.base);
    assert_eq!(refused.price(&mine(), &sms(PHONE, "x"), SOON).await.refusal(), Some(K::Number));
    assert_eq!(provider.senders(&mine(), SOON).await, CallOutcome::Done(vec!["ROMASHKA".to_owned()]));
    assert!(provider.probe(None, SOON).await.works);
}

fn pushed(entries: &[&str], hash: &str) -> Result<Receipts, ReceiptError> {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (index, entry) in entries.iter().enumerate() {
        form.append_pair(&format!("data[{index}]"), entry);
    }
    let body = form.append_pair("hash", hash).finish().into_bytes();
    at("http://127.0.0.1:1").receipts(&mine(), &ReceiptCall { body, ..ReceiptCall::default() })
}

#[test]
fn receipts_are_signed_as_a_whole() {
    let first = "sms_status\n202611-1000001\n103\n1795219200";
    let second = "sms_status\n202611-1000002\n105\n1795219201";
    let one = pushed(&[first], "7c20c536055a6bad34879344160e92c75e7e901f3cbcc954f4b82578d6f264b9").unwrap();
    assert_eq!((one.authenticity, one.reply, one.receipts.len()), (Authenticity::Signed, "100", 1));
    assert_eq!(one.receipts[0].status.state, DeliveryState::Delivered);
    let hash = "b137102a7a484847212d20e8f51bd71ff714223abc98d475e6a02b5d362f5ceb";
    let two = pushed(&[first, second], hash).unwrap();
    assert_eq!(two.receipts[1].provider_id, "202611-1000002");
    assert_eq!(pushed(&[second, first], hash), Err(ReceiptError::Forged));
    assert_eq!(pushed(&[first], hash), Err(ReceiptError::Forged));
    assert_eq!(pushed(&[first, second], ""), Err(ReceiptError::Forged));
    assert_eq!(pushed(&[], hash), Err(ReceiptError::Unreadable));
}

proptest! {
    #[test]
    fn no_answer_and_no_receipt_breaks_a_reader(word in ".{0,40}", number in any::<i64>()) {
        let value = json!({"status_code": number, "sms": {"79160000001": {"status_code": number, "sms_id": word}}});
        let _all = (read(&value, true), read(&json!(word), false), wire::status(&value, &word), wire::balance(&value));
        let _read = pushed(&[&word], &word);
    }
}
