//! F7: the post is down for a minute, a day, eight days; its quota is used up; credentials are revoked and restored
//! in mid-flight.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{KOREA, Post, RUSSIA, Scene, once};

fn down(mode: &str) -> Value {
    json!({"mode": mode, "times": 1_000_000})
}

/// The button: settles first, never sends blindly.
async fn register_again(scene: &Scene, order: &Value) {
    let path = format!("/v1/parcels/{}/register", order["parcels"][0]["parcel_id"].as_str().expect("an id"));
    let (status, answer) = scene.world.call("POST", &path, None).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    scene.world.drain().await;
}

async fn nothing_is_dead(scene: &Scene) {
    for queue in ["dispatch", "sync", "evidence"] {
        assert_eq!(scene.world.sqs.counts(queue).await.expect("queue").dead, 0, "{queue}");
    }
}

async fn down_for(post: Post, mode: &str, span: SignedDuration) {
    let what = format!("{mode} for {span:#}");
    let mut scene = Scene::new(post).await;
    let order = scene.order(&[down(mode)]).await;
    scene.world.advance(span).await;
    assert_eq!(scene.world.live(post.system).await, Vec::<String>::new(), "{what}");
    nothing_is_dead(&scene).await;
    scene.well().await;
    scene.world.advance(SignedDuration::from_mins(90)).await;
    let parcel = scene.world.parcel_of(&order).await;
    if parcel["state"] != "registered" {
        // Patience ran out meanwhile: a person says when to go on.
        assert!(span >= SignedDuration::from_hours(6), "{what}: {parcel}");
        assert!(parcel["task"].is_object() && parcel["resolution"] == "person", "{what}: {parcel}");
        register_again(&scene, &order).await;
        scene.world.advance(SignedDuration::from_mins(15)).await;
    }
    scene.has_its_waybill(&order, &what).await;
}

#[tokio::test]
async fn an_outage_of_a_minute_a_day_or_eight_days_loses_and_doubles_nothing() {
    for post in [KOREA, RUSSIA] {
        for (mode, hours) in [("maintenance", 24), ("maintenance", 192), ("refuse", 24)] {
            Box::pin(down_for(post, mode, SignedDuration::from_hours(hours))).await;
        }
        Box::pin(down_for(post, "refuse", SignedDuration::from_mins(1))).await;
    }
}

#[tokio::test]
async fn a_used_up_quota_waits_for_the_next_day() {
    for post in [KOREA, RUSSIA] {
        for hours in [5, 24] {
            Box::pin(down_for(post, "quota", SignedDuration::from_hours(hours))).await;
        }
    }
}

/// The first call is in doubt when the credentials go: nothing is sent until the post can be asked again.
#[tokio::test]
async fn credentials_revoked_in_mid_flight_double_nothing() {
    for (post, code) in [(KOREA, 511), (RUSSIA, 401), (RUSSIA, 403)] {
        for mode in ["lost_answer", "cut_request"] {
            let mut scene = Scene::new(post).await;
            let refused = |operation: &&str| json!({"mode": "code", "operation": operation, "times": 1_000, "code": code});
            let mut faults = vec![once(mode, post.register)];
            faults.extend(post.look_ups.iter().map(refused));
            let order = scene.order(&faults).await;
            scene.world.advance(SignedDuration::from_mins(25)).await;
            let parcel = scene.world.parcel_of(&order).await;
            assert_eq!(parcel["resolution"], "automatic", "{code}: {parcel}");
            scene.well().await;
            // Three misses, the longest gap between two look-ups apart.
            scene.world.advance(SignedDuration::from_mins(45)).await;
            scene.has_its_waybill(&order, &format!("{mode}, then {code}")).await;
        }
    }
}

/// Revoked before the call: Korea's answer is a definite no about a key that only a person can renew; Russia's stops
/// the account, and the parcel goes by itself once it is let in again.
#[tokio::test]
async fn credentials_revoked_before_the_call_are_told_or_waited_for() {
    let no = |post: Post, code: u32| json!({"mode": "code", "operation": post.register, "times": 1_000, "code": code});
    let mut korea = Scene::new(KOREA).await;
    let order = korea.order(&[no(KOREA, 511)]).await;
    korea.world.advance(SignedDuration::from_mins(10)).await;
    let parcel = korea.world.parcel_of(&order).await;
    assert_eq!(parcel["state"], "needs_attention", "{parcel}");
    assert!(parcel["task"]["words"].as_str().expect("words").contains("security key"), "{parcel}");
    korea.well().await;
    register_again(&korea, &order).await;
    korea.has_its_waybill(&order, "the key is right again").await;

    for code in [401, 403] {
        let mut russia = Scene::new(RUSSIA).await;
        let order = russia.order(&[no(RUSSIA, code)]).await;
        russia.world.advance(SignedDuration::from_hours(5)).await;
        let parcel = russia.world.parcel_of(&order).await;
        assert_eq!(parcel["state"], "registering", "{code}: {parcel}");
        russia.well().await;
        russia.world.advance(SignedDuration::from_hours(2)).await;
        russia.has_its_waybill(&order, "let in again").await;
    }
}
