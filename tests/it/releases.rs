//! Korea's automation: a waybill the moment a packed order is released, whole or in parts, from the contract of
//! whoever sends it (S3-01 ... S3-06, S3-12, S3-13, S3-20, S3-21, S3-23, S3-24; reliability notes, section 4.3).

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use yam_tests::{Options, World, order_to_seoul};

const SHIP: &str = "korea_post_ship";

async fn korea() -> World {
    let world = World::new(Options::default()).await;
    world.contract("seoul", None).await;
    world
}

async fn release(world: &World, order: &Value, key: &str, items: Value) -> (StatusCode, Value) {
    let path = format!("/v1/orders/{}/release", order["order_id"].as_str().expect("an id"));
    let headers = [("idempotency-key", key)];
    let headers: &[(&str, &str)] = if key.is_empty() { &[] } else { &headers };
    world.call_as(&world.key, "POST", &path, headers, Some(items)).await
}

async fn parcels(world: &World, order: &Value) -> Vec<Value> {
    let path = format!("/v1/orders/{}", order["order_id"].as_str().expect("an id"));
    let (status, answer) = world.call("GET", &path, None).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer["parcels"].as_array().expect("parcels").clone()
}

/// Waybills that the post did not call off, with the customer they are booked on.
async fn booked(world: &World) -> Vec<(String, String)> {
    let rows = world.ledger(SHIP).await;
    let live = rows.into_iter().filter(|row| row["cancelled_at"].is_null());
    live.map(|row| {
        let text = |name: &str| row[name].as_str().expect("a text").to_owned();
        (text("account"), text("its_id"))
    })
    .collect()
}

