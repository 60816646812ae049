//! Orders from checkout to barcode.

use http::StatusCode;
use serde_json::json;
use yam_tests::{Options, World, order_to_shiraz, quote_to_shiraz};

/// S0-02, S0-04, S0-08, S0-20, S0-21: the quoted price is on the invoice, the parcel is registered at
/// once, the barcode comes back into the order, the shop is told.
#[tokio::test]
async fn an_order_comes_back_with_its_barcode() {
    for wire in ["eshop", "rest"] {
        let world = World::new(Options { wire: Some(wire), ..Options::default() }).await;
        let (_, quoted) = world.call("POST", "/v1/rates", Some(quote_to_shiraz(800, true))).await;
        let rates = quoted["rates"].as_array().unwrap();
        let rate = rates.iter().find(|r| r["service"] == "pishtaz").unwrap();
        let mut order = order_to_shiraz("A-1");
        order["rate_id"] = rate["rate_id"].clone();
        let order = world.place(order).await;
        // 900,000 goods + 136,000 postage + 12,240 VAT
        assert_eq!(order["invoice"]["shipping"]["amount"], 136_000, "{wire}");
        assert_eq!(order["invoice"]["total"]["amount"], 1_048_240, "{wire}");
        assert_eq!(order["parcels"][0]["state"], "registering");
        assert_eq!(order["parcels"][0]["barcode_state"], "pending");
        assert_eq!(order["parcels"][0]["tracking_code"], json!(null));
        world.drain().await;
        let parcel = world.parcel_of(&order).await;
        assert_eq!(parcel["state"], "registered", "{wire}: {parcel}");
        assert_eq!(parcel["barcode_state"], "received");
        let code = parcel["tracking_code"].as_str().unwrap();
        assert_eq!(code.len(), 20);
        assert_eq!(&code[5..10], "00071", "the destination's city code is in the barcode");
        let ledger = world.ledger("iran_post").await;
        assert_eq!(ledger.len(), 1);
        assert_eq!(ledger[0]["its_id"], code);
        let webhooks = world.webhooks().await;
        assert_eq!(webhooks.len(), 1, "{webhooks:?}");
        let body: serde_json::Value = serde_json::from_str(webhooks[0]["body"].as_str().unwrap()).unwrap();
        assert_eq!(body["type"], "parcel.registered");
        assert_eq!(body["data"]["tracking_code"], code);
    }
}

/// S0-05, S0-06, S0-24, S0-26: the merchant approves, then sends to the postal system with a date, in
/// the Persian or the Gregorian calendar.
#[tokio::test]
async fn approved_parcels_go_to_the_post_on_the_chosen_day() {
    let world = World::new(Options::default()).await;
    for (number, jalali) in [("B-1", false), ("B-2", true)] {
        let order = world.place(order_to_shiraz(number)).await;
        world.drain().await;
        let id = order["order_id"].as_str().unwrap();
        let (status, confirmed) = world.call("POST", &format!("/v1/orders/{id}/confirm"), None).await;
        assert_eq!(status, StatusCode::OK, "{confirmed}");
        assert_eq!(confirmed["parcels"][0]["state"], "confirmed");
        let parcel = confirmed["parcels"][0]["parcel_id"].as_str().unwrap();
        let in_tehran = yam_platform::Clock::now(&*world.clock).in_tz("Asia/Tehran").unwrap();
        let day = in_tehran.date().tomorrow().unwrap();
        let asked = if jalali {
            yam_domain::jalali::JalaliDate::from_gregorian(day).unwrap().to_string()
        } else {
            day.to_string()
        };
        let body = json!({"pickup_date": asked});
        let (status, answer) = world.call("POST", &format!("/v1/parcels/{parcel}/ready"), Some(body)).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
        world.drain().await;
        let parcel = world.parcel_of(&order).await;
        assert_eq!(parcel["state"], "ready", "{parcel}");
        assert_eq!(parcel["pickup_date"], day.to_string());
    }
}

