//! What polling costs when nothing changed; the figures stand in docs/cost.md.

use jiff::SignedDuration;
use serde_json::json;
use yam_domain::ids::{AccountId, CarrierId, MerchantId};
use yam_domain::waybill::{WaybillNumber, ru14_check_digit};
use yam_embedded::FlowUsage;
use yam_store::items::{PollItem, PollOwner, PollPlace};
use yam_store::tracking::poll_page;
use yam_store::{Read, keys};
use yam_tests::{Options, World};

/// Parcels in the bucket. What a bucket costs as a whole is divided by what it may hold.
const PARCELS: u32 = 25;

/// Read units of a look through the registry: four shards of three operators.
const REGISTRY: f64 = 6.0;
/// Read units of a relay's tick with nothing to do: eight shards of five queues and of the outbox.
const RELAY: f64 = 24.0;

struct Cost {
    reads: f64,
    writes: f64,
    requests: f64,
}

/// A round in which nothing changed, after all parcels were looked at closely.
async fn unchanged(carrier: &str, wire: &str, code: impl Fn(u32) -> String, rounds: i64) -> Cost {
    let world = World::new(Options::default()).await;
    world.tracking_account(carrier, wire).await;
    for n in 0..PARCELS {
        let code = code(n);
        world.track(carrier, &code).await;
        world.scan(carrier, &code, json!({"status": "accepted"})).await;
    }
    world.travel(SignedDuration::from_hours(13)).await;
    world.usage.reset();
    world.travel(SignedDuration::from_hours(12)).await;
    let all = world.usage.flows();
    let flow = all.get("schedule tracking").cloned().unwrap_or_default();
    let relay = all.get("schedule relay").cloned().unwrap_or_default();
    println!("{carrier} {wire}, {PARCELS} parcels, {rounds} rounds: {flow:?}; the relay's part {relay:?}");
    per_round(&flow, &relay, rounds)
}

fn per_round(flow: &FlowUsage, relay: &FlowUsage, rounds: i64) -> Cost {
    let rounds = rounds as f64;
    Cost {
        reads: flow.read_units / rounds,
        writes: (flow.write_units + relay.write_units) / rounds,
        requests: flow.sqs_requests as f64 / rounds,
    }
}

fn russian(n: u32) -> String {
    let body = format!("80082{:08}", 24_000_000 + n);
    format!("{body}{}", ru14_check_digit(&body).expect("thirteen digits"))
}

#[tokio::test]
async fn an_unchanged_parcel_costs_next_to_nothing() {
    let ticket = unchanged("russian_post", "batch", russian, 3).await;
    // Claim, ticket, its row, the relay's hold, and both gone again: six writes whatever the ticket holds.
    assert!(ticket.writes <= 6.0, "{} write units a round", ticket.writes);
    assert!(ticket.writes / 3_000.0 <= 0.002);
    println!("a ticket's round: {} R, {} W, {} requests", ticket.reads, ticket.writes, ticket.requests);
    // Four ticks a round look through the registry of the whole hub; the rest is the bucket's.
    let bucket = ticket.reads - 4.0 * REGISTRY;
    assert!((0.0..=6.0).contains(&bucket), "{bucket} read units a round beside the registry");
    let single = unchanged("korea_post", "portal", |n| format!("60123001{n:05}"), 4).await;
    println!(
        "a round of single calls: {} R, {} W, {} requests",
        single.reads, single.writes, single.requests
    );
    assert!(single.writes <= 2.0, "{} write units a round", single.writes);
    assert!(single.requests <= 8.0, "{} SQS requests a round", single.requests);
}