#[tokio::test]
async fn a_released_order_has_its_waybill_at_once_and_an_unpaid_one_is_refused() {
    let world = korea().await;
    let mut unpaid = order_to_seoul("K-1");
    unpaid["paid"] = json!(false);
    let order = world.place(unpaid).await;
    let (status, answer) = release(&world, &order, "", json!({})).await;
    assert_eq!(
        (status, &answer["type"]),
        (StatusCode::CONFLICT, &json!("/problems/order-unpaid")),
        "{answer}"
    );
    world.drain().await;
    assert!(booked(&world).await.is_empty());
    let path = format!("/v1/orders/{}/paid", order["order_id"].as_str().unwrap());
    let (status, answer) = world.call("POST", &path, None).await;
    assert!(status.is_success(), "{answer}");
    let (status, answer) = release(&world, &order, "", json!({})).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    world.drain().await;
    let parcel = world.parcel_of(&order).await;
    assert_eq!(
        (&parcel["state"], &parcel["barcode_state"]),
        (&json!("registered"), &json!("received")),
        "{parcel}"
    );
    let code = parcel["tracking_code"].as_str().unwrap();
    assert!(code.len() == 13 && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
    assert_eq!(booked(&world).await, [("0001234567".to_owned(), code.to_owned())]);
    // Again changes nothing.
    release(&world, &order, "", json!({})).await;
    world.drain().await;
    assert_eq!(booked(&world).await.len(), 1);
}

#[tokio::test]
async fn parts_go_out_by_items_and_never_more_than_was_ordered() {
    let world = korea().await;
    let order = world.place(order_to_seoul("K-2")).await;
    let two_cups = json!({"items": [{"line_id": "cup", "quantity": 2}]});
    let (status, answer) = release(&world, &order, "", two_cups.clone()).await;
    assert_eq!(answer["type"], "/problems/idempotency-key-required", "{status} {answer}");
    for _ in 0..2 {
        let (status, answer) = release(&world, &order, "first", two_cups.clone()).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    }
    world.drain().await;
    assert_eq!(booked(&world).await.len(), 1, "the same key is the same release");
    for (items, pointer) in [
        (json!([{"line_id": "cup", "quantity": 2}]), "#/items/0/quantity"),
        (json!([{"line_id": "cup", "quantity": 0}]), "#/items/0/quantity"),
        (json!([{"line_id": "saucer", "quantity": 1}]), "#/items/0/line_id"),
        (json!([{"line_id": "cup", "quantity": 1}, {"line_id": "cup", "quantity": 1}]), "#/items/1/line_id"),
    ] {
        let (status, answer) =
            release(&world, &order, &format!("bad {pointer} {items}"), json!({"items": items})).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
        assert_eq!(answer["errors"][0]["pointer"], pointer, "{answer}");
    }
    let one_of_each =
        json!({"items": [{"line_id": "cup", "quantity": 1}, {"line_id": "pot", "quantity": 1}]});
    let (status, answer) = release(&world, &order, "second", one_of_each).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    // The rest.
    let (status, answer) = release(&world, &order, "", json!({})).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    world.drain().await;
    let all = parcels(&world, &order).await;
    let mut sent = std::collections::BTreeMap::new();
    for parcel in &all {
        assert_eq!(parcel["state"], "registered", "{parcel}");
        for item in parcel["items"].as_array().expect("items") {
            *sent.entry(item["line_id"].as_str().unwrap().to_owned()).or_insert(0) +=
                item["quantity"].as_u64().unwrap();
        }
    }
    assert_eq!(sent, [("cup".to_owned(), 3), ("pot".to_owned(), 2)].into());
    let mut codes: Vec<String> =
        all.iter().map(|parcel| parcel["tracking_code"].as_str().unwrap().to_owned()).collect();
    let mut known: Vec<String> = booked(&world).await.into_iter().map(|(_, code)| code).collect();
    codes.sort();
    known.sort();
    assert_eq!(codes, known);
}

#[tokio::test]
async fn each_vendor_sends_on_its_own_contract() {
    let world = korea().await;
    world.contract("clay", Some("clay")).await;
    let order = world.place(order_to_seoul("K-3")).await;
    let (status, answer) = release(&world, &order, "", json!({})).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    world.drain().await;
    let all = parcels(&world, &order).await;
    assert_eq!(all.len(), 2, "{all:?}");
    let mut customers: Vec<String> = booked(&world).await.into_iter().map(|(customer, _)| customer).collect();
    customers.sort();
    assert_eq!(customers, ["0001234567", "0007654321"]);
    let pots = all.iter().find(|parcel| parcel["account_id"] == "clay").expect("the vendor's parcel");
    assert_eq!(pots["items"][0]["line_id"], "pot", "{pots}");
}

#[tokio::test]
async fn a_called_off_waybill_is_issued_anew() {
    let world = korea().await;
    let order = world.place(order_to_seoul("K-4")).await;
    let cups = json!({"items": [{"line_id": "cup", "quantity": 3}]});
    release(&world, &order, "first", cups.clone()).await;
    world.drain().await;
    let first = parcels(&world, &order).await.into_iter().find(|p| p["state"] == "registered").expect("one");
    let path = format!("/v1/parcels/{}/cancel", first["parcel_id"].as_str().unwrap());
    let (status, answer) = world.call("POST", &path, None).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    world.drain().await;
    assert_eq!(world.parcel(&first).await["state"], "cancelled");
    assert!(booked(&world).await.is_empty(), "the post called it off, too");
    let (status, answer) = release(&world, &order, "again", cups).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    world.drain().await;
    let booked = booked(&world).await;
    assert_eq!(booked.len(), 1);
    assert_ne!(json!(booked[0].1), first["tracking_code"]);
}

/// S3-04, S3-20: promised within 20 minutes; at 12 somebody is warned.
#[tokio::test]
async fn a_waybill_that_does_not_come_warns_at_twelve_minutes_and_alarms_at_twenty() {
    let world = korea().await;
    world.fault(SHIP, json!({"mode": "refuse", "times": 1_000})).await;
    let order = world.place(order_to_seoul("K-5")).await;
    release(&world, &order, "", json!({})).await;
    let minute = SignedDuration::from_mins(1);
    world.advance(minute * 11 + SignedDuration::from_secs(30)).await;
    assert_eq!((world.counted("RegistrationSlow"), world.counted("RegistrationLate")), (0, 0));
    world.advance(minute).await;
    assert_eq!((world.counted("RegistrationSlow"), world.counted("RegistrationLate")), (1, 0));
    world.advance(minute * 7).await;
    assert_eq!((world.counted("RegistrationSlow"), world.counted("RegistrationLate")), (1, 0));
    world.advance(minute).await;
    assert_eq!((world.counted("RegistrationSlow"), world.counted("RegistrationLate")), (1, 1));
    assert_eq!(world.told("parcel.delayed").await.len(), 1);
    // It comes after all, once.
    world.heal(SHIP).await;
    world.advance(minute * 20).await;
    assert_eq!(world.parcel_of(&order).await["state"], "registered");
    assert_eq!(booked(&world).await.len(), 1);
    assert_eq!((world.counted("RegistrationSlow"), world.counted("RegistrationLate")), (1, 1));
}

/// The order number and its day find what was made of a lost answer, whatever the post does with a number
/// it has seen (F2, F3, F8).
#[tokio::test]
async fn a_lost_waybill_is_found_again_under_every_policy_for_repeated_numbers() {
    for policy in ["reject", "return_existing", "issue_new"] {
        for mode in ["lost_answer", "commit_then_500", "truncate", "cut_request"] {
            let world = korea().await;
            let settings = json!({"duplicate_policy": policy});
            world.simulator(reqwest::Method::POST, "korea_post_ship/settings", Some(settings)).await;
            world.fault(SHIP, json!({"mode": mode, "operation": "InsertOrder", "times": 1})).await;
            let order = world.place(order_to_seoul("K-6")).await;
            release(&world, &order, "", json!({})).await;
            world.advance(SignedDuration::from_mins(15)).await;
            let parcel = world.parcel_of(&order).await;
            assert_eq!(parcel["state"], "registered", "{policy} {mode}: {parcel}");
            let code = parcel["tracking_code"].as_str().unwrap().to_owned();
            assert_eq!(booked(&world).await, [("0001234567".to_owned(), code)], "{policy} {mode}");
        }
    }
}

/// S3-15: labels are printed on the post's own page; and it collects no money for goods.
#[tokio::test]
async fn labels_and_money_are_the_posts_own() {
    let world = korea().await;
    let mut order = order_to_seoul("K-7");
    order["cod"] = json!(true);
    order["paid"] = json!(false);
    let (status, answer) = world.call("POST", "/v1/orders", Some(order)).await;
    assert_eq!(
        (status, &answer["type"], &answer["errors"][0]["pointer"]),
        (StatusCode::CONFLICT, &json!("/problems/not-supported-by-operator"), &json!("#/cod")),
        "{answer}"
    );
    assert!(booked(&world).await.is_empty());
    let order = world.place(order_to_seoul("K-8")).await;
    release(&world, &order, "", json!({})).await;
    world.drain().await;
    let path = format!("/v1/parcels/{}/label", order["parcels"][0]["parcel_id"].as_str().unwrap());
    let (_, answer) = world.call("GET", &path, None).await;
    assert_eq!(answer["type"], "/problems/not-supported-by-operator", "{answer}");
    assert!(answer["panel_url"].is_string(), "{answer}");
}
