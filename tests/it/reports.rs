//! What a shop can hold against its post, against what the post really did (D9).

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use yam_domain::waybill::ru14_check_digit;
use yam_platform::Clock as _;
use yam_tests::{Options, World};

fn number(n: u32) -> String {
    let body = format!("80082{:08}", 24_700_000 + n);
    format!("{body}{}", ru14_check_digit(&body).expect("thirteen digits"))
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

async fn report(world: &World, query: &str) -> Value {
    let path = format!("/v1/reports/claims?carrier=russian_post{query}");
    let (status, answer) = world.call("GET", &path, None).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer
}

fn of<'a>(report: &'a Value, code: &str) -> Option<&'a Value> {
    report["items"].as_array().expect("rows").iter().find(|row| row["tracking_code"] == code)
}

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap_or_else(|| panic!("{value}")).parse().expect("an instant")
}

#[tokio::test]
async fn late_and_lost_parcels_come_with_a_letter_to_the_post() {
    let world = World::new(Options::default()).await;
    world.tracking_account("russian_post", "batch").await;
    let (slow, gone, punctual, stayed) = (number(1), number(2), number(3), number(4));
    for code in [&slow, &gone, &punctual, &stayed] {
        let body =
            json!({"carrier": "russian_post", "tracking_code": code, "order_number": format!("={code}")});
        let (status, answer) = world.call("POST", "/v1/parcels", Some(body)).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
    }
    // Of what happened before they were watched nobody knows when the post showed it.
    world.advance(SignedDuration::from_mins(2)).await;
    let posted = world.clock.now();
    for code in [&slow, &gone, &punctual] {
        world.scan("russian_post", code, json!({"status": "accepted", "office": "101000"})).await;
    }
    world.travel(days(2)).await;
    // What happened after one day is shown after two.
    let hidden = posted + days(1);
    let scan = json!({"status": "in_transit", "office": "190000", "at": hidden.to_string()});
    world.scan("russian_post", &slow, scan).await;
    world.travel(days(1)).await;
    world.scan("russian_post", &punctual, json!({"status": "arrived", "office": "690000"})).await;
    world.scan("russian_post", &gone, json!({"status": "lost", "office": "630000"})).await;
    // In hours, not in the longer steps of a longer way: the lag of a scan is measured.
    for _ in 0..5 {
        world.travel(days(1)).await;
    }

    let found = report(&world, "&late_after_days=5").await;
    assert_eq!(found["items"].as_array().unwrap().len(), 2, "{found}");
    let late = of(&found, &slow).unwrap();
    assert_eq!((late["kind"].as_str(), late["days"].as_u64()), (Some("late"), Some(8)), "{late}");
    assert_eq!((time(&late["posted_at"]), &late["reached_at"]), (posted, &Value::Null), "{late}");
    assert_eq!(time(&late["claim_by"]), posted + days(180), "{late}");
    assert_eq!(time(&late["last_scan"]["happened_at"]), hidden, "{late}");
    assert_eq!(late["scans"].as_array().unwrap().len(), 2, "{late}");
    assert!(late["letter"].as_str().unwrap().contains(&slow), "{late}");
    let lost = of(&found, &gone).unwrap();
    assert_eq!(lost["kind"], "lost", "{lost}");

    let office = |index: &str| {
        let offices = found["offices"].as_array().unwrap().iter();
        offices.clone().find(|office| office["office"] == index).unwrap_or_else(|| panic!("{index}: {found}"))
    };
    assert!(office("190000")["longest_lag_s"].as_i64().unwrap() >= 24 * 3_600, "{found}");
    assert!(
        office("690000")["longest_lag_s"].as_i64().unwrap() <= 5 * 3_600,
        "polled every four hours: {found}"
    );
    assert_eq!(
        (&office("630000")["lost_here"], &office("101000")["scans"]),
        (&json!(1), &json!(3)),
        "{found}"
    );

    let by_default = report(&world, "").await;
    assert_eq!(by_default["items"].as_array().unwrap().len(), 1, "eight days are not late by default");
    let silent = report(&world, "&missing_after_days=6").await;
    assert_eq!(of(&silent, &slow).unwrap()["kind"], "missing", "seven days without a scan");
    let elsewhere = world.call("GET", "/v1/reports/claims?carrier=korea_post", None).await;
    assert_eq!((elsewhere.0, &elsewhere.1["items"]), (StatusCode::OK, &json!([])));

    let table = report(&world, "&late_after_days=5&format=csv").await;
    let lines: Vec<&str> = table.as_str().unwrap().lines().collect();
    assert_eq!(lines.len(), 3, "{table}");
    let row = lines.iter().find(|line| line.contains(&slow)).unwrap();
    assert!(row.starts_with(&format!("late,'={slow},russian_post,{slow},")), "no formula: {row}");

    let (status, refused) = world.call("GET", "/v1/reports/claims?late_after_days=0", None).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{refused}");
    assert_eq!(refused["errors"][0]["pointer"], "#/late_after_days", "{refused}");
}
