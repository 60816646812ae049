//! Numbers are polled in their buckets, understood, and each change is told once (S1-15, S1-22 ... S1-35,
//! S0-07, S0-09).

use std::sync::Arc;

use http::StatusCode;
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use yam_store::Hooks;
use yam_tests::{CrashAt, Options, World, order_to_shiraz};

/// A number of each post, with a check digit that is right where there is one.
const RUSSIAN: &str = "80082240994512";
const KOREAN: &str = "6012300045678";

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

/// The statuses of the changes a shop was told, oldest first.
fn changes(told: &[Value]) -> Vec<&str> {
    told.iter().filter_map(|event| event["data"]["change"]["status"].as_str()).collect()
}

#[tokio::test]
async fn an_order_is_followed_to_the_buyers_door_and_its_cash_to_the_shop() {
    let world = World::new(Options::default()).await;
    let order = world.place(order_to_shiraz("T-1")).await;
    world.drain().await;
    world.advance(SignedDuration::from_mins(3)).await;
    let parcel = world.parcel_of(&order).await;
    let code = parcel["tracking_code"].as_str().unwrap().to_owned();
    assert_eq!(parcel["cod"]["state"], "due", "{parcel}");
    for status in [5, 13, 8, 7] {
        world.scan("iran_post", &code, json!({"raw": {"status": status}})).await;
        world.travel(hours(5)).await;
    }
    let parcel = world.parcel_of(&order).await;
    assert_eq!(parcel["status"], "delivered", "{parcel}");
    let raw: Vec<&str> =
        parcel["events"].as_array().unwrap().iter().map(|e| e["raw"]["code"].as_str().unwrap()).collect();
    assert!(raw.ends_with(&["5", "13", "8", "7"]), "{raw:?}");
    let told = world.told("parcel.status_changed").await;
    // That the post says "registered" too, after `parcel.registered`, changes nothing.
    assert_eq!(changes(&told), ["accepted", "in_transit", "arrived", "delivered"], "{told:?}");
    assert_eq!(world.told("parcel.registered").await.len(), 1);
    assert_eq!(told.last().unwrap()["data"]["change"]["raw"]["code"], "7");
    // The post still has the buyer's money: it is asked for until it was paid out.
    for (status, state, kind) in [(70, "collected", "cod.collected"), (71, "paid_out", "cod.settled")] {
        world.scan("iran_post", &code, json!({"raw": {"status": status}})).await;
        world.travel(hours(5)).await;
        assert_eq!(world.parcel_of(&order).await["cod"]["state"], state);
        assert_eq!(world.told(kind).await.len(), 1, "{kind}");
    }
    let explained = explain(&world, &world.parcel_of(&order).await).await;
    assert_eq!(explained["polling"]["ended"], "final", "{explained}");
    assert_eq!(explained["polling"]["active"], false, "{explained}");
}

#[tokio::test]
async fn korean_scans_become_statuses_with_their_own_words() {
    let world = World::new(Options::default()).await;
    world.tracking_account("korea_post", "portal").await;
    let parcel = world.track("korea_post", KOREAN).await;
    assert_eq!((parcel["status"].as_str(), &parcel["order_id"]), (Some("registered"), &Value::Null));
    world.scan("korea_post", KOREAN, json!({"status": "accepted"})).await;
    world.advance(SignedDuration::from_mins(2)).await;
    let first = world.parcel(&parcel).await;
    assert_eq!(first["status"], "accepted", "polled within minutes: {first}");
    world.clock.advance(hours(1));
    world.scan("korea_post", KOREAN, json!({"status": "out_for_delivery"})).await;
    world.clock.advance(hours(1));
    world.scan("korea_post", KOREAN, json!({"status": "delivered"})).await;
    world.travel(hours(4)).await;
    let last = world.parcel(&parcel).await;
    assert_eq!(last["status"], "delivered", "{last}");
    let told = world.told("parcel.status_changed").await;
    let news: Vec<bool> = told.iter().map(|e| e["data"]["change"]["superseded"] == false).collect();
    assert_eq!(changes(&told), ["accepted", "out_for_delivery", "delivered"]);
    assert_eq!(news, [true, false, true], "of two found at once the newer is news");
    assert!(told.iter().all(|e| !e["data"]["change"]["raw"]["code"].as_str().unwrap().is_empty()));
}

