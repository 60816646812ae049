//! Whether the hub kept its promises, by the operator's own book.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::Value;
use yam_embedded::dynamodb::EmbeddedDynamo;
use yam_embedded::sqs::EmbeddedSqs;
use yam_embedded::{Connector, Usage};
use yam_platform::{SystemClock, SystemIds};

type Parcels = BTreeMap<String, Value>;

/// What the operator did and heard.
pub(super) struct Ledger {
    /// Its parcels, by our mark.
    parcels: BTreeMap<String, Vec<Value>>,
    /// Whole requests for a parcel, by our mark.
    bodies: BTreeMap<String, u64>,
}

impl Ledger {
    pub(super) async fn read(simulators: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("client");
        let url = format!("{simulators}/_local/simulators/iran_post/ledger");
        let all: Value = http.get(url).send().await.expect("simulators").json().await.expect("ledger");
        let mut ledger = Ledger { parcels: BTreeMap::new(), bodies: BTreeMap::new() };
        for row in all["items"].as_array().expect("items").iter().filter(|row| row["kind"] == "parcel") {
            ledger.parcels.entry(mark_in(row)).or_default().push(row.clone());
        }
        let registrations = |row: &&Value| row["operation"].as_str().is_some_and(|o| o.contains("AddParcel"));
        for row in all["bodies"].as_array().expect("bodies").iter().filter(registrations) {
            *ledger.bodies.entry(mark_in(row)).or_default() += row["received"].as_u64().expect("a count");
        }
        assert!(!ledger.parcels.is_empty() && !ledger.bodies.is_empty());
        ledger
    }
}

/// The order's mark somewhere in what the operator was sent.
fn mark_in(row: &Value) -> String {
    let text = row.to_string();
    let digits = |at: usize| text.get(at + 1..at + 6).filter(|mark| mark.bytes().all(|b| b.is_ascii_digit()));
    let found = text.match_indices('K').find_map(|(at, _)| digits(at));
    format!("K{}", found.unwrap_or_else(|| panic!("no order's mark in {text}")))
}

fn state(parcel: &Value) -> &str {
    parcel["state"].as_str().expect("a state")
}

/// G3: what was answered with 2xx is there.
pub(super) fn everything_acknowledged_is_there(parcels: &Parcels, orders: u64) {
    let all: BTreeSet<String> = (1..=orders).map(super::shop::mark).collect();
    let there: BTreeSet<String> = parcels.keys().cloned().collect();
    assert_eq!(there, all);
}

/// R1: at most one parcel at the post for each order, and no body more than refusals allow.
pub(super) fn no_parcel_twice(ledger: &Ledger, busy: u64) {
    for (mark, rows) in &ledger.parcels {
        assert!(rows.len() <= 1, "{mark} was registered {} times: {rows:?}", rows.len());
    }
    let eshop = |mark: &&String| mark.trim_start_matches('K').parse::<u64>().is_ok_and(|n| n % 2 == 1);
    let again: u64 = ledger.bodies.iter().filter(|(mark, _)| eshop(mark)).map(|(_, n)| n - 1).sum();
    assert!(
        again <= busy,
        "{again} bodies were sent again on the wire that has no id, {busy} times was it busy"
    );
}

/// R2: each parcel at the post is the stored code of its order, or an open task names the order.
pub(super) fn every_parcel_at_the_post_is_ours(ledger: &Ledger, parcels: &Parcels) {
    let mut codes = BTreeSet::new();
    for (mark, rows) in &ledger.parcels {
        let (parcel, code) = (&parcels[mark], &rows[0]["its_id"]);
        if parcel["tracking_code"].is_null() {
            assert!(parcel["task"].is_object(), "{mark} is at the post as {code}, nobody knows: {parcel}");
            continue;
        }
        assert_eq!(&parcel["tracking_code"], code, "{mark}");
        assert!(codes.insert(code.to_string()), "{code} belongs to two orders");
    }
    for (mark, parcel) in parcels.iter().filter(|(_, p)| !p["tracking_code"].is_null()) {
        assert!(ledger.parcels.contains_key(mark), "the post does not know {}", parcel["tracking_code"]);
    }
}

/// R3: each parcel is registered, or a person is asked, which only the wire without ids needs.
pub(super) fn every_parcel_came_to_an_end(parcels: &Parcels) {
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for (mark, parcel) in parcels {
        let account = parcel["account_id"].as_str().expect("an account");
        *counts.entry((account, state(parcel))).or_default() += 1;
        match (account, state(parcel)) {
            (_, "registered") => {}
            ("iran-post", "outcome_unknown") => {
                assert_eq!(parcel["resolution"], "person", "{mark}: {parcel}")
            }
            _ => panic!("{mark} ended as {parcel}"),
        }
    }
    println!("parcels by account and state: {counts:?}");
    assert!(counts.contains_key(&("iran-post", "outcome_unknown")), "no answer was ever lost");
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
        // Tracking's rows wake looks and tickets, which are no intents.
        if pk.starts_with("DUE#") && !pk.starts_with("DUE#tracking#") {
            due.insert(sk.split_once('#').expect("a time and an id").1.to_owned());
        } else if sk.starts_with("INTENT#") {
            let state = item["eff"].as_m().expect("a state");
            fences += u64::from(state["fence"] != AttributeValue::N("0".into()));
            let phase = state["phase"].as_s().expect("a phase");
            assert_ne!(phase, "calling", "{sk} still holds a lease");
            if !["final", "held"].contains(&phase.as_str()) {
                unfinished.insert(format!("{}/{sk}", pk.trim_start_matches("M#")));
            }
        }
    }
    assert!(fences > 0, "no intent was ever worked on");
    assert_eq!(unfinished, due, "unfinished intents and due rows");
    assert!(unfinished.is_empty(), "after days of quiet: {unfinished:?}");
}

/// W1, W2 in small: each registered parcel was told to the shop under one id.
pub(super) async fn the_shop_was_told(simulators: &str, parcels: &Parcels) {
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
    for (mark, parcel) in parcels.iter().filter(|(_, p)| state(p) == "registered") {
        let ids = told.get(parcel["parcel_id"].as_str().expect("an id")).map_or(0, BTreeSet::len);
        assert_eq!(ids, 1, "{mark}: told under {ids} ids");
    }
}
