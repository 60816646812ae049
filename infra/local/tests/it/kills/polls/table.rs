//! What the hub's table holds when all is at rest: fingerprints, wake-ups and tickets.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Map, Value};
use yam_domain::ids::CarrierId;
use yam_store::Key;
use yam_store::items::{OpenTicket, Parcel, PollItem, Track};
use yam_store::keys;

use crate::kills::judge::{Item, key_of};

/// An attribute as the value it was made from.
fn value(attribute: &AttributeValue) -> Value {
    match attribute {
        AttributeValue::S(text) => Value::from(text.as_str()),
        AttributeValue::N(number) => serde_json::from_str(number).expect("a number"),
        AttributeValue::Bool(yes) => Value::from(*yes),
        AttributeValue::L(list) => list.iter().map(value).collect(),
        AttributeValue::M(map) => map.iter().map(|(name, held)| (name.clone(), value(held))).collect(),
        AttributeValue::Null(_) => Value::Null,
        other => panic!("nothing of tracking is kept as {other:?}"),
    }
}

fn read<T: serde::de::DeserializeOwned>(item: &Item) -> T {
    let mut members: Map<String, Value> =
        item.iter().map(|(name, held)| (name.clone(), value(held))).collect();
    members.retain(|name, _| !["pk", "sk", "v", "w"].contains(&name.as_str()));
    serde_json::from_value(Value::Object(members))
        .unwrap_or_else(|error| panic!("{:?}: {error}", key_of(item)))
}

/// T2: the fingerprint a poll compares with is that of the history it stands for, so nothing is taken for known that
/// the shop was never told.
pub(super) fn fingerprints_are_those_of_the_histories(items: &[Item]) {
    let tracks: BTreeMap<String, Track> = items
        .iter()
        .filter(|item| key_of(item).1.starts_with("TRACK#"))
        .map(|item| (key_of(item).1.rsplit('#').next().expect("a number").to_owned(), read::<Track>(item)))
        .collect();
    let mut compared = 0;
    for item in items.iter().filter(|item| key_of(item).0.starts_with("POLL#")) {
        let code = key_of(item).1.split('/').next().expect("a number").to_owned();
        let (poll, track) = (read::<PollItem>(item), &tracks[&code]);
        assert_eq!(track.ended, None, "{code} is polled although its tracking has ended");
        let history = &track.history;
        // The demo shop's account at Iran Post is asked on a wire that tells the present state alone.
        let print = match track.carrier {
            CarrierId::IranPost => history.present_fingerprint(),
            CarrierId::KoreaPost | CarrierId::RussianPost => history.fingerprint(),
        };
        assert_eq!(poll.h, (!history.is_empty()).then_some(print), "{code}");
        assert_eq!(poll.n, track.next_eval_at.map(|at| at.as_second()), "{code}");
        compared += 1;
    }
    println!("{compared} fingerprints compared with their histories");
}

/// G1 for what tracking waits for: whatever is to be looked at or fetched has its due row, and each row its reason.
pub(super) fn whatever_waits_is_woken(items: &[Item]) {
    let (mut rows, mut reasons) = (BTreeSet::new(), BTreeSet::new());
    let mut note = |at: jiff::Timestamp, pk: &str, sk: &str| {
        reasons.insert((at.as_millisecond(), pk.to_owned(), sk.to_owned()));
    };
    for item in items {
        let (pk, sk) = key_of(item);
        if pk.starts_with("DUE#tracking#") {
            let at = keys::time_of(sk).expect("a time").as_millisecond();
            let Key { pk, sk } = keys::intent_of_due_row(sk).expect("a key");
            rows.insert((at, pk, sk));
        } else if sk.starts_with("PARCEL#") {
            let due = read::<Parcel>(item).tracked.and_then(|tracked| tracked.due_at);
            due.into_iter().for_each(|at| note(at, pk, sk));
        } else if sk.starts_with("TICKET#") {
            note(read::<OpenTicket>(item).due_at, pk, sk);
        }
    }
    assert_eq!(rows, reasons, "due rows of tracking, and what waits");
}