/// The relay's messages carry its flow, so what fetches a ticket is not in the account of the schedule that ordered it:
/// both halves of a round are measured by themselves, beside what a tick costs at rest.
#[tokio::test]
async fn a_tickets_round_takes_five_reads_beside_its_parcels() {
    /// Half a unit for the page of a bucket this small, in each half of the round.
    const PAGE: f64 = 0.5;
    let world = World::new(Options::default()).await;
    world.tracking_account("russian_post", "batch").await;
    for n in 0..PARCELS {
        let code = russian(n);
        world.track("russian_post", &code).await;
        world.scan("russian_post", &code, json!({"status": "accepted"})).await;
    }
    world.travel(SignedDuration::from_hours(13)).await;
    // No ticket of before is open any more, or the next order would fetch it first.
    world.advance(SignedDuration::from_mins(30)).await;
    let reads = async |tick: bool| {
        world.usage.reset();
        if tick {
            world.tick().await
        } else {
            world.poll().await
        }
        world.usage.total().read_units
    };
    let (registry, at_rest) = (reads(false).await, reads(true).await);
    println!("at rest: {registry} R for tracking's tick, {at_rest} R for the relay's");
    assert!((registry, at_rest) == (REGISTRY, RELAY), "{registry} and {at_rest} read units at rest");
    let ordered = loop {
        world.clock.advance(SignedDuration::from_mins(30));
        let reads = reads(false).await - registry;
        if reads > 0.0 {
            break reads - PAGE;
        }
    };
    world.clock.advance(SignedDuration::from_mins(16));
    let fetched = reads(true).await - at_rest - PAGE;
    println!("a ticket: {ordered} R to order it, {fetched} R to fetch it, beside its parcels");
    assert!((ordered, fetched) == (3.0, 2.0), "{ordered} and {fetched} read units");
}

#[tokio::test]
async fn a_ticket_reads_its_bucket_twice_for_a_fortieth_of_a_unit_per_parcel() {
    const MANY: u32 = 400;
    let world = World::new(Options::default()).await;
    let store = world.store();
    let merchant = MerchantId::parse("a-shop-with-a-name").expect("an id");
    let account = AccountId::parse("russian-post-1").expect("an id");
    let place = PollPlace { owner: PollOwner::Account(merchant.clone(), account), bucket: 17 };
    for n in 0..MANY {
        let code = WaybillNumber::try_from(russian(n)).expect("a number");
        let key = keys::poll_item(CarrierId::RussianPost, &place, &merchant, &code);
        let item = PollItem { h: Some(u64::MAX - u64::from(n)), n: Some(1_800_000_000 + i64::from(n)) };
        store.table.put(&key, &item).await.expect("a write");
    }
    world.usage.reset();
    let page = poll_page(&store, CarrierId::RussianPost, &place, None, Read::Eventual).await.expect("a page");
    assert_eq!(page.items.len(), 400);
    let reads = 2.0 * world.usage.total().read_units / f64::from(MANY);
    println!("a ticket's parcel: {reads} R");
    assert!(reads <= 0.025, "{reads} read units per parcel");
}

/// What one poll that found something costs beside the round it was part of: history, parcel, poll item, epochs
/// and the event that leaves.
#[tokio::test]
async fn a_change_costs_what_stands_in_the_cost_page() {
    let world = World::new(Options::default()).await;
    world.tracking_account("russian_post", "batch").await;
    let code = russian(1);
    world.track("russian_post", &code).await;
    world.scan("russian_post", &code, json!({"status": "accepted"})).await;
    world.travel(SignedDuration::from_hours(13)).await;
    let half_a_day = async |scan: Option<&str>| {
        if let Some(status) = scan {
            world.scan("russian_post", &code, json!({"status": status})).await;
        }
        world.usage.reset();
        world.travel(SignedDuration::from_hours(12)).await;
        world.usage.total()
    };
    let quiet = half_a_day(None).await;
    let told = world.told("parcel.status_changed").await.len();
    let changed = half_a_day(Some("in_transit")).await;
    let reads = changed.read_units - quiet.read_units;
    let writes = changed.write_units - quiet.write_units;
    let requests = changed.sqs_requests - quiet.sqs_requests;
    println!("a change: {reads} R, {writes} W, {requests} SQS requests, its webhook included");
    assert_eq!(world.told("parcel.status_changed").await.len() - told, 1);
    assert!((1.0..=30.0).contains(&writes), "{writes} write units");
    assert!((0.0..=30.0).contains(&reads), "{reads} read units");
}
