//! Every error and event, the request of the notes, envelopes of SNS.

use super::codes::{BOUNCES, Class, ERRORS, EVENTS};
use super::*;
use crate::mail::{EmailAddress, Mailbox};
use crate::outcome::RefusalKind as K;
use crate::samples::{KEY, SOON, Server, account, answer, config, mail, sms};
use crate::status::DeliveryState;
use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use http::HeaderValue;
use proptest::prelude::*;
use serde_json::{Value, json as made};
use yam_domain::effect::CallClass;
use yam_platform::ManualClock;

fn mine() -> Account {
    let mut mine = account(MessengerId::Ses, &[]);
    mine.settings.configuration_set = Some("hub".into());
    mine
}

fn at(base: &str) -> Ses {
    let config = config("YAM_URL_SES", base);
    let role = Credentials::new("AKIDDEMO", "secret-demo", None, None, "test");
    let sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(role))
        .http_client(yam_platform::aws::http_client())
        .build();
    let clock = Arc::new(ManualClock::new("2026-11-23T07:05:00Z".parse().unwrap()));
    Ses::new(EffectClient::new(&config), &config, &sdk, clock)
}

#[test]
fn every_error_has_its_outcome_in_header_or_body() {
    for (code, class, _) in ERRORS {
        let mut by_header = answer(400, "");
        let text = format!("{code}:http://internal.amazon.example/");
        by_header.headers.insert("x-amzn-errortype", HeaderValue::from_str(&text).unwrap());
        let by_body = made!({"__type": format!("com.amazonaws.ses#{code}"), "message": "words"});
        for end in [wire::sent(&by_header, &made!({})), wire::sent(&answer(400, ""), &by_body)] {
            match class {
                Class::Busy => assert!(matches!(end, CallOutcome::Busy { .. }), "{code}"),
                Class::Refused(kind) => assert_eq!(end.refusal(), Some(*kind), "{code}"),
                Class::Unclear => assert_eq!(end.class(), CallClass::Unknown, "{code}"),
            }
        }
    }
    let unverified = made!({"__type": "MessageRejected", "message": "Email address is not verified."});
    assert_eq!(wire::sent(&answer(400, ""), &unverified).refusal(), Some(K::Sender));
    assert_eq!(wire::sent(&answer(400, ""), &made!({"__type": "New"})).refusal(), Some(K::Other));
    assert_eq!(wire::sent(&answer(400, ""), &made!({})).class(), CallClass::Unknown);
    assert_eq!(wire::sent(&answer(200, ""), &made!({})).class(), CallClass::Unknown);
}

#[tokio::test]
async fn an_email_goes_out_signed_and_tagged() {
    let server = Server::answering(200, r#"{"MessageId":"0107018fabc00000-1"}"#).await;
    let CallOutcome::Done(sent) = at(&server.base).send(&mine(), &mail(), SOON).await else { panic!() };
    assert_eq!(sent.provider_id, "0107018fabc00000-1");
    let seen = &server.seen()[0];
    let (head, body) = seen.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /v2/email/outbound-emails "));
    let signature =
        "authorization: AWS4-HMAC-SHA256 Credential=AKIDDEMO/20261123/eu-central-1/ses/aws4_request";
    assert!(head.contains(signature), "{head}");
    assert!(!seen.contains("secret-demo"));
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["EmailTags"][0]["Value"], KEY);
    assert_eq!(body["ConfigurationSetName"], "hub");
    assert_eq!(body["Destination"]["ToAddresses"], made!(["ivan@example.org"]));
    assert_eq!(body["Content"]["Simple"]["Headers"][1]["Name"], "List-Unsubscribe");
    assert_eq!(body["FromEmailAddress"], "=?UTF-8?B?0KDQvtC80LDRiNC60LA=?= <noreply@shop.example>");
    let end = at(&server.base).send(&mine(), &sms("+79160000001", "x"), SOON).await;
    assert_eq!(end.refusal(), Some(K::NotOffered));
}

