//! Every code, status and reason, requests and signatures of the notes, the brake.

use super::codes::{Class, ERRORS, REASONS, STATUSES};
use super::*;
use crate::outcome::RefusalKind as K;
use crate::receipt::Fields;
use crate::samples::{SOON, Server, account, call, config, handle, sms};
use crate::status::Cause;
use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;
use serde_json::json;
use yam_domain::effect::CallClass;

const PHONE: &str = "+79160000001";

fn mine() -> Account {
    let credentials = [("login", "hub"), ("password", "pass"), ("callback_secret", "cb-secret")];
    account(MessengerId::Smsc, &credentials)
}

fn at(base: &str) -> Smsc {
    let config = config("YAM_URL_SMSC", base);
    Smsc::new(EffectClient::new(&config), &config)
}

#[test]
fn every_error_has_its_outcome() {
    for (code, class, _) in ERRORS {
        let body = json!({"error": "words", "error_code": code});
        let end = |unclear| wire::object::<()>(&body, Asked::Send, unclear).unwrap_err();
        match class {
            Class::Refused(kind) => assert_eq!(end(false).refusal(), Some(*kind), "{code}"),
            Class::Busy | Class::Brake => assert!(matches!(end(false), CallOutcome::Busy { .. }), "{code}"),
        }
        // After a send without an answer the brake says that this one is in: never again blindly.
        assert_eq!(*class == Class::Brake, matches!(end(true), CallOutcome::Unknown(_)), "{code}");
    }
    let new = json!({"error": "x", "error_code": 77});
    assert_eq!(wire::object::<()>(&new, Asked::Send, false).unwrap_err().class(), CallClass::Unknown);
    let deleted = codes::outcome::<()>(Asked::Delete, 5, "", false);
    assert_eq!(deleted.refusal(), Some(K::NotPossible));
}

#[test]
fn every_status_and_reason_has_its_state() {
    for (code, state, cause, _) in STATUSES.iter().filter(|(code, ..)| *code != 20) {
        let CallOutcome::Done(found) = wire::status(&json!({"status": code, "err": 0})) else { panic!() };
        assert_eq!((found.state, found.cause), (*state, *cause), "{code}");
    }
    for (reason, state, cause, _) in REASONS {
        let answer = json!({"status": 20, "err": reason.to_string()});
        let CallOutcome::Done(found) = wire::status(&answer) else { panic!() };
        assert_eq!((found.state, found.cause), (*state, Some(*cause)), "{reason}");
        assert_eq!(found.code, format!("20/{reason}"));
    }
    let odd = wire::status(&json!({"status": 20, "err": 999}));
    assert!(matches!(odd, CallOutcome::Done(Status { cause: Some(Cause::Other), .. })));
    assert_eq!(wire::status(&json!({"status": -3})).refusal(), Some(K::NotFound));
    assert_eq!(wire::status(&json!({"status": 99})).class(), CallClass::Unknown);
}

#[tokio::test]
async fn a_message_goes_out_as_the_notes_say() {
    let body = r#"{"id":2082157361,"cnt":1,"cost":"2.90","balance":"97.10"}"#;
    let server = Server::answering(200, body).await;
    let mut message = sms(PHONE, "Zakaz 1024 v otdelenii 101000");
    message.sender = Some("ROMASHKA".into());
    message.valid_for = Some(SignedDuration::from_mins(125));
    let CallOutcome::Done(sent) = at(&server.base).send(&mine(), &message, SOON).await else { panic!() };
    assert_eq!((sent.provider_id.as_str(), sent.segments, sent.seconds), ("2082157361", Some(1), None));
    let told = (sent.cost.map(|c| c.micros), sent.balance.map(|c| c.micros));
    assert_eq!(told, (Some(2_900_000), Some(97_100_000)));
    let seen = &server.seen()[0];
    assert!(seen.starts_with("POST /sys/send.php "));
    for part in [
        "login=hub&psw=1a1dc91c907325c69271ddf0c944bc72",
        "fmt=3&charset=utf-8",
        "phones=79160000001",
        "id=2082157361",
        "sender=ROMASHKA",
        "valid=02%3A05",
        "cost=3",
    ] {
        assert!(seen.contains(part), "{part} in {seen}");
    }
    assert!(!seen.contains("psw=pass"));
}

