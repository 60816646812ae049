//! The price at checkout.

use http::StatusCode;
use serde_json::json;
use yam_tests::{Options, World, quote_to_shiraz, russian_sender};

/// S0-01, S0-03: the price is the operator's own, asked live, without session or cookie. The expected
/// figures are worked out by hand from tariff T2: pishtaz Tehran to Fars is "other province" (110),
/// 501-1000 g: 112,000 + insurance 8,000 + service 16,000.
#[tokio::test]
async fn a_checkout_gets_the_live_price() {
    let world = World::new(Options::default()).await;
    let (status, answer) = world.call("POST", "/v1/rates", Some(quote_to_shiraz(800, true))).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let rates = answer["rates"].as_array().unwrap();
    let pishtaz = rates.iter().find(|r| r["service"] == "pishtaz").unwrap();
    assert_eq!(pishtaz["source"], "live");
    assert_eq!(pishtaz["carrier"], "iran_post");
    assert_eq!(pishtaz["postage"], json!({"amount": 136_000, "currency": "IRR"}));
    assert_eq!(pishtaz["vat"], json!({"amount": 12_240, "currency": "IRR"}));
    assert!(!pishtaz["rate_id"].as_str().unwrap().is_empty());
    let sefareshi = rates.iter().find(|r| r["service"] == "sefareshi").unwrap();
    assert_eq!(sefareshi["postage"]["amount"], 96_800);
}

/// Trap 8: an irrelevant field does not defeat the cache; a relevant one is asked anew.
#[tokio::test]
async fn equal_questions_are_answered_from_the_cache() {
    let world = World::new(Options::default()).await;
    world.call("POST", "/v1/rates", Some(quote_to_shiraz(800, true))).await;
    let mut same = quote_to_shiraz(800, true);
    same["items"][0]["name"] = json!("another name");
    same["destination"]["city"] = json!(" شيراز ");
    let (_, answer) = world.call("POST", "/v1/rates", Some(same)).await;
    assert_eq!(answer["rates"][0]["source"], "cached", "{answer}");
    let (_, answer) = world.call("POST", "/v1/rates", Some(quote_to_shiraz(1_200, true))).await;
    assert_eq!(answer["rates"][0]["source"], "live");
}

/// An operator that is late, broken or away never costs the checkout its answer.
#[tokio::test]
async fn a_late_operator_is_replaced_by_the_tariff_table() {
    let settings = vec![
        ("YAM_QUOTE_CARRIER_MS", "300".to_owned()),
        ("YAM_QUOTE_DEADLINE_MS", "10000".to_owned()),
        ("YAM_QUOTE_CACHE_SECONDS", "0".to_owned()),
    ];
    let world = World::new(Options { settings, ..Options::default() }).await;
    for mode in
        ["timeout", "http_500", "refuse", "html", "huge", "entity_bomb", "truncate", "malformed", "quota"]
    {
        world.heal("iran_post").await;
        world.fault("iran_post", json!({"mode": mode, "times": 20, "seconds": 2})).await;
        let started = std::time::Instant::now();
        let (status, answer) = world.call("POST", "/v1/rates", Some(quote_to_shiraz(800, true))).await;
        assert!(started.elapsed() < std::time::Duration::from_secs(10), "{mode} took too long");
        assert_eq!(status, StatusCode::OK, "{mode}: {answer}");
        assert_eq!(answer["rates"][0]["source"], "table", "{mode}: {answer}");
        assert_eq!(answer["errors"][0]["type"], "operator-unavailable", "{mode}: {answer}");
    }
}

