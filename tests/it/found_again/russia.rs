//! F8 at Russian Post's sending service: barcodes that follow, and batch and check-in whose answers are lost.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{POLICIES, RUSSIA, Scene, once};

async fn ready(scene: &Scene, order: &Value) {
    let path = format!("/v1/parcels/{}/ready", order["parcels"][0]["parcel_id"].as_str().expect("an id"));
    let day = json!({"pickup_date": "2026-11-24"});
    let (status, answer) = scene.world.call("POST", &path, Some(day)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    scene.world.drain().await;
}

#[tokio::test]
async fn a_batch_and_a_check_in_whose_answers_are_lost_are_made_once() {
    for operation in ["create_batch", "checkin", "sending_day", "add_to_batch"] {
        for mode in ["lost_answer", "commit_then_500", "cut_request", "truncate"] {
            let what = format!("{operation} {mode}");
            let mut scene = Scene::new(RUSSIA).await;
            let order = scene.order(&[]).await;
            scene.only(&[once(mode, operation)]).await;
            ready(&scene, &order).await;
            scene.world.advance(SignedDuration::from_mins(30)).await;
            let parcel = scene.world.parcel_of(&order).await;
            assert_eq!(parcel["state"], "ready", "{what}: {parcel}");
            assert_eq!(scene.world.entries(RUSSIA.system, "batch").await.len(), 1, "{what}");
            assert_eq!(scene.world.entries(RUSSIA.system, "checkin").await.len(), 1, "{what}");
            assert_eq!(scene.world.live(RUSSIA.system).await.len(), 1, "{what}");
        }
    }
}

/// The number alone comes late, or the answer without it: the order is there and is not made again.
#[tokio::test]
async fn an_order_whose_barcode_follows_is_not_made_again() {
    for policy in POLICIES {
        let mut scene = Scene::new(RUSSIA).await;
        scene.switch(json!({"duplicate_policy": policy})).await;
        scene.survives(policy, &[once("empty_number", "create")], 8).await;
        assert_eq!(scene.world.ledger(RUSSIA.system).await.len(), 1, "{policy}");
    }
}

/// Searches that also find what only begins with our number.
#[tokio::test]
async fn a_search_that_finds_too_much_adopts_nothing_of_others() {
    let mut scene = Scene::new(RUSSIA).await;
    scene.switch(json!({"fuzzy_search": true})).await;
    for n in 0..12 {
        let fault = if n % 2 == 0 { "lost_answer" } else { "cut_request" };
        scene.survives(fault, &[once(fault, "create")], 8).await;
    }
}

#[tokio::test]
async fn a_cancel_whose_answer_is_lost_is_a_cancel() {
    for mode in ["lost_answer", "commit_then_500", "cut_request", "truncate"] {
        let mut scene = Scene::new(RUSSIA).await;
        let order = scene.order(&[]).await;
        scene.only(&[once(mode, "delete_backlog")]).await;
        let path = format!("/v1/orders/{}/cancel", order["order_id"].as_str().expect("an id"));
        let (status, answer) = scene.world.call("POST", &path, None).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
        scene.world.drain().await;
        scene.world.advance(SignedDuration::from_mins(10)).await;
        assert_eq!(scene.world.parcel_of(&order).await["state"], "cancelled", "{mode}");
        assert_eq!(scene.world.live(RUSSIA.system).await, Vec::<String>::new(), "{mode}");
    }
}
