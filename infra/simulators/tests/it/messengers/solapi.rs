//! Solapi.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::support::World;

const KEY: &str = "NCSDEMO000000001";
const SECRET: &str = "TESTSECRET0123456789ABCDEFGHIJKL";

fn hex(secret: &str, date: &str, salt: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{date}{salt}").as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[expect(clippy::disallowed_methods, reason = "signatures are made in real time")]
fn signed(off: SignedDuration, salt: &str) -> String {
    let date = (Timestamp::now() + off).to_string();
    let signature = hex(SECRET, &date, salt);
    format!("HMAC-SHA256 apiKey={KEY}, date={date}, salt={salt}, signature={signature}")
}

fn fresh() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    signed(SignedDuration::ZERO, &format!("0123456789ab{:08}", NEXT.fetch_add(1, Ordering::Relaxed)))
}

impl World {
    async fn solapi_as(&self, authorization: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let url = format!("{}/solapi/{path}", self.base);
        let request = match body {
            Some(body) => self.client().post(url).json(body),
            None => self.client().get(url),
        };
        let response = request.header("authorization", authorization).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    pub(super) async fn solapi(&self, path: &str, body: Option<&Value>) -> (u16, Value) {
        self.solapi_as(&fresh(), path, body).await
    }
}

const TEXT: &str = "주문 1024 상품이 우체국에 도착했습니다.";

fn text(text: &str) -> Value {
    json!({"message": {
        "to": "01000000001", "from": "0200000001", "text": text, "customFields": {"ntf": "ntf-04"},
    }, "strict": true})
}

#[test]
fn the_clients_own_signature_is_that_of_the_protocol() {
    assert_eq!(
        hex(SECRET, "2026-11-21T01:02:03.000Z", "0123456789abcdef0123456789abcdef"),
        "6681ba1e9f65b176bd89554a586fdd3715b4415ecbd80f1819a7d090c9474d8d"
    );
}

#[tokio::test]
async fn signatures_are_checked_and_used_once() {
    let world = World::in_memory().await;
    let path = "cash/v1/balance";
    let good = fresh();
    let (status, answer) = world.solapi_as(&good, path, None).await;
    assert_eq!((status, &answer["balance"]), (200, &json!(1_000_000)));
    let salt = "0123456789abcdef";
    for (authorization, code) in [
        (good.clone(), "DuplicatedSignature"),
        (signed(SignedDuration::from_mins(16), salt), "RequestTimeTooSkewed"),
        (signed(SignedDuration::from_mins(-16), salt), "RequestTimeTooSkewed"),
        (fresh().replace(KEY, "NCSNOBODY"), "InvalidAPIKey"),
        (fresh().replace("signature=", "signature=0"), "SignatureDoesNotMatch"),
    ] {
        let (status, answer) = world.solapi_as(&authorization, path, None).await;
        assert_eq!((status, &answer["errorCode"]), (403, &json!(code)), "{authorization}");
    }
    // The simulated clock is of no concern to signatures, and names are read in any case.
    world.advance("72h").await;
    let lower = fresh().replace("apiKey", "apikey");
    assert_eq!(world.solapi_as(&lower, path, None).await.0, 200);
}

#[tokio::test]
async fn a_text_is_accepted_listed_and_delivered() {
    let world = World::in_memory().await;
    world.switch("solapi", json!({"delivery_seconds": 600})).await;
    let (_, sent) = world.solapi("messages/v4/send", Some(&text(TEXT))).await;
    assert_eq!(
        (&sent["statusCode"], &sent["type"], &sent["country"]),
        (&json!("2000"), &json!("SMS"), &json!("82"))
    );
    let id = sent["messageId"].as_str().unwrap();
    assert!(id.starts_with("M4V") && id.len() == 32, "{id}");
    let path = format!("messages/v4/list?messageId={id}");
    for (wait, code) in [("0s", "2000"), ("301s", "3000"), ("301s", "4000")] {
        world.advance(wait).await;
        let (_, list) = world.solapi(&path, None).await;
        assert_eq!(list["messageList"][id]["statusCode"], code);
    }
    assert_eq!(world.solapi("cash/v1/balance", None).await.1["balance"], 999_980);
}

#[tokio::test]
async fn refusals_are_status_codes() {
    let world = World::in_memory().await;
    let with = |name: &str, value: Value| {
        let mut body = text(TEXT);
        body["message"][name] = value;
        body
    };
    for (body, code) in [
        (text("뷁뒑뤩궭훩홊"), "1029"),
        (with("to", json!("")), "1010"),
        (with("to", json!("+8210")), "1011"),
        (with("from", json!("0299999999")), "1062"),
        (with("type", json!("PIGEON")), "1025"),
        (text(&"가".repeat(1_001)), "1031"),
        (with("subject", json!("가".repeat(21))), "1014"),
    ] {
        let (status, answer) = world.solapi("messages/v4/send", Some(&body)).await;
        assert_eq!((status, &answer["statusCode"]), (200, &json!(code)), "{body}");
    }
    assert_eq!(world.entries("solapi", "message").await.len(), 0);
    let kinds = [(text(&"가".repeat(45)), "SMS"), (text(&"가".repeat(46)), "LMS")];
    for (body, kind) in kinds {
        assert_eq!(world.solapi("messages/v4/send", Some(&body)).await.1["type"], kind);
    }
    let mut loose = text("뷁 ok");
    loose["strict"] = json!(false);
    assert_eq!(world.solapi("messages/v4/send", Some(&loose)).await.1["statusCode"], "2000");
    let items = world.get("/_local/outbox").await["items"].clone();
    assert_eq!(items[2]["text"], "? ok", "mangled");
}

#[tokio::test]
async fn groups_calls_and_kakao_notices() {
    let world = World::in_memory().await;
    let message = |to: &str| json!({"to": to, "from": "0200000001", "text": TEXT});
    let mut notice = message("01000000003");
    notice["kakaoOptions"] = json!({"pfId": "KA01PF", "templateId": "KA01TP000000000001"});
    let mut voice = message("01000000004");
    voice["type"] = json!("VOICE");
    voice["voiceOptions"] = json!({"voiceType": "FEMALE"});
    let body = json!({
        "messages": [message("01000000001"), message("01000000001"), notice, voice], "strict": true,
        "showMessageList": true, "allowDuplicates": false,
    });
    let (_, answer) = world.solapi("messages/v4/send-many/detail", Some(&body)).await;
    assert_eq!(answer["failedMessageList"][0]["statusCode"], "1026");
    assert_eq!(answer["groupInfo"]["count"]["registeredSuccess"], 3);
    let kinds: Vec<_> =
        answer["messageList"].as_array().unwrap().iter().map(|it| it["type"].clone()).collect();
    assert_eq!(kinds, ["SMS", "ATA", "VOICE"]);
    world.advance("5s").await;
    let group = answer["groupInfo"]["groupId"].as_str().unwrap();
    let (_, shown) = world.solapi(&format!("messages/v4/groups/{group}"), None).await;
    assert_eq!(shown["count"]["sentSuccess"], 3);
    let called = world.get("/_local/outbox?channel=voice").await;
    assert_eq!(called["items"][0]["to"], "01000000004");
}

#[tokio::test]
async fn a_notice_that_fails_is_followed_by_its_text() {
    let world = World::in_memory().await;
    for (disable, expected) in [(false, 2), (true, 3)] {
        world.script("solapi", json!({"outcome": "failed", "channel": "kakao"})).await;
        let mut body = text(TEXT);
        body["message"]["kakaoOptions"] =
            json!({"pfId": "KA01PF", "templateId": "KA01TP000000000001", "disableSms": disable});
        let (_, sent) = world.solapi("messages/v4/send", Some(&body)).await;
        assert_eq!(sent["type"], "ATA", "{sent}");
        world.advance("9s").await;
        let items = world.entries("solapi", "message").await;
        assert_eq!(items.len(), expected);
    }
    let texts = world.get("/_local/outbox?channel=sms").await;
    assert_eq!(
        (&texts["items"][0]["text"], &texts["items"][0]["state"]),
        (&json!(TEXT), &json!("delivered"))
    );
}