/// A past day is refused with words.
#[tokio::test]
async fn a_past_pickup_day_is_refused() {
    let world = World::new(Options::default()).await;
    let order = world.place(order_to_shiraz("B-3")).await;
    world.drain().await;
    let parcel = order["parcels"][0]["parcel_id"].as_str().unwrap();
    for day in ["1392/04/05", "2013-06-26", "tomorrow", "1404/13/01"] {
        let body = json!({"pickup_date": day});
        let (status, answer) = world.call("POST", &format!("/v1/parcels/{parcel}/ready"), Some(body)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{day}: {answer}");
        assert_eq!(answer["errors"][0]["pointer"], "#/pickup_date");
    }
}

/// An order that is neither paid nor cash on delivery waits; paying releases it.
#[tokio::test]
async fn unpaid_orders_wait_for_the_money() {
    let world = World::new(Options::default()).await;
    let mut order = order_to_shiraz("C-1");
    order["cod"] = json!(false);
    let order = world.place(order).await;
    assert_eq!(order["parcels"][0]["state"], "draft");
    let id = order["order_id"].as_str().unwrap();
    let (status, answer) = world.call("POST", &format!("/v1/orders/{id}/release"), None).await;
    assert_eq!((status, answer["type"].as_str()), (StatusCode::CONFLICT, Some("/problems/order-unpaid")));
    world.drain().await;
    assert!(world.ledger("iran_post").await.is_empty());
    let (status, _) = world.call("POST", &format!("/v1/orders/{id}/paid"), None).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    world.drain().await;
    assert_eq!(world.parcel_of(&order).await["state"], "registered");
}

/// Release is the shop's word; saying it twice changes nothing.
#[tokio::test]
async fn release_issues_the_waybill_once() {
    let world = World::new(Options::default()).await;
    let mut order = order_to_shiraz("D-1");
    order["dispatch"] = json!("on_released");
    let order = world.place(order).await;
    world.drain().await;
    assert!(world.ledger("iran_post").await.is_empty());
    let id = order["order_id"].as_str().unwrap();
    for _ in 0..3 {
        let (status, _) = world.call("POST", &format!("/v1/orders/{id}/release"), None).await;
        assert_eq!(status, StatusCode::ACCEPTED);
        world.drain().await;
    }
    assert_eq!(world.ledger("iran_post").await.len(), 1);
}

/// Cancel: before registration at once; afterwards EShop has no such call and says so, REST has.
#[tokio::test]
async fn cancel_follows_what_the_operator_offers() {
    for (wire, status_after) in [("eshop", StatusCode::CONFLICT), ("rest", StatusCode::ACCEPTED)] {
        let world = World::new(Options { wire: Some(wire), ..Options::default() }).await;
        let mut waiting = order_to_shiraz("E-1");
        waiting["dispatch"] = json!("manual");
        let waiting = world.place(waiting).await;
        let id = waiting["order_id"].as_str().unwrap();
        let (status, answer) = world.call("POST", &format!("/v1/orders/{id}/cancel"), None).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
        assert_eq!(answer["parcels"][0]["state"], "cancelled");
        let sent = world.place(order_to_shiraz("E-2")).await;
        world.drain().await;
        let id = sent["order_id"].as_str().unwrap();
        let (status, answer) = world.call("POST", &format!("/v1/orders/{id}/cancel"), None).await;
        assert_eq!(status, status_after, "{wire}: {answer}");
        world.drain().await;
        let expected = if wire == "rest" { "cancelled" } else { "registered" };
        assert_eq!(world.parcel_of(&sent).await["state"], expected, "{wire}");
    }
}

/// An account whose credentials the operator refuses takes no orders.
#[tokio::test]
async fn an_account_with_a_wrong_password_takes_no_orders() {
    let world = World::new(Options::default()).await;
    let account = json!({
        "carrier": "iran_post", "wire": "eshop",
        "credentials": {"username": "demo-shop", "password": "wrong"},
    });
    let (status, answer) = world.call("PUT", "/v1/settings/carriers/post", Some(account)).await;
    assert_eq!((status, answer["state"].as_str()), (StatusCode::OK, Some("credentials_wrong")), "{answer}");
    let (status, answer) = world.call("POST", "/v1/orders", Some(order_to_shiraz("F-1"))).await;
    assert_eq!(status, StatusCode::CONFLICT, "{answer}");
    assert_eq!(answer["type"], "/problems/carrier-account-not-ready");
}