#[tokio::test]
async fn calls_count_seconds_and_keep_their_bounds() {
    let message = call("+74951230001", "Ваш заказ прибыл");
    let ours = crate::wire_id::positive_31(Channel::Voice, &message.key);
    let server = Server::answering(200, &format!(r#"{{"id":"{ours}","cnt":"18"}}"#)).await;
    let CallOutcome::Done(sent) = at(&server.base).send(&mine(), &message, SOON).await else { panic!() };
    assert_eq!((sent.segments, sent.seconds), (None, Some(18)));
    assert!(server.seen()[0].contains("call=1&voice=w&param=25%2C600%2C3"));
    let Content::Call(mut odd) = message.content.clone() else { panic!() };
    odd.ring_seconds = 36;
    let odd = Message { content: Content::Call(odd), ..message };
    assert_eq!(at(&server.base).send(&mine(), &odd, SOON).await.refusal(), Some(K::Request));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn an_answer_about_another_message_proves_nothing() {
    for body in [r#"{"id":1,"cnt":1}"#, r#"{"cnt":1}"#, r#"{"error":"x"}"#, "[]", r#"{"id":2082157361.5}"#] {
        let server = Server::answering(200, body).await;
        let end = at(&server.base).send(&mine(), &sms(PHONE, "x"), SOON).await;
        assert_eq!(end.class(), CallClass::Unknown, "{body}");
    }
}

#[tokio::test]
async fn look_ups_prices_balances_senders() {
    let body = r#"[{"status":1,"last_timestamp":1795417503,"err":0,"phone":"79160000001","cost":"2.90","sms_cnt":2}]"#;
    let server = Server::answering(200, body).await;
    let end = at(&server.base).look_up(&mine(), &handle(PHONE, Channel::Sms, None), SOON).await;
    let CallOutcome::Done(status) = end else { panic!() };
    assert_eq!((status.state, status.segments), (DeliveryState::Delivered, Some(2)));
    assert!(server.seen()[0].contains("phone=79160000001&id=2082157361&all=2"));

    let server = Server::answering(200, r#"{"cost":"2.90","cnt":1}"#).await;
    let CallOutcome::Done(price) = at(&server.base).price(&mine(), &sms(PHONE, "x"), SOON).await else {
        panic!()
    };
    assert_eq!((price.cost.micros, price.units), (2_900_000, Some(1)));
    assert!(server.seen()[0].contains("cost=1"));

    let server = Server::answering(200, r#"{"balance":"97.10","credit":"0.00","currency":"RUR"}"#).await;
    let CallOutcome::Done(balance) = at(&server.base).balance(&mine(), SOON).await else { panic!() };
    assert_eq!(balance.money.micros, 97_100_000);
    assert!(at(&server.base).probe(None, SOON).await.works);

    let server = Server::answering(200, r#"[{"sender":"ROMASHKA"}]"#).await;
    let senders = at(&server.base).senders(&mine(), SOON).await;
    assert_eq!(senders, CallOutcome::Done(vec!["ROMASHKA".to_owned()]));
}

#[tokio::test]
async fn a_deletion_is_proved_by_the_message_itself() {
    let of_sms = handle(PHONE, Channel::Sms, None);
    let gone = Server::answering(200, r#"{"status":-3}"#).await;
    assert_eq!(at(&gone.base).cancel(&mine(), &of_sms, SOON).await.refusal(), Some(K::NotFound));
    let held = Server::answering(200, r#"{"status":-1}"#).await;
    assert_eq!(at(&held.base).cancel(&mine(), &of_sms, SOON).await.refusal(), Some(K::NotPossible));
    let asked: Vec<bool> = held.seen().iter().map(|seen| seen.contains("del=1")).collect();
    assert_eq!(asked, [false, true, false]);
    let stopped = Server::answering(200, r#"{"status":-2}"#).await;
    assert_eq!(at(&stopped.base).cancel(&mine(), &of_sms, SOON).await, CallOutcome::Done(()));
    let late = Server::answering(200, r#"{"status":1}"#).await;
    assert_eq!(at(&late.base).cancel(&mine(), &of_sms, SOON).await.refusal(), Some(K::NotPossible));
}

fn pushed(extra: &str, headers: &[(&'static str, &'static str)]) -> Result<Receipts, ReceiptError> {
    let body = format!("id=1001&phone=79160000001&status=1&err=0&ts=1795417503&cost=2.90&type=0{extra}");
    let headers = headers
        .iter()
        .map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_static(value)));
    let call = ReceiptCall {
        query: Fields::default(),
        headers: HeaderMap::from_iter(headers),
        body: body.into_bytes(),
    };
    at("http://127.0.0.1:1").receipts(&mine(), &call)
}

#[test]
fn receipts_are_signed_or_come_by_the_secret_path() {
    let md5 = "d63fe9bb43c4fc21ee9eb978012485c0";
    let sha1 = "7b2be1ab2cb6e87384f28bc5ab36a70c5f72d010";
    let plain = pushed("", &[]).unwrap();
    assert_eq!(plain.authenticity, Authenticity::SecretPath);
    let receipt = &plain.receipts[0];
    assert_eq!((receipt.provider_id.as_str(), receipt.status.state), ("1001", DeliveryState::Delivered));
    for signed in [
        pushed(&format!("&md5={md5}"), &[]),
        pushed(&format!("&sha1={}", sha1.to_uppercase()), &[]),
        pushed(&format!("&md5={md5}&sha1={sha1}"), &[]),
        pushed("", &[("x-smsc-md5", md5)]),
        pushed("", &[("x-smsc-sha1", sha1)]),
    ] {
        assert_eq!(signed.unwrap().authenticity, Authenticity::Signed);
    }
    for forged in [
        pushed("&md5=00000000000000000000000000000000", &[]),
        pushed(&format!("&md5={md5}&sha1=00"), &[]),
        pushed("", &[("x-smsc-sha1", "x")]),
    ] {
        assert_eq!(forged, Err(ReceiptError::Forged));
    }
    let other = ReceiptCall { body: b"id=x&phone=1&status=1".to_vec(), ..ReceiptCall::default() };
    assert_eq!(at("http://127.0.0.1:1").receipts(&mine(), &other), Err(ReceiptError::Unreadable));
}

#[test]
fn an_account_needs_a_key_or_a_login() {
    let smsc = at("http://127.0.0.1:1");
    assert!(smsc.check(&mine()).is_empty());
    assert!(smsc.check(&account(MessengerId::Smsc, &[("api_key", "k-1")])).is_empty());
    assert_eq!(smsc.check(&account(MessengerId::Smsc, &[("login", "hub")])).len(), 1);
    assert!(smsc.check_sender("ROMASHKA", Channel::Voice).is_err());
    assert!(smsc.check_sender("74951230001", Channel::Voice).is_ok());
}

proptest! {
    #[test]
    fn no_answer_and_no_receipt_breaks_a_reader(word in ".{0,40}", number in any::<i64>()) {
        for value in [json!({"status": number, "err": word}), json!({"id": word, "cnt": number}), json!([word])] {
            let _all = (wire::status(&value), wire::sent(&value, &sms(PHONE, "x")), wire::senders(&value));
            let _end = wire::object::<()>(&value, Asked::Send, true);
        }
        let call = ReceiptCall { body: word.into_bytes(), ..ReceiptCall::default() };
        let _read = wire::receipt(&mine().credentials, &call);
    }
}
