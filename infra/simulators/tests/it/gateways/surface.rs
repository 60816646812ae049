//! The gateways' control routes.

use serde_json::json;

use crate::support::World;

const GATEWAYS: [&str; 7] = ["zarinpal", "zibal", "mellat", "sep", "robokassa", "yookassa", "toss"];

#[tokio::test]
async fn every_gateway_has_its_routes_and_a_demo_account() {
    let world = World::in_memory().await;
    for gateway in GATEWAYS {
        let path = |rest: &str| format!("/_local/simulators/{gateway}/{rest}");
        assert!(!world.get(&path("accounts")).await["items"].as_array().unwrap().is_empty(), "{gateway}");
        for rest in ["payments", "scripts", "notices", "ledger"] {
            assert_eq!(world.get(&path(rest)).await["items"], json!([]), "{gateway} {rest}");
        }
        assert!(world.get(&path("settings")).await.is_object());
        assert_eq!(world.post(&path("settings"), &json!({"nothing": 1})).await.0, 422, "{gateway}");
        assert_eq!(world.post(&path("accounts"), &json!({"nothing": 1})).await.0, 422, "{gateway}");
        assert_eq!(world.post(&path("scripts"), &json!({"mode": "explode"})).await.0, 422, "{gateway}");
        assert_eq!(world.post(&path("scripts"), &json!({"mode": "lost", "times": 0})).await.0, 422);
        assert_eq!(world.post(&path("payments/x"), &json!({"action": "pay"})).await.0, 404, "{gateway}");
        assert_eq!(world.post(&path("faults"), &json!({"mode": "slow"})).await.0, 201, "{gateway}");
    }
}

#[tokio::test]
async fn payments_are_found_by_any_of_their_names() {
    let world = World::in_memory().await;
    let id = world.ref_id(700_001).await;
    let sale = world.pay("mellat", &id).await["receipt"].as_str().unwrap().to_owned();
    for name in [id.as_str(), sale.as_str(), "700001"] {
        assert_eq!(world.get(&format!("/_local/simulators/mellat/payments/{name}")).await["id"], id);
    }
    let listed = world.get("/_local/simulators/mellat/payments?our_id=700001&state=paid").await;
    assert_eq!(listed["items"][0]["id"], id);
    let none = world.get("/_local/simulators/mellat/payments?state=open").await;
    assert_eq!(none["items"], json!([]));
}

#[tokio::test]
async fn wrong_acts_are_refused() {
    let world = World::in_memory().await;
    let id = world.ref_id(1).await;
    let path = format!("/_local/simulators/mellat/payments/{id}");
    for act in [
        json!({}),
        json!({"action": "dance"}),
        json!({"action": "pay", "card": "1234"}),
        json!({"action": "pay", "return": "never"}),
        json!({"action": "deposit"}),
        json!({"action": "pay", "what": 1}),
    ] {
        assert_eq!(world.post(&path, &act).await.0, 422, "{act}");
    }
    world.pay("mellat", &id).await;
    for action in ["pay", "cancel", "fail", "expire"] {
        assert_eq!(world.post(&path, &json!({"action": action})).await.0, 422, "{action}");
    }
    assert_eq!(world.entries("mellat", "taken").await.len(), 1);
}
