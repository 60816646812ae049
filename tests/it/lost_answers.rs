//! Lost, cut and unknown answers (reliability notes, sections 4.1 and 4.2; F2, F3, F9).

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::json;
use yam_tests::{Options, World, order_to_shiraz};

/// S0-27, S0-28, S0-29: on EShop a lost answer cannot be asked for. Nothing is sent again; the shop is
/// told what to look for, and types the code in.
#[tokio::test]
async fn a_lost_answer_waits_for_a_person_and_is_never_sent_again() {
    let world = World::new(Options::default()).await;
    world.fault("iran_post", json!({"mode": "lost_answer", "operation": "AddParcel", "times": 1})).await;
    let order = world.place(order_to_shiraz("L-1")).await;
    world.drain().await;
    let parcel = world.parcel_of(&order).await;
    assert_eq!(parcel["state"], "outcome_unknown", "{parcel}");
    assert_eq!(parcel["barcode_state"], "missing");
    assert_eq!(parcel["resolution"], "person");
    let marker = parcel["task"]["marker"].as_str().unwrap().to_owned();
    let ledger = world.ledger("iran_post").await;
    assert_eq!(ledger.len(), 1);
    assert!(ledger[0].to_string().contains(&marker), "the marker can be searched for: {}", ledger[0]);
    // Neither the button nor time sends it again.
    let id = parcel["parcel_id"].as_str().unwrap();
    let (status, answer) = world.call("POST", &format!("/v1/parcels/{id}/register"), None).await;
    assert_eq!(
        (status, answer["type"].as_str()),
        (StatusCode::CONFLICT, Some("/problems/outcome-unknown")),
        "{answer}"
    );
    world.advance(SignedDuration::from_mins(20)).await;
    assert_eq!(world.ledger("iran_post").await.len(), 1);
    // The code is typed in, in Persian digits.
    let code = ledger[0]["its_id"].as_str().unwrap();
    let persian: String =
        code.chars().map(|c| char::from_u32('۰' as u32 + c.to_digit(10).unwrap()).unwrap()).collect();
    let body = json!({"tracking_code": persian});
    let (status, typed) = world.call("PUT", &format!("/v1/parcels/{id}/tracking-code"), Some(body)).await;
    assert_eq!(status, StatusCode::OK, "{typed}");
    assert_eq!(typed["state"], "registered");
    assert_eq!(typed["barcode_state"], "manual");
    assert_eq!(typed["tracking_code"], code);
}

