//! Accounts at the post, shipping methods, and mending what the operator refused.

use http::StatusCode;
use serde_json::json;
use yam_tests::{Options, World, order_to_shiraz, quote_to_shiraz};

/// S0-11 ... S0-17, S0-25, S0-32: the account shows what is left to do, where its panel is, whom to ask.
#[tokio::test]
async fn the_checklist_ticks_itself() {
    let world = World::new(Options::default()).await;
    let account = json!({
        "carrier": "iran_post", "credentials": {"username": "demo-kit", "password": "demo-pass"},
        "sender": {"city": "تهران", "postal_code": "1311111111"}, "checklist": ["panel-account", "bank-account"],
    });
    let (status, answer) = world.call("PUT", "/v1/settings/carriers/kit", Some(account)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(answer["state"], "in_use");
    let item = |name: &str| {
        let list = answer["checklist"].as_array().unwrap();
        list.iter().find(|i| i["item"] == name).unwrap()["status"].as_str().unwrap().to_owned()
    };
    assert_eq!(item("panel-account"), "done");
    assert_eq!(item("identity-papers"), "open");
    assert_eq!((item("credentials"), item("gateway")), ("done".into(), "done".into()));
    assert!(answer["panel_url"].as_str().unwrap().starts_with("http"));
    assert!(!answer["support"].as_str().unwrap().is_empty());
    assert!(!answer.to_string().contains("demo-pass"));
    let wrong = json!({
        "carrier": "iran_post", "credentials": {"username": "a", "password": "b"},
        "sender": {"city": "nowhere at all"}, "checklist": ["a-step-nobody-knows"], "wire": "pigeon",
    });
    let (status, answer) = world.call("PUT", "/v1/settings/carriers/bad", Some(wrong)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let pointers: Vec<&str> =
        answer["errors"].as_array().unwrap().iter().filter_map(|e| e["pointer"].as_str()).collect();
    for pointer in ["#/sender/city", "#/checklist/0", "#/wire"] {
        assert!(pointers.contains(&pointer), "{pointer}: {answer}");
    }
}

/// S0-16.
#[tokio::test]
async fn a_wrong_password_is_told_apart_from_an_inactive_gateway() {
    let world = World::new(Options::default()).await;
    for (wire, username, password, expected) in [
        ("eshop", "demo-shop", "wrong", "credentials_wrong"),
        ("eshop", "gateway-off", "gateway-pass", "credentials_ok_gateway_inactive"),
        ("rest", "demo-shop", "wrong", "credentials_wrong"),
        ("rest", "inactive-shop", "inactive-pass", "credentials_ok_gateway_inactive"),
        ("rest", "debt-shop", "debt-pass", "credentials_ok_gateway_inactive"),
        ("rest", "demo-shop", "demo-pass", "in_use"),
    ] {
        let account = json!({
            "carrier": "iran_post", "wire": wire, "credentials": {"username": username, "password": password},
        });
        let (status, answer) = world.call("PUT", "/v1/settings/carriers/other", Some(account)).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert_eq!(answer["state"], expected, "{wire} {username}: {answer}");
        assert_eq!(answer["state_reason"].is_null(), expected == "in_use");
    }
}

/// S0-18, S0-19.
#[tokio::test]
async fn several_accounts_and_methods_stand_side_by_side() {
    let settings = vec![("YAM_API_KEY_CACHE_SECONDS", "0".to_owned())];
    let world = World::new(Options { settings, ..Options::default() }).await;
    let second = json!({
        "carrier": "iran_post", "wire": "rest", "credentials": {"username": "ir-shop", "password": "ir-pass"},
    });
    world.call("PUT", "/v1/settings/carriers/second", Some(second)).await;
    let (_, list) = world.call("GET", "/v1/settings/carriers", None).await;
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    for (id, account, service) in [("fast", "post", "pishtaz"), ("cheap", "second", "sefareshi")] {
        let method = json!({"title": format!("Post {id}"), "account_id": account, "service": service});
        let (status, answer) =
            world.call("PUT", &format!("/v1/settings/shipping-methods/{id}"), Some(method)).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }
    let (_, answer) = world.call("POST", "/v1/rates", Some(quote_to_shiraz(800, true))).await;
    let names: Vec<&str> =
        answer["rates"].as_array().unwrap().iter().filter_map(|r| r["name"].as_str()).collect();
    assert_eq!(names, ["Post cheap", "Post fast"], "cheapest first: {answer}");
    let bad = json!({"title": "x", "account_id": "nobody", "service": "pishtaz"});
    let (status, _) = world.call("PUT", "/v1/settings/shipping-methods/bad", Some(bad)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// S0-22, S0-23: the operator's own limit (30,000 g) refuses what the shop's limits allow; the words are
/// the operator's, and after mending the recipient it is registered by the button.
#[tokio::test]
async fn a_refused_parcel_is_mended_and_sent_again() {
    let world = World::new(Options::default()).await;
    // The account's password is changed at the operator's side: what was right is refused now.
    let settings = json!({"username": "demo-shop", "password": "changed-there"});
    let url = format!("{}/_local/simulators/iran_post/accounts", world.simulators);
    let client = reqwest::Client::new();
    let changed = client.post(&url).json(&settings).send().await.unwrap();
    assert!(changed.status().is_success(), "{}", changed.text().await.unwrap());
    let order = world.place(order_to_shiraz("R-1")).await;
    world.drain().await;
    let parcel = world.parcel_of(&order).await;
    assert_eq!(parcel["state"], "needs_attention", "{parcel}");
    assert_eq!(parcel["task"]["operator_code"], "-1");
    let id = parcel["parcel_id"].as_str().unwrap();
    let mended = json!({"address": "خیابان دیگر، پلاک ۲"});
    let (status, answer) = world.call("PATCH", &format!("/v1/parcels/{id}/recipient"), Some(mended)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let back = json!({"username": "demo-shop", "password": "demo-pass"});
    client.post(&url).json(&back).send().await.unwrap();
    let (status, answer) = world.call("POST", &format!("/v1/parcels/{id}/register"), None).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    world.drain().await;
    let parcel = world.parcel_of(&order).await;
    assert_eq!(parcel["state"], "registered", "{parcel}");
    let ledger = world.ledger("iran_post").await;
    assert_eq!(ledger.len(), 1);
    assert!(ledger[0].to_string().contains("خیابان دیگر"), "{}", ledger[0]);
}
