//! Settings of notifications through the API: rules, texts, sender names, accounts, money (S4-08 ... S4-27, S4-37 ...
//! S4-41, S4-44).

mod accounts;
mod rules;
mod senders;
mod texts;

use http::StatusCode;
use serde_json::{Value, json};
use yam_tests::{OPERATOR_KEY, World};

const RULES: &str = "/v1/settings/rules";

/// A shop in a country; answers with its key.
async fn shop_in(world: &World, id: &str, country: &str) -> String {
    let body = json!({"merchant_id": id, "name": "Romashka", "country": country});
    let path = "/v1/operator/merchants";
    let (status, answer) = world.call_as(OPERATOR_KEY, "POST", path, &[], Some(body)).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    answer["api_key"]["api_key"].as_str().expect("key").to_owned()
}

async fn ok(world: &World, key: &str, method: &str, path: &str, body: Option<Value>) -> Value {
    let (status, answer) = world.call_as(key, method, path, &[], body).await;
    assert!(status.is_success(), "{method} {path}: {status} {answer}");
    answer
}

/// The refusal's status and the first field it points at.
async fn refused(world: &World, key: &str, method: &str, path: &str, body: Value) -> (u16, String) {
    let (status, answer) = world.call_as(key, method, path, &[], Some(body)).await;
    assert!(!status.is_success(), "{method} {path}: {answer}");
    (status.as_u16(), answer["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned())
}

fn rule(status: &str, channel: &str, enabled: bool) -> Value {
    json!({"status": status, "audience": "buyer", "channel": channel, "enabled": enabled})
}
