//! Ebazaar REST without faults.

use jiff::SignedDuration;
use serde_json::json;
use yam_carriers::{CallOutcome, Carrier, LookUpOutcome, RefusalKind};

use crate::bench::{Bench, account, account_with, consignment, kind_of, ours, quote, rial};

#[tokio::test]
async fn a_login_is_verified_and_told_from_a_closed_shop() {
    let bench = Bench::new().await;
    assert_eq!(bench.post.verify(&account("rest", "demo-shop")).await, CallOutcome::Done(()));
    for (account, kind) in [
        (account_with("rest", "demo-shop", "wrong-pass"), RefusalKind::Credentials),
        (account_with("rest", "nobody", "wrong-pass"), RefusalKind::Credentials),
        (account("rest", "inactive-shop"), RefusalKind::AccountInactive),
        (account("rest", "debt-shop"), RefusalKind::AccountInactive),
    ] {
        let outcome = bench.post.verify(&account).await;
        let CallOutcome::Refused(error) = outcome else { panic!("{outcome:?}") };
        assert_eq!(error.kind, kind, "{}", error.message);
        let right = error.message.contains("the login is right");
        assert_eq!(right, kind == RefusalKind::AccountInactive, "{}", error.message);
    }
}

#[tokio::test]
async fn live_prices_are_those_of_the_other_wire() {
    let bench = Bench::new().await;
    let quote = quote("فارس", "شیراز", 800);
    let rest = bench.post.quote(&account("rest", "demo-shop"), &quote).await.unwrap();
    let eshop = bench.post.quote(&account("eshop", "demo-shop"), &quote).await.unwrap();
    assert_eq!(rest, eshop);
    assert_eq!(rest.len(), 2);
}

#[tokio::test]
async fn sefareshi_is_left_out_above_five_kilograms() {
    let bench = Bench::new().await;
    let rates =
        bench.post.quote(&account("rest", "demo-shop"), &quote("فارس", "شیراز", 5_001)).await.unwrap();
    assert_eq!(rates.iter().map(|rate| rate.service.as_str()).collect::<Vec<_>>(), ["pishtaz"]);
}

#[tokio::test]
async fn a_parcel_is_registered_under_our_id_and_found_by_it() {
    let bench = Bench::new().await;
    let account = account("rest", "demo-shop");
    assert_eq!(bench.look_up(&account, Some(5_001)).await, LookUpOutcome::Miss);
    let outcome = bench.register(&account, &consignment(), Some(5_001)).await;
    let CallOutcome::Done(registered) = outcome else { panic!("{outcome:?}") };
    assert_eq!(bench.parcels().await, [registered.code.as_str()]);
    let parcel = bench.items("parcel").await.remove(0);
    assert_eq!(
        (parcel["our_id"].to_string().trim_matches('"'), &parcel["amount"]),
        ("5001", &json!(1_000_000))
    );
    let found = bench.look_up(&account, Some(5_001)).await;
    let LookUpOutcome::Hit(found) = found else { panic!("{found:?}") };
    assert_eq!((&found.code, found.postage), (&registered.code, registered.postage));
}

#[tokio::test]
async fn the_same_id_again_is_looked_up_not_believed() {
    let bench = Bench::new().await;
    let account = account("rest", "demo-shop");
    let parcel = bench.parcel(&account, Some(7)).await;
    let again = bench.register(&account, &consignment(), Some(7)).await;
    assert_eq!(kind_of(&again), "unknown", "{again:?}");
    let LookUpOutcome::Hit(found) = bench.look_up(&account, Some(7)).await else { panic!("hit") };
    assert_eq!(found.code, parcel.code);
    assert_eq!(bench.parcels().await.len(), 1);
}

#[tokio::test]
async fn without_an_id_nothing_is_sent() {
    let bench = Bench::new().await;
    let account = account("rest", "demo-shop");
    for id in [None, Some(0), Some(1 << 31)] {
        assert_eq!(kind_of(&bench.register(&account, &consignment(), id).await), "not sent", "{id:?}");
        assert!(matches!(bench.look_up(&account, id).await, LookUpOutcome::Failed(_)), "{id:?}");
    }
    assert!(bench.parcels().await.is_empty());
}

