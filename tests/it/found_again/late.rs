//! F3, F8: what was sent lands late, look-ups are blind, under each policy for numbers that were used before; and
//! the look for copies that follows a second send.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{KOREA, POLICIES, Post, RUSSIA, Scene, once};

fn late(post: Post, seconds: u32) -> Value {
    json!({"mode": "late_commit", "operation": post.register, "times": 1, "seconds": seconds, "clock": "sim"})
}

fn blind(seconds: u32) -> Value {
    json!({"mode": "blind_lookup", "seconds": seconds})
}

#[tokio::test]
async fn late_commits_and_blind_look_ups_leave_one_waybill_under_every_policy() {
    for post in [KOREA, RUSSIA] {
        for policy in POLICIES {
            for seconds in [1, 30, 119, 121] {
                let mut scene = Scene::new(post).await;
                scene.switch(json!({"duplicate_policy": policy})).await;
                let what = |faults: &str| format!("{policy}, {faults} for {seconds} s");
                scene.survives(&what("late"), &[late(post, seconds)], 15).await;
                let lost = once("lost_answer", post.register);
                scene.survives(&what("blind"), &[lost, blind(seconds)], 15).await;
                let both = [late(post, seconds), blind(seconds)];
                scene.survives(&what("late and blind"), &both, 15).await;
            }
        }
    }
}

/// Reliability notes, sections 4.3 and 4.4: two sends, two waybills; two minutes later one is called off.
#[tokio::test]
async fn a_copy_that_lands_after_the_second_send_is_called_off() {
    for post in [KOREA, RUSSIA] {
        let mut scene = Scene::new(post).await;
        scene.switch(json!({"duplicate_policy": "issue_new"})).await;
        let order = scene.order(&[late(post, 200)]).await;
        scene.world.advance(SignedDuration::from_secs(240)).await;
        assert_eq!(scene.world.live(post.system).await.len(), 2, "{}", post.system);
        assert_eq!(scene.world.parcel_of(&order).await["state"], "registered");
        scene.world.advance(SignedDuration::from_mins(3)).await;
        scene.has_its_waybill(&order, "two minutes later").await;
        assert_eq!(scene.world.counted("CopiesCalledOff"), 1);
        let parcel = scene.world.parcel_of(&order).await;
        assert!(parcel["history"].to_string().contains("called off: 1"), "{parcel}");
    }
}

/// Somebody saw both waybills in the panel and sends the other one: nothing of it is called off.
#[tokio::test]
async fn a_copy_that_a_person_chose_is_left_alone() {
    let mut scene = Scene::new(KOREA).await;
    scene.switch(json!({"duplicate_policy": "issue_new"})).await;
    let order = scene.order(&[late(KOREA, 200)]).await;
    scene.world.advance(SignedDuration::from_secs(240)).await;
    let both = scene.world.live(KOREA.system).await;
    let parcel = scene.world.parcel_of(&order).await;
    let other = both.iter().find(|code| parcel["tracking_code"] != **code).expect("the copy");
    let path = format!("/v1/parcels/{}/tracking-code", parcel["parcel_id"].as_str().expect("an id"));
    let (status, answer) = scene.world.call("PUT", &path, Some(json!({"tracking_code": other}))).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    scene.world.advance(SignedDuration::from_mins(20)).await;
    assert_eq!(scene.world.live(KOREA.system).await, both);
}

/// What the post does not call off is a task that names it.
#[tokio::test]
async fn a_copy_that_the_post_keeps_is_a_task() {
    let mut scene = Scene::new(KOREA).await;
    scene.switch(json!({"duplicate_policy": "issue_new"})).await;
    let order = scene.order(&[late(KOREA, 200)]).await;
    scene.world.advance(SignedDuration::from_secs(240)).await;
    let stored = scene.world.parcel_of(&order).await["tracking_code"].clone();
    let both = scene.world.live(KOREA.system).await;
    let copy = both.iter().find(|code| stored != **code).expect("a copy");
    scene.world.scan("korea_post", copy, json!({"status": "accepted"})).await;
    scene.world.advance(SignedDuration::from_mins(5)).await;
    let parcel = scene.world.parcel_of(&order).await;
    assert_eq!(
        (&parcel["task"]["reason"], &parcel["task"]["other_code"], &parcel["tracking_code"]),
        (&json!("two_codes"), &json!(copy), &stored),
        "{parcel}"
    );
    assert_eq!(scene.world.live(KOREA.system).await, both);
}

