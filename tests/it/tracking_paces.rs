//! How often parcels are asked for, by whom it is decided, and what a shop may choose (S4-02, S4-15, S4-66).

use http::StatusCode;
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use yam_domain::ids::CarrierId;
use yam_store::items::{Bucket, PollOwner};
use yam_store::tracking::{buckets_of, experience, poll_page, take_place};
use yam_store::{Read, keys};
use yam_tests::{Options, World};

const RUSSIAN: &str = "80082240994512";
const KOREAN: &str = "6012300045678";

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

#[tokio::test]
async fn a_shop_chooses_its_days_and_is_told_what_holds() {
    let world = World::new(Options::default()).await;
    world.tracking_account("russian_post", "single").await;
    let chosen = json!({"storage_days": {"russian_post": 30}, "stalled_days": 10});
    let (status, answer) = world.call("PUT", "/v1/settings/tracking", Some(chosen)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(answer["in_force"]["russian_post"]["storage_days"], 30, "{answer}");
    assert_eq!(answer["in_force"]["iran_post"]["stalled_days"], 10, "{answer}");
    let parcel = world.track("russian_post", RUSSIAN).await;
    world.scan("russian_post", RUSSIAN, json!({"status": "arrived", "office": "101000"})).await;
    world.advance(SignedDuration::from_mins(2)).await;
    let waiting = world.parcel(&parcel).await;
    // Arrived on a Saturday; counted from Monday, when the office opens again.
    assert_eq!(waiting["storage_deadline"], "2026-12-23", "{waiting}");
    world.travel(hours(24 * 11)).await;
    assert_eq!(world.parcel(&parcel).await["status"], "stalled", "ten days without a scan");
    let (status, answer) = world.call("PUT", "/v1/settings/tracking", Some(json!({"stalled_days": 6}))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
    assert_eq!(answer["errors"][0]["pointer"], "#/stalled_days", "{answer}");
    let (status, answer) = world.call("PUT", "/v1/settings/tracking", Some(json!({"stall": 6}))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
    let (_, kept) = world.call("GET", "/v1/settings/tracking", None).await;
    assert_eq!(kept["chosen"]["stalled_days"], 10, "{kept}");
}

#[tokio::test]
async fn a_daily_quota_is_shown_with_the_pace_it_allows() {
    let world = World::new(Options::default()).await;
    world.tracking_account("russian_post", "single").await;
    world.track("russian_post", RUSSIAN).await;
    world.advance(SignedDuration::from_mins(2)).await;
    world.travel(hours(5)).await;
    let (_, accounts) = world.call("GET", "/v1/settings/carriers", None).await;
    let accounts = accounts["items"].as_array().unwrap();
    let russian = accounts.iter().find(|a| a["carrier"] == "russian_post").unwrap();
    let quota = &russian["quota"];
    assert_eq!((&quota["calls_per_day"], &quota["parcels"]), (&json!(100), &json!(1)), "{quota}");
    assert!((2..=4).contains(&quota["used_today"].as_u64().unwrap()), "{quota}");
    assert_eq!(quota["each_parcel_every_minutes"], 15, "{quota}");
    assert!(quota["renews_at"].as_str().unwrap().ends_with("T21:00:00Z"), "Moscow's midnight: {quota}");
    let iranian = accounts.iter().find(|a| a["carrier"] == "iran_post").unwrap();
    assert_eq!(iranian["quota"], Value::Null);
}

#[tokio::test]
async fn at_night_every_other_round_is_left_out() {
    let night = |from: &str, until: &str| {
        vec![("YAM_TRACK_NIGHT_FROM", from.to_owned()), ("YAM_TRACK_NIGHT_UNTIL", until.to_owned())]
    };
    let mut rounds = Vec::new();
    // From 23:30 to 5:30 in Seoul, with a night and without one.
    for settings in [night("23", "6"), night("0", "0")] {
        let world = World::new(Options { settings, ..Options::default() }).await;
        world.tracking_account("korea_post", "portal").await;
        world.track("korea_post", KOREAN).await;
        world.advance(SignedDuration::from_mins(2)).await;
        world.travel(hours(8)).await;
        let before = claimed(&world).await;
        let mut seen = 0;
        let mut last = before;
        for _ in 0..12 {
            world.travel(SignedDuration::from_mins(30)).await;
            let now = claimed(&world).await;
            seen += i64::from(now != last);
            last = now;
        }
        rounds.push(seen);
    }
    assert_eq!(rounds[1], 2, "every three hours");
    assert_eq!(rounds[0], 1, "every six");
}

async fn claimed(world: &World) -> i64 {
    bucket(world, 0).await.map_or(0, |bucket| bucket.last_slot)
}

async fn bucket(world: &World, number: u32) -> Option<Bucket> {
    let store = world.store();
    let place = yam_store::items::PollPlace { owner: owner(&store).await, bucket: number };
    store.table.get(&keys::bucket(CarrierId::KoreaPost, &place), Read::Consistent).await.expect("the table")
}

/// The one owner whose buckets stand in the registry.
async fn owner(store: &yam_store::Store) -> PollOwner {
    for shard in 0..yam_store::tracking::BUCKET_SHARDS {
        let page = yam_store::tracking::bucket_page(store, CarrierId::KoreaPost, shard, None)
            .await
            .expect("the table");
        if let Some((_, bucket)) = page.items.into_iter().next() {
            return bucket.place.owner;
        }
    }
    panic!("no bucket is registered");
}

#[tokio::test]
async fn an_account_has_a_pace_of_its_own() {
    let world = World::new(Options::default()).await;
    world.tracking_account("korea_post", "portal").await;
    world.track("korea_post", KOREAN).await;
    world.advance(SignedDuration::from_mins(2)).await;
    assert_eq!(bucket(&world, 0).await.unwrap().cadence_s, 3 * 3_600);
    let (_, accounts) = world.call("GET", "/v1/settings/carriers", None).await;
    let accounts = accounts["items"].as_array().unwrap();
    let id = accounts.iter().find(|a| a["carrier"] == "korea_post").unwrap()["account_id"].clone();
    let path = format!("/v1/settings/carriers/{}", id.as_str().unwrap());
    let body = |minutes: u32| {
        let credentials = json!({"username": "key", "password": "demotracekey000000000000000001"});
        json!({"carrier": "korea_post", "wire": "portal", "credentials": credentials,
               "track_every_minutes": minutes})
    };
    let (status, answer) = world.call("PUT", &path, Some(body(14))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
    assert_eq!(answer["errors"][0]["pointer"], "#/track_every_minutes", "{answer}");
    let (status, answer) = world.call("PUT", &path, Some(body(60))).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    world.travel(hours(4)).await;
    assert_eq!(bucket(&world, 0).await.unwrap().cadence_s, 3_600);
}

/// A bucket with few parcels left is emptied into the one that fills, and nothing is missed.
#[tokio::test]
async fn sparse_buckets_are_emptied() {
    let world = World::new(Options::default()).await;
    world.tracking_account("korea_post", "portal").await;
    let parcel = world.track("korea_post", KOREAN).await;
    world.scan("korea_post", KOREAN, json!({"status": "accepted"})).await;
    world.advance(SignedDuration::from_mins(2)).await;
    let store = world.store();
    let owner = owner(&store).await;
    // The owner's first bucket filled up and emptied again.
    let counter = keys::bucket_counter(CarrierId::KoreaPost, &owner);
    store.table.put(&counter, &json!({"last_number": 1_000})).await.unwrap();
    take_place(&store, CarrierId::KoreaPost, owner.clone(), 1_000, 10_800).await.unwrap();
    let in_bucket = async |number: u32| {
        let place = yam_store::items::PollPlace { owner: owner.clone(), bucket: number };
        let page = poll_page(&store, CarrierId::KoreaPost, &place, None, Read::Consistent).await.unwrap();
        page.items.len()
    };
    assert_eq!((in_bucket(0).await, in_bucket(1).await), (1, 0));
    world.travel(hours(49)).await;
    assert_eq!((in_bucket(0).await, in_bucket(1).await), (0, 1), "moved within sixteen rounds");
    world.scan("korea_post", KOREAN, json!({"status": "delivered"})).await;
    world.travel(hours(4)).await;
    assert_eq!(world.parcel(&parcel).await["status"], "delivered");
    assert_eq!((in_bucket(0).await, in_bucket(1).await), (0, 0), "final: in none");
    // Nobody is in it any more: its rounds end.
    world.travel(hours(8)).await;
    for shard in 0..yam_store::tracking::BUCKET_SHARDS {
        assert_eq!(buckets_of(&store, CarrierId::KoreaPost, shard).await.unwrap(), [], "{shard}");
    }
}

/// Money orders are asked for once the parcel was handed over, every day until the shop has its money.
#[tokio::test]
async fn the_cash_of_a_russian_parcel_is_followed_to_the_shop() {
    let world = World::new(Options::default()).await;
    world.tracking_account("russian_post", "single").await;
    let body = json!({"carrier": "russian_post", "tracking_code": RUSSIAN,
                      "cod_amount": {"amount": 150_000, "currency": "RUB"}});
    let (status, parcel) = world.call("POST", "/v1/parcels", Some(body)).await;
    assert_eq!(status, StatusCode::CREATED, "{parcel}");
    assert_eq!(parcel["cod"]["state"], "due", "{parcel}");
    for status in ["accepted", "arrived", "delivered"] {
        world.scan("russian_post", RUSSIAN, json!({"status": status})).await;
        world.travel(hours(5)).await;
    }
    let handed_over = world.parcel(&parcel).await;
    assert_eq!((&handed_over["status"], &handed_over["cod"]["state"]), (&json!("delivered"), &json!("due")));
    let path = format!("russian_post/parcels/{RUSSIAN}/money_orders");
    for (kind, sum, state) in [(1, 150_000, "collected"), (3, 149_000, "short"), (3, 1_000, "paid_out")] {
        world.simulator(Method::POST, &path, Some(json!({"type": kind, "sum": sum}))).await;
        world.travel(hours(30)).await;
        assert_eq!(world.parcel(&parcel).await["cod"]["state"], state);
    }
    for event in ["cod.collected", "cod.short", "cod.settled"] {
        assert_eq!(world.told(event).await.len(), 1, "{event}");
    }
}

/// What parcels teach about their way stands in the table after the poll that saw it (D3).
#[tokio::test]
async fn arrivals_teach_how_long_a_way_takes() {
    let world = World::new(Options::default()).await;
    world.tracking_account("russian_post", "single").await;
    world.track("russian_post", RUSSIAN).await;
    world.scan("russian_post", RUSSIAN, json!({"raw": {"type": 8, "attr": 4}})).await;
    world.advance(SignedDuration::from_mins(2)).await;
    let store = world.store();
    let departed = experience(&store, "russian_post").await.unwrap();
    assert!(departed.is_some(), "a departure was counted");
    world.travel(hours(20)).await;
    world.scan("russian_post", RUSSIAN, json!({"status": "arrived"})).await;
    world.travel(hours(5)).await;
    assert_ne!(experience(&store, "russian_post").await.unwrap(), departed, "an arrival was counted");
}

#[tokio::test]
async fn query_strings_are_answered_with_problems() {
    let world = World::new(Options::default()).await;
    for (path, pointer) in [
        ("/v1/parcels?limit=many", "#/limit"),
        ("/v1/orders?limit=-1", "#/limit"),
        ("/v1/events?limit=x", "#/limit"),
    ] {
        let (status, answer) = world.call("GET", path, None).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {answer}");
        assert_eq!(answer["errors"][0]["pointer"], pointer, "{path}: {answer}");
    }
}
