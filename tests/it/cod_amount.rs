//! What is collected at the door: the sum the shop names, where the post takes one, else what the buyer owes.

use http::StatusCode;
use serde_json::{Value, json};
use yam_tests::{Options, World, order_to_petersburg, order_to_seoul, order_to_shiraz, russian_sender};

/// A shop with accounts at all three posts.
async fn world() -> World {
    let world = World::new(Options::default()).await;
    world.contract("seoul", None).await;
    let (status, answer) = world.call("PUT", "/v1/settings/carriers/sender", Some(russian_sender())).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    world
}

fn collecting(mut order: Value, amount: i64) -> Value {
    let currency = order["goods_total"]["currency"].clone();
    order["cod_amount"] = json!({"amount": amount, "currency": currency});
    order
}

/// The sum that is due for the order's parcel.
fn due(order: &Value) -> &Value {
    &order["parcels"][0]["cod"]["amount"]["amount"]
}

#[tokio::test]
async fn the_named_sum_is_collected_and_without_one_what_the_buyer_owes() {
    let world = world().await;
    let named = world.place(collecting(order_to_petersburg("C-1"), 120_000)).await;
    assert_eq!(due(&named), &json!(120_000), "{named}");
    let unnamed = world.place(order_to_petersburg("C-2")).await;
    assert_eq!(due(&unnamed), &json!(150_000), "{unnamed}");
    // What the shop charges for sending is collected too, and told to the post as it is told to the shop.
    let mut shipped = order_to_petersburg("C-2b");
    shipped["shipping_total"] = json!({"amount": 30_000, "currency": "RUB"});
    let shipped = world.place(shipped).await;
    assert_eq!((due(&shipped), &shipped["cod_amount"]["amount"]), (&json!(180_000), &json!(180_000)));
    let mut undervalued = collecting(order_to_petersburg("C-2a"), 120_000);
    undervalued["declared_value"] = json!({"amount": 119_999, "currency": "RUB"});
    let (status, answer) = world.call("POST", "/v1/orders", Some(undervalued)).await;
    assert_eq!(
        (status, &answer["errors"][0]["pointer"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("#/declared_value")),
        "{answer}"
    );
    world.drain().await;
    for order in [named, unnamed, shipped] {
        assert_eq!(world.parcel_of(&order).await["state"], "registered");
    }
}

#[tokio::test]
async fn a_sum_nobody_would_collect_is_refused_by_name() {
    let world = world().await;
    let mut paid = collecting(order_to_petersburg("C-3"), 120_000);
    paid["cod"] = json!(false);
    paid["paid"] = json!(true);
    let mut two_parcels = order_to_petersburg("C-4");
    two_parcels["items"][0]["quantity"] = json!(2);
    two_parcels["goods_total"]["amount"] = json!(300_000);
    let half = json!({"items": [{"line_id": "1", "quantity": 1}]});
    two_parcels["parcels"] = json!([half, half]);
    let two_parcels = collecting(two_parcels, 120_000);
    let foreign = {
        let mut order = collecting(order_to_petersburg("C-5"), 120_000);
        order["cod_amount"]["currency"] = json!("KRW");
        order
    };
    // Iran's post collects what the goods cost; Korea's collects nothing, which is said first.
    let of_the_goods = collecting(order_to_shiraz("C-6"), 500_000);
    let mut never = collecting(order_to_seoul("C-7"), 10_000);
    never["cod"] = json!(true);
    never["paid"] = json!(false);
    let (invalid, unsupported) = ("/problems/validation", "/problems/not-supported-by-operator");
    for (order, kind, pointer) in [
        (paid, invalid, "#/cod_amount"),
        (two_parcels, invalid, "#/cod_amount"),
        (foreign, invalid, "#/cod_amount"),
        (of_the_goods, unsupported, "#/cod_amount"),
        (never, unsupported, "#/cod"),
    ] {
        let (status, answer) = world.call("POST", "/v1/orders", Some(order)).await;
        let expected = if kind == invalid { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT };
        assert_eq!(
            (status, &answer["type"], &answer["errors"][0]["pointer"]),
            (expected, &json!(kind), &json!(pointer)),
            "{answer}"
        );
    }
    world.drain().await;
    for system in ["iran_post", "korea_post_ship", "russian_post_otpravka"] {
        assert!(world.ledger(system).await.is_empty(), "{system}");
    }
}
