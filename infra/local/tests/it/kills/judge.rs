//! Whether the hub kept its promises, by the posts' own books.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::Value;
use yam_embedded::dynamodb::EmbeddedDynamo;
use yam_embedded::sqs::EmbeddedSqs;
use yam_embedded::{Connector, Usage};
use yam_platform::{SystemClock, SystemIds};

use super::ledger::Ledger;
use super::orders::{CONTRACTS, KOREAN, Post, mark};
use super::shop::Sold;

/// The shop's orders, by their numbers.
type Orders = BTreeMap<u64, Sold>;

fn state(parcel: &Value) -> &str {
    parcel["state"].as_str().expect("a state")
}

fn of(orders: &Orders, post: Post) -> impl Iterator<Item = (u64, &Value)> {
    let ours = orders.iter().filter(move |(number, _)| Post::of(**number) == post);
    ours.flat_map(|(number, sold)| sold.parcels.iter().map(|parcel| (*number, parcel)))
}

/// G3: what was answered with 2xx is there.
pub(super) fn everything_acknowledged_is_there(orders: &Orders, taken: u64) {
    let all: BTreeSet<u64> = (1..=taken).collect();
    let there: BTreeSet<u64> = orders.keys().copied().collect();
    assert_eq!(there, all);
    for (number, sold) in
        orders.iter().filter(|(number, sold)| Post::of(**number) == Post::Korea && !sold.called_off)
    {
        let mut sent: BTreeMap<&str, u64> = BTreeMap::new();
        for parcel in &sold.parcels {
            assert_ne!(state(parcel), "draft", "{}: {parcel}", mark(*number));
            for item in parcel["items"].as_array().expect("items") {
                *sent.entry(item["line_id"].as_str().expect("a line")).or_default() +=
                    item["quantity"].as_u64().expect("pieces");
            }
        }
        assert_eq!(sent, KOREAN.into(), "{}: pieces released: {:?}", mark(*number), sold.parcels);
    }
}

/// R1: at most one parcel at the post under each of our numbers; on the wire without numbers at most one for each
/// order, and no body more than "not now" allows.
pub(super) fn no_parcel_twice(post: Post, ledger: &Ledger, orders: &Orders, busy: u64) {
    let mut seen = BTreeSet::new();
    for (number, row) in ledger.live() {
        let name = match post {
            Post::Eshop => mark(number),
            _ => row["our_id"].as_str().expect("our number").to_owned(),
        };
        assert!(
            seen.insert(name),
            "{post:?}: {} is there twice: {:?}",
            mark(number),
            ledger.parcels[&number]
        );
    }
    for (number, parcel) in of(orders, post) {
        let generation = parcel["generation"].as_u64().expect("a generation");
        assert!(generation <= 1, "{}: nobody said that it is not there: {parcel}", mark(number));
    }
    if post == Post::Eshop {
        let again: u64 = ledger.bodies.values().map(|bodies| bodies - 1).sum();
        assert!(
            again <= busy,
            "{again} bodies were sent again without an id, {busy} times was the post busy"
        );
    }
}

/// R2: each parcel at the post is the stored code of exactly one of its order's, or an open task names the order;
/// and no code was made up.
pub(super) fn every_parcel_at_the_post_is_ours(post: Post, ledger: &Ledger, orders: &Orders) {
    let mut live: BTreeMap<&str, u64> = BTreeMap::new();
    for (number, row) in ledger.live() {
        let code = row["its_id"].as_str().expect("a code");
        live.insert(code, number);
        let parcels = &orders[&number].parcels;
        let holders: Vec<&Value> = parcels.iter().filter(|p| p["tracking_code"] == code).collect();
        let tasks = parcels.iter().any(|parcel| parcel["task"].is_object());
        assert!(holders.len() == 1 || tasks, "{} is at {post:?} as {code}: {parcels:?}", mark(number));
        if let ([parcel], Post::Korea) = (holders.as_slice(), post) {
            let contract = (parcel["account_id"].as_str().unwrap(), row["account"].as_str().unwrap());
            assert!(CONTRACTS.contains(&contract), "{contract:?}: {parcel}");
        }
    }
    for (number, parcel) in of(orders, post).filter(|(_, parcel)| state(parcel) == "registered") {
        let code = parcel["tracking_code"].as_str().expect("a code");
        assert_eq!(live.get(code), Some(&number), "{post:?} does not have {parcel}");
    }
}

/// R3: each parcel is registered or called off, or a person is asked, which only the wire without ids needs.
pub(super) fn every_parcel_came_to_an_end(post: Post, orders: &Orders) {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for (number, parcel) in of(orders, post) {
        *counts.entry(state(parcel)).or_default() += 1;
        match (post, state(parcel)) {
            (_, "registered") => {}
            (_, "cancelled") => assert!(orders[&number].called_off, "{}: {parcel}", mark(number)),
            (Post::Eshop, "outcome_unknown") => assert_eq!(parcel["resolution"], "person", "{parcel}"),
            _ => panic!("{} ended as {parcel}", mark(number)),
        }
    }
    println!("{post:?}: {counts:?}");
    assert!(counts.contains_key("registered"), "{post:?}: {counts:?}");
    if post == Post::Eshop {
        assert!(counts.contains_key("outcome_unknown"), "no answer was ever lost");
    }
}

