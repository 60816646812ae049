//! API keys: scoped, rotated with an overlap, revoked (S4-35, S4-42, trap 12).

use base64::Engine as _;
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::json;
use yam_tests::{Options, World, quote_to_shiraz};

const OPERATOR: &str = "operator-key-of-the-tests";

#[tokio::test]
async fn a_rotated_key_works_until_its_overlap_ends() {
    let settings = vec![("YAM_API_KEY_CACHE_SECONDS", "0".to_owned())];
    let world = World::new(Options { settings, ..Options::default() }).await;
    let (_, me) = world.call("GET", "/v1/me", None).await;
    assert_eq!((me["user_id"].as_str(), me["merchant"].as_str()), (Some("demo"), Some("demo")));
    let id = me["key_id"].as_str().unwrap();
    let path = format!("/v1/operator/merchants/demo/keys/{id}/rotate");
    let (status, rotated) =
        world.call_as(OPERATOR, "POST", &path, &[], Some(json!({"overlap_hours": 2}))).await;
    assert_eq!(status, StatusCode::CREATED, "{rotated}");
    let new = rotated["api_key"].as_str().unwrap().to_owned();
    for key in [&world.key, &new] {
        assert_eq!(world.call_as(key, "GET", "/v1/me", &[], None).await.0, StatusCode::OK);
    }
    world.clock.advance(SignedDuration::from_hours(3));
    assert_eq!(world.call_as(&world.key, "GET", "/v1/me", &[], None).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(world.call_as(&new, "GET", "/v1/me", &[], None).await.0, StatusCode::OK);
    let new_id = rotated["key_id"].as_str().unwrap();
    let path = format!("/v1/operator/merchants/demo/keys/{new_id}");
    assert_eq!(world.call_as(OPERATOR, "DELETE", &path, &[], None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(world.call_as(&new, "GET", "/v1/me", &[], None).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_key_does_only_what_its_scopes_say_and_basic_wants_the_right_user() {
    let world = World::new(Options::default()).await;
    let body = json!({"label": "checkout", "scopes": ["rates"]});
    let (_, made) =
        world.call_as(OPERATOR, "POST", "/v1/operator/merchants/demo/keys", &[], Some(body)).await;
    let key = made["api_key"].as_str().unwrap();
    let (status, _) = world.call_as(key, "POST", "/v1/rates", &[], Some(quote_to_shiraz(800, true))).await;
    assert_eq!(status, StatusCode::OK);
    let (status, answer) = world.call_as(key, "GET", "/v1/orders", &[], None).await;
    assert_eq!((status, answer["type"].as_str()), (StatusCode::FORBIDDEN, Some("/problems/forbidden")));
    for (user, expected) in [("demo", StatusCode::OK), ("other", StatusCode::UNAUTHORIZED)] {
        let basic = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{}", world.key));
        let header = format!("Basic {basic}");
        let (status, _) = world.call_as("", "GET", "/v1/me", &[("authorization", &header)], None).await;
        assert_eq!(status, expected, "{user}");
    }
    // The list of keys never shows a secret.
    let (_, list) = world.call_as(OPERATOR, "GET", "/v1/operator/merchants/demo/keys", &[], None).await;
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    assert!(!list.to_string().contains("sha256") && !list.to_string().contains("yam_demo"));
}
