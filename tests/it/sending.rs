//! Russian Post's prices, beside other posts'.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use yam_tests::{Options, World, russian_sender};

async fn russia() -> World {
    let world = World::new(Options::default()).await;
    let (status, answer) = world.call("PUT", "/v1/settings/carriers/sender", Some(russian_sender())).await;
    assert_eq!((status, &answer["state"]), (StatusCode::OK, &json!("in_use")), "{answer}");
    world
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
