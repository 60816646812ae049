//! Whether the hub kept its promises, by the posts' truth and the shop's receiver.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::kills::judge::{Item, key_of};

type Parcels = BTreeMap<String, Value>;

/// States that follow from time and from what a hub learned, not from the posts' answers alone.
const DERIVED: [&str; 6] =
    ["probably_arrived", "storage_expiring", "storage_expired", "stalled", "invalid_code", "unknown"];

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_else(|| panic!("no {member} in {value}"))
}

/// Ends of a journey: nothing is asked any more, so what the post edits later is not seen.
const ENDS: [&str; 3] = ["delivered", "returned", "lost"];

/// T1 and the promise of a cadence: what the old hub knows of a parcel is what a new one learns of it, but for
/// numbers about which the posts said something new meanwhile.
pub(super) fn everything_is_up_to_date(old: &Parcels, new: &Parcels, moved: &BTreeSet<String>) {
    let (mut compared, mut scans) = (0, 0);
    for (code, parcel) in old.iter().filter(|(code, _)| !moved.contains(*code)) {
        let fresh = &new[code];
        let (was, is) = (text(parcel, "status"), text(fresh, "status"));
        compared += 1;
        // Iran Post's own wire tells the present state alone: of the way there, and whether it turned back on
        // it, nothing is to be learned later.
        let whole = text(parcel, "carrier") != "iran_post";
        if whole && !ENDS.contains(&was) {
            scans += live(fresh).len();
            assert_eq!(live(parcel), live(fresh), "{code}");
        }
        let turned = !whole && ["returning", "returned"].contains(&was);
        let edited = ENDS.contains(&was) && !ENDS.contains(&is);
        if !turned && !edited && ![was, is].iter().any(|status| DERIVED.contains(status)) {
            assert_eq!(was, is, "{code}: {parcel}");
        }
    }
    println!("{compared} of {} parcels compared, {scans} scans of those on their way", old.len());
    assert!(2 * compared >= old.len() && scans > 0, "too little to judge by");
}

/// The scans that still hold: when they happened, and the post's own code.
fn live(parcel: &Value) -> BTreeSet<(String, String)> {
    let events = parcel["events"].as_array().expect("events").iter();
    let live = events.filter(|event| event["withdrawn_at"].is_null());
    live.map(|event| (text(event, "happened_at").to_owned(), text(&event["raw"], "code").to_owned()))
        .collect()
}

/// W1, W2 and "each change once": every event reached the shop under one id, no epoch has two, and the highest
/// sequence tells what the hub tells.
pub(super) fn each_change_was_told_once(events: &[Value], told: &[Value], parcels: &Parcels) {
    let received: BTreeSet<&str> = told.iter().map(|item| text(&item["headers"], "webhook-id")).collect();
    let mut epochs = BTreeSet::new();
    let mut newest: BTreeMap<&str, &Value> = BTreeMap::new();
    let whole =
        |event: &&Value| event["data"]["parcel_id"].is_string() && event["data"]["status"].is_string();
    for event in events.iter().filter(whole) {
        assert!(received.contains(text(event, "id")), "the shop never got {event}");
        let parcel = text(&event["data"], "parcel_id");
        // By its number: one that was deleted and entered again has had its changes told.
        let number = text(&event["data"], "tracking_code");
        if let Some(epoch) = event["data"]["change"]["epoch"].as_str() {
            assert!(epochs.insert((number, epoch)), "told twice: {event}");
        }
        let before = newest.entry(parcel).or_insert(event);
        let sequence = |event: &Value| event["sequence"].as_i64().expect("a sequence");
        if sequence(event) > sequence(before) {
            *before = event;
        }
    }
    for (code, parcel) in parcels {
        if let Some(event) = newest.get(text(parcel, "parcel_id")) {
            assert_eq!(event["data"]["status"], parcel["status"], "{code}");
        }
    }
    println!("{} changes of {} parcels told", epochs.len(), newest.len());
    assert!(epochs.len() > parcels.len(), "the parcels hardly moved");
}

/// T2: a parcel that travels is polled in one bucket, one that has ended in none.
pub(super) fn each_parcel_is_in_one_bucket(items: &[Item], parcels: &Parcels) {
    let mut places: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for item in items {
        let (pk, sk) = key_of(item);
        if pk.starts_with("POLL#") {
            places.entry(sk.split('/').next().unwrap_or(sk)).or_default().push(pk);
        }
    }
    for (code, parcel) in parcels {
        let over = ENDS.contains(&text(parcel, "status"));
        let stands = places.get(code.as_str()).map_or(0, Vec::len);
        assert_eq!(
            stands,
            usize::from(!over),
            "{code} {}: {:?}",
            parcel["status"],
            places.get(code.as_str())
        );
    }
}

/// T2: no login asked more often in a day than it may, also with the calls that kills made useless.
pub(super) fn quotas_were_kept(used: &[Value], most: u64) {
    let number = |row: &Value, member: &str| row[member].as_u64().expect("a count");
    for row in used {
        assert!(number(row, "used") <= most && row["refused"] == 0, "{row}");
    }
    let busiest = used.iter().map(|row| number(row, "used")).max();
    println!("tickets of a login on its busiest day: {busiest:?} of {most}");
    assert!(busiest.is_some(), "no ticket was ever counted");
}
