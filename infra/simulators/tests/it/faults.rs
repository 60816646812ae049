//! Each fault mode, on each wire it has a meaning for.

use serde_json::{Value, json};

use crate::support::{World, add_parcel, item_error, order, tag};

/// A fresh world with a product, and the AddParcel request for it.
async fn shop() -> (World, String) {
    let world = World::in_memory().await;
    let product = world.soap_product().await;
    (world, add_parcel(&product))
}

async fn bodies(world: &World) -> i64 {
    let ledger = world.ledger("iran_post").await;
    ledger["bodies"].as_array().unwrap().iter().map(|body| body["received"].as_i64().unwrap()).sum()
}

#[tokio::test]
async fn http_500_does_nothing_and_commit_then_500_does_it() {
    let (world, parcel) = shop().await;
    world.fault("iran_post_eshop", json!({"mode": "http_500", "operation": "AddParcel"})).await;
    assert_eq!(world.soap_raw("AddParcel", &parcel).await.unwrap().0, 500);
    assert_eq!((world.parcels().await, bodies(&world).await), (0, 1));
    world.fault("iran_post", json!({"mode": "commit_then_500", "operation": "addparcel"})).await;
    assert_eq!(world.soap_raw("AddParcel", &parcel).await.unwrap().0, 500);
    assert_eq!((world.parcels().await, bodies(&world).await), (1, 2));
    assert_eq!(world.soap_raw("AddParcel", &parcel).await.unwrap().0, 200);
    let calls = world.ledger("iran_post").await["calls"].clone();
    let add = calls.as_array().unwrap().iter().find(|call| call["operation"] == "AddParcel").unwrap().clone();
    assert_eq!((&add["received"], &add["executed"], &add["answered"]), (&json!(3), &json!(2), &json!(1)));
}

#[tokio::test]
async fn a_fault_hits_its_operation_its_wire_and_its_times() {
    let (world, parcel) = shop().await;
    world.fault("iran_post_rest", json!({"mode": "http_500", "times": 9})).await;
    assert_eq!(world.soap_raw("AddParcel", &parcel).await.unwrap().0, 200);
    world.fault("iran_post_eshop", json!({"mode": "http_500", "operation": "AddParcel", "times": 2})).await;
    assert_eq!(world.soap_raw("GetStates", "").await.unwrap().0, 200);
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(world.soap_raw("AddParcel", &parcel).await.unwrap().0);
    }
    assert_eq!(seen, [500, 500, 200, 200]);
    let listed = world.get("/_local/simulators/iran_post/faults").await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    assert_eq!(listed["items"][1]["remaining"], 0);
    let cleared = world
        .client()
        .delete(format!("{}/_local/simulators/iran_post/faults", world.base))
        .send()
        .await
        .unwrap();
    assert_eq!(cleared.json::<Value>().await.unwrap()["cleared"], 2);
    let listed = world.get("/_local/simulators/iran_post/faults").await;
    assert_eq!(listed["items"], json!([]));
}

#[tokio::test]
async fn timeout_and_slow_take_their_time() {
    let (world, parcel) = shop().await;
    world.fault("iran_post_eshop", json!({"mode": "timeout", "seconds": 0.02})).await;
    assert!(world.soap_raw("AddParcel", &parcel).await.is_err(), "held, then cut");
    assert_eq!(world.parcels().await, 0);
    world.fault("iran_post_eshop", json!({"mode": "slow", "seconds": 0.05})).await;
    let begun = std::time::Instant::now();
    assert_eq!(world.soap_raw("AddParcel", &parcel).await.unwrap().0, 200);
    assert!(begun.elapsed().as_millis() >= 50);
    world.fault("iran_post_eshop", json!({"mode": "slow", "seconds": 60})).await;
    let request = world.soap_request("AddParcel", &parcel).timeout(std::time::Duration::from_millis(200));
    assert!(request.send().await.unwrap_err().is_timeout());
    assert_eq!(world.parcels().await, 2, "slow does the work before it sleeps");
}

#[tokio::test]
async fn answers_gone_wrong_are_wrong_and_the_work_is_done() {
    let (world, parcel) = shop().await;
    world.fault("iran_post_eshop", json!({"mode": "malformed"})).await;
    let (status, text) = world.soap_raw("AddParcel", &parcel).await.unwrap();
    assert_eq!(status, 200);
    assert!(!text.contains("</s:Envelope>"), "{text}");
    world.fault("iran_post_eshop", json!({"mode": "wrong_type"})).await;
    let response = world.soap_request("AddParcel", &parcel).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/plain");
    let text = response.text().await.unwrap();
    assert!(tag(&text, "ParcelCode").chars().all(|c| !c.is_ascii_digit()), "{text}");
    world.fault("iran_post_eshop", json!({"mode": "huge"})).await;
    let (_, text) = world.soap_raw("AddParcel", &parcel).await.unwrap();
    assert!(text.len() > 10_000_000);
    world.fault("iran_post_eshop", json!({"mode": "entity_bomb"})).await;
    let (_, text) = world.soap_raw("AddParcel", &parcel).await.unwrap();
    assert!(text.contains("<!DOCTYPE lolz") && text.contains("&lol9;"));
    assert_eq!(world.parcels().await, 4);
    world.fault("iran_post_eshop", json!({"mode": "malformed", "execute": false})).await;
    world.soap_raw("AddParcel", &parcel).await.unwrap();
    assert_eq!(world.parcels().await, 4);
}

