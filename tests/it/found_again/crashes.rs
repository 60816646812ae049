//! F1: a crash at each point of a registration, and at two of them; and messages that come twice (G2).

use std::sync::{Arc, Mutex};

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::json;
use yam_domain::ids::{MerchantId, ParcelId};
use yam_platform::queue::Queue;
use yam_store::calls::register_key;
use yam_store::{CrashPoints, Hooks, Message};
use yam_tests::{CrashAt, Options};

use super::{KOREA, Post, RUSSIA, Scene};

/// Crashes one after the other.
#[derive(Debug)]
struct InTurn(Vec<CrashAt>);

impl CrashPoints for InTurn {
    fn dies_at(&self, point: &'static str, kind: &str) -> bool {
        self.0.iter().find(|crash| !crash.happened()).is_some_and(|crash| crash.dies_at(point, kind))
    }
}

/// A crash that waits until it is armed.
#[derive(Debug, Default)]
struct Armed(Mutex<Option<&'static str>>);

impl Armed {
    fn set(&self, point: &'static str) {
        *self.0.lock().expect("nobody panics here") = Some(point);
    }

    fn happened(&self) -> bool {
        self.0.lock().expect("nobody panics here").is_none()
    }
}

impl CrashPoints for Armed {
    fn dies_at(&self, point: &'static str, kind: &str) -> bool {
        let mut armed = self.0.lock().expect("nobody panics here");
        // Every call to a post is of this kind.
        let dies = kind == "register" && *armed == Some(point);
        if dies {
            *armed = None;
        }
        dies
    }
}

/// A scene in which a crash can be armed.
async fn armed(post: Post) -> (Scene, Arc<Armed>) {
    let crash = Arc::new(Armed::default());
    let options = Options { hooks: Hooks::new(crash.clone()), ..Options::default() };
    (Scene::with(post, options).await, crash)
}

async fn survives(post: Post, crashes: &[(&'static str, &'static str)]) {
    let what = format!("{crashes:?}");
    let crashes = Arc::new(InTurn(crashes.iter().map(|(point, kind)| CrashAt::once(point, kind)).collect()));
    let options = Options { hooks: Hooks::new(crashes.clone()), ..Options::default() };
    let mut scene = Scene::with(post, options).await;
    let mut placed = None;
    for _ in 0..4 {
        let (status, answer) = scene.world.call("POST", "/v1/orders", Some((post.order)("F-1"))).await;
        if status == StatusCode::ACCEPTED {
            placed = Some(answer);
            break;
        }
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR, "{answer}");
    }
    let order = placed.expect("the repeated request gets through");
    scene.world.drain().await;
    scene.world.advance(SignedDuration::from_mins(30)).await;
    assert!(crashes.0.iter().all(CrashAt::happened), "{} never passed {what}", post.system);
    scene.has_its_waybill(&order, &what).await;
    assert_eq!(scene.world.told("parcel.registered").await.len(), 1, "{what}");
}

#[tokio::test]
async fn a_crash_at_any_point_leaves_one_waybill() {
    for post in [KOREA, RUSSIA] {
        for at in [
            ("K0", "order"),
            ("K1", "order"),
            ("K1", "register"),
            ("K2", "register"),
            ("K4", "register"),
            ("K5", "register"),
            ("K6", "register"),
            ("K7", "deliver"),
        ] {
            Box::pin(survives(post, &[at])).await;
        }
    }
}

#[tokio::test]
async fn two_crashes_in_a_row_leave_one_waybill() {
    for post in [KOREA, RUSSIA] {
        for (first, second) in
            [("K1", "K1"), ("K1", "K2"), ("K2", "K2"), ("K2", "K4"), ("K4", "K5"), ("K4", "K6")]
        {
            // After a settled crash the outcome is booked by the same kind of work.
            Box::pin(survives(post, &[(first, "register"), (second, "register")])).await;
        }
    }
}

