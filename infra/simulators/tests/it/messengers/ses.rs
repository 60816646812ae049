//! SES.

use serde_json::{Value, json};

use crate::gateways::shop::Shop;
use crate::support::World;

impl World {
    pub(super) async fn ses(&self, body: &Value) -> (u16, Value) {
        let request = self
            .client()
            .post(format!("{}/ses/v2/email/outbound-emails", self.base))
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=demo/20261123/eu-central-1/ses/aws4_request",
            )
            .json(body);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }
}

pub(super) fn mail() -> Value {
    json!({
        "FromEmailAddress": "Romashka <noreply@shop.example>",
        "Destination": {"ToAddresses": ["ivan@example.org"]},
        "Content": {"Simple": {
            "Subject": {"Data": "Посылка прибыла", "Charset": "UTF-8"},
            "Body": {"Text": {"Data": "Заказ 1024 ждёт вас в отделении 101000", "Charset": "UTF-8"}},
            "Headers": [{"Name": "List-Unsubscribe", "Value": "<https://hub.example/u/abc>"}],
        }},
        "ConfigurationSetName": "hub",
        "EmailTags": [{"Name": "ntf", "Value": "ntf-02"}, {"Name": "parcel_id", "Value": "prc_1"}],
    })
}

#[tokio::test]
async fn a_mail_leaves_and_its_event_comes_in_an_envelope() {
    let world = World::in_memory().await;
    let hub = Shop::open().await;
    world.switch("ses", json!({"receipt_url": hub.url("/events/ses")})).await;
    world.script("ses", json!({"outcome": "failed"})).await;
    let (status, answer) = world.ses(&mail()).await;
    assert_eq!(status, 200, "{answer}");
    let sent = world.get("/_local/outbox?channel=email&to=IVAN@example.org").await["items"][0].clone();
    assert_eq!(sent["provider_message_id"], answer["MessageId"]);
    assert_eq!((&sent["subject"], &sent["parcel_id"]), (&json!("Посылка прибыла"), &json!("prc_1")));
    world.advance("5s").await;
    world.deliver("ses").await;
    let envelope: Value = serde_json::from_str(&hub.seen()[0].body).unwrap();
    assert_eq!(envelope["Type"], "Notification");
    let event: Value = serde_json::from_str(envelope["Message"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&event["eventType"], &event["bounce"]["bounceType"]),
        (&json!("Bounce"), &json!("Permanent"))
    );
    assert_eq!(event["mail"]["tags"]["ntf"], json!(["ntf-02"]));
    assert_eq!(event["mail"]["messageId"], answer["MessageId"]);
}

#[tokio::test]
async fn raw_mails_are_read_and_wrong_ones_refused() {
    let world = World::in_memory().await;
    let raw = "RnJvbTogbm9yZXBseUBzaG9wLmV4YW1wbGUNClN1YmplY3Q6IEhpDQoNCkhlbGxvDQo=";
    let mut body = mail();
    body["Content"] = json!({"Raw": {"Data": raw}});
    assert_eq!(world.ses(&body).await.0, 200);
    let sent = world.get("/_local/outbox").await["items"][0].clone();
    assert_eq!((&sent["subject"], &sent["text"]), (&json!("Hi"), &json!("Hello")));
    for (path, value, code) in [
        ("/FromEmailAddress", json!("x@other.example"), "MessageRejected"),
        ("/Destination/ToAddresses", json!([]), "BadRequestException"),
        ("/EmailTags/0/Value", json!("a b"), "BadRequestException"),
        ("/Content", json!({}), "BadRequestException"),
    ] {
        let mut body = mail();
        *body.pointer_mut(path).unwrap() = value;
        let (status, answer) = world.ses(&body).await;
        assert_eq!((status, &answer["__type"]), (400, &json!(code)), "{path}");
    }
    assert_eq!(world.post("/ses/v2/email/outbound-emails", &mail()).await.0, 403, "unsigned");
}

#[tokio::test]
async fn an_account_tells_its_quota() {
    let world = World::in_memory().await;
    let request = world.client().get(format!("{}/ses/v2/email/account", world.base));
    let bare = request.try_clone().unwrap().send().await.unwrap();
    assert_eq!(bare.status(), 403, "not signed");
    let answer: Value =
        request.header("authorization", "AWS4-HMAC-SHA256 x").send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["SendQuota"]["MaxSendRate"], 1.0);
}
