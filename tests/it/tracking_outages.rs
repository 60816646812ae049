//! Posts that do not answer for a day, ticks that meet, and how soon a new number is asked for (F7, F19, S1-17, S4-31).

use std::collections::BTreeMap;

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use yam_domain::waybill::ru14_check_digit;
use yam_tests::{Options, World};

/// Posts, the systems their parcels are asked at here, and the states a parcel goes through.
const POSTS: [(&str, &str, [&str; 3]); 3] = [
    ("iran_post", "iran_post_eshop", ["accepted", "in_transit", "arrived"]),
    ("korea_post", "korea_post_trace", ["accepted", "in_transit", "out_for_delivery"]),
    ("russian_post", "russian_post_tracking", ["accepted", "in_transit", "arrived"]),
];
/// Parcels of each post.
const EACH: u32 = 3;
/// The slowest post's cadence, and twice the quarter of an hour for a ticket to get ready.
const CADENCE: SignedDuration = SignedDuration::from_mins(4 * 60 + 30);

fn number(post: &str, n: u32) -> String {
    match post {
        "iran_post" => format!("05180050640008116083{:04}", 9_300 + n),
        "korea_post" => format!("60123000457{n:02}"),
        _ => {
            let body = format!("80082240995{n:02}");
            format!("{body}{}", ru14_check_digit(&body).expect("thirteen digits"))
        }
    }
}

async fn accounts(world: &World) {
    world.tracking_account("russian_post", "batch").await;
    world.tracking_account("korea_post", "portal").await;
}

/// The statuses a shop was told of each parcel, by sequence.
async fn told(world: &World) -> BTreeMap<String, Vec<String>> {
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for event in world.told("parcel.status_changed").await {
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let change = &event["data"]["change"]["status"];
        told.entry(text(&event["data"]["parcel_id"])).or_default().push(text(change));
    }
    told
}

/// For a day no post answers while every parcel goes on. One cadence after they are back each parcel stands where
/// it is, no status was told twice or before an earlier one, and nothing is with the dead letters (T1, G3).
#[tokio::test]
async fn a_day_without_any_post_is_made_up_for_within_one_cadence() {
    let world = World::new(Options::default()).await;
    accounts(&world).await;
    let mut parcels = Vec::new();
    for (post, _, states) in POSTS {
        for n in 0..EACH {
            let code = number(post, n);
            parcels.push((post, states, code.clone(), world.track(post, &code).await));
            world.scan(post, &code, json!({"status": states[0]})).await;
        }
    }
    world.advance(SignedDuration::from_mins(3)).await;
    for (_, states, code, parcel) in &parcels {
        assert_eq!(world.parcel(parcel).await["status"], states[0], "{code}");
    }

    for (_, system, _) in POSTS {
        world.fault(system, json!({"mode": "refuse", "probability": 1.0})).await;
    }
    for step in 1..3 {
        world.travel(SignedDuration::from_hours(10)).await;
        for (post, states, code, _) in &parcels {
            world.scan(post, code, json!({"status": states[step]})).await;
        }
    }
    world.travel(SignedDuration::from_hours(4)).await;
    for (_, states, code, parcel) in &parcels {
        assert_eq!(world.parcel(parcel).await["status"], states[0], "{code}: nobody could know better");
    }

    for (_, system, _) in POSTS {
        world.heal(system).await;
    }
    world.travel(CADENCE).await;
    let told = told(&world).await;
    for (post, states, code, parcel) in &parcels {
        assert_eq!(world.parcel(parcel).await["status"], states[2], "{code}");
        // Iran Post's own wire tells the present state alone.
        let seen: Vec<&str> = if *post == "iran_post" { vec![states[0], states[2]] } else { states.to_vec() };
        assert_eq!(told[parcel["parcel_id"].as_str().expect("an id")], seen, "{code}");
    }
    for queue in ["tracking", "sync"] {
        let counts = world.sqs.counts(queue).await.expect("a queue");
        assert_eq!((counts.waiting, counts.dead), (0, 0), "{queue}");
    }
}

/// Also a number that comes into a bucket whose round has just been.
#[tokio::test]
async fn a_new_number_is_asked_for_within_five_minutes_at_each_post() {
    let world = World::new(Options::default()).await;
    accounts(&world).await;
    for n in 0..EACH {
        for (post, _, [first, ..]) in POSTS {
            let code = number(post, n);
            let parcel = world.track(post, &code).await;
            world.scan(post, &code, json!({"status": first})).await;
            world.advance(SignedDuration::from_mins(5)).await;
            assert_eq!(world.parcel(&parcel).await["status"], first, "{code}");
        }
        // Any hour of a cadence.
        world.travel(SignedDuration::from_hours(1)).await;
    }
}

/// Two ticks at once, or one that fires again: whoever comes first has the slot, and each number is asked for once.
#[tokio::test]
async fn ticks_that_meet_ask_for_each_number_once() {
    let world = World::new(Options::default()).await;
    accounts(&world).await;
    for n in 0..EACH {
        let code = number("korea_post", n);
        world.track("korea_post", &code).await;
        world.scan("korea_post", &code, json!({"status": "accepted"})).await;
    }
    world.travel(SignedDuration::from_hours(6)).await;
    let calls = async || {
        let ledger = world.simulator(Method::GET, "korea_post_trace/ledger", None).await;
        let rows = ledger["calls"].as_array().expect("calls").clone();
        rows.iter().map(|row| row["received"].as_u64().expect("a count")).sum::<u64>()
    };
    for _ in 0..6 {
        let before = calls().await;
        world.clock.advance(SignedDuration::from_hours(1));
        tokio::join!(world.send_polls(), world.send_polls());
        world.drain().await;
        world.poll().await;
        let asked = calls().await - before;
        assert!(asked == 0 || asked == u64::from(EACH), "{asked} calls in an hour");
    }
}
