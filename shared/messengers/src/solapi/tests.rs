//! Every code and status, lengths in bytes, repeats, pushes.

use super::codes::{Class, ERRORS, STATUSES};
use super::*;
use crate::message::{KakaoNotice, Text};
use crate::outcome::RefusalKind as K;
use crate::samples::{KEY, SOON, Server, account, answer, call, config, handle, sms};
use crate::status::DeliveryState;
use proptest::prelude::*;
use serde_json::json;
use yam_domain::effect::CallClass;
use yam_platform::{ManualClock, SeededIds};

const PHONE: &str = "+821000000001";

fn mine() -> Account {
    let mut made =
        account(MessengerId::Solapi, &[("api_key", "NCSDEMO0000000001"), ("api_secret", "TESTSECRET01")]);
    made.settings.sender = Some("0200000001".into());
    made
}

fn at(base: &str, now: &str) -> Solapi {
    let config = config("YAM_URL_SOLAPI", base);
    let clock = Arc::new(ManualClock::new(now.parse().unwrap()));
    Solapi::new(EffectClient::new(&config), &config, clock, Arc::new(SeededIds::new(7)))
}

const NOW: &str = "2026-11-21T01:02:04Z";

fn taken(code: &str) -> Value {
    json!({"groupId": "G4V20261123100500AAAAAAAAAAAAAAA", "messageId": "M4V20261123100500AAAAAAAAAAAAAAA",
        "statusCode": code, "statusMessage": "words ", "to": "01000000001", "type": "SMS"})
}

#[test]
fn every_status_has_its_state_and_its_outcome() {
    for (code, state, cause, kind, _) in STATUSES {
        let end = wire::sent(&taken(code), &sms(PHONE, "x"));
        match kind {
            Some(kind) => assert_eq!(end.refusal(), Some(*kind), "{code}"),
            None if matches!(*code, "2000" | "3000" | "4000") => assert_eq!(end.class(), CallClass::Done),
            None => assert_eq!(end.class(), CallClass::Unknown, "{code}"),
        }
        let found = codes::status(code).unwrap();
        assert_eq!((found.state, found.cause), (*state, *cause));
    }
    assert_eq!(wire::sent(&taken("1999"), &sms(PHONE, "x")).refusal(), Some(K::Other));
    assert_eq!(wire::sent(&taken("2999"), &sms(PHONE, "x")).class(), CallClass::Unknown);
    assert_eq!(codes::status("3999").map(|s| s.state), Some(DeliveryState::Undelivered));
    assert_eq!((codes::status("9000"), codes::status("3")), (None, None));
}

#[test]
fn every_error_has_its_outcome() {
    for (code, class, _) in ERRORS {
        let body = json!({"errorCode": code, "errorMessage": "words"});
        let end = |unclear| wire::succeeded::<()>(&answer(403, ""), body.clone(), unclear).unwrap_err();
        match class {
            Class::Refused(kind) => {
                assert_eq!(end(false).refusal(), Some(*kind), "{code}");
                // A key that was taken away meanwhile says nothing about the first call.
                let told = Some(*kind).filter(|kind| *kind != K::Account);
                assert_eq!(end(true).refusal(), told, "{code}");
            }
            Class::GotIn => assert_eq!(end(true).class(), CallClass::Unknown),
            Class::Skewed => {
                assert!(matches!(end(false), CallOutcome::Busy { .. }));
                assert_eq!(end(true).class(), CallClass::Unknown);
            }
        }
    }
    let gone = json!({"errorCode": "ResourceNotFound", "errorMessage": "words"});
    let gone = wire::succeeded::<()>(&answer(404, ""), gone, false).unwrap_err();
    assert_eq!(gone.refusal(), Some(K::NotFound));
    let bare = wire::succeeded::<()>(&answer(403, ""), json!({}), false);
    assert_eq!(bare.unwrap_err().class(), CallClass::Unknown);
}