/// S0-30, S0-31: products and parcel above 250 g and below 50,000 g; 30,000 g is the wire's own limit.
#[tokio::test]
async fn weights_out_of_range_name_the_limits() {
    let world = World::new(Options::default()).await;
    for (weight, expected) in [
        (249, StatusCode::UNPROCESSABLE_ENTITY),
        (250, StatusCode::UNPROCESSABLE_ENTITY),
        (251, StatusCode::OK),
        (30_000, StatusCode::OK),
        (30_001, StatusCode::UNPROCESSABLE_ENTITY),
        (49_999, StatusCode::UNPROCESSABLE_ENTITY),
        (50_000, StatusCode::UNPROCESSABLE_ENTITY),
        (50_001, StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let (status, answer) = world.call("POST", "/v1/rates", Some(quote_to_shiraz(weight, false))).await;
        assert_eq!(status, expected, "{weight} g: {answer}");
        if matches!(weight, 249 | 250 | 50_000 | 50_001) {
            assert_eq!(answer["type"], "/problems/weight-over-carrier-limit");
            assert_eq!((answer["min_g"].as_u64(), answer["max_g"].as_u64()), (Some(250), Some(50_000)));
        }
    }
}

/// The parcel is heavy enough, one of its products is not.
#[tokio::test]
async fn each_product_is_weighed_too() {
    let world = World::new(Options::default()).await;
    let mut quote = quote_to_shiraz(800, false);
    quote["items"][0] = json!({"quantity": 10, "weight_g": 100});
    let (status, answer) = world.call("POST", "/v1/rates", Some(quote)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
}

#[tokio::test]
async fn the_rest_wire_quotes_the_same() {
    let world = World::new(Options { wire: Some("rest"), ..Options::default() }).await;
    let (status, answer) = world.call("POST", "/v1/rates", Some(quote_to_shiraz(800, true))).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let rates = answer["rates"].as_array().unwrap();
    let pishtaz = rates.iter().find(|r| r["service"] == "pishtaz").unwrap();
    assert_eq!(pishtaz["postage"]["amount"], 136_000);
}

/// A shop at three posts: the whole answer is there within its deadline although no post answers at all.
#[tokio::test]
async fn with_accounts_at_three_posts_each_quote_keeps_its_deadline() {
    let deadline = std::time::Duration::from_millis(1_500);
    let settings = vec![
        ("YAM_QUOTE_CARRIER_MS", "1000".to_owned()),
        ("YAM_QUOTE_DEADLINE_MS", deadline.as_millis().to_string()),
        ("YAM_QUOTE_CACHE_SECONDS", "0".to_owned()),
    ];
    let world = World::new(Options { settings, ..Options::default() }).await;
    world.contract("seoul", None).await;
    let (status, answer) = world.call("PUT", "/v1/settings/carriers/sender", Some(russian_sender())).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let quote = |country: &str, postal_code: &str, amount: i64, currency: &str| {
        json!({
            "destination": {"country": country, "postal_code": postal_code},
            "items": [{"quantity": 1, "weight_g": 1_200, "price": {"amount": amount, "currency": currency}}],
            "goods_total": {"amount": amount, "currency": currency}, "cod": false,
        })
    };
    let questions = [
        ("iran_post", quote_to_shiraz(800, false)),
        ("korea_post", quote("KR", "04526", 30_000, "KRW")),
        ("russian_post", quote("RU", "190000", 150_000, "RUB")),
    ];
    for (post, question) in &questions {
        let (status, answer) = world.call("POST", "/v1/rates", Some(question.clone())).await;
        assert_eq!((status, &answer["rates"][0]["carrier"]), (StatusCode::OK, &json!(post)), "{answer}");
    }
    for system in ["iran_post", "korea_post", "russian_post"] {
        world.fault(system, json!({"mode": "timeout", "times": 1_000, "seconds": 5})).await;
    }
    for (post, question) in questions {
        let started = std::time::Instant::now();
        let (status, answer) = world.call("POST", "/v1/rates", Some(question)).await;
        assert!(started.elapsed() < deadline * 2, "{post} took {:?}: {status} {answer}", started.elapsed());
        assert!(
            status == StatusCode::OK || status == StatusCode::SERVICE_UNAVAILABLE,
            "{post}: {status} {answer}"
        );
    }
}
