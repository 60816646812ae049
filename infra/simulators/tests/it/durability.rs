//! What is there after the simulators were stopped and opened again.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;
use yam_simulators::{Options, SimClock, Simulators, SystemSimClock};

use crate::support::{TempFile, World, add_parcel, order, tag};

#[tokio::test]
async fn everything_outlives_a_restart() {
    let file = TempFile::new();
    let world = World::open(Some(file.0.clone())).await;
    let token = world.demo_token().await;
    let product = world.soap_product().await;
    let parcel = tag(&world.soap("AddParcel", &add_parcel(&product)).await, "ParcelCode");
    let rest_product = world.rest_product(&token).await;
    world.rest(&token, "Order/AddParcel", &json!([order(7, rest_product)])).await;
    world.fault("iran_post_eshop", json!({"mode": "http_500", "operation": "AddParcel", "times": 2})).await;
    world.soap_raw("AddParcel", &add_parcel(&product)).await.unwrap();
    world.post("/shop/webhooks", &json!({"type": "parcel.registered"})).await;
    world.settings(json!({"tariff": "T4"})).await;
    let account = json!({"username": "new", "password": "new", "shop_code": 11111});
    world.post("/_local/simulators/iran_post/accounts", &account).await;
    world.advance("30m").await;
    let now = world.get("/_local/clock").await["now"].as_str().unwrap().parse::<Timestamp>().unwrap();
    let before = world.ledger("iran_post").await;
    world.stop().await;

    let world = World::open(Some(file.0.clone())).await;
    assert_eq!(world.ledger("iran_post").await, before);
    let later = world.get("/_local/clock").await["now"].as_str().unwrap().parse::<Timestamp>().unwrap();
    assert!(later >= now);
    assert_eq!(world.get("/_local/webhooks").await["items"].as_array().unwrap().len(), 1);
    assert_eq!(world.get("/_local/simulators/iran_post/settings").await["tariff"], "T4");
    assert_eq!(world.token("new", "new").await.0, 200);
    // The token still lives, the order id is still taken, the fault still has one call to hit.
    let found = world.rest(&token, "Order/Inquiry", &json!({"ClientOrderId": 7})).await;
    assert!(found["Data"]["ParcelCode"].is_string());
    assert_eq!(world.soap_raw("AddParcel", &add_parcel(&product)).await.unwrap().0, 500);
    let next = tag(&world.soap("AddParcel", &add_parcel(&product)).await, "ParcelCode");
    assert!(next > parcel);
    world.stop().await;
}

#[tokio::test]
async fn an_effect_is_in_the_file_before_it_is_answered() {
    let file = TempFile::new();
    let world = World::open(Some(file.0.clone())).await;
    let product = world.soap_product().await;
    world.soap("AddParcel", &add_parcel(&product)).await;
    // A second reader sees only what was committed; nothing was closed or flushed in between.
    let other = rusqlite::Connection::open(&file.0).unwrap();
    let count: i64 =
        other.query_row("SELECT count(*) FROM ledger WHERE kind = 'parcel'", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 1);
    let mode: String = other.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

struct Fixed(Timestamp);

impl SimClock for Fixed {
    fn now(&self) -> Timestamp {
        self.0
    }
}

#[tokio::test]
async fn a_foreign_clock_is_used_and_not_served() {
    let clock = Arc::new(Fixed("2026-12-01T06:00:00Z".parse().unwrap()));
    let simulators = Simulators::open(Options { data: None, clock }).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    // An ordinary server: wires and control routes work without ours.
    let router = simulators.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let client = reqwest::Client::new();
    assert_eq!(client.get(format!("{base}/_local/clock")).send().await.unwrap().status(), 404);
    client.post(format!("{base}/shop/webhooks")).body("x").send().await.unwrap();
    let items: serde_json::Value =
        client.get(format!("{base}/_local/webhooks")).send().await.unwrap().json().await.unwrap();
    assert_eq!(items["items"][0]["received_at"], "2026-12-01T06:00:00Z");
    client
        .post(format!("{base}/_local/simulators/webhooks/faults"))
        .json(&json!({"mode": "lost_answer"}))
        .send()
        .await
        .unwrap();
    let cut = client.post(format!("{base}/shop/webhooks")).body("x").send().await.unwrap();
    assert_eq!(cut.status(), 502, "what cannot be cut is at least no success");
}

#[test]
fn the_clock_only_goes_forward() {
    let clock = SystemSimClock::new();
    let before = clock.now();
    clock.raise_offset_ms(3_600_000);
    let later = clock.now();
    assert!(later.duration_since(before).as_secs() >= 3_600);
    clock.raise_offset_ms(0);
    assert!(clock.now() >= later);
}
