//! Work that is done after its caller was cut off.

use serde_json::json;

use crate::support::{TempFile, World, add_parcel, order};

#[tokio::test]
async fn a_late_commit_lands_when_the_clock_passes_it() {
    let world = World::in_memory().await;
    let token = world.demo_token().await;
    let product = world.rest_product(&token).await;
    world.fault("iran_post_rest", json!({"mode": "late_commit", "seconds": 30, "clock": "sim"})).await;
    let body = json!([order(1, product)]);
    assert!(world.rest_request(&token, "Order/AddParcel", &body).send().await.is_err());
    let inquiry =
        async || world.rest(&token, "Order/Inquiry", &json!({"ClientOrderId": 1})).await["Data"].clone();
    assert_eq!(inquiry().await, json!({}));
    world.advance("29s").await;
    assert_eq!(world.parcels().await, 0);
    world.advance("2s").await;
    assert!(inquiry().await["ParcelCode"].is_string());
    let entries = world.entries("iran_post_rest", "parcel").await;
    let time = |name: &str| entries[0][name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert_eq!(time("committed_at").duration_since(time("received_at")).as_secs(), 30);
    assert_eq!(entries[0]["bodies_received"], 1);
}

#[tokio::test]
async fn a_late_commit_meets_an_order_id_that_came_first() {
    let world = World::in_memory().await;
    let token = world.demo_token().await;
    let product = world.rest_product(&token).await;
    world.fault("iran_post_rest", json!({"mode": "late_commit", "seconds": 30, "clock": "sim"})).await;
    let body = json!([order(1, product)]);
    assert!(world.rest_request(&token, "Order/AddParcel", &body).send().await.is_err());
    let answer = world.rest(&token, "Order/AddParcel", &body).await;
    assert!(answer["Data"][0]["ParcelCode"].is_string());
    world.advance("1m").await;
    let entries = world.entries("iran_post_rest", "parcel").await;
    assert_eq!((entries.len(), &entries[0]["bodies_received"]), (1, &json!(2)));
}

#[tokio::test]
async fn in_real_time_it_lands_by_itself() {
    let world = World::in_memory().await;
    let product = world.soap_product().await;
    world.fault("iran_post_eshop", json!({"mode": "late_commit", "seconds": 1})).await;
    assert!(world.soap_raw("AddParcel", &add_parcel(&product)).await.is_err());
    assert_eq!(world.parcels().await, 0);
    let begun = std::time::Instant::now();
    while world.parcels().await == 0 {
        assert!(begun.elapsed().as_secs() < 30, "it never landed");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(world.parcels().await, 1);
}

#[tokio::test]
async fn it_outlives_a_restart() {
    let file = TempFile::new();
    let world = World::open(Some(file.0.clone())).await;
    let product = world.soap_product().await;
    world.fault("iran_post_eshop", json!({"mode": "late_commit", "seconds": 3600, "clock": "sim"})).await;
    assert!(world.soap_raw("AddParcel", &add_parcel(&product)).await.is_err());
    world.stop().await;
    let world = World::open(Some(file.0.clone())).await;
    assert_eq!(world.parcels().await, 0);
    world.advance("61m").await;
    assert_eq!(world.parcels().await, 1);
    world.stop().await;
}
