//! The most parcels an order may have: whatever changes them all still fits one transaction, of which the
//! embedded engine takes a hundred writes as DynamoDB does.

use http::StatusCode;
use serde_json::{Value, json};
use yam_domain::limits::MAX_PARCELS;
use yam_tests::{Options, World, order_to_seoul, order_to_shiraz};

async fn korea() -> World {
    let world = World::new(Options::default()).await;
    world.contract("seoul", None).await;
    world
}

/// An order of so many parcels, each with a bowl of each of so many vendors.
fn market(number: &str, vendors: usize, parcels: usize) -> Value {
    let bowl = |vendor: usize| {
        json!({
            "line_id": vendor.to_string(), "name": "그릇", "quantity": parcels, "weight_g": 100,
            "content_code": "025", "price": {"amount": 1_000, "currency": "KRW"},
            "vendor_id": format!("vendor-{vendor}"),
        })
    };
    let one_of_each = || -> Vec<Value> {
        (0..vendors).map(|vendor| json!({"line_id": vendor.to_string(), "quantity": 1})).collect()
    };
    let mut order = order_to_seoul(number);
    order["items"] = (0..vendors).map(bowl).collect();
    order["goods_total"]["amount"] = json!(1_000 * vendors * parcels);
    order["parcels"] = (0..parcels).map(|_| json!({"items": one_of_each()})).collect();
    order
}

async fn release(world: &World, order: &Value, key: &str, items: Value) -> (StatusCode, Value) {
    let path = format!("/v1/orders/{}/release", order["order_id"].as_str().expect("an id"));
    let body = json!({"items": items});
    world.call_as(&world.key, "POST", &path, &[("idempotency-key", key)], Some(body)).await
}

fn ids(order: &Value) -> Vec<String> {
    let parcels = order["parcels"].as_array().expect("parcels");
    parcels.iter().map(|parcel| parcel["parcel_id"].as_str().expect("an id").to_owned()).collect()
}

#[tokio::test]
async fn an_order_of_the_most_parcels_is_placed_and_registered_at_once() {
    let world = korea().await;
    let mut order = market("L-1", 1, MAX_PARCELS);
    order["dispatch"] = json!("on_created");
    let placed = world.place(order).await;
    assert_eq!(ids(&placed).len(), MAX_PARCELS);
    world.drain().await;
    let path = format!("/v1/orders/{}", placed["order_id"].as_str().unwrap());
    let (_, order) = world.call("GET", &path, None).await;
    for parcel in order["parcels"].as_array().unwrap() {
        assert_eq!(parcel["state"], "registered", "{parcel}");
    }
}

#[tokio::test]
async fn one_parcel_more_is_refused_by_name() {
    let world = korea().await;
    let (status, answer) = world.call("POST", "/v1/orders", Some(market("L-2", 1, MAX_PARCELS + 1))).await;
    assert_eq!(
        (status, &answer["errors"][0]["pointer"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("#/parcels")),
        "{answer}"
    );
    let words = answer["errors"][0]["detail"].as_str().unwrap_or_default();
    assert!(words.contains(&MAX_PARCELS.to_string()), "{answer}");
}

/// The most a release can write: every parcel that waits is left empty, as many new ones are registered.
#[tokio::test]
async fn the_largest_release_fits_one_transaction_and_gives_no_number_twice() {
    let world = korea().await;
    let placed = world.place(market("L-3", MAX_PARCELS, MAX_PARCELS)).await;
    let all: Value =
        (0..MAX_PARCELS).map(|line| json!({"line_id": line.to_string(), "quantity": MAX_PARCELS})).collect();
    let (status, released) = release(&world, &placed, "all", all).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{released}");
    let (before, after) = (ids(&placed), ids(&released));
    assert_eq!(after.len(), MAX_PARCELS);
    assert!(after.iter().all(|id| !before.contains(id)), "{before:?} {after:?}");
    assert_eq!(released["state"], "released");
    for parcel in released["parcels"].as_array().unwrap() {
        assert_eq!(parcel["state"], "registering", "{parcel}");
    }
}

#[tokio::test]
async fn a_release_that_makes_too_many_parcels_is_refused_and_takes_nothing_out() {
    let world = korea().await;
    let placed = world.place(market("L-4", 2, MAX_PARCELS)).await;
    let one = json!([{"line_id": "0", "quantity": 1}]);
    let (status, answer) = release(&world, &placed, "one", one).await;
    assert_eq!(
        (status, &answer["errors"][0]["pointer"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("#/items")),
        "{answer}"
    );
    let words = answer["errors"][0]["detail"].as_str().unwrap_or_default();
    assert!(words.contains(&MAX_PARCELS.to_string()), "{answer}");
    let path = format!("/v1/orders/{}", placed["order_id"].as_str().unwrap());
    let (_, order) = world.call("GET", &path, None).await;
    assert_eq!(order["parcels"], placed["parcels"]);
}

#[tokio::test]
async fn goods_of_more_accounts_than_parcels_are_not_put_into_one() {
    let world = World::new(Options::default()).await;
    let vendors = MAX_PARCELS + 1;
    for vendor in 0..vendors {
        let account = json!({
            "carrier": "iran_post", "wire": "eshop", "vendor_id": format!("vendor-{vendor}"),
            "credentials": {"username": "demo-shop", "password": "demo-pass"},
        });
        let path = format!("/v1/settings/carriers/vendor-{vendor}");
        let (status, answer) = world.call("PUT", &path, Some(account)).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }
    let mut order = order_to_shiraz("L-5");
    let item = order["items"][0].clone();
    order["items"] = (0..vendors)
        .map(|vendor| {
            let mut item = item.clone();
            item["line_id"] = json!(vendor.to_string());
            item["vendor_id"] = json!(format!("vendor-{vendor}"));
            item
        })
        .collect();
    order["goods_total"]["amount"] = json!(900_000 * vendors);
    let (status, answer) = world.call("POST", "/v1/orders", Some(order)).await;
    assert_eq!(
        (status, &answer["errors"][0]["pointer"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("#/items")),
        "{answer}"
    );
}