#[tokio::test]
async fn a_login_page_and_a_quota_do_nothing() {
    let (world, parcel) = shop().await;
    world.fault("iran_post_eshop", json!({"mode": "html"})).await;
    let response = world.soap_request("AddParcel", &parcel).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    world.fault("iran_post_eshop", json!({"mode": "quota"})).await;
    assert_eq!(tag(&world.soap("AddParcel", &parcel).await, "ErrorCode"), "-10");
    world.fault("iran_post_eshop", json!({"mode": "quota"})).await;
    assert_eq!(tag(&world.soap("GetStatus", "").await, "GetStatusResult"), "-10");
    world.fault("iran_post_eshop", json!({"mode": "code", "code": -6})).await;
    assert_eq!(tag(&world.soap("AddParcel", &parcel).await, "ErrorCode"), "-6");
    assert_eq!(world.parcels().await, 0);
}

#[tokio::test]
async fn the_rest_wire_goes_wrong_in_its_own_words() {
    let world = World::in_memory().await;
    let token = world.demo_token().await;
    let product = world.rest_product(&token).await;
    let mut next = 0;
    let mut add = async |mode: Value| {
        next += 1;
        world.fault("iran_post_rest", mode).await;
        let body = json!([order(next, product)]);
        world.rest_request(&token, "Order/AddParcel", &body).send().await.unwrap().text().await.unwrap()
    };
    assert_eq!(serde_json::from_str::<Value>(&add(json!({"mode": "quota"})).await).unwrap()["ResCode"], -1);
    assert_eq!(
        serde_json::from_str::<Value>(&add(json!({"mode": "code", "code": -2})).await).unwrap()["ResCode"],
        -2
    );
    let refused: Value = serde_json::from_str(&add(json!({"mode": "code", "code": 2208})).await).unwrap();
    assert_eq!((item_error(&refused), &refused["Data"][0]["ClientOrderId"]), (2208, &json!(3)));
    // The order exists, its barcode does not come.
    let without: Value =
        serde_json::from_str(&add(json!({"mode": "code", "code": 22, "execute": true})).await).unwrap();
    assert_eq!(without["ResCode"], 22);
    let found = world.rest(&token, "Order/Inquiry", &json!({"ClientOrderId": 4})).await;
    assert!(found["Data"]["ParcelCode"].is_string());
    assert!(serde_json::from_str::<Value>(&add(json!({"mode": "malformed"})).await).is_err());
    let twisted: Value = serde_json::from_str(&add(json!({"mode": "wrong_type"})).await).unwrap();
    assert_eq!(twisted["ResCode"], "many");
    assert!(add(json!({"mode": "huge"})).await.len() > 10_000_000);
    assert_eq!(world.parcels().await, 4);
    world.fault("iran_post_rest", json!({"mode": "http_500", "operation": "token"})).await;
    let form = [("username", "demo-shop"), ("password", "demo-pass"), ("grant_type", "password")];
    let url = format!("{}/iran_post/rest/RestApi/token", world.base);
    assert_eq!(world.client().post(url).form(&form).send().await.unwrap().status(), 500);
}

#[tokio::test]
async fn blind_lookups_see_only_what_is_old_enough() {
    let world = World::in_memory().await;
    let token = world.demo_token().await;
    let product = world.rest_product(&token).await;
    world.fault("iran_post", json!({"mode": "blind_lookup", "seconds": 60})).await;
    let answer = world.rest(&token, "Order/AddParcel", &json!([order(1, product)])).await;
    let code = answer["Data"][0]["ParcelCode"].as_str().unwrap().to_owned();
    let inquiry =
        async || world.rest(&token, "Order/Inquiry", &json!({"ClientOrderId": 1})).await["Data"].clone();
    let status = async || {
        let inner = format!("{}<parcelCode>{code}</parcelCode>", crate::support::LOGIN);
        tag(&world.soap("GetStatus", &inner).await, "GetStatusResult")
    };
    assert_eq!((inquiry().await, status().await), (json!({}), "-1".to_owned()));
    let rest = world.rest(&token, "Order/ParcelStatus", &json!([code])).await;
    assert_eq!(rest["Data"][0]["StatusCode"], -1);
    // The order id is taken all the same.
    let again = world.rest(&token, "Order/AddParcel", &json!([order(1, product)])).await;
    assert_eq!(item_error(&again), 9505);
    world.advance("61s").await;
    assert_eq!(
        (inquiry().await["ParcelCode"].as_str(), status().await),
        (Some(code.as_str()), "0".to_owned())
    );
}

#[tokio::test]
async fn random_faults_repeat_from_their_seed() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let (world, _) = shop().await;
        world.fault("iran_post_eshop", json!({"mode": "http_500", "probability": 0.3, "seed": 42})).await;
        let mut seen = Vec::new();
        for _ in 0..60 {
            seen.push(world.soap_raw("GetStates", "").await.unwrap().0 == 500);
        }
        runs.push(seen);
    }
    assert_eq!(runs[0], runs[1]);
    let hits = runs[0].iter().filter(|hit| **hit).count();
    assert!((8..=30).contains(&hits), "{hits} of 60");
}

#[tokio::test]
async fn faults_that_make_no_sense_are_refused() {
    let world = World::in_memory().await;
    for (system, fault, status) in [
        ("iran_post", json!({"mode": "explode"}), 422),
        ("iran_post", json!({"mode": "slow", "seconds": -1}), 422),
        ("iran_post", json!({"mode": "slow", "probability": 2}), 422),
        ("iran_post", json!({"mode": "status"}), 422),
        ("iran_post", json!({"mode": "code"}), 422),
        ("iran_post", json!({"mode": "slow", "tims": 3}), 422),
        ("moon_post", json!({"mode": "slow"}), 404),
    ] {
        let (got, answer) = world.post(&format!("/_local/simulators/{system}/faults"), &fault).await;
        assert_eq!(got, status, "{answer}");
    }
}