#[tokio::test]
async fn a_repeat_carries_the_same_signature_and_ends_with_its_time() {
    let server = Server::answering(200, &taken("2000").to_string()).await;
    let mut message = sms(PHONE, "주문 1024 상품이 우체국에 도착했습니다. 등기번호 6012345678901");
    let provider = at(&server.base, NOW);
    let CallOutcome::Done(sent) = provider.send(&mine(), &message, SOON).await else { panic!() };
    assert_eq!(sent.group_id.as_deref(), Some("G4V20261123100500AAAAAAAAAAAAAAA"));
    message.unclear_sends = 1;
    assert_eq!(provider.send(&mine(), &message, SOON).await.class(), CallClass::Done);
    let line = |request: &str| {
        let found = request.lines().find(|line| line.to_ascii_lowercase().starts_with("authorization:"));
        found.unwrap().to_owned()
    };
    let seen = server.seen();
    assert_eq!(line(&seen[0]), line(&seen[1]));
    assert!(line(&seen[0]).contains("date=2026-11-21T01:02:03.000Z, salt="));
    let body: Value = serde_json::from_str(seen[0].split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!((body["strict"].clone(), body["message"]["type"].clone()), (json!(true), json!("SMS")));
    assert_eq!(body["message"]["to"], "01000000001");
    assert_eq!(body["message"]["customFields"]["ntf"], KEY);
    let late = at(&server.base, "2026-11-21T01:17:00Z");
    assert_eq!(late.send(&mine(), &message, SOON).await.class(), CallClass::Unknown);
    assert_eq!(server.seen().len(), 2);
}

#[test]
fn bytes_choose_the_type() {
    let kind = |text: String, subject: Option<&str>| {
        let content = Text { text, subject: subject.map(str::to_owned), ..Text::default() };
        let message = Message { content: Content::Text(content), ..sms(PHONE, "") };
        wire::send::<()>(&mine(), &message).map(|body| body["message"].clone())
    };
    assert_eq!(wire::bytes("주문 1024 상품이 우체국에 도착했습니다. 등기번호 6012345678901"), 62);
    let short = kind("가".repeat(45), Some("제목")).unwrap();
    assert_eq!((short["type"].clone(), short.get("subject")), (json!("SMS"), None));
    let long = kind("가".repeat(46), Some("제목")).unwrap();
    assert_eq!((long["type"].clone(), long["subject"].clone()), (json!("LMS"), json!("제목")));
    assert!(kind("가".repeat(1_000), None).is_ok());
    assert_eq!(kind("가".repeat(1_001), None).unwrap_err().refusal(), Some(K::Content));
    let subject = "가".repeat(21);
    assert_eq!(kind("가".repeat(46), Some(&subject)).unwrap_err().refusal(), Some(K::Content));
}

#[test]
fn notices_fall_back_to_the_text_and_calls_have_a_voice() {
    let notice = KakaoNotice {
        template: "KA01TP0001".into(),
        variables: vec![("#{name}".into(), "홍길동".into())],
    };
    let text = Text { text: "도착".into(), kakao: Some(notice), ..Text::default() };
    let message = Message { content: Content::Text(text), ..sms(PHONE, "") };
    assert_eq!(wire::send::<()>(&mine(), &message).unwrap_err().refusal(), Some(K::Template));
    let mut with = mine();
    with.settings.kakao_channel = Some("KA01PF0001".into());
    let body = wire::send::<()>(&with, &message).unwrap();
    let options = &body["message"]["kakaoOptions"];
    assert_eq!(
        (body["message"]["type"].clone(), options["disableSms"].clone()),
        (json!("ATA"), json!(false))
    );
    assert_eq!(
        (body["message"]["text"].clone(), options["variables"]["#{name}"].clone()),
        (json!("도착"), json!("홍길동"))
    );
    let spoken = wire::send::<()>(&mine(), &call(PHONE, "도착했습니다")).unwrap();
    assert_eq!(spoken["message"]["voiceOptions"]["voiceType"], "FEMALE");
    let nobody = account(MessengerId::Solapi, &[]);
    assert_eq!(wire::send::<()>(&nobody, &sms(PHONE, "x")).unwrap_err().refusal(), Some(K::Sender));
}

#[tokio::test]
async fn look_ups_cancels_balances() {
    let id = "M4V20261123100500AAAAAAAAAAAAAAA";
    let list = json!({"balance": 120.5, "point": 3, "messageList": {id: {"statusCode": "4000", "dateReceived": "2026-11-23T01:05:03.000Z"}}});
    let server = Server::answering(200, &list.to_string()).await;
    let provider = at(&server.base, NOW);
    let mut mine_there = handle(PHONE, Channel::Sms, Some(id));
    let CallOutcome::Done(status) = provider.look_up(&mine(), &mine_there, SOON).await else { panic!() };
    assert_eq!(status.state, DeliveryState::Delivered);
    assert!(server.seen()[0].starts_with(&format!("GET /messages/v4/list?messageId={id} ")));
    let other = handle(PHONE, Channel::Sms, Some("M4V2"));
    assert_eq!(provider.look_up(&mine(), &other, SOON).await.refusal(), Some(K::NotFound));
    assert_eq!(provider.cancel(&mine(), &mine_there, SOON).await.refusal(), Some(K::NotPossible));
    mine_there.group_id = Some("G4V1".into());
    assert_eq!(provider.cancel(&mine(), &mine_there, SOON).await, CallOutcome::Done(()));
    assert!(server.seen()[2].starts_with("DELETE /messages/v4/groups/G4V1/schedule "));
    let CallOutcome::Done(balance) = provider.balance(&mine(), SOON).await else { panic!() };
    assert_eq!((balance.money.micros, balance.extra.map(|c| c.micros)), (120_500_000, Some(3_000_000)));
}

#[test]
fn pushes_carry_our_key() {
    let event = json!([{"eventDataId": "ev1", "retryCount": 0, "data": {"messageId": "M4V1", "statusCode": "3043",
        "dateReceived": "2026-11-23T01:05:03.000Z", "customFields": {"ntf": "ntf-04"}}}, {"other": 1}]);
    let read = |body: &str| {
        let call = ReceiptCall { body: body.as_bytes().to_vec(), ..ReceiptCall::default() };
        at("http://127.0.0.1:1", NOW).receipts(&mine(), &call)
    };
    let pushed = read(&event.to_string()).unwrap();
    assert_eq!((pushed.authenticity, pushed.receipts.len()), (Authenticity::SecretPath, 1));
    assert_eq!(pushed.receipts[0].key.as_deref(), Some("ntf-04"));
    assert_eq!(pushed.receipts[0].status.state, DeliveryState::Undelivered);
    for odd in ["", "{}", "[", "1"] {
        assert_eq!(read(odd), Err(ReceiptError::Unreadable), "{odd}");
    }
}

proptest! {
    #[test]
    fn no_answer_breaks_a_reader(word in ".{0,40}") {
        for value in [json!({"statusCode": word, "messageId": word}), json!({"messageList": [word]}), json!([word])] {
            let _all = (wire::sent(&value, &sms(PHONE, "x")), wire::status(&value, &word), wire::balance(&value));
        }
        let call = ReceiptCall { body: word.into_bytes(), ..ReceiptCall::default() };
        let _read = wire::receipts(&call);
    }
}
