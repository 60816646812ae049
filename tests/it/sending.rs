//! Russian Post's sending service: prices, orders with cash on delivery, batches, forms, lost answers.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use yam_tests::{Options, World, order_to_petersburg, russian_sender};

const SENDING: &str = "russian_post_otpravka";

async fn russia() -> World {
    let world = World::new(Options::default()).await;
    let (status, answer) = world.call("PUT", "/v1/settings/carriers/sender", Some(russian_sender())).await;
    assert_eq!((status, &answer["state"]), (StatusCode::OK, &json!("in_use")), "{answer}");
    world
}

fn id(parcel: &Value) -> &str {
    parcel["parcel_id"].as_str().expect("an id")
}

#[tokio::test]
async fn a_parcel_with_cash_on_delivery_is_ordered_labelled_confirmed_and_handed_over() {
    let world = russia().await;
    let order = world.place(order_to_petersburg("R-1")).await;
    world.drain().await;
    let parcel = world.parcel_of(&order).await;
    assert_eq!(parcel["state"], "registered", "{parcel}");
    let code = parcel["tracking_code"].as_str().unwrap();
    assert!(code.len() == 14 && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
    assert_eq!(parcel["cod"], json!({"amount": {"amount": 150_000, "currency": "RUB"}, "state": "due"}));
    let ledger = world.ledger(SENDING).await;
    assert_eq!(ledger.len(), 1);
    assert_eq!(ledger[0]["its_id"], code);
    let path = format!("/v1/parcels/{}/label", id(&parcel));
    let (status, label) = world.raw(&world.key, "GET", &path, &[], vec![]).await;
    assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&label));
    assert!(label.starts_with(b"%PDF-"), "{} bytes", label.len());
    let other = world.merchant("other").await;
    let (status, _) = world.raw(&other, "GET", &path, &[], vec![]).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, answer) = world.call("POST", &format!("/v1/parcels/{}/confirm", id(&parcel)), None).await;
    assert!(status.is_success(), "{answer}");
    assert_eq!(world.parcel(&parcel).await["state"], "confirmed");
    let pickup = json!({"pickup_date": "2026-11-24"});
    let (status, answer) =
        world.call("POST", &format!("/v1/parcels/{}/ready", id(&parcel)), Some(pickup)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    world.advance(SignedDuration::from_mins(5)).await;
    assert_eq!(world.parcel(&parcel).await["state"], "ready");
}

#[tokio::test]
async fn a_doubtful_address_asks_a_person_and_is_sent_once_it_is_mended() {
    let world = russia().await;
    let mut order = order_to_petersburg("R-2");
    order["recipient"]["address"] = json!("где-то у моста");
    let order = world.place(order).await;
    world.drain().await;
    let parcel = world.parcel_of(&order).await;
    assert_eq!(parcel["state"], "needs_attention", "{parcel}");
    assert!(world.ledger(SENDING).await.is_empty(), "nothing was ordered");
    let mended = json!({"address": "ул Примерная, д 1, кв 2"});
    let (status, answer) =
        world.call("PATCH", &format!("/v1/parcels/{}/recipient", id(&parcel)), Some(mended)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let (status, answer) = world.call("POST", &format!("/v1/parcels/{}/register", id(&parcel)), None).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    world.drain().await;
    assert_eq!(world.parcel(&parcel).await["state"], "registered");
    assert_eq!(world.ledger(SENDING).await.len(), 1);
}

/// Found again in the backlog by the order's number (reliability notes, section 4.4).
#[tokio::test]
async fn an_order_whose_answer_was_lost_is_found_in_the_backlog() {
    for mode in ["lost_answer", "commit_then_500", "truncate", "cut_request"] {
        let world = russia().await;
        world.fault(SENDING, json!({"mode": mode, "operation": "create", "times": 1})).await;
        let order = world.place(order_to_petersburg("R-3")).await;
        world.advance(SignedDuration::from_mins(15)).await;
        let parcel = world.parcel_of(&order).await;
        assert_eq!(parcel["state"], "registered", "{mode}: {parcel}");
        let live = world.ledger(SENDING).await.into_iter().filter(|row| row["cancelled_at"].is_null());
        let codes: Vec<Value> = live.map(|row| row["its_id"].clone()).collect();
        assert_eq!(codes, [parcel["tracking_code"].clone()], "{mode}");
    }
}

#[tokio::test]
async fn prices_come_from_the_contract_or_the_public_calculator_and_only_from_posts_that_serve() {
    let world = russia().await;
    world.contract("seoul", None).await;
    let question = json!({
        "destination": {"country": "RU", "postal_code": "190000", "city": "Санкт-Петербург"},
        "items": [{"quantity": 1, "weight_g": 1_200, "price": {"amount": 150_000, "currency": "RUB"},
                   "dimensions_mm": {"length": 200, "width": 200, "height": 150}}],
        "goods_total": {"amount": 150_000, "currency": "RUB"},
        "cod": false,
    });
    let (status, contract) = world.call("POST", "/v1/rates", Some(question.clone())).await;
    assert_eq!(status, StatusCode::OK, "{contract}");
    assert_eq!(contract["errors"], json!([]), "posts of other countries are no news");
    let carriers: Vec<&Value> =
        contract["rates"].as_array().unwrap().iter().map(|rate| &rate["carrier"]).collect();
    assert!(!carriers.is_empty() && carriers.iter().all(|carrier| **carrier == "russian_post"), "{contract}");
    for rate in contract["rates"].as_array().unwrap() {
        let sum = rate["postage"]["amount"].as_i64().unwrap() + rate["vat"]["amount"].as_i64().unwrap();
        assert!(rate["total"]["amount"].as_i64().unwrap() >= sum, "{rate}");
        assert_eq!(rate["source"], "live");
    }
    let public = json!({
        "carrier": "russian_post", "wire": "tariff", "credentials": {},
        "russian_post": {"from_index": "101000"},
    });
    let (status, answer) = world.call("PUT", "/v1/settings/carriers/sender", Some(public)).await;
    assert_eq!((status, &answer["state"]), (StatusCode::OK, &json!("in_use")), "{answer}");
    world.advance(SignedDuration::from_mins(10)).await;
    let (status, answer) = world.call("POST", "/v1/rates", Some(question)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_ne!(answer["rates"], json!([]), "{answer}");
    let korean = json!({
        "destination": {"country": "KR", "postal_code": "04526"},
        "items": [{"quantity": 1, "weight_g": 1_200, "price": {"amount": 10_000, "currency": "KRW"},
                   "dimensions_mm": {"length": 200, "width": 200, "height": 150}}],
        "goods_total": {"amount": 10_000, "currency": "KRW"},
        "cod": false,
    });
    let (status, small) = world.call("POST", "/v1/rates", Some(korean.clone())).await;
    assert_eq!(status, StatusCode::OK, "{small}");
    let mut large = korean;
    large["items"][0]["dimensions_mm"]["length"] = json!(900);
    let (_, large) = world.call("POST", "/v1/rates", Some(large)).await;
    let total = |answer: &Value| answer["rates"][0]["total"]["amount"].as_i64().expect("a price");
    assert!(total(&large) > total(&small), "{large} {small}");
}
