//! What would have reached a person.

use serde_json::json;

use crate::support::{TempFile, World};

#[tokio::test]
async fn all_channels_have_one_shape_and_it_outlives_a_restart() {
    let file = TempFile::new();
    let world = World::open(Some(file.0.clone())).await;
    assert_eq!(world.get("/_local/outbox").await, json!({"items": []}));
    world.smsc("send", "phones=79160000001&mes=one").await;
    world.advance("1m").await;
    world.smsc("send", "phones=79160000001&mes=two&call=1").await;
    world.advance("1m").await;
    world.ses(&super::ses::mail()).await;
    let all = world.get("/_local/outbox").await;
    let channels: Vec<_> = all["items"].as_array().unwrap().iter().map(|it| it["channel"].clone()).collect();
    assert_eq!(channels, ["sms", "voice", "email"], "newest last");
    for item in all["items"].as_array().unwrap() {
        for name in ["provider", "provider_message_id", "from", "to", "text", "sent_at"] {
            assert!(item[name].is_string(), "{name} in {item}");
        }
    }
    let called = world.get("/_local/outbox?channel=voice&to=%2B7%20916%20000-00-01").await;
    assert_eq!(called["items"].as_array().unwrap().len(), 1);
    let address = world.get("/_local/simulators/smtp/address").await;
    world.stop().await;
    let world = World::open(Some(file.0.clone())).await;
    assert_eq!(world.get("/_local/simulators/smtp/address").await, address);
    // Only their states have gone on meanwhile.
    let again = world.get("/_local/outbox").await;
    assert_eq!(again["items"].as_array().unwrap().len(), 3);
    assert_eq!(again["items"][0]["provider_message_id"], all["items"][0]["provider_message_id"]);
}
