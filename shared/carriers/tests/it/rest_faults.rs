//! Ebazaar REST when the network or the post fails: what is said never exceeds what is known, and a
//! look-up settles it.

use serde_json::json;
use yam_carriers::{CallOutcome, Carrier, LookUpOutcome, RefusalKind};

use crate::bench::{Bench, account, consignment, kind_of, ours, quote};

const SHORT: &[(&str, &str)] = &[("YAM_CALL_DEADLINE_MS", "1500"), ("YAM_QUOTE_CARRIER_MS", "1500")];

#[tokio::test]
async fn registrations_under_faults_are_settled_by_a_look_up() {
    let bench = Bench::with(SHORT).await;
    let account = account("rest", "demo-shop");
    let consignment = consignment();
    bench.prepared(&account, &consignment).await;
    let mut id = 100;
    for (fault, expected, made) in [
        (json!({"mode": "timeout", "seconds": 5}), "unknown", 0),
        (json!({"mode": "http_500"}), "unknown", 0),
        (json!({"mode": "refuse"}), "unknown", 0),
        (json!({"mode": "cut_request", "at_byte": 40}), "unknown", 0),
        (json!({"mode": "lost_answer"}), "unknown", 1),
        (json!({"mode": "truncate"}), "unknown", 1),
        (json!({"mode": "commit_then_500"}), "unknown", 1),
        (json!({"mode": "malformed", "execute": true}), "unknown", 1),
        (json!({"mode": "huge", "execute": true}), "unknown", 1),
        (json!({"mode": "html"}), "unknown", 0),
        (json!({"mode": "status", "status": 503}), "unknown", 0),
        (json!({"mode": "quota"}), "busy", 0),
        (json!({"mode": "code", "code": -1}), "busy", 0),
        (json!({"mode": "code", "code": -2}), "unknown", 0),
        (json!({"mode": "code", "code": 12}), "refused", 0),
        (json!({"mode": "code", "code": 13}), "refused", 0),
        (json!({"mode": "code", "code": 14}), "refused", 0),
        (json!({"mode": "code", "code": 16}), "refused", 0),
        (json!({"mode": "code", "code": 22, "execute": true}), "unknown", 1),
        (json!({"mode": "code", "code": 2208}), "refused", 0),
        (json!({"mode": "code", "code": 9505}), "unknown", 0),
    ] {
        id += 1;
        let before = bench.parcels().await.len();
        let mut scoped = fault.clone();
        scoped["operation"] = json!("AddParcel");
        bench.fault(scoped).await;
        let outcome = bench.register(&account, &consignment, Some(id)).await;
        assert_eq!(kind_of(&outcome), expected, "{fault}: {outcome:?}");
        assert_eq!(bench.parcels().await.len() - before, made, "{fault}");
        assert!(!format!("{outcome:?}").contains("demo-pass"), "{fault}");
        match bench.look_up(&account, Some(id)).await {
            LookUpOutcome::Hit(found) => {
                assert_eq!(made, 1, "{fault}");
                assert_eq!(bench.parcels().await.last().map(String::as_str), Some(found.code.as_str()));
            }
            LookUpOutcome::Miss => assert_eq!(made, 0, "{fault}"),
            LookUpOutcome::Several { .. } => panic!("{fault}: one number, several parcels"),
            LookUpOutcome::Failed(why) => panic!("{fault}: {why}"),
        }
    }
}

/// F2 over the wire.
#[tokio::test]
async fn answers_cut_at_many_bytes() {
    let bench = Bench::with(SHORT).await;
    let account = account("rest", "demo-shop");
    let consignment = consignment();
    bench.prepared(&account, &consignment).await;
    for (id, at) in (0..400).step_by(11).enumerate() {
        let id = 1 + u32::try_from(id).unwrap();
        bench.fault(json!({"mode": "lost_answer", "operation": "AddParcel", "at_byte": at})).await;
        let outcome = bench.register(&account, &consignment, Some(id)).await;
        assert!(matches!(outcome, CallOutcome::Done(_) | CallOutcome::Unknown(_)), "at {at}: {outcome:?}");
        let LookUpOutcome::Hit(found) = bench.look_up(&account, Some(id)).await else { panic!("at {at}") };
        if let CallOutcome::Done(registered) = outcome {
            assert_eq!(registered.code, found.code, "at {at}");
        }
    }
}

#[tokio::test]
async fn look_ups_under_faults_prove_nothing() {
    let bench = Bench::with(SHORT).await;
    let account = account("rest", "demo-shop");
    bench.parcel(&account, Some(1)).await;
    for mode in ["http_500", "html", "malformed", "truncate", "lost_answer", "quota", "huge"] {
        bench.fault(json!({"mode": mode, "operation": "Inquiry"})).await;
        let outcome = bench.look_up(&account, Some(1)).await;
        assert!(matches!(outcome, LookUpOutcome::Failed(_)), "{mode}: {outcome:?}");
    }
    bench.fault(json!({"mode": "blind_lookup", "seconds": 60})).await;
    assert_eq!(bench.look_up(&account, Some(1)).await, LookUpOutcome::Miss);
}

#[tokio::test]
async fn without_a_token_no_parcel_is_sent() {
    let bench = Bench::with(SHORT).await;
    let account = account("rest", "demo-shop");
    let consignment = consignment();
    let prepared = bench.prepared(&account, &consignment).await;
    for (fault, expected) in [
        (json!({"mode": "http_500"}), "not sent"),
        (json!({"mode": "html"}), "not sent"),
        (json!({"mode": "malformed"}), "not sent"),
        (json!({"mode": "lost_answer"}), "not sent"),
        (json!({"mode": "timeout", "seconds": 5}), "not sent"),
        (json!({"mode": "code", "code": 405}), "refused"),
        (json!({"mode": "code", "code": 402}), "refused"),
        (json!({"mode": "code", "code": 406}), "busy"),
    ] {
        bench.revoke_tokens().await;
        let mut scoped = fault.clone();
        scoped["operation"] = json!("token");
        bench.fault(scoped).await;
        let outcome = bench.post.register(&account, &consignment, &prepared, &ours(Some(3))).await;
        assert_eq!(kind_of(&outcome), expected, "{fault}: {outcome:?}");
    }
    assert!(bench.parcels().await.is_empty());
}

#[tokio::test]
async fn a_call_rate_that_is_exceeded_is_busy_everywhere() {
    let bench = Bench::with(SHORT).await;
    let account = account("rest", "demo-shop");
    let parcel = bench.parcel(&account, Some(1)).await;
    let prepared = bench.prepared(&account, &consignment()).await;
    bench.settings(json!({"rate_limited": true})).await;
    assert_eq!(
        kind_of(&bench.post.register(&account, &consignment(), &prepared, &ours(Some(2))).await),
        "busy"
    );
    assert_eq!(kind_of(&bench.post.ready(&account, &parcel, None).await), "busy");
    let quoted = bench.post.quote(&account, &quote("فارس", "شیراز", 800)).await;
    assert!(matches!(quoted, Err(CallOutcome::Busy { .. })), "{quoted:?}");
    assert!(matches!(bench.look_up(&account, Some(1)).await, LookUpOutcome::Failed(_)));
}

#[tokio::test]
async fn a_gateway_that_does_not_serve_the_shop_refuses() {
    let bench = Bench::new().await;
    let account = account("rest", "gateway-off");
    let CallOutcome::Refused(error) = bench.register(&account, &consignment(), Some(1)).await else {
        panic!("refused")
    };
    assert_eq!((error.code.as_str(), error.kind), ("14", RefusalKind::Other));
}