#[tokio::test]
async fn products_are_registered_once_and_item_errors_are_told() {
    let bench = Bench::new().await;
    let account = account("rest", "demo-shop");
    let consignment = consignment();
    let first = bench.prepared(&account, &consignment).await;
    assert_eq!(first.0.len(), 2);
    assert_eq!(bench.prepared(&account, &consignment).await, first);
    assert_eq!(bench.items("product").await.len(), 2);
    let mut cheap = consignment;
    cheap.items[0].price = rial(49_999);
    let CallOutcome::Refused(error) = bench.post.prepare(&account, &cheap, &bench.references).await else {
        panic!("refused")
    };
    assert_eq!((error.code.as_str(), error.kind), ("1105", RefusalKind::Goods));
}

#[tokio::test]
async fn ready_and_cancel_are_repeatable() {
    let bench = Bench::new().await;
    let account = account("rest", "demo-shop");
    let ready = bench.parcel(&account, Some(1)).await;
    for _ in 0..2 {
        assert_eq!(kind_of(&bench.post.ready(&account, &ready, None).await), "done");
    }
    let cancelled = bench.parcel(&account, Some(2)).await;
    for _ in 0..2 {
        let outcome = bench.post.cancel(&account, &cancelled).await;
        assert_eq!(kind_of(&outcome), "done", "{outcome:?}");
    }
    let outcome = bench.post.ready(&account, &cancelled, None).await;
    let CallOutcome::Refused(error) = outcome else { panic!("{outcome:?}") };
    assert_eq!(error.kind, RefusalKind::State);
}

#[tokio::test]
async fn a_parcel_under_way_is_ready_and_too_late_to_cancel() {
    let bench = Bench::new().await;
    let account = account("rest", "demo-shop");
    let parcel = bench.parcel(&account, Some(1)).await;
    assert_eq!(kind_of(&bench.post.ready(&account, &parcel, None).await), "done");
    bench.scan(parcel.code.as_str(), 5).await;
    assert_eq!(kind_of(&bench.post.ready(&account, &parcel, None).await), "done");
    let CallOutcome::Refused(error) = bench.post.cancel(&account, &parcel).await else { panic!("refused") };
    assert_eq!((error.code.as_str(), error.kind), ("9003", RefusalKind::State));
    assert!(error.message.contains("status is 5"), "{}", error.message);
}

/// `token` calls that the service received.
async fn token_calls(bench: &Bench) -> u64 {
    let ledger = bench.ledger().await;
    let calls = ledger["calls"].clone();
    let of = |name: &str, value: &serde_json::Value| {
        if name.ends_with("token") { value["received"].as_u64().unwrap_or(0) } else { 0 }
    };
    match &calls {
        serde_json::Value::Object(map) => map.iter().map(|(name, value)| of(name, value)).sum(),
        serde_json::Value::Array(rows) => {
            rows.iter().map(|row| of(row["operation"].as_str().unwrap_or(""), row)).sum()
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn one_token_serves_many_calls_until_a_minute_before_its_end() {
    let bench = Bench::new().await;
    let account = account("rest", "demo-shop");
    let shiraz = quote("فارس", "شیراز", 800);
    let all = (0..6).map(|_| bench.post.quote(&account, &shiraz));
    for rates in futures_util::future::join_all(all).await {
        assert_eq!(rates.unwrap().len(), 2);
    }
    assert_eq!(token_calls(&bench).await, 1);
    bench.clock.advance(SignedDuration::from_secs(3_500));
    bench.post.quote(&account, &shiraz).await.unwrap();
    assert_eq!(token_calls(&bench).await, 1);
    // The service's clock runs on beside the bench's.
    bench.clock.advance(SignedDuration::from_secs(90));
    bench.post.quote(&account, &shiraz).await.unwrap();
    assert_eq!(token_calls(&bench).await, 2);
}

#[tokio::test]
async fn a_revoked_token_is_replaced_within_the_call() {
    let bench = Bench::new().await;
    let account = account("rest", "demo-shop");
    let consignment = consignment();
    let prepared = bench.prepared(&account, &consignment).await;
    bench.revoke_tokens().await;
    let outcome = bench.post.register(&account, &consignment, &prepared, &ours(Some(9))).await;
    assert_eq!(kind_of(&outcome), "done", "{outcome:?}");
    assert_eq!(bench.parcels().await.len(), 1);
    assert_eq!(token_calls(&bench).await, 2);
}