#[tokio::test]
async fn failures_of_the_wire_keep_their_class() {
    let down = Server::answering(500, "{}").await;
    assert_eq!(at(&down.base).send(&mine(), &mail(), SOON).await.class(), CallClass::Unknown);
    let much = Server::answering(429, r#"{"message":"x"}"#).await;
    assert!(matches!(at(&much.base).send(&mine(), &mail(), SOON).await, CallOutcome::Busy { .. }));
    let nobody = at("http://127.0.0.1:1").send(&mine(), &mail(), SOON).await;
    assert_eq!(nobody.class(), CallClass::NotSent);
    assert_eq!(down.seen().len(), 1);
}

fn pushed(body: &Value) -> Result<Receipts, ReceiptError> {
    let call = ReceiptCall { body: body.to_string().into_bytes(), ..ReceiptCall::default() };
    at("http://127.0.0.1:1").receipts(&mine(), &call)
}

fn event(kind: &str, bounce: (&str, &str)) -> Value {
    made!({"eventType": kind, "mail": {"timestamp": "2026-11-23T07:05:00.000Z", "messageId": "0107-1",
        "destination": ["ivan@example.org"], "tags": {"ntf": ["ntf-02"]}},
        "bounce": {"bounceType": bounce.0, "bounceSubType": bounce.1,
            "bouncedRecipients": [{"emailAddress": "ivan@example.org"}], "timestamp": "2026-11-23T07:05:02.000Z"}})
}

#[test]
fn every_event_has_its_state() {
    for (kind, told, _) in EVENTS {
        let receipts = pushed(&event(kind, ("", ""))).unwrap().receipts;
        let state = receipts.first().map(|receipt| (receipt.status.state, receipt.status.cause));
        assert_eq!(state, *told, "{kind}");
    }
    for (kind, sub, state, cause, _) in BOUNCES {
        let sub = if sub.is_empty() { "General" } else { sub };
        let receipts = pushed(&event("Bounce", (kind, sub))).unwrap().receipts;
        let status = &receipts[0].status;
        assert_eq!((status.state, status.cause), (*state, Some(*cause)), "{kind} {sub}");
        assert_eq!(receipts[0].key.as_deref(), Some("ntf-02"));
        assert_eq!(receipts[0].recipients, ["ivan@example.org"]);
        assert_eq!(status.at, "2026-11-23T07:05:02Z".parse().ok());
    }
    assert_eq!(pushed(&made!({"eventType": "Bounce"})), Err(ReceiptError::Unreadable));
}

#[test]
fn envelopes_are_opened_and_confirmations_stay_with_amazon() {
    let text = event("Delivery", ("", "")).to_string();
    let inner = pushed(&made!({"Type": "Notification", "Message": text})).unwrap();
    assert_eq!(inner.receipts[0].status.state, DeliveryState::Delivered);
    let confirm = |url: &str| pushed(&made!({"Type": "SubscriptionConfirmation", "SubscribeURL": url}));
    let good = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=t";
    assert_eq!(confirm(good).unwrap().confirm.map(|url| url.to_string()).as_deref(), Some(good));
    for bad in [
        "http://sns.eu-central-1.amazonaws.com/",
        "https://sns.evil.example/",
        "https://evil.example/sns.eu-central-1.amazonaws.com",
        "https://sns.eu.x.amazonaws.com.evil.example/",
        "https://sns.a.b.amazonaws.com/",
        "https://u@sns.eu-central-1.amazonaws.com/",
        "https://sns.eu-central-1.amazonaws.com:8443/",
        "nonsense",
    ] {
        assert_eq!(confirm(bad), Err(ReceiptError::Forged), "{bad}");
    }
}

#[test]
fn names_cannot_add_a_header() {
    let mut message = mail();
    if let Content::Email(email) = &mut message.content {
        email.from = Mailbox {
            name: "Shop\"\r\nBcc: <x@y.example>".into(),
            address: EmailAddress::parse("a@b.example").unwrap(),
        };
        email.subject = "One\r\nBcc: x@y.example".into();
    }
    let body = wire::send::<()>(&mine(), &message).unwrap();
    assert_eq!(body["FromEmailAddress"], "\"Shop Bcc: x@y.example\" <a@b.example>");
    assert_eq!(body["Content"]["Simple"]["Subject"]["Data"], "One Bcc: x@y.example");
}

proptest! {
    #[test]
    fn no_push_breaks_a_reader(word in ".{0,60}") {
        let _read = pushed(&made!({"eventType": word, "mail": {"messageId": word}}));
        let _read = pushed(&made!({"Type": "Notification", "Message": word}));
        let _read = pushed(&made!(word));
    }
}