/// F9: "it is not there" is offered only after the quiet time and opens a new generation.
#[tokio::test]
async fn stating_absence_after_the_quiet_time_registers_anew() {
    let world = World::new(Options::default()).await;
    world.fault("iran_post", json!({"mode": "cut_request", "operation": "AddParcel", "times": 1})).await;
    let order = world.place(order_to_shiraz("L-2")).await;
    world.drain().await;
    let id = world.parcel_of(&order).await["parcel_id"].as_str().unwrap().to_owned();
    let absent = json!({"confirmed_absent": true});
    let (status, _) = world.call("POST", &format!("/v1/parcels/{id}/register"), Some(absent.clone())).await;
    assert_eq!(status, StatusCode::CONFLICT, "too early");
    world.clock.advance(SignedDuration::from_secs(121));
    let (status, answer) = world.call("POST", &format!("/v1/parcels/{id}/register"), Some(absent)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    world.drain().await;
    let parcel = world.parcel_of(&order).await;
    assert_eq!(parcel["state"], "registered", "{parcel}");
    assert_eq!(parcel["generation"], 2);
    assert_eq!(world.ledger("iran_post").await.len(), 1);
}

/// F9: a code is typed in twice, wrong, or of another parcel.
#[tokio::test]
async fn codes_typed_by_hand_are_checked() {
    let world = World::new(Options::default()).await;
    let known = world.place(order_to_shiraz("L-20")).await;
    world.drain().await;
    let taken = world.parcel_of(&known).await["tracking_code"].clone();
    world.fault("iran_post", json!({"mode": "lost_answer", "operation": "AddParcel", "times": 1})).await;
    let order = world.place(order_to_shiraz("L-21")).await;
    world.drain().await;
    let id = world.parcel_of(&order).await["parcel_id"].as_str().unwrap().to_owned();
    let path = format!("/v1/parcels/{id}/tracking-code");
    let put =
        async |code: &serde_json::Value| world.call("PUT", &path, Some(json!({"tracking_code": code}))).await;
    for wrong in ["", "12345", "09170000000", "IR062960000000100324200001", "2999900071100000001x"] {
        let (status, answer) = put(&json!(wrong)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}: {answer}");
        assert_eq!(answer["errors"][0]["pointer"], "#/tracking_code", "{wrong}: {answer}");
    }
    let (status, answer) = put(&taken).await;
    assert_eq!(
        (status, answer["type"].as_str()),
        (StatusCode::CONFLICT, Some("/problems/tracking-code-taken")),
        "{answer}"
    );
    assert_eq!(world.parcel_of(&order).await["state"], "outcome_unknown", "nothing half-written");
    let ledger = world.ledger("iran_post").await;
    let code = ledger.iter().map(|row| &row["its_id"]).find(|code| **code != taken).unwrap().clone();
    let (first, second) = (put(&code).await, put(&code).await);
    assert_eq!((first.0, second.0), (StatusCode::OK, StatusCode::OK), "{} {}", first.1, second.1);
    assert_eq!(first.1["history"], second.1["history"], "the second time changes nothing");
    world.drain().await;
    let told = world.told("parcel.registered").await;
    let hers = told.iter().filter(|event| event.to_string().contains(&id)).count();
    assert_eq!(hers, 1, "{told:?}");
    assert_eq!(world.ledger("iran_post").await.len(), 2);
}

/// REST can be asked: the hub finds the parcel by itself and adopts it.
#[tokio::test]
async fn on_rest_a_lost_answer_is_looked_up_and_adopted() {
    for mode in ["lost_answer", "commit_then_500", "truncate", "malformed"] {
        let world = World::new(Options { wire: Some("rest"), ..Options::default() }).await;
        world.fault("iran_post", json!({"mode": mode, "operation": "AddParcel", "times": 1})).await;
        let order = world.place(order_to_shiraz("L-3")).await;
        world.drain().await;
        world.advance(SignedDuration::from_mins(5)).await;
        let parcel = world.parcel_of(&order).await;
        assert_eq!(parcel["state"], "registered", "{mode}: {parcel}");
        let ledger = world.ledger("iran_post").await;
        assert_eq!(ledger.len(), 1, "{mode}");
        assert_eq!(ledger[0]["its_id"], parcel["tracking_code"], "{mode}");
    }
}

/// REST, the request never arrived: three counted misses after the quiet time, then the same id again.
#[tokio::test]
async fn on_rest_a_cut_request_is_sent_again_under_the_same_id() {
    let world = World::new(Options { wire: Some("rest"), ..Options::default() }).await;
    world.fault("iran_post", json!({"mode": "cut_request", "operation": "AddParcel", "times": 1})).await;
    let order = world.place(order_to_shiraz("L-4")).await;
    world.drain().await;
    assert_eq!(world.parcel_of(&order).await["state"], "outcome_unknown");
    assert_eq!(world.parcel_of(&order).await["resolution"], "automatic");
    world.advance(SignedDuration::from_secs(110)).await;
    assert!(world.ledger("iran_post").await.is_empty(), "not before the quiet time");
    world.advance(SignedDuration::from_mins(5)).await;
    assert_eq!(world.parcel_of(&order).await["state"], "registered");
    assert_eq!(world.ledger("iran_post").await.len(), 1);
}

/// F3: the operator commits late, or its look-up is blind for a while, around the quiet time.
#[tokio::test]
async fn late_commits_and_blind_look_ups_never_double_a_parcel() {
    for seconds in [1, 30, 119, 121] {
        for mode in ["late_commit", "blind_lookup"] {
            let world = World::new(Options { wire: Some("rest"), ..Options::default() }).await;
            let fault = json!({"mode": mode, "operation": "AddParcel", "times": 1, "seconds": seconds, "clock": "sim"});
            if mode == "blind_lookup" {
                world
                    .fault("iran_post", json!({"mode": "lost_answer", "operation": "AddParcel", "times": 1}))
                    .await;
                world.fault("iran_post", json!({"mode": mode, "times": 1000, "seconds": seconds})).await;
            } else {
                world.fault("iran_post", fault).await;
            }
            let order = world.place(order_to_shiraz("L-5")).await;
            world.drain().await;
            world.advance(SignedDuration::from_mins(40)).await;
            let parcel = world.parcel_of(&order).await;
            assert_eq!(parcel["state"], "registered", "{mode} {seconds}: {parcel}");
            let ledger = world.ledger("iran_post").await;
            assert_eq!(ledger.len(), 1, "{mode} {seconds}");
            assert_eq!(ledger[0]["its_id"], parcel["tracking_code"], "{mode} {seconds}");
        }
    }
}

/// F2: the answer of EShop cut at every byte: registered when the whole code arrived, a task for a
/// person otherwise; never a second parcel.
#[tokio::test]
async fn an_answer_cut_anywhere_ends_with_its_code_or_with_a_person() {
    let world = World::new(Options::default()).await;
    let (mut registered, mut unknown) = (0, 0);
    for cut in (0..900).step_by(30) {
        world.heal("iran_post").await;
        world
            .fault(
                "iran_post",
                json!({"mode": "lost_answer", "operation": "AddParcel", "times": 1, "at_byte": cut}),
            )
            .await;
        let before = world.ledger("iran_post").await.len();
        let order = world.place(order_to_shiraz(&format!("CUT-{cut}"))).await;
        world.drain().await;
        let parcel = world.parcel_of(&order).await;
        let ledger = world.ledger("iran_post").await;
        assert_eq!(ledger.len(), before + 1, "cut at {cut}");
        match parcel["state"].as_str() {
            Some("registered") => {
                assert!(ledger.iter().any(|row| row["its_id"] == parcel["tracking_code"]), "cut at {cut}");
                registered += 1;
            }
            Some("outcome_unknown") => unknown += 1,
            other => panic!("cut at {cut}: {other:?}"),
        }
    }
    assert!(registered > 0 && unknown > 0, "{registered} registered, {unknown} unknown");
}

/// "Gateway not reached" is busy: nothing was done, it is tried again by itself.
#[tokio::test]
async fn a_busy_gateway_is_tried_again() {
    let world = World::new(Options::default()).await;
    world.fault("iran_post", json!({"mode": "quota", "operation": "AddParcel", "times": 2})).await;
    let order = world.place(order_to_shiraz("L-6")).await;
    world.drain().await;
    assert_eq!(world.parcel_of(&order).await["state"], "registering");
    world.advance(SignedDuration::from_mins(10)).await;
    assert_eq!(world.parcel_of(&order).await["state"], "registered");
    assert_eq!(world.ledger("iran_post").await.len(), 1);
}

/// F7: down for a day, nothing is lost, nothing reaches the dead letters.
#[tokio::test]
async fn a_day_of_outage_loses_nothing() {
    let world = World::new(Options::default()).await;
    world.fault("iran_post", json!({"mode": "quota", "times": 100_000})).await;
    let order = world.place(order_to_shiraz("L-7")).await;
    world.drain().await;
    for _ in 0..24 {
        world.clock.advance(SignedDuration::from_hours(1));
        world.tick().await;
    }
    assert_eq!(world.parcel_of(&order).await["state"], "registering");
    assert_eq!(world.sqs.counts("dispatch").await.unwrap().dead, 0);
    world.heal("iran_post").await;
    world.clock.advance(SignedDuration::from_hours(2));
    world.tick().await;
    assert_eq!(world.parcel_of(&order).await["state"], "registered");
}