/// The look for copies outlives trouble, a crash of the parcel's own cancel and a post that does not answer.
#[tokio::test]
async fn copies_are_called_off_although_look_ups_fail_and_the_order_is_cancelled() {
    for post in [KOREA, RUSSIA] {
        let mut scene = Scene::new(post).await;
        scene.switch(json!({"duplicate_policy": "issue_new"})).await;
        let order = scene.order(&[late(post, 200)]).await;
        scene.world.advance(SignedDuration::from_secs(240)).await;
        assert_eq!(scene.world.live(post.system).await.len(), 2, "{}", post.system);
        let path = format!("/v1/orders/{}/cancel", order["order_id"].as_str().expect("an id"));
        let (status, answer) = scene.world.call("POST", &path, None).await;
        assert!(status.is_success(), "{answer}");
        scene.world.drain().await;
        let down =
            post.look_ups.iter().map(|look_up| json!({"mode": "http_500", "operation": look_up, "times": 1}));
        let down: Vec<Value> = down.collect();
        scene.only(&down).await;
        scene.world.advance(SignedDuration::from_mins(20)).await;
        assert_eq!(scene.world.parcel_of(&order).await["state"], "cancelled", "{}", post.system);
        assert_eq!(scene.world.live(post.system).await, Vec::<String>::new(), "{}", post.system);
    }
}

/// A "no" to the second send may be the echo of the first, which was only missed.
#[tokio::test]
async fn a_second_send_that_is_refused_finds_the_first() {
    for post in [KOREA, RUSSIA] {
        let mut scene = Scene::new(post).await;
        scene.switch(json!({"duplicate_policy": "reject"})).await;
        let lost = once("lost_answer", post.register);
        let order = scene.order(&[lost, blind(300)]).await;
        scene.world.advance(SignedDuration::from_secs(240)).await;
        let parcel = scene.world.parcel_of(&order).await;
        assert_eq!(parcel["resolution"], "automatic", "nobody is asked: {parcel}");
        scene.world.advance(SignedDuration::from_mins(10)).await;
        scene.has_its_waybill(&order, "found after a refusal").await;
    }
}

/// A genuine "no" to the second send stays one: it is confirmed by look-ups and told in the post's words.
#[tokio::test]
async fn a_second_send_that_is_refused_for_good_asks_a_person() {
    let mut scene = Scene::new(KOREA).await;
    let cut = once("cut_request", KOREA.register);
    let no = json!({"mode": "code", "operation": KOREA.register, "times": 5, "code": 311});
    let order = scene.order(&[cut, no]).await;
    scene.world.advance(SignedDuration::from_mins(15)).await;
    let parcel = scene.world.parcel_of(&order).await;
    assert_eq!(
        (&parcel["state"], &parcel["task"]["operator_code"]),
        (&json!("needs_attention"), &json!("ERR-311")),
        "{parcel}"
    );
    assert_eq!(scene.world.live(KOREA.system).await, Vec::<String>::new());
    let bodies = scene.world.simulator(reqwest::Method::GET, "korea_post_ship/ledger", None).await;
    let sent: u64 = bodies["bodies"]
        .as_array()
        .expect("bodies")
        .iter()
        .filter(|row| row["operation"] == KOREA.register)
        .map(|row| row["received"].as_u64().expect("a count"))
        .sum();
    assert_eq!(sent, 2, "it is not sent a third time: {bodies}");
}
