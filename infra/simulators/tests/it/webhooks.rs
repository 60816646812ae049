//! The demo shop's webhook receiver.

use serde_json::{Value, json};

use crate::support::World;

async fn deliver(world: &World, path: &str, id: &str, body: &'static str) -> Result<u16, reqwest::Error> {
    let request = world
        .client()
        .post(format!("{}{path}", world.base))
        .header("Webhook-Id", id)
        .header("webhook-timestamp", "1700000000")
        .header("Webhook-Signature", "v1,abc=")
        .body(body);
    Ok(request.send().await?.status().as_u16())
}

async fn items(world: &World, query: &str) -> Vec<Value> {
    world.get(&format!("/_local/webhooks{query}")).await["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn deliveries_are_kept_as_they_came() {
    let world = World::in_memory().await;
    let body = "{ \"type\":\"parcel.registered\",  \"data\":{\"نام\":1}}\n";
    assert_eq!(deliver(&world, "/shop/webhooks", "evt_1", body).await.unwrap(), 204);
    assert_eq!(deliver(&world, "/shop/acme/webhooks", "evt_2", "x").await.unwrap(), 204);
    let items = items(&world, "").await;
    assert_eq!(items[0]["body"], body);
    assert_eq!(items[0]["headers"]["webhook-id"], "evt_1");
    assert_eq!(items[0]["headers"]["webhook-signature"], "v1,abc=");
    assert_eq!(
        (&items[0]["path"], &items[1]["path"]),
        (&json!("/shop/webhooks"), &json!("/shop/acme/webhooks"))
    );
    let bytes = world
        .client()
        .post(format!("{}/shop/webhooks", world.base))
        .body(vec![0xff, 0x00])
        .send()
        .await
        .unwrap();
    assert_eq!(bytes.status(), 204);
    assert_eq!(self::items(&world, "").await[2]["body_base64"], "/wA=");
}

#[tokio::test]
async fn a_shop_can_be_down() {
    let world = World::in_memory().await;
    for (fault, status) in [
        (json!({"mode": "http_500"}), Some(500)),
        (json!({"mode": "status", "status": 410}), Some(410)),
        (json!({"mode": "status", "status": 302, "location": "http://127.0.0.1:1/elsewhere"}), Some(302)),
        (json!({"mode": "timeout", "seconds": 0.01}), None),
        (json!({"mode": "cut_request"}), None),
        (json!({"mode": "lost_answer"}), None),
        (json!({"mode": "slow", "seconds": 0.01}), Some(204)),
    ] {
        world.fault("webhooks", fault.clone()).await;
        assert_eq!(deliver(&world, "/shop/webhooks", "evt_1", "x").await.ok(), status, "{fault}");
    }
    let taken = items(&world, "").await;
    assert_eq!(taken.iter().map(|item| &item["answered"]).collect::<Vec<_>>(), ["cut", "204"]);
    let all = items(&world, "?all=true").await;
    let answered: Vec<_> = all.iter().map(|item| item["answered"].as_str().unwrap()).collect();
    assert_eq!(answered, ["500", "410", "302", "cut", "cut", "cut", "204"]);
    let entries = world.entries("webhooks", "delivery").await;
    assert_eq!(
        (entries.len(), &entries[0]["our_id"], &entries[0]["bodies_received"]),
        (2, &json!("evt_1"), &json!(7))
    );
    // Faults can pick one shop.
    world.fault("webhooks", json!({"mode": "http_500", "operation": "acme"})).await;
    assert_eq!(deliver(&world, "/shop/webhooks", "evt_2", "x").await.unwrap(), 204);
    assert_eq!(deliver(&world, "/shop/acme/webhooks", "evt_2", "x").await.unwrap(), 500);
}

#[tokio::test]
async fn redirects_name_their_target() {
    let world = World::in_memory().await;
    world.fault("webhooks", json!({"mode": "status", "status": 307, "location": "/elsewhere"})).await;
    let response =
        world.client().post(format!("{}/shop/webhooks", world.base)).body("x").send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["location"]),
        (307, &"/elsewhere".parse().unwrap())
    );
}