#[tokio::test]
async fn russian_tickets_bring_whole_buckets_and_an_unchanged_poll_writes_nothing() {
    let world = World::new(Options::default()).await;
    world.tracking_account("russian_post", "batch").await;
    let parcel = world.track("russian_post", RUSSIAN).await;
    world.scan("russian_post", RUSSIAN, json!({"status": "accepted"})).await;
    world.advance(SignedDuration::from_mins(2)).await;
    assert_eq!(world.parcel(&parcel).await["status"], "accepted");
    world.scan("russian_post", RUSSIAN, json!({"status": "arrived", "office": "690000"})).await;
    world.travel(hours(6)).await;
    let arrived = world.parcel(&parcel).await;
    assert_eq!(arrived["status"], "arrived", "{arrived}");
    assert_eq!(arrived["waiting_days"], 0, "{arrived}");
    assert!(arrived["storage_deadline"].is_string(), "{arrived}");
    let events = arrived["events"].as_array().unwrap();
    let one_each = events.len() == 2 && events.iter().all(|event| event["withdrawn_at"].is_null());
    assert!(one_each, "a scan told by both wires is one scan: {arrived}");
    let sequence = arrived["sequence"].clone();
    world.travel(hours(24)).await;
    let later = world.parcel(&parcel).await;
    assert_eq!(later["sequence"], sequence, "nothing new, nothing written");
    assert_eq!(later["waiting_days"], 1, "{later}");
    // Arrived on a Saturday: fifteen days from Monday, the office's next working day.
    assert_eq!(later["storage_deadline"], "2026-12-08", "{later}");
    world.travel(hours(24 * 17)).await;
    let over = world.parcel(&parcel).await;
    assert_eq!(over["status"], "storage_expired", "{over}");
    let told = world.told("parcel.status_changed").await;
    assert_eq!(changes(&told), ["accepted", "arrived", "storage_expiring", "storage_expired"]);
}

#[tokio::test]
async fn a_vanished_scan_is_withdrawn_and_the_shop_set_right() {
    let world = World::new(Options::default()).await;
    world.tracking_account("russian_post", "single").await;
    let parcel = world.track("russian_post", RUSSIAN).await;
    world.scan("russian_post", RUSSIAN, json!({"status": "accepted"})).await;
    world.clock.advance(hours(1));
    let wrong = world.scan("russian_post", RUSSIAN, json!({"status": "delivery_failed"})).await;
    world.advance(SignedDuration::from_mins(2)).await;
    assert_eq!(world.parcel(&parcel).await["status"], "delivery_failed");
    let id = wrong["id"].as_i64().unwrap_or_else(|| panic!("{wrong}"));
    let path = format!("russian_post/parcels/{RUSSIAN}/events/{id}");
    world.simulator(Method::DELETE, &path, None).await;
    world.travel(hours(5)).await;
    let back = world.parcel(&parcel).await;
    assert_eq!(back["status"], "accepted", "{back}");
    let withdrawn = back["events"].as_array().unwrap().iter().filter(|e| !e["withdrawn_at"].is_null());
    assert_eq!(withdrawn.count(), 1, "{back}");
    let told = world.told("parcel.status_changed").await;
    assert_eq!(told.last().unwrap()["data"]["status"], "accepted", "the highest sequence is the truth");
}