/// R4: what the shop called off is called off at the post, or a task says what to do.
pub(super) fn what_is_called_off_is_gone(post: Post, ledger: &Ledger, orders: &Orders) {
    for (number, row) in ledger.live().filter(|(number, _)| orders[number].called_off) {
        let parcels = &orders[&number].parcels;
        let told = parcels.iter().any(|parcel| parcel["task"].is_object());
        assert!(told, "{} was called off and is at {post:?}: {row} {parcels:?}", mark(number));
    }
    let called_off = of(orders, post).filter(|(number, _)| orders[number].called_off);
    for (_, parcel) in called_off.filter(|_| matches!(post, Post::Korea | Post::Russia)) {
        assert_eq!(state(parcel), "cancelled", "{post:?} calls off: {parcel}");
    }
}

/// An item of the hub's table.
pub(super) type Item = HashMap<String, AttributeValue>;

/// Everything in the table of a hub that has ended.
pub(super) async fn items(database: &Path) -> Vec<Item> {
    let usage = Usage::new();
    let dynamo = EmbeddedDynamo::open(database, usage.clone()).expect("the hub's database");
    let ids = std::sync::Arc::new(SystemIds);
    let sqs = EmbeddedSqs::memory(std::sync::Arc::new(SystemClock), ids, usage).expect("queues");
    let client = aws_sdk_dynamodb::Client::new(&Connector::new(dynamo, sqs).sdk_config());
    let tables = client.list_tables().send().await.expect("tables");
    let mut pages =
        client.scan().table_name(&tables.table_names()[0]).limit(200).into_paginator().items().send();
    let mut items = Vec::new();
    while let Some(item) = pages.next().await {
        items.push(item.expect("an item"));
    }
    items
}

/// Partition and sort key.
pub(super) fn key_of(item: &Item) -> (&str, &str) {
    let text = |name: &str| item[name].as_s().expect("text").as_str();
    (text("pk"), text("sk"))
}

/// G1: an intent is unfinished exactly when a due row wakes it; no outbox row, no message, no lease is
/// left.
pub(super) fn nothing_is_left_lying(queues: &Value, items: &[Item]) {
    for queue in queues["items"].as_array().expect("queues") {
        for count in ["waiting", "in_flight", "dead"] {
            assert_eq!(queue[count], 0, "{queue}");
        }
    }
    let (mut unfinished, mut due, mut fences) = (BTreeSet::new(), BTreeSet::new(), 0_u64);
    for item in items {
        let (pk, sk) = key_of(item);
        assert!(!pk.starts_with("OUTBOX#"), "left in the outbox: {sk}");
        // Tracking's rows wake looks and tickets, which are no intents, nor is the life of a contract's key.
        let no_intent = pk.starts_with("DUE#tracking#") || sk.contains("/KEYUSE#");
        if pk.starts_with("DUE#") && !no_intent {
            due.insert(sk.split_once('#').expect("a time and an id").1.to_owned());
        } else if sk.starts_with("INTENT#") {
            let state = item["eff"].as_m().expect("a state");
            fences += u64::from(state["fence"] != AttributeValue::N("0".into()));
            let phase = state["phase"].as_s().expect("a phase");
            assert_ne!(phase, "calling", "{sk} still holds a lease");
            if !["final", "held"].contains(&phase.as_str()) {
                // Messages of one minute share a row, named by what their names begin with.
                let shares = item.get("shares_row") == Some(&AttributeValue::Bool(true));
                let name = if shares { departure_of(sk) } else { sk };
                unfinished.insert(format!("{}/{name}", pk.trim_start_matches("M#")));
            }
        }
    }
    assert!(fences > 0, "no intent was ever worked on");
    assert_eq!(unfinished, due, "unfinished intents and due rows");
    // A message may wait for its day: a reminder is planned when its parcel arrives.
    unfinished.retain(|id| !id.contains("/INTENT#tell#"));
    assert!(unfinished.is_empty(), "after days of quiet: {unfinished:?}");
}

fn departure_of(message: &str) -> &str {
    message.split_inclusive('-').next().expect("a moment")
}

/// W1, W2 in small: each registered parcel was told to the shop under one id.
pub(super) async fn the_shop_was_told(simulators: &str, orders: &Orders) {
    let http = reqwest::Client::builder().no_proxy().build().expect("client");
    let url = format!("{simulators}/_local/webhooks");
    let all: Value = http.get(url).send().await.expect("simulators").json().await.expect("webhooks");
    let mut told: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for item in all["items"].as_array().expect("items") {
        let body: Value = serde_json::from_str(item["body"].as_str().expect("a body")).expect("json");
        if body["type"] == "parcel.registered" {
            let parcel = body["data"]["parcel_id"].as_str().expect("a parcel").to_owned();
            let id = item["headers"]["webhook-id"].as_str().expect("an id").to_owned();
            told.entry(parcel).or_default().insert(id);
        }
    }
    for parcel in orders.values().flat_map(|sold| &sold.parcels).filter(|p| state(p) == "registered") {
        let ids = told.get(parcel["parcel_id"].as_str().expect("an id")).map_or(0, BTreeSet::len);
        assert_eq!(ids, 1, "told under {ids} ids: {parcel}");
    }
}
