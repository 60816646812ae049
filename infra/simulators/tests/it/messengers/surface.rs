//! The providers' control routes.

use serde_json::json;

use crate::support::World;

const PROVIDERS: [&str; 7] = ["smsc", "sms_ru", "kavenegar", "solapi", "sns", "ses", "smtp"];

#[tokio::test]
async fn every_provider_has_its_routes_and_a_demo_account() {
    let world = World::in_memory().await;
    for provider in PROVIDERS {
        let path = |rest: &str| format!("/_local/simulators/{provider}/{rest}");
        assert!(!world.get(&path("accounts")).await["items"].as_array().unwrap().is_empty(), "{provider}");
        for rest in ["messages", "scripts", "notices", "ledger"] {
            assert_eq!(world.get(&path(rest)).await["items"], json!([]), "{provider} {rest}");
        }
        assert_eq!(world.get(&path("settings")).await["delivery_seconds"], 3);
        assert_eq!(world.post(&path("settings"), &json!({"nothing": 1})).await.0, 422, "{provider}");
        assert_eq!(world.post(&path("accounts"), &json!({"nothing": 1})).await.0, 422, "{provider}");
        assert_eq!(world.post(&path("scripts"), &json!({"outcome": "explode"})).await.0, 422, "{provider}");
        assert_eq!(world.post(&path("scripts"), &json!({"times": 0})).await.0, 422, "{provider}");
        assert_eq!(world.post(&path("messages/x"), &json!({})).await.0, 404, "{provider}");
        assert_eq!(world.post(&path("faults"), &json!({"mode": "slow"})).await.0, 201, "{provider}");
    }
}
