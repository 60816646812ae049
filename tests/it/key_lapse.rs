//! Korea Post's security key lapses after thirty days without use and is made anew by hand only: the shop and the
//! hub's staff are told a week before.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use yam_tests::{Options, World, order_to_seoul};

const METRIC: &str = "SecurityKeyLapsing";

async fn days(world: &World, days: i64) {
    world.advance(SignedDuration::from_hours(24 * days)).await;
}

fn order(number: &str) -> Value {
    let mut order = order_to_seoul(number);
    order["dispatch"] = json!("on_created");
    order
}

/// The key was used on 21 November: told from 14 December on, once a day, lapsed on 21 December.
#[tokio::test]
async fn an_idle_security_key_is_told_a_week_before_it_lapses() {
    let world = World::new(Options::default()).await;
    world.contract("seoul", None).await;
    days(&world, 22).await;
    assert_eq!(world.counted(METRIC), 0);
    days(&world, 1).await;
    assert_eq!(world.counted(METRIC), 1);
    days(&world, 2).await;
    assert_eq!(world.counted(METRIC), 3, "counted once a day while it stands");
    let told = world.told("account.key_lapsing").await;
    assert_eq!(told.len(), 1, "and told once");
    assert_eq!(told[0]["data"]["account_id"], "seoul");
    assert_eq!(told[0]["data"]["key_lapses_at"], "2026-12-20T15:00:00Z", "midnight in Korea");
    assert!(!told[0].to_string().contains("demoSecurityKey01"));
    days(&world, 30).await;
    assert_eq!(world.counted(METRIC), 8, "until it has lapsed");
    // What was told came true.
    let placed = world.place(order("L-1")).await;
    world.drain().await;
    let parcel = world.parcel_of(&placed).await;
    assert_eq!(parcel["state"], "needs_attention", "{parcel}");
    assert!(parcel["task"]["words"].as_str().unwrap().contains("security key"), "{parcel}");
}

#[tokio::test]
async fn a_security_key_in_use_is_never_told_of() {
    let world = World::new(Options::default()).await;
    world.contract("seoul", None).await;
    for n in 0..4 {
        days(&world, 20).await;
        let placed = world.place(order(&format!("L-{n}"))).await;
        world.drain().await;
        assert_eq!(world.parcel_of(&placed).await["state"], "registered");
    }
    assert_eq!(world.counted(METRIC), 0, "a waybill is a use");
    // So is trying the account again, also while the alarm stands.
    days(&world, 25).await;
    let alarmed = world.counted(METRIC);
    assert!(alarmed > 0);
    let (status, answer) = world.call("POST", "/v1/settings/carriers/seoul/apply", None).await;
    assert_eq!((status, &answer["state"]), (StatusCode::OK, &json!("in_use")), "{answer}");
    days(&world, 22).await;
    assert_eq!(world.counted(METRIC), alarmed);
    days(&world, 2).await;
    assert!(world.counted(METRIC) > alarmed, "it begins anew");
    assert_eq!(world.told("account.key_lapsing").await.len(), 2);
}

#[tokio::test]
async fn a_deleted_account_is_not_told_of() {
    let world = World::new(Options::default()).await;
    world.contract("seoul", None).await;
    let (status, _) = world.call("DELETE", "/v1/settings/carriers/seoul", None).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    days(&world, 40).await;
    assert_eq!(world.counted(METRIC), 0);
    assert_eq!(world.told("account.key_lapsing").await, Vec::<Value>::new());
}
