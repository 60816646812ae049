//! Contracts on their way into use (S3-07 ... S3-11, S3-16, S3-17, S3-22, S3-25).

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use yam_tests::{OPERATOR_KEY, Options, World, korean_contract, order_to_seoul};

const ACCOUNT: &str = "/v1/settings/carriers/seoul";
const STAFF: &str = "/v1/operator/merchants/demo/carriers/seoul";

async fn staff(world: &World, method: &str, path: &str, body: Option<Value>) -> (StatusCode, Value) {
    world.call_as(OPERATOR_KEY, method, path, &[], body).await
}

#[tokio::test]
async fn a_contract_is_used_once_hub_staff_have_checked_it() {
    let world = World::new(Options::default()).await;
    let (status, answer) = world.call("PUT", ACCOUNT, Some(korean_contract(None))).await;
    assert_eq!((status, &answer["state"]), (StatusCode::OK, &json!("under_review")), "{answer}");
    // Saturday in Seoul; Monday, Tuesday, Wednesday.
    assert_eq!(answer["review_due_at"], "2026-11-25T15:00:00Z");
    assert!(!answer.to_string().contains("demoSecurityKey01"), "{answer}");
    let (status, answer) = world.call("POST", "/v1/orders", Some(order_to_seoul("C-1"))).await;
    assert_eq!(
        (status, &answer["type"]),
        (StatusCode::CONFLICT, &json!("/problems/carrier-account-not-ready")),
        "{answer}"
    );
    let (_, list) = staff(&world, "GET", "/v1/operator/reviews", None).await;
    assert_eq!(list["items"][0]["account_id"], "seoul", "{list}");
    // A shop's own key is no staff's.
    let (status, _) = world.call("POST", &format!("{STAFF}/approve"), None).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let note = json!({"note": "checked with the office"});
    let (status, answer) = staff(&world, "POST", &format!("{STAFF}/approve"), Some(note)).await;
    assert_eq!((status, &answer["state"]), (StatusCode::OK, &json!("in_use")), "{answer}");
    let steps: Vec<(&str, &str)> = answer["transitions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| (step["actor"].as_str().unwrap(), step["to"].as_str().unwrap()))
        .collect();
    assert_eq!(steps, [("merchant", "applied"), ("hub", "under_review"), ("staff", "in_use")]);
    assert_eq!(answer["transitions"][2]["note"], "checked with the office");
    let (_, list) = staff(&world, "GET", "/v1/operator/reviews", None).await;
    assert_eq!(list["items"], json!([]), "{list}");
    world.drain().await;
    let told = world.told("account.state_changed").await;
    let seoul = told.iter().filter(|event| event["data"]["account_id"] == "seoul");
    let states: Vec<&Value> = seoul.map(|event| &event["data"]["state"]).collect();
    assert_eq!(states, ["under_review", "in_use"]);
    world.place(order_to_seoul("C-1")).await;
    // New limits do not send it back; another contract does.
    let mut account = korean_contract(None);
    account["korea_post"]["usual_girth_cm"] = json!(80);
    let (_, answer) = world.call("PUT", ACCOUNT, Some(account.clone())).await;
    assert_eq!(answer["state"], "in_use", "{answer}");
    account["korea_post"]["approval_number"] = json!("1234567891");
    let (_, answer) = world.call("PUT", ACCOUNT, Some(account)).await;
    assert_eq!(answer["state"], "under_review", "{answer}");
}

#[tokio::test]
async fn what_cannot_be_linked_is_on_hold_with_its_reason() {
    let world = World::new(Options::default()).await;
    let (status, _) = staff(&world, "POST", &format!("{STAFF}/approve"), None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    world.call("PUT", ACCOUNT, Some(korean_contract(None))).await;
    let held = json!({"reason": "numbers_do_not_match", "note": "the number belongs to another business"});
    let (status, answer) = staff(&world, "POST", &format!("{STAFF}/hold"), Some(held)).await;
    assert_eq!((status, &answer["state"]), (StatusCode::OK, &json!("on_hold")), "{answer}");
    assert_eq!(answer["hold_reason"], "numbers_do_not_match");
    let (_, seen) = world.call("GET", ACCOUNT, None).await;
    assert_eq!(seen["state_reason"], "the number belongs to another business");
    world.drain().await;
    let told = world.told("account.on_hold").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["data"]["hold_reason"], "numbers_do_not_match");
    let (status, answer) =
        staff(&world, "POST", &format!("{STAFF}/hold"), Some(json!({"reason": "mood"}))).await;
    assert!(status.is_client_error(), "{answer}");
    // Applying again begins anew.
    let (_, answer) = world.call("POST", &format!("{ACCOUNT}/apply"), None).await;
    assert_eq!(
        (&answer["state"], &answer["hold_reason"]),
        (&json!("under_review"), &Value::Null),
        "{answer}"
    );
}

#[tokio::test]
async fn the_posts_own_no_comes_before_anybody_is_asked() {
    let world = World::new(Options::default()).await;
    let mut wrong = korean_contract(None);
    wrong["credentials"]["security_key"] = json!("notThisOneAtAll17");
    let mut unapproved = korean_contract(None);
    unapproved["korea_post"]["approval_number"] = json!("1234567892");
    let mut short = korean_contract(None);
    short["korea_post"]["customer_number"] = json!("123456789");
    for (account, state) in [(wrong, "credentials_wrong"), (unapproved, "credentials_ok_no_contract")] {
        let (status, answer) = world.call("PUT", ACCOUNT, Some(account)).await;
        assert_eq!((status, &answer["state"]), (StatusCode::OK, &json!(state)), "{answer}");
        assert!(answer["state_reason"].is_string(), "{answer}");
        assert_eq!(answer["review_due_at"], Value::Null);
    }
    let (status, answer) = world.call("PUT", ACCOUNT, Some(short)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
    assert_eq!(answer["errors"][0]["pointer"], "#/korea_post/customer_number", "{answer}");
}

/// S3-22: one contract, one shop.
#[tokio::test]
async fn a_contract_serves_one_shop() {
    let world = World::new(Options::default()).await;
    world.call("PUT", ACCOUNT, Some(korean_contract(None))).await;
    let other = world.merchant("other").await;
    for (key, path) in [(&other, ACCOUNT), (&world.key, "/v1/settings/carriers/second")] {
        let (status, answer) = world.call_as(key, "PUT", path, &[], Some(korean_contract(None))).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
        assert_eq!(answer["errors"][0]["pointer"], "#/korea_post/approval_number", "{answer}");
    }
    // Given back by its holder it is free.
    let (status, _) = world.call("DELETE", ACCOUNT, None).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (_, list) = staff(&world, "GET", "/v1/operator/reviews", None).await;
    assert_eq!(list["items"], json!([]), "{list}");
    let (status, answer) = world.call_as(&other, "PUT", ACCOUNT, &[], Some(korean_contract(None))).await;
    assert_eq!((status, &answer["state"]), (StatusCode::OK, &json!("under_review")), "{answer}");
}

/// S3-10, S3-17, across Chuseok: applied on Tuesday 22 September 2026, overdue with the end of Tuesday 29.
#[tokio::test]
async fn an_unanswered_application_is_heard_of_after_three_korean_business_days() {
    let beginning = Some("2026-09-22T01:00:00Z".parse().expect("an instant"));
    let world = World::new(Options { beginning, ..Options::default() }).await;
    let (_, answer) = world.call("PUT", ACCOUNT, Some(korean_contract(None))).await;
    assert_eq!(answer["review_due_at"], "2026-09-29T15:00:00Z", "{answer}");
    world.clock.advance(SignedDuration::from_hours(7 * 24 + 13));
    world.tick().await;
    assert_eq!(world.counted("ReviewOverdue"), 0);
    world.clock.advance(SignedDuration::from_hours(1));
    world.tick().await;
    world.clock.advance(SignedDuration::from_hours(24));
    world.tick().await;
    assert_eq!(world.counted("ReviewOverdue"), 1);
    assert_eq!(world.told("account.review_overdue").await.len(), 1);
    let (_, list) = staff(&world, "GET", "/v1/operator/reviews", None).await;
    assert_eq!(list["items"][0]["overdue"], true, "{list}");
}
