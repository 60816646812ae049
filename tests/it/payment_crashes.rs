//! A crash at each named point of a payment, lost answers, and money that must be neither lost nor doubled
//! (F1, F11, F12; P1 to P5).

use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::json;
use yam_store::Hooks;
use yam_tests::{Browser, CrashAt, HUB, Options, World};

const PRICE: i64 = 2_500_000;

async fn path(world: &World) -> String {
    let link = world.link(json!({"amount": {"amount": PRICE, "currency": "IRR"}, "single_use": true})).await;
    link["url"].as_str().expect("an address").strip_prefix(HUB).expect("at the hub").to_owned()
}

/// A payer who sends the form again when the page fails, pays, and comes back until an answer is given.
async fn persists(world: &World, gateway: &str) -> Option<serde_json::Value> {
    let browser = Browser::new(world);
    let path = path(world).await;
    let ways = browser.details(&path).await;
    for _ in 0..4 {
        let page = browser.choose(&ways, gateway).await;
        if page.text.contains("id=\"go\"") {
            break;
        }
    }
    let payment = world.newest_payment().await;
    if payment["status"] != "redirected" {
        return None;
    }
    let number = World::number_of(&payment);
    let paid = world.at_gateway(gateway, &number, json!({"action": "pay"})).await;
    for _ in 0..3 {
        if browser.come_back(&paid["return"]).await.status.as_u16() == 303 {
            break;
        }
    }
    Some(payment)
}

async fn survives(point: &'static str, kind: &'static str, gateway: &'static str) {
    let crash = Arc::new(CrashAt::once(point, kind));
    let options = Options { hooks: Hooks::new(crash.clone()), ..Options::default() };
    let world = World::new(options).await;
    world.gateways(&[gateway]).await;
    let payment = persists(&world, gateway).await.expect("the repeated form gets through");
    world.drain().await;
    world.advance(SignedDuration::from_mins(8)).await;
    assert!(crash.happened(), "{point}:{kind} was never passed");
    let after = world.payment(&payment).await;
    assert_eq!(after["status"], "paid", "{point}:{kind} at {gateway}: {after}");
    assert_eq!(world.sum(gateway, "verified").await, PRICE, "{point}:{kind} at {gateway}");
    let settled = if gateway == "mellat" { PRICE } else { 0 };
    assert_eq!(world.sum(gateway, "settled").await, settled, "{point}:{kind} at {gateway}");
    assert_eq!(world.told("payment.paid").await.len(), 1, "{point}:{kind} at {gateway}");
    let link = after["link_id"].as_str().expect("a link");
    let (_, link) = world.call("GET", &format!("/v1/payment-links/{link}"), None).await;
    assert_eq!(link["paid"], 1, "{point}:{kind} at {gateway}");
}

#[tokio::test]
async fn a_crash_at_any_point_of_a_payment_loses_and_doubles_nothing() {
    for gateway in ["zarinpal", "mellat", "sep"] {
        for (point, kind) in [
            ("K0", "open"),
            ("K1", "open"),
            ("K4", "open"),
            ("K1", "callback"),
            ("K2", "verify"),
            ("K4", "verify"),
            ("K5", "payment"),
            ("K6", "payment"),
        ] {
            survives(point, kind, gateway).await;
        }
    }
}

#[tokio::test]
async fn a_crash_between_verify_and_settle_settles_all_the_same() {
    for point in ["K2", "K4"] {
        survives(point, "settle", "mellat").await;
    }
}

/// F12, P2: the answer of each step is lost once.
#[tokio::test]
async fn lost_answers_of_verify_and_settle_end_in_one_payment() {
    for (gateway, operation) in [
        ("zarinpal", "verify"),
        ("zibal", "verify"),
        ("mellat", "bpVerifyRequest"),
        ("mellat", "bpSettleRequest"),
    ] {
        for mode in ["lost_answer", "commit_then_500", "truncate", "http_500"] {
            let world = World::new(Options::default()).await;
            world.gateways(&[gateway]).await;
            world.fault(gateway, json!({"mode": mode, "operation": operation, "times": 1})).await;
            let payment = persists(&world, gateway).await.expect("a page");
            world.advance(SignedDuration::from_mins(6)).await;
            let after = world.payment(&payment).await;
            assert_eq!(after["status"], "paid", "{gateway} {operation} {mode}: {after}");
            assert_eq!(world.sum(gateway, "verified").await, PRICE, "{gateway} {operation} {mode}");
            assert_eq!(world.told("payment.paid").await.len(), 1, "{gateway} {operation} {mode}");
        }
    }
}

/// The payer is told not to pay again while an answer is missing, and nobody can.
#[tokio::test]
async fn while_it_is_unknown_nobody_pays_again() {
    let world = World::new(Options::default()).await;
    world.gateways(&["zarinpal", "zibal"]).await;
    let browser = Browser::new(&world);
    world.fault("zarinpal", json!({"mode": "lost_answer", "operation": "verify", "times": 1})).await;
    let ways = browser.details(&path(&world).await).await;
    browser.choose(&ways, "zarinpal").await;
    let payment = world.newest_payment().await;
    let number = World::number_of(&payment);
    let paid = world.at_gateway("zarinpal", &number, json!({"action": "pay"})).await;
    let page = browser.follow(&browser.come_back(&paid["return"]).await).await;
    assert_eq!(page.state(), "verify_unknown", "{}", page.text);
    assert!(page.text.contains("http-equiv=\"refresh\"") && !page.text.contains("id=\"again\""));
    let again = browser.choose(&ways, "zibal").await;
    assert_eq!(again.status.as_u16(), 303, "{}", again.text);
    assert_eq!(world.payment(&payment).await["attempts"].as_array().unwrap().len(), 1);
    world.advance(SignedDuration::from_mins(4)).await;
    assert_eq!(world.payment(&payment).await["status"], "paid");
}

/// F11: SEP cannot be asked. A verify whose answer stays away for the whole window ends at a person, never as
/// failed.
#[tokio::test]
async fn where_nothing_can_be_asked_a_person_is() {
    let world = World::new(Options::default()).await;
    world.gateways(&["sep"]).await;
    world.fault("sep", json!({"mode": "lost_answer", "operation": "VerifyTransaction", "times": 60})).await;
    let payment = persists(&world, "sep").await.expect("a page");
    world.advance(SignedDuration::from_mins(40)).await;
    let after = world.payment(&payment).await;
    assert_eq!(after["status"], "verify_unknown", "{after}");
    assert_eq!(after["task"]["reason"], "outcome_unknown");
    assert_eq!(world.told("payment.needs_review").await.len(), 1);
}
