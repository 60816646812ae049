//! A crash at each named point (F1): every order ends with one parcel at the operator, or with a task
//! that names it.

use std::sync::Arc;

use http::StatusCode;
use jiff::SignedDuration;
use yam_store::Hooks;
use yam_tests::{CrashAt, Options, World, order_to_shiraz};

async fn survives(point: &'static str, kind: &'static str, wire: &'static str) {
    let crash = Arc::new(CrashAt::once(point, kind));
    let options = Options { wire: Some(wire), hooks: Hooks::new(crash.clone()), ..Options::default() };
    let world = World::new(options).await;
    // What the caller does after a failure: the same request again.
    let mut placed = None;
    for _ in 0..3 {
        let (status, answer) = world.call("POST", "/v1/orders", Some(order_to_shiraz("K-1"))).await;
        if status == StatusCode::ACCEPTED {
            placed = Some(answer);
            break;
        }
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR, "{answer}");
    }
    let order = placed.expect("the repeated request gets through");
    world.drain().await;
    world.advance(SignedDuration::from_mins(15)).await;
    assert!(crash.happened(), "{point}:{kind} was never passed");
    let parcel = world.parcel_of(&order).await;
    let ledger = world.ledger("iran_post").await;
    assert!(ledger.len() <= 1, "{point}:{kind} on {wire}: {} parcels", ledger.len());
    match parcel["state"].as_str() {
        Some("registered") => {
            assert_eq!(ledger[0]["its_id"], parcel["tracking_code"], "{point}:{kind} on {wire}");
            assert!(!world.webhooks().await.is_empty(), "{point}:{kind} on {wire}: the shop was not told");
        }
        // Only EShop cannot be asked, and only a call that was begun can be unknown.
        Some("outcome_unknown") => {
            assert_eq!((wire, parcel["resolution"].as_str()), ("eshop", Some("person")), "{point}:{kind}");
            assert!(matches!(point, "K2" | "K4"), "{point}:{kind}");
        }
        other => panic!("{point}:{kind} on {wire}: {other:?}"),
    }
}

#[tokio::test]
async fn a_crash_at_any_point_of_a_registration_loses_and_doubles_nothing() {
    for wire in ["eshop", "rest"] {
        for (point, kind) in [
            ("K0", "order"),
            ("K1", "order"),
            ("K1", "register"),
            ("K2", "register"),
            ("K4", "register"),
            ("K5", "register"),
            ("K6", "register"),
            ("K7", "deliver"),
        ] {
            survives(point, kind, wire).await;
        }
    }
}

#[tokio::test]
async fn a_crash_while_delivering_a_webhook_delivers_it_all_the_same() {
    for point in ["K1", "K2", "K4"] {
        survives(point, "deliver", "rest").await;
    }
}
