//! Scans and answers for the tests of this module. Offices are indexes nobody has.

use jiff::Timestamp;
use proptest::prelude::*;

use super::dictionary::russian_post;
use super::{Office, RawScan, Reading, Scan, Snapshot};

/// A moment, in minutes of a day in summer.
pub(super) fn minute(minute: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + 60 * minute).expect("in range")
}

pub(super) fn office(index: &str) -> Option<Office> {
    (!index.is_empty()).then(|| Office { index: Some(index.to_owned()), name: None })
}

/// A scan of any operator; an empty index means that no office was told.
pub(super) fn scan(at: i64, code: &str, reading: Reading, index: &str) -> Scan {
    Scan {
        happened_at: minute(at),
        reading,
        office: office(index),
        raw: RawScan { code: code.to_owned(), ..RawScan::default() },
    }
}

/// A scan of Russian Post: type and attribute.
pub(super) fn russian(at: i64, code: (u32, u32), index: &str) -> Scan {
    scan(at, &format!("{}/{}", code.0, code.1), russian_post(code.0, code.1), index)
}

/// An answer that tells the whole history.
pub(super) fn answer(taken: i64, scans: Vec<Scan>) -> Snapshot {
    Snapshot {
        taken_at: minute(taken),
        known: true,
        scans,
        unreadable: 0,
        aliases: Vec::new(),
        destination: None,
        money: Vec::new(),
    }
}

/// An answer and when the hub saw it.
pub(super) type Seen = (Snapshot, Timestamp);

const CODES: [(u32, u32); 20] = [
    (28, 0),
    (1, 2),
    (8, 1),
    (8, 4),
    (8, 2),
    (8, 24),
    (8, 23),
    (8, 28),
    (8, 40),
    (8, 15),
    (12, 1),
    (2, 1),
    (3, 1),
    (3, 4),
    (2, 2),
    (26, 2),
    (18, 0),
    (44, 1),
    (14, 4),
    (999, 0),
];

fn scans() -> impl Strategy<Value = Vec<Scan>> {
    let one =
        (0i64..40, prop::sample::select(CODES.to_vec()), prop::sample::select(vec!["", "190990", "690990"]))
            .prop_map(|(at, code, index)| russian(at, code, index));
    prop::collection::vec(one, 1..12)
}

/// The answers an operator gives over time about one parcel: each tells some of the same scans, in two
/// wordings; some know nothing, some hold a scan that cannot be read.
pub(super) fn answers() -> impl Strategy<Value = Vec<Seen>> {
    let told = (any::<u16>(), 0u8..10, 0i64..300);
    (scans(), prop::collection::vec(told, 1..6)).prop_map(|(scans, told)| {
        let seen = |(nth, (mask, kind, delay)): (usize, (u16, u8, i64))| {
            let taken = 100 + 10 * i64::try_from(nth).expect("few");
            let shown = scans.iter().enumerate().filter(|(bit, _)| (mask >> bit) & 1 == 1);
            let mut scans: Vec<Scan> = shown.map(|(_, scan)| scan.clone()).collect();
            for scan in scans.iter_mut().filter(|_| nth % 2 == 1) {
                scan.raw.text = "edited".to_owned();
            }
            let snapshot =
                Snapshot { known: kind != 0, unreadable: u32::from(kind == 1), ..answer(taken, scans) };
            (snapshot, minute(taken + delay))
        };
        told.into_iter().enumerate().map(seen).collect()
    })
}

/// The same answers as they may reach the hub: each once or twice, whole or in two parts, in any order.
pub(super) fn feed(answers: Vec<Seen>) -> impl Strategy<Value = Vec<Seen>> {
    let count = answers.len();
    prop::collection::vec((any::<bool>(), any::<bool>()), count..=count).prop_flat_map(move |choices| {
        let mut feed = Vec::new();
        for ((snapshot, seen_at), (twice, in_parts)) in answers.iter().zip(choices) {
            let half = snapshot.scans.len() / 2;
            if in_parts && half > 0 {
                let part = |scans: &[Scan]| Snapshot { scans: scans.to_vec(), ..snapshot.clone() };
                feed.push((part(&snapshot.scans[..half]), *seen_at));
                feed.push((part(&snapshot.scans[half..]), *seen_at));
            } else {
                feed.push((snapshot.clone(), *seen_at));
            }
            if twice {
                feed.push((snapshot.clone(), *seen_at));
            }
        }
        Just(feed).prop_shuffle()
    })
}

/// Answers in the order they were taken, and the same as a feed.
pub(super) fn answers_and_feed() -> impl Strategy<Value = (Vec<Seen>, Vec<Seen>)> {
    answers().prop_flat_map(|answers| (Just(answers.clone()), feed(answers)))
}
