//! SNS.

use crate::support::{World, tag};

const PUBLISH: &str = "Action=Publish&Version=2010-03-31&PhoneNumber=%2B79160000001&Message=Order+1024+is+at+post+office+101000\
&MessageAttributes.entry.1.Name=AWS.SNS.SMS.SenderID&MessageAttributes.entry.1.Value.DataType=String\
&MessageAttributes.entry.1.Value.StringValue=ROMASHKA&MessageAttributes.entry.2.Name=AWS.SNS.SMS.SMSType\
&MessageAttributes.entry.2.Value.DataType=String&MessageAttributes.entry.2.Value.StringValue=Transactional";

impl World {
    pub(super) async fn publish(&self, form: &str) -> (u16, String) {
        let request = self
            .client()
            .post(format!("{}/sns/", self.base))
            .header("content-type", "application/x-www-form-urlencoded")
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=demo/20261123/eu-central-1/sns/aws4_request",
            )
            .body(form.to_owned());
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }
}

#[tokio::test]
async fn a_number_is_all_a_publisher_hears() {
    let world = World::in_memory().await;
    let (status, answer) = world.publish(PUBLISH).await;
    assert_eq!(status, 200, "{answer}");
    let id = tag(&answer, "MessageId");
    let sent = world.get("/_local/outbox?channel=sms&to=79160000001").await["items"][0].clone();
    assert_eq!(sent["provider_message_id"], id);
    assert_eq!(sent["from"], "ROMASHKA");
    assert_eq!(sent["text"], "Order 1024 is at post office 101000");
}

#[tokio::test]
async fn refusals_are_xml() {
    let world = World::in_memory().await;
    for (from, to, status, code) in [
        ("%2B79160000001", "many", 400, "InvalidParameter"),
        ("ROMASHKA", "12345", 400, "InvalidParameter"),
        ("ROMASHKA", "with+blank", 400, "InvalidParameter"),
        ("Transactional", "Free", 400, "InvalidParameter"),
        ("Publish", "Dance", 400, "InvalidAction"),
    ] {
        let (answered, answer) = world.publish(&PUBLISH.replace(from, to)).await;
        assert_eq!((answered, tag(&answer, "Code").as_str()), (status, code), "{to}");
    }
    let unsigned = world.client().post(format!("{}/sns", world.base)).body(PUBLISH).send().await.unwrap();
    assert_eq!(unsigned.status(), 403);
    world.switch("sns", serde_json::json!({"per_minute": 1})).await;
    assert_eq!(world.publish(PUBLISH).await.0, 200);
    let (status, answer) = world.publish(PUBLISH).await;
    assert_eq!((status, tag(&answer, "Code").as_str()), (429, "Throttled"));
    world.advance("61s").await;
    assert_eq!(world.publish(PUBLISH).await.0, 200);
}

#[tokio::test]
async fn settings_are_told_and_send_nothing() {
    let world = World::in_memory().await;
    let (status, answer) = world.publish("Action=GetSMSAttributes&Version=2010-03-31").await;
    assert!(status == 200 && answer.contains("<key>MonthlySpendLimit</key>"), "{answer}");
    assert!(world.entries("sns", "message").await.is_empty());
}
