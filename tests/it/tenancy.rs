//! Merchant A can never see or touch B's things: every route with another merchant's key is 404.

use http::StatusCode;
use serde_json::json;
use yam_tests::{Options, World, order_to_shiraz};

#[tokio::test]
async fn another_merchants_key_gets_404_on_every_route() {
    let world = World::new(Options::default()).await;
    let other = world.merchant("other").await;
    let order = world.place(order_to_shiraz("T-1")).await;
    world.drain().await;
    let id = order["order_id"].as_str().unwrap();
    let parcel = order["parcels"][0]["parcel_id"].as_str().unwrap();
    let (_, deliveries) = world.call("GET", "/v1/webhooks/deliveries", None).await;
    let delivery = deliveries["items"][0]["delivery_id"].as_str().unwrap();
    let code = json!({"tracking_code": "29999000711000000012"});
    for (method, path, body) in [
        ("GET", format!("/v1/orders/{id}"), None),
        ("POST", format!("/v1/orders/{id}/release"), None),
        ("POST", format!("/v1/orders/{id}/paid"), None),
        ("POST", format!("/v1/orders/{id}/confirm"), None),
        ("POST", format!("/v1/orders/{id}/cancel"), None),
        ("GET", format!("/v1/parcels/{parcel}"), None),
        ("PATCH", format!("/v1/parcels/{parcel}/recipient"), Some(json!({"city": "x"}))),
        ("POST", format!("/v1/parcels/{parcel}/register"), None),
        ("PUT", format!("/v1/parcels/{parcel}/tracking-code"), Some(code)),
        ("POST", format!("/v1/parcels/{parcel}/ready"), None),
        ("POST", format!("/v1/parcels/{parcel}/confirm"), None),
        ("POST", format!("/v1/parcels/{parcel}/cancel"), None),
        ("GET", format!("/v1/parcels/{parcel}/label"), None),
        ("GET", "/v1/settings/carriers/post".to_owned(), None),
        ("POST", "/v1/settings/carriers/post/apply".to_owned(), None),
        ("DELETE", "/v1/settings/carriers/post".to_owned(), None),
        ("GET", "/v1/settings/webhooks/shop".to_owned(), None),
        ("POST", "/v1/settings/webhooks/shop/rotate".to_owned(), None),
        ("DELETE", "/v1/settings/webhooks/shop".to_owned(), None),
        ("POST", format!("/v1/webhooks/deliveries/{delivery}/resend"), None),
    ] {
        let (status, answer) = world.call_as(&other, method, &path, &[], body.clone()).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{method} {path}: {answer}");
        let (status, _) = world.call_as("", method, &path, &[], body).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path} without a key");
    }
    for path in [
        "/v1/orders",
        "/v1/parcels",
        "/v1/events",
        "/v1/settings/carriers",
        "/v1/settings/webhooks",
        "/v1/webhooks/deliveries",
        "/v1/reports/claims",
    ] {
        let (status, answer) = world.call_as(&other, "GET", path, &[], None).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(answer["items"], json!([]), "{path}");
    }
    let (_, answer) = world.call_as(&other, "GET", "/v1/orders?number=T-1", &[], None).await;
    assert_eq!(answer["items"], json!([]));
    // The operator's routes take no merchant's key.
    let (status, _) = world.call("GET", "/v1/operator/merchants", None).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

/// A rate quoted to one merchant is worth nothing to another.
#[tokio::test]
async fn a_rate_id_belongs_to_its_merchant() {
    let world = World::new(Options::default()).await;
    let (_, quoted) = world.call("POST", "/v1/rates", Some(yam_tests::quote_to_shiraz(800, true))).await;
    let other = world.merchant("other").await;
    let account = json!({
        "carrier": "iran_post", "credentials": {"username": "demo-shop", "password": "demo-pass"},
    });
    world.call_as(&other, "PUT", "/v1/settings/carriers/post", &[], Some(account)).await;
    let mut order = order_to_shiraz("T-2");
    order["rate_id"] = quoted["rates"][0]["rate_id"].clone();
    let (status, answer) = world.call_as(&other, "POST", "/v1/orders", &[], Some(order)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
    assert_eq!(answer["type"], "/problems/rate-not-valid");
}

/// Credentials and buyers' data do not stand in the table in plain.
#[tokio::test]
async fn nothing_personal_stands_in_the_table_in_plain() {
    let world = World::new(Options::default()).await;
    world.place(order_to_shiraz("T-3")).await;
    world.drain().await;
    let scanned = world.platform.dynamodb.scan().table_name("yam").send().await.unwrap();
    let text = format!("{:?}", scanned.items());
    assert!(scanned.count() > 10);
    for secret in
        ["demo-pass", "mina@shop.example", "آزمایشی", "9170000000", "نمونه", "whsec_", world.key.as_str()]
    {
        assert!(!text.contains(secret), "{secret} stands in the table");
    }
}
