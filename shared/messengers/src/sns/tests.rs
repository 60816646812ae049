//! Every error, the request of the notes, one send per send, failures of the connection.

use super::codes::{Class, ERRORS};
use super::*;
use crate::outcome::RefusalKind as K;
use crate::samples::{SOON, Server, account, config, sms};
use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use yam_domain::effect::CallClass;

const PHONE: &str = "+79160000001";

fn at(base: &str) -> Sns {
    let role = Credentials::new("AKIDDEMO", "secret-demo", None, None, "test");
    let sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(role))
        .http_client(yam_platform::aws::http_client())
        .build();
    Sns::new(&config("YAM_URL_SNS", base), &sdk)
}

fn mine() -> Account {
    account(MessengerId::Sns, &[])
}

fn failure(code: &str) -> String {
    format!(
        "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>Sender</Type><Code>{code}</Code><Message>words</Message></Error><RequestId>r</RequestId></ErrorResponse>"
    )
}

#[test]
fn half_an_id_is_none() {
    let whole = "5d0c9f4e-0000-5000-8000-000000000001";
    assert!(is_message_id(whole));
    for cut in 0..whole.len() {
        assert!(!is_message_id(&whole[..cut]), "{cut}");
    }
    assert!(!is_message_id(&format!("{whole}-1")) && !is_message_id(&whole.replace('d', "g")));
}

#[test]
fn every_error_has_its_outcome_with_and_without_its_ending() {
    for (code, class, _) in ERRORS {
        for code in [(*code).to_owned(), format!("{code}Exception")] {
            let end = codes::failed::<()>(400, &code, "words");
            match class {
                Class::Busy => assert!(matches!(end, CallOutcome::Busy { .. }), "{code}"),
                Class::Refused(kind) => assert_eq!(end.refusal(), Some(*kind), "{code}"),
                Class::Unclear => assert_eq!(end.class(), CallClass::Unknown, "{code}"),
            }
        }
    }
    assert!(matches!(codes::failed::<()>(429, "", ""), CallOutcome::Busy { .. }));
    let number = codes::failed::<()>(400, "InvalidParameter", "Invalid parameter: PhoneNumber");
    assert_eq!(number.refusal(), Some(K::Number));
    assert_eq!(codes::failed::<()>(400, "New", "").refusal(), Some(K::Other));
    for (status, code) in [(400, ""), (503, "New"), (408, "New"), (302, "New")] {
        assert_eq!(codes::failed::<()>(status, code, "").class(), CallClass::Unknown, "{status}");
    }
}

#[tokio::test]
async fn a_message_goes_out_with_its_attributes() {
    let body = "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult><MessageId>5d0c9f4e-0000-5000-8000-000000000001</MessageId></PublishResult></PublishResponse>";
    let server = Server::answering(200, body).await;
    let mut with = mine();
    with.settings.max_price_micros = Some(50_000);
    with.settings.sender = Some("ROMASHKA".into());
    let CallOutcome::Done(sent) = at(&server.base).send(&with, &sms(PHONE, "Order 1024"), SOON).await else {
        panic!()
    };
    assert_eq!(sent.provider_id, "5d0c9f4e-0000-5000-8000-000000000001");
    let seen = &server.seen()[0];
    for part in [
        "Action=Publish",
        "PhoneNumber=%2B79160000001",
        "AWS.SNS.SMS.SenderID",
        "ROMASHKA",
        "Transactional",
        "0.050000",
    ] {
        assert!(seen.contains(part), "{part} in {seen}");
    }
}

#[tokio::test]
async fn one_send_per_send() {
    for (status, code, class) in
        [(500, "InternalError", CallClass::Unknown), (400, "OptedOut", CallClass::Refused)]
    {
        let server = Server::answering(status, &failure(code)).await;
        assert_eq!(at(&server.base).send(&mine(), &sms(PHONE, "x"), SOON).await.class(), class, "{code}");
        assert_eq!(server.seen().len(), 1, "{code}");
    }
    let much = Server::answering(429, &failure("Throttled")).await;
    let end = at(&much.base).send(&mine(), &sms(PHONE, "x"), SOON).await;
    assert!(matches!(end, CallOutcome::Busy { .. }));
    let garbled = Server::answering(200, "<html>").await;
    let end = at(&garbled.base).send(&mine(), &sms(PHONE, "x"), SOON).await;
    assert_eq!(end.class(), CallClass::Unknown);
}

#[tokio::test]
async fn a_refused_connection_left_nothing() {
    let end = at("http://127.0.0.1:1").send(&mine(), &sms(PHONE, "x"), SOON).await;
    assert_eq!(end.class(), CallClass::NotSent, "{end:?}");
    let end = at("http://127.0.0.1:1").send(&mine(), &sms(PHONE, &"x".repeat(1_601)), SOON).await;
    assert_eq!(end.refusal(), Some(K::Content));
}

#[test]
fn senders() {
    let sns = at("http://127.0.0.1:1");
    for good in ["ABC", "ROMASHKA", "MY-SHOP", "12345"] {
        assert_eq!(sns.check_sender(good, Channel::Sms), Ok(()), "{good}");
    }
    for bad in ["AB", "MY SHOP", "A.BC", "ABCDEFGHIJKL", "1234", "123456789012345"] {
        assert!(sns.check_sender(bad, Channel::Sms).is_err(), "{bad}");
    }
}
