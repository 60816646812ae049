//! Every code, requests as they stand in the notes, replays, receipts.

use super::codes::{Class, RESULTS, STATUSES};
use super::*;
use crate::message::{Pattern, Text};
use crate::outcome::RefusalKind as K;
use crate::samples::{KEY, SOON, Server, account, answer, call, config, handle, sms};
use crate::status::DeliveryState;
use proptest::prelude::*;
use serde_json::json;
use yam_domain::effect::CallClass;

const PHONE: &str = "+989120000001";

fn mine() -> Account {
    account(MessengerId::Kavenegar, &[("api_key", "DEMOKEY00000001")])
}

fn at(base: &str) -> Kavenegar {
    let config = config("YAM_URL_KAVENEGAR", base);
    Kavenegar::new(EffectClient::new(&config), &config)
}

fn envelope(status: i64, entries: Value) -> String {
    json!({"return": {"status": status, "message": "words"}, "entries": entries}).to_string()
}

#[test]
fn every_result_has_its_outcome_under_its_own_http_status() {
    for (code, class, _) in RESULTS {
        let http = u16::try_from(*code).unwrap();
        let end = wire::entries::<()>(Ok(answer(http, envelope(*code, Value::Null))));
        match (class, end) {
            (Class::Done, Ok(entries)) => assert!(entries.is_empty()),
            (Class::Busy, Err(end)) => assert!(matches!(end, CallOutcome::Busy { .. }), "{code}"),
            (Class::Refused(kind), Err(end)) => assert_eq!(end.refusal(), Some(*kind), "{code}"),
            (_, end) => panic!("{code}: {end:?}"),
        }
    }
    let new = wire::entries::<()>(Ok(answer(499, envelope(499, Value::Null))));
    assert_eq!(new.unwrap_err().class(), CallClass::Unknown);
    let proxy = wire::entries::<()>(Ok(answer(502, "<html>")));
    assert_eq!(proxy.unwrap_err().class(), CallClass::Unknown);
}

#[test]
fn every_status_has_its_state() {
    for (code, state, cause, _) in STATUSES {
        let entry = [json!({"messageid": 1, "status": code, "date": 1_795_417_500})];
        match wire::status(&entry) {
            CallOutcome::Done(found) => assert_eq!((found.state, found.cause), (*state, *cause), "{code}"),
            other => assert_eq!((*code, other.refusal()), (100, Some(K::NotFound))),
        }
    }
    assert_eq!(wire::status(&[json!({"status": 77})]).class(), CallClass::Unknown);
    assert_eq!(wire::status(&[]).refusal(), Some(K::NotFound));
}

#[tokio::test]
async fn a_message_goes_out_with_our_id_and_comes_back_with_theirs() {
    let entry = json!([{"messageid": 8_792_001, "status": 1, "receptor": "09120000001", "cost": 120}]);
    let server = Server::answering(200, &envelope(200, entry)).await;
    let mut message = sms(PHONE, "سلام");
    message.sender = Some("10000000".into());
    let CallOutcome::Done(sent) = at(&server.base).send(&mine(), &message, SOON).await else { panic!() };
    assert_eq!((sent.provider_id.as_str(), sent.state), ("8792001", DeliveryState::Accepted));
    assert_eq!(sent.cost.map(|cost| cost.micros), Some(120_000_000));
    let localid = positive_63(Channel::Sms, &message.key);
    let seen = &server.seen()[0];
    assert!(seen.starts_with("POST /v1/DEMOKEY00000001/sms/send.json "), "{seen}");
    for part in ["receptor=09120000001", "sender=10000000", &format!("localid={localid}")] {
        assert!(seen.contains(part), "{part}");
    }
}

#[tokio::test]
async fn calls_are_answered_by_one_entry_or_several() {
    for entries in [json!({"messageid": 5, "status": 1}), json!([{"messageid": 5, "status": 1}])] {
        let server = Server::answering(200, &envelope(200, entries)).await;
        let end = at(&server.base).send(&mine(), &call("+982188880001", "مرسوله رسید"), SOON).await;
        assert_eq!(end.class(), CallClass::Done);
        assert!(server.seen()[0].contains("/call/maketts.json ") && server.seen()[0].contains("localid="));
    }
    for entries in [json!([]), json!([{}]), json!([{"messageid": 1}, {"messageid": 2}])] {
        let server = Server::answering(200, &envelope(200, entries)).await;
        let end = at(&server.base).send(&mine(), &sms(PHONE, "x"), SOON).await;
        assert_eq!(end.class(), CallClass::Unknown);
    }
}