#[tokio::test]
async fn without_an_account_tracking_waits_and_says_so() {
    let world = World::new(Options::default()).await;
    let parcel = world.track("russian_post", RUSSIAN).await;
    world.advance(SignedDuration::from_mins(2)).await;
    let waiting = world.parcel(&parcel).await;
    assert_eq!(waiting["suspended"], true, "{waiting}");
    assert!(waiting["suspended_reason"].as_str().unwrap().contains("login"), "{waiting}");
    world.scan("russian_post", RUSSIAN, json!({"status": "accepted"})).await;
    world.tracking_account("russian_post", "single").await;
    world.travel(hours(7)).await;
    let going = world.parcel(&parcel).await;
    assert_eq!((going["status"].as_str(), &going["suspended"]), (Some("accepted"), &json!(false)), "{going}");
}

#[tokio::test]
async fn numbers_are_checked_stopped_corrected_and_deleted() {
    let world = World::new(Options::default()).await;
    world.tracking_account("korea_post", "portal").await;
    let wrong = json!({"carrier": "korea_post", "tracking_code": "12"});
    let (status, answer) = world.call("POST", "/v1/parcels", Some(wrong)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
    assert_eq!(answer["errors"][0]["pointer"], "#/tracking_code", "{answer}");

    let parcel = world.track("korea_post", KOREAN).await;
    let again = json!({"carrier": "korea_post", "tracking_code": "60123-0004-5678"});
    let (status, same) = world.call("POST", "/v1/parcels", Some(again)).await;
    assert_eq!((status, &same["parcel_id"]), (StatusCode::OK, &parcel["parcel_id"]), "{same}");
    world.scan("korea_post", KOREAN, json!({"status": "accepted"})).await;
    world.advance(SignedDuration::from_mins(2)).await;

    let id = parcel["parcel_id"].as_str().unwrap();
    let other = json!({"tracking_code": "6012300045679"});
    let path = format!("/v1/parcels/{id}/tracking-code");
    let (status, corrected) = world.call("PUT", &path, Some(other)).await;
    assert_eq!((status, corrected["status"].as_str()), (StatusCode::OK, Some("registered")), "{corrected}");
    world.advance(SignedDuration::from_mins(2)).await;
    assert_eq!(world.parcel(&parcel).await["events"], json!([]), "another number, another history");

    let stop = json!({"tracking_code": "6012300045679"});
    let (status, stopped) = world.call("POST", "/v1/parcels/stop", Some(stop)).await;
    assert_eq!((status, stopped["status"].as_str()), (StatusCode::OK, Some("stopped")), "{stopped}");
    world.scan("korea_post", "6012300045679", json!({"status": "accepted"})).await;
    world.travel(hours(7)).await;
    assert_eq!(world.parcel(&parcel).await["status"], "stopped", "nobody asks any more");

    let (status, answer) = world.call("DELETE", &format!("/v1/parcels/{id}"), None).await;
    assert_eq!(status, StatusCode::NO_CONTENT, "{answer}");
    let (status, _) = world.call("GET", &format!("/v1/parcels/{id}"), None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_number_given_back_after_its_journey_tells_its_end_and_no_news() {
    let world = World::new(Options::default()).await;
    world.tracking_account("korea_post", "portal").await;
    let parcel = world.track("korea_post", KOREAN).await;
    for status in ["accepted", "arrived", "delivered"] {
        world.scan("korea_post", KOREAN, json!({"status": status})).await;
        world.travel(hours(4)).await;
    }
    assert_eq!(world.parcel(&parcel).await["status"], "delivered");
    let before = changes(&world.told("parcel.status_changed").await).len();

    let path = format!("/v1/parcels/{}/tracking-code", parcel["parcel_id"].as_str().unwrap());
    for code in ["6012300045679", KOREAN] {
        let (status, typed) = world.call("PUT", &path, Some(json!({"tracking_code": code}))).await;
        assert_eq!((status, typed["status"].as_str()), (StatusCode::OK, Some("registered")), "{typed}");
        world.advance(SignedDuration::from_mins(2)).await;
    }
    assert_eq!(world.parcel(&parcel).await["status"], "delivered", "the shop would wait for ever");
    assert_eq!(changes(&world.told("parcel.status_changed").await).len(), before, "told before");
}

#[tokio::test]
async fn a_stack_of_parcels_is_scanned_at_once() {
    let world = World::new(Options::default()).await;
    world.tracking_account("korea_post", "portal").await;
    let known = world.track("korea_post", KOREAN).await;
    // A scanner's marks, a number that stands there twice, one that is entered already, and one of nobody.
    let codes = format!("*6012300045680*\r\n6012300045680\r\n\r\n{KOREAN}\r\n12\r\n");
    let body = json!({"carrier": "korea_post", "codes": codes});
    let (status, answer) = world.call("POST", "/v1/parcels/scans", Some(body)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let results: Vec<&str> =
        answer["items"].as_array().unwrap().iter().map(|item| item["result"].as_str().unwrap()).collect();
    assert_eq!(results, ["entered", "known", "known", "refused"], "{answer}");
    let [first, second, third] = [0_usize, 1, 2].map(|at| &answer["items"][at]);
    assert_eq!(
        (&first["tracking_code"], &first["mended"]),
        (&json!("6012300045680"), &json!("marks")),
        "{first}"
    );
    assert_eq!(first["parcel_id"], second["parcel_id"]);
    assert_eq!(third["parcel_id"], known["parcel_id"]);
    world.scan("korea_post", "6012300045680", json!({"status": "accepted"})).await;
    world.advance(SignedDuration::from_mins(2)).await;
    assert_eq!(world.parcel(first).await["status"], "accepted", "polled within minutes");
    for codes in [json!(""), json!([]), json!(vec![KOREAN; 201])] {
        let body = json!({"carrier": "korea_post", "codes": codes});
        let (status, answer) = world.call("POST", "/v1/parcels/scans", Some(body)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
        assert_eq!(answer["errors"][0]["pointer"], "#/codes", "{answer}");
    }
}

/// The public page is asked for all shops together; one number of two shops stays two parcels.
#[tokio::test]
async fn two_shops_may_follow_one_number_and_neither_touches_the_others() {
    let world = World::new(Options::default()).await;
    let code = "051800506400081160839102";
    let body = json!({"carrier": "iran_post", "tracking_code": code, "product_name": "کتاب",
                      "order_total": {"amount": 900_000, "currency": "IRR"}});
    let mut parcels = Vec::new();
    for shop in ["first", "second"] {
        let key = world.merchant(shop).await;
        let (status, parcel) = world.call_as(&key, "POST", "/v1/parcels", &[], Some(body.clone())).await;
        assert_eq!(status, StatusCode::CREATED, "{parcel}");
        assert_eq!(
            (parcel["product_name"].as_str(), &parcel["order_total"]["amount"]),
            (Some("کتاب"), &json!(900_000))
        );
        parcels.push((key, format!("/v1/parcels/{}", parcel["parcel_id"].as_str().unwrap())));
    }
    world.advance(SignedDuration::from_mins(2)).await;
    // One of them stops; the other's goes on.
    let (status, _) =
        world.call_as(&parcels[0].0, "POST", &format!("{}/stop", parcels[0].1), &[], None).await;
    assert_eq!(status, StatusCode::OK);
    world.scan("iran_post", code, json!({"status": "delivered"})).await;
    world.travel(hours(5)).await;
    for ((key, path), expected) in parcels.iter().zip(["stopped", "delivered"]) {
        let (_, parcel) = world.call_as(key, "GET", path, &[], None).await;
        assert_eq!(parcel["status"], expected, "{parcel}");
    }
    let (status, _) = world.call_as(&parcels[0].0, "GET", &parcels[1].1, &[], None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, _) =
        world.call_as(&parcels[0].0, "POST", &format!("{}/stop", parcels[1].1), &[], None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

/// Also when the very first poll failed.
#[tokio::test]
async fn a_number_nobody_knows_becomes_invalid() {
    let world = World::new(Options::default()).await;
    world.tracking_account("korea_post", "portal").await;
    let parcel = world.track("korea_post", KOREAN).await;
    world.fault("korea_post_trace", json!({"mode": "http_500", "times": 1})).await;
    world.advance(SignedDuration::from_mins(2)).await;
    world.travel(hours(24 * 15)).await;
    let invalid = world.parcel(&parcel).await;
    assert_eq!(invalid["status"], "invalid_code", "{invalid}");
    assert_eq!(changes(&world.told("parcel.status_changed").await), ["invalid_code"]);
}

/// A day without the operator: nothing is lost, each change is told once afterwards (F7).
#[tokio::test]
async fn after_a_day_of_outage_everything_is_up_to_date_within_one_cadence() {
    let world = World::new(Options::default()).await;
    world.tracking_account("korea_post", "portal").await;
    let parcel = world.track("korea_post", KOREAN).await;
    world.scan("korea_post", KOREAN, json!({"status": "accepted"})).await;
    world.advance(SignedDuration::from_mins(2)).await;
    world.fault("korea_post_trace", json!({"mode": "http_500", "times": 1_000})).await;
    world.travel(hours(12)).await;
    world.scan("korea_post", KOREAN, json!({"status": "out_for_delivery"})).await;
    world.travel(hours(12)).await;
    assert_eq!(world.parcel(&parcel).await["status"], "accepted");
    let explained = explain(&world, &parcel).await;
    assert!(explained["polling"]["operator_trouble"].is_string(), "{explained}");
    world.heal("korea_post_trace").await;
    world.travel(hours(4)).await;
    assert_eq!(world.parcel(&parcel).await["status"], "out_for_delivery");
    assert_eq!(changes(&world.told("parcel.status_changed").await), ["accepted", "out_for_delivery"]);
    for queue in ["tracking", "sync"] {
        assert_eq!(world.sqs.counts(queue).await.unwrap().dead, 0, "{queue}");
    }
}

/// A crash at each named point (F19): no change is lost, none is told twice, and the parcel stands in one
/// bucket.
#[tokio::test]
async fn a_crash_anywhere_loses_and_doubles_no_change() {
    for (point, kind) in [
        ("K0", "look"),
        ("K1", "look"),
        ("K4", "look"),
        ("K1", "poll"),
        ("K3", "ticket"),
        ("K4", "ticket"),
        ("K4", "apply"),
        ("K5", "apply"),
        ("K6", "apply"),
    ] {
        let crash = Arc::new(CrashAt::once(point, kind));
        let world = World::new(Options { hooks: Hooks::new(crash.clone()), ..Options::default() }).await;
        world.tracking_account("russian_post", "batch").await;
        let parcel = world.track("russian_post", RUSSIAN).await;
        world.scan("russian_post", RUSSIAN, json!({"status": "accepted"})).await;
        for _ in 0..5 {
            world.clock.advance(SignedDuration::from_mins(3));
            world.tick().await;
        }
        world.scan("russian_post", RUSSIAN, json!({"status": "arrived"})).await;
        world.travel(hours(10)).await;
        assert!(crash.happened(), "{point}:{kind} was never passed");
        let now = world.parcel(&parcel).await;
        assert_eq!(now["status"], "arrived", "{point}:{kind}: {now}");
        let told = world.told("parcel.status_changed").await;
        assert_eq!(changes(&told), ["accepted", "arrived"], "{point}:{kind}");
        let active = explain(&world, &parcel).await["polling"]["active"].clone();
        assert_eq!(active, true, "{point}:{kind}");
    }
}

async fn explain(world: &World, parcel: &Value) -> Value {
    let id = parcel["parcel_id"].as_str().unwrap_or_else(|| panic!("{parcel}"));
    let (status, answer) = world.call("GET", &format!("/v1/parcels/{id}/explain"), None).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer
}
