//! F8 at Korea Post: midnight and clocks that differ, error codes, other letters, limits, a cancel whose answer is
//! lost.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use yam_tests::{Options, korean_contract};

use super::{KOREA, POLICIES, Scene, once};

/// The post files by its own day: what was sent just before or after midnight is found, also by a hub whose clock
/// is some seconds off.
#[tokio::test]
async fn a_waybill_of_midnight_is_found_whatever_the_clocks_say() {
    for beginning in ["2026-11-21T14:59:50Z", "2026-11-21T15:00:05Z"] {
        for skew in [-240, -20, 0, 20, 240] {
            let options = Options {
                beginning: Some(beginning.parse().expect("an instant")),
                skew: SignedDuration::from_secs(skew),
                ..Options::default()
            };
            let mut scene = Scene::with(KOREA, options).await;
            scene.switch(json!({"duplicate_policy": "issue_new"})).await;
            let what = format!("{beginning}, the post's clock {skew} s ahead");
            scene.survives(&what, &[once("lost_answer", "InsertOrder")], 8).await;
            scene.survives(&what, &[once("cut_request", "InsertOrder")], 8).await;
        }
    }
}

/// Sent before midnight, sent again after it: a number of yesterday is no duplicate to the post.
#[tokio::test]
async fn a_second_send_after_midnight_leaves_one_waybill() {
    for policy in POLICIES {
        let beginning = Some("2026-11-21T14:58:00Z".parse().expect("an instant"));
        let mut scene = Scene::with(KOREA, Options { beginning, ..Options::default() }).await;
        scene.switch(json!({"duplicate_policy": policy})).await;
        let late = json!({"mode": "late_commit", "operation": "InsertOrder", "times": 1, "seconds": 110, "clock": "sim"});
        let blind = json!({"mode": "blind_lookup", "seconds": 121});
        scene.survives(policy, &[late, blind], 15).await;
    }
}

#[tokio::test]
async fn codes_of_the_post_mean_what_its_table_says() {
    let mut scene = Scene::new(KOREA).await;
    for code in [111, 226, 311, 511, 522, 523] {
        let no = json!({"mode": "code", "operation": "InsertOrder", "times": 1, "code": code});
        let order = scene.order(&[no]).await;
        scene.world.advance(SignedDuration::from_mins(5)).await;
        let parcel = scene.world.parcel_of(&order).await;
        assert_eq!(
            (&parcel["state"], &parcel["task"]["operator_code"]),
            (&json!("needs_attention"), &json!(format!("ERR-{code}"))),
            "{parcel}"
        );
    }
    // Overload says nothing of what was done; an unlisted code may be the word for a duplicate.
    let overloaded = json!({"mode": "code", "operation": "InsertOrder", "times": 1, "code": 131});
    scene.survives("ERR-131, nothing done", std::slice::from_ref(&overloaded), 8).await;
    for code in [131, 999] {
        let done =
            json!({"mode": "code", "operation": "InsertOrder", "times": 1, "code": code, "execute": true});
        scene.survives(&format!("ERR-{code}, done all the same"), &[done], 8).await;
    }
}

#[tokio::test]
async fn letters_and_spellings_of_the_answer_do_not_matter() {
    for settings in [
        json!({"euc_kr": true}),
        json!({"euc_kr": true, "cdata": false}),
        json!({"cdata": false, "manual_names": true}),
    ] {
        let mut scene = Scene::new(KOREA).await;
        let what = settings.to_string();
        scene.switch(settings).await;
        scene.survives(&what, &[], 1).await;
        scene.survives(&what, &[once("lost_answer", "InsertOrder")], 8).await;
    }
}

#[tokio::test]
async fn a_cancel_whose_answer_is_lost_is_a_cancel() {
    for mode in ["lost_answer", "commit_then_500", "cut_request", "maintenance", "malformed"] {
        let mut scene = Scene::new(KOREA).await;
        let order = scene.order(&[]).await;
        scene.only(&[once(mode, "GetResCancelCmd")]).await;
        let path = format!("/v1/orders/{}/cancel", order["order_id"].as_str().expect("an id"));
        let (status, answer) = scene.world.call("POST", &path, None).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
        scene.world.drain().await;
        scene.world.advance(SignedDuration::from_mins(10)).await;
        assert_eq!(scene.world.parcel_of(&order).await["state"], "cancelled", "{mode}");
        assert_eq!(scene.world.live(KOREA.system).await, Vec::<String>::new(), "{mode}");
    }
}

#[tokio::test]
async fn the_edges_of_weight_size_and_contract_numbers() {
    let mut scene = Scene::new(KOREA).await;
    let mut number = 0;
    let mut order = |grams: u32, size: Value| {
        number += 1;
        let mut order = (KOREA.order)(&format!("E-{number}"));
        order["items"] = json!([{"line_id": "1", "name": "찻잔", "quantity": 1, "weight_g": grams,
            "dimensions_mm": size, "price": {"amount": 70_000, "currency": "KRW"}}]);
        order
    };
    let sized = |height: u32| json!({"length": 1_000, "width": 300, "height": height});
    for (grams, height) in [(30_000, 100), (1_000, 300)] {
        let placed = scene.world.place(order(grams, sized(height))).await;
        scene.world.drain().await;
        scene.has_its_waybill(&placed, &format!("{grams} g, {height} mm")).await;
    }
    for (grams, height) in [(30_001, 100), (1_000, 310)] {
        let (status, answer) =
            scene.world.call("POST", "/v1/orders", Some(order(grams, sized(height)))).await;
        if status == StatusCode::ACCEPTED {
            scene.world.drain().await;
            let parcel = scene.world.parcel_of(&answer).await;
            assert_eq!(parcel["state"], "needs_attention", "{grams} g, {height} mm: {parcel}");
        } else {
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{grams} g, {height} mm: {answer}");
        }
    }
    assert_eq!(scene.world.live(KOREA.system).await, scene.waybills, "nothing of what is too large was sent");
    for (field, digits) in [("customer_number", "123456789"), ("approval_number", "12345678901")] {
        let mut contract = korean_contract(None);
        contract["korea_post"][field] = json!(digits);
        let (status, answer) = scene.world.call("PUT", "/v1/settings/carriers/other", Some(contract)).await;
        assert_eq!(
            (status, &answer["errors"][0]["pointer"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!(format!("#/korea_post/{field}"))),
            "{answer}"
        );
    }
}
