//! EShop SOAP when the network or the post fails: what is said never exceeds what is known.

use serde_json::json;
use yam_carriers::{CallOutcome, Carrier};

use crate::bench::{Bench, account, consignment, kind_of, ours, quote};

const SHORT: &[(&str, &str)] = &[("YAM_CALL_DEADLINE_MS", "1500"), ("YAM_QUOTE_CARRIER_MS", "1500")];

#[tokio::test]
async fn registrations_under_faults() {
    let bench = Bench::with(SHORT).await;
    let account = account("eshop", "demo-shop");
    let consignment = consignment();
    bench.prepared(&account, &consignment).await;
    for (fault, expected, made) in [
        (json!({"mode": "timeout", "seconds": 5}), "unknown", 0),
        (json!({"mode": "http_500"}), "unknown", 0),
        (json!({"mode": "refuse"}), "unknown", 0),
        (json!({"mode": "cut_request"}), "unknown", 0),
        (json!({"mode": "cut_request", "at_byte": 40}), "unknown", 0),
        (json!({"mode": "lost_answer"}), "unknown", 1),
        (json!({"mode": "commit_then_500"}), "unknown", 1),
        (json!({"mode": "malformed", "execute": true}), "unknown", 1),
        (json!({"mode": "huge", "execute": true}), "unknown", 1),
        (json!({"mode": "entity_bomb", "execute": true}), "unknown", 1),
        (json!({"mode": "html"}), "unknown", 0),
        (json!({"mode": "html", "execute": true}), "unknown", 1),
        (json!({"mode": "status", "status": 503}), "unknown", 0),
        (json!({"mode": "status", "status": 302, "location": "/login"}), "unknown", 0),
        (json!({"mode": "quota"}), "busy", 0),
        (json!({"mode": "code", "code": -1}), "refused", 0),
        (json!({"mode": "code", "code": -2}), "refused", 0),
        (json!({"mode": "code", "code": -3}), "refused", 0),
        (json!({"mode": "code", "code": -4}), "refused", 0),
        (json!({"mode": "code", "code": -5}), "refused", 0),
        (json!({"mode": "code", "code": -10}), "busy", 0),
        (json!({"mode": "code", "code": -77}), "unknown", 0),
    ] {
        let before = bench.parcels().await.len();
        let mut scoped = fault.clone();
        scoped["operation"] = json!("AddParcel");
        bench.fault(scoped).await;
        let outcome = bench.register(&account, &consignment, None).await;
        assert_eq!(kind_of(&outcome), expected, "{fault}: {outcome:?}");
        assert_eq!(bench.parcels().await.len() - before, made, "{fault}");
        assert!(!format!("{outcome:?}").contains("demo-pass"), "{fault}");
    }
}

/// An answer of the right shape with wrong types proves a parcel only by its own barcode.
#[tokio::test]
async fn wrong_types_prove_nothing_false() {
    let bench = Bench::with(SHORT).await;
    let account = account("eshop", "demo-shop");
    bench.fault(json!({"mode": "wrong_type", "operation": "AddParcel", "execute": true})).await;
    match bench.register(&account, &consignment(), None).await {
        CallOutcome::Done(registered) => assert_eq!(bench.parcels().await, [registered.code.as_str()]),
        CallOutcome::Unknown(_) => {}
        other => panic!("{other:?}"),
    }
}

/// F2 over the wire: whatever byte the answer ends at, "done" names the parcel that exists, and nothing
/// is refused.
#[tokio::test]
async fn answers_cut_at_many_bytes() {
    let bench = Bench::with(SHORT).await;
    let account = account("eshop", "demo-shop");
    let consignment = consignment();
    bench.prepared(&account, &consignment).await;
    let (mut done, mut unknown) = (0, 0);
    for mode in ["truncate", "lost_answer"] {
        for at in (0..900).step_by(13) {
            bench.fault(json!({"mode": mode, "operation": "AddParcel", "at_byte": at})).await;
            match bench.register(&account, &consignment, None).await {
                CallOutcome::Done(registered) => {
                    assert_eq!(
                        bench.parcels().await.last().map(String::as_str),
                        Some(registered.code.as_str())
                    );
                    done += 1;
                }
                CallOutcome::Unknown(_) => unknown += 1,
                other => panic!("{mode} at {at}: {other:?}"),
            }
        }
    }
    assert!(done > 5 && unknown > 20, "{done} done, {unknown} unknown");
}

#[tokio::test]
async fn nothing_listens() {
    let mut bench = Bench::new().await;
    let account = account("eshop", "demo-shop");
    let consignment = consignment();
    let prepared = bench.prepared(&account, &consignment).await;
    bench.stop().await;
    let outcome = bench.post.register(&account, &consignment, &prepared, &ours(None)).await;
    assert_eq!(kind_of(&outcome), "not sent", "{outcome:?}");
    let quoted = bench.post.quote(&account, &quote("فارس", "شیراز", 800)).await;
    assert!(matches!(quoted, Err(CallOutcome::NotSent(_))), "{quoted:?}");
}

#[tokio::test]
async fn quotes_under_faults_are_never_refusals() {
    let bench = Bench::with(SHORT).await;
    let account = account("eshop", "demo-shop");
    let quote = quote("فارس", "شیراز", 800);
    for fault in [
        json!({"mode": "timeout", "seconds": 5}),
        json!({"mode": "http_500"}),
        json!({"mode": "html"}),
        json!({"mode": "malformed"}),
        json!({"mode": "truncate"}),
        json!({"mode": "huge"}),
        json!({"mode": "entity_bomb"}),
        json!({"mode": "quota"}),
        json!({"mode": "code", "code": -10}),
    ] {
        let mut both = fault.clone();
        both["operation"] = json!("GetDeliveryPrice");
        both["times"] = json!(2);
        bench.fault(both).await;
        let outcome = bench.post.quote(&account, &quote).await;
        assert!(
            matches!(outcome, Err(CallOutcome::Unknown(_) | CallOutcome::Busy { .. })),
            "{fault}: {outcome:?}"
        );
    }
    bench.fault(json!({"mode": "http_500", "operation": "GetDeliveryPrice", "times": 1})).await;
    let rates = bench.post.quote(&account, &quote).await.unwrap();
    assert_eq!(rates.len(), 1, "the other service still has a price");
}

#[tokio::test]
async fn preparation_under_faults_can_be_repeated() {
    let bench = Bench::with(SHORT).await;
    let account = account("eshop", "demo-shop");
    let consignment = consignment();
    for mode in ["lost_answer", "http_500", "html", "quota", "malformed"] {
        bench.fault(json!({"mode": mode, "operation": "AddStuff", "times": 2})).await;
        let outcome = bench.post.prepare(&account, &consignment, &bench.references).await;
        assert!(matches!(outcome, CallOutcome::Unknown(_) | CallOutcome::Busy { .. }), "{mode}: {outcome:?}");
    }
    bench.no_faults().await;
    let prepared = bench.prepared(&account, &consignment).await;
    assert_eq!((prepared.0.len(), bench.references.len()), (2, 2));
    assert_eq!(kind_of(&bench.register(&account, &consignment, None).await), "done");
}