#[test]
fn patterns_are_checked_before_they_leave_and_have_no_id() {
    let to = yam_domain::phone::Phone::parse_international(PHONE).unwrap();
    let made = |tokens: &[(&str, &str)]| {
        let tokens = tokens.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let pattern = Some(Pattern { template: "parcel-arrived".into(), tokens });
        let text = Text { pattern, ..Text::default() };
        wire::sms::<()>(&sms(PHONE, "x"), &text, None, &to)
    };
    let (method, form) = made(&[("token", "1024"), ("token10", "Tehran Post")]).unwrap();
    assert_eq!(method, "verify/lookup");
    assert!(form.contains(&("token10", "Tehran Post".into())) && !form.iter().any(|(n, _)| *n == "localid"));
    for (tokens, kind) in [
        (vec![("token", "10 24")], K::Content),
        (vec![("token", "10_24")], K::Content),
        (vec![("token", "")], K::Content),
        (vec![("token", "1"), ("token10", "a b c d e f g")], K::Content),
        (vec![("token4", "1")], K::Template),
        (vec![("token2", "1")], K::Template),
    ] {
        assert_eq!(made(&tokens).unwrap_err().refusal(), Some(kind), "{tokens:?}");
    }
    let text =
        Text { pattern: Some(Pattern { template: "t".into(), tokens: Vec::new() }), ..Text::default() };
    assert!(matches!(at("http://127.0.0.1:1").recovery(&Content::Text(text)), Recovery::Evidence { .. }));
}

#[tokio::test]
async fn look_ups_go_by_their_id_or_ours() {
    let server = Server::answering(200, &envelope(200, json!([{"messageid": 5, "status": 10}]))).await;
    let provider = at(&server.base);
    for id in [Some("5"), None] {
        let end = provider.look_up(&mine(), &handle(PHONE, Channel::Sms, id), SOON).await;
        let CallOutcome::Done(status) = end else { panic!("{end:?}") };
        assert_eq!(status.state, DeliveryState::Delivered);
    }
    let seen = server.seen();
    assert!(seen[0].contains("/sms/status.json ") && seen[0].ends_with("messageid=5"));
    assert!(seen[1].contains("/sms/statuslocalmessageid.json "));
    let end = provider.cancel(&mine(), &handle(PHONE, Channel::Sms, Some("5")), SOON).await;
    assert_eq!(end.refusal(), Some(K::NotPossible));
}

#[tokio::test]
async fn nothing_leaves_for_the_placeholder_or_with_a_key_that_is_a_path() {
    let server = Server::answering(200, "{}").await;
    let end = at(&server.base).send(&mine(), &sms(yam_domain::phone::PLACEHOLDER, "x"), SOON).await;
    assert_eq!(end.refusal(), Some(K::Number));
    let odd = account(MessengerId::Kavenegar, &[("api_key", "../../account")]);
    assert_eq!(at(&server.base).send(&odd, &sms(PHONE, "x"), SOON).await.refusal(), Some(K::Account));
    let long = sms(PHONE, &"ا".repeat(901));
    assert_eq!(at(&server.base).send(&mine(), &long, SOON).await.refusal(), Some(K::Content));
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn balances_are_rial() {
    let info = json!({"remaincredit": 987_654, "expiredate": 1_798_761_600, "type": "master"});
    let server = Server::answering(200, &envelope(200, info)).await;
    let CallOutcome::Done(balance) = at(&server.base).balance(&mine(), SOON).await else { panic!() };
    assert_eq!(balance.money.micros, 987_654_000_000);
    assert!(at(&server.base).probe(Some(&mine()), SOON).await.works);
}

proptest! {
    #[test]
    fn no_answer_and_no_receipt_breaks_a_reader(body in ".{0,60}", number in any::<i64>()) {
        let _end = wire::entries::<()>(Ok(answer(200, body.clone())));
        for entry in [json!({"messageid": body, "status": number, "cost": body}), json!(body)] {
            let _all = (wire::sent(std::slice::from_ref(&entry)), wire::status(&[entry]));
        }
        let call = ReceiptCall { body: body.into_bytes(), ..ReceiptCall::default() };
        let _read = at("http://127.0.0.1:1").receipts(&mine(), &call);
    }

    #[test]
    fn our_key_is_in_no_address(key in "[a-z]{1,10}[/?#.]") {
        prop_assert!(!is_key(&key));
        prop_assert!(KEY.len() == 36);
    }
}