#[tokio::test]
async fn a_crash_at_any_point_of_a_cancel_calls_it_off_once() {
    for post in [KOREA, RUSSIA] {
        for point in ["K1", "K2", "K4", "K5", "K6"] {
            let (mut scene, crash) = armed(post).await;
            let order = scene.order(&[]).await;
            crash.set(point);
            let path = format!("/v1/orders/{}/cancel", order["order_id"].as_str().expect("an id"));
            let (status, answer) = scene.world.call("POST", &path, None).await;
            assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
            scene.world.drain().await;
            scene.world.advance(SignedDuration::from_mins(15)).await;
            assert!(crash.happened(), "{} never passed {point}", post.system);
            assert_eq!(scene.world.parcel_of(&order).await["state"], "cancelled", "{point}");
            assert_eq!(scene.world.live(post.system).await, Vec::<String>::new(), "{point}");
            assert_eq!(scene.world.told("parcel.cancelled").await.len(), 1, "{point}");
        }
    }
}

#[tokio::test]
async fn a_crash_at_any_point_of_a_hand_over_checks_one_batch_in() {
    for point in ["K1", "K2", "K4", "K5", "K6"] {
        let (mut scene, crash) = armed(RUSSIA).await;
        let order = scene.order(&[]).await;
        crash.set(point);
        let path = format!("/v1/parcels/{}/ready", order["parcels"][0]["parcel_id"].as_str().expect("an id"));
        let day = json!({"pickup_date": "2026-11-24"});
        let (status, answer) = scene.world.call("POST", &path, Some(day)).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
        scene.world.drain().await;
        scene.world.advance(SignedDuration::from_mins(15)).await;
        assert!(crash.happened(), "never passed {point}");
        assert_eq!(scene.world.parcel_of(&order).await["state"], "ready", "{point}");
        for kind in ["batch", "checkin"] {
            assert_eq!(scene.world.entries(RUSSIA.system, kind).await.len(), 1, "{point}: {kind}");
        }
    }
}

#[tokio::test]
async fn a_crash_at_any_point_of_a_look_for_copies_leaves_one_waybill() {
    for post in [KOREA, RUSSIA] {
        for point in ["K1", "K2", "K4"] {
            let (mut scene, crash) = armed(post).await;
            scene.switch(json!({"duplicate_policy": "issue_new"})).await;
            let late = json!({"mode": "late_commit", "operation": post.register, "times": 1, "seconds": 200, "clock": "sim"});
            let order = scene.order(&[late]).await;
            scene.world.advance(SignedDuration::from_secs(240)).await;
            assert_eq!(scene.world.live(post.system).await.len(), 2, "{}", post.system);
            crash.set(point);
            scene.world.advance(SignedDuration::from_mins(15)).await;
            assert!(crash.happened(), "{} never passed {point}", post.system);
            scene.has_its_waybill(&order, point).await;
        }
    }
}

#[tokio::test]
async fn messages_that_come_again_send_nothing_again() {
    for post in [KOREA, RUSSIA] {
        let mut scene = Scene::new(post).await;
        let order = scene.world.place((post.order)("F-1")).await;
        let parcel =
            ParcelId::parse(order["parcels"][0]["parcel_id"].as_str().expect("an id")).expect("an id");
        let key = register_key(&MerchantId::parse("demo").expect("an id"), &parcel, 1);
        let again = Message::bodies(&[key]);
        for _ in 0..3 {
            for _ in 0..4 {
                scene.world.store().queues.send(Queue::Dispatch, &again).await.expect("queue");
            }
            scene.world.drain().await;
            scene.world.advance(SignedDuration::from_mins(3)).await;
        }
        scene.has_its_waybill(&order, "doubled messages").await;
        let ledger = scene.world.ledger(post.system).await;
        assert_eq!(ledger[0]["bodies_received"], 1, "{}", post.system);
    }
}
