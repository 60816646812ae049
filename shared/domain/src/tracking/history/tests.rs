//! What a history keeps, as tables and properties.

use proptest::prelude::*;

use super::*;
use crate::tracking::samples::{answer, answers_and_feed, minute, russian, scan};
use crate::tracking::{Office, Reading};

const ACCEPTED: (u32, u32) = (1, 2);
const LEFT: (u32, u32) = (8, 4);
const ARRIVED: (u32, u32) = (8, 2);
const STORED: (u32, u32) = (8, 48);

/// The live codes, oldest first.
fn live(history: &History) -> Vec<&str> {
    history.live().map(|scan| scan.raw.code.as_str()).collect()
}

fn withdrawn(history: &History) -> Vec<(&str, Timestamp)> {
    let events = history.events();
    events.filter_map(|event| Some((event.scan.raw.code.as_str(), event.withdrawn_at?))).collect()
}

#[test]
fn what_a_later_answer_lacks_is_withdrawn_and_may_come_back() {
    let mut history = History::default();
    let (a, b) = (russian(1, ACCEPTED, "101990"), russian(2, ARRIVED, "190990"));
    assert!(history.apply(&answer(10, vec![a.clone(), b.clone()]), minute(11)));
    assert!(history.apply(&answer(20, vec![a.clone()]), minute(21)));
    assert_eq!(live(&history), ["1/2"]);
    assert_eq!(withdrawn(&history), [("8/2", minute(20))]);
    assert!(!history.apply(&answer(30, vec![a.clone()]), minute(31)), "nothing new");
    assert_eq!(withdrawn(&history), [("8/2", minute(20))], "since the first answer without it");
    assert!(history.apply(&answer(40, vec![a, b]), minute(41)));
    assert_eq!(live(&history), ["1/2", "8/2"]);
    let seen: Vec<Timestamp> = history.events().map(|event| event.seen_at).collect();
    assert_eq!(seen, [minute(11), minute(11)], "first seen stays first seen");
}

#[test]
fn an_old_answer_that_comes_late_withdraws_nothing_and_revives_nothing() {
    let mut history = History::default();
    let (a, b, c) = (russian(1, ACCEPTED, ""), russian(2, LEFT, ""), russian(3, ARRIVED, ""));
    history.apply(&answer(30, vec![a.clone(), c]), minute(31));
    history.apply(&answer(20, vec![a, b]), minute(40));
    assert_eq!(live(&history), ["1/2", "8/2"]);
    assert_eq!(withdrawn(&history), [("8/4", minute(30))], "the newer answer lacked it");
}

#[test]
fn not_known_empty_and_unreadable_answers_erase_nothing() {
    let mut history = History::default();
    let (a, b) = (russian(1, ACCEPTED, ""), russian(2, ARRIVED, ""));
    history.apply(&answer(10, vec![a.clone(), b]), minute(10));
    let before = history.clone();
    for nothing in [
        answer(20, Vec::new()),
        Snapshot { known: false, ..answer(20, Vec::new()) },
        Snapshot { known: false, ..answer(20, vec![a.clone()]) },
    ] {
        assert!(!history.apply(&nothing, minute(21)));
        assert_eq!(nothing.fingerprint(), None);
        assert_eq!(history, before);
    }
    assert!(!history.apply(&Snapshot { unreadable: 1, ..answer(30, vec![a]) }, minute(31)));
    assert_eq!(live(&history), ["1/2", "8/2"]);
}

#[test]
fn an_answer_dated_in_the_future_does_not_make_all_later_ones_old() {
    let mut history = History::default();
    let (a, b) = (russian(1, ACCEPTED, ""), russian(2, ARRIVED, ""));
    history.apply(&answer(500, vec![a.clone()]), minute(10));
    history.apply(&answer(20, vec![a, b]), minute(20));
    assert_eq!(live(&history), ["1/2", "8/2"]);
}

#[test]
fn the_newest_wording_is_kept_and_another_time_is_another_scan() {
    let mut history = History::default();
    let mut told = russian(1, ARRIVED, "190990");
    told.raw.text = "first".to_owned();
    let mut edited = told.clone();
    edited.raw.text = "edited".to_owned();
    history.apply(&answer(20, vec![edited.clone()]), minute(20));
    assert!(!history.apply(&answer(10, vec![told]), minute(30)), "an older wording changes nothing");
    assert_eq!(history.live().next().map(|scan| scan.raw.text.as_str()), Some("edited"));
    let moved = Scan { happened_at: minute(5), ..edited };
    assert!(history.apply(&answer(40, vec![moved]), minute(40)));
    assert_eq!((history.live().count(), history.records().len()), (1, 2));
}

#[test]
fn at_most_so_many_scans_of_no_consequence_first() {
    let mut history = History::default();
    let mut scans = vec![russian(0, ACCEPTED, "")];
    scans.extend((1..=600).map(|at| russian(at, STORED, "")));
    scans.push(russian(601, ARRIVED, ""));
    history.apply(&answer(700, scans), minute(700));
    assert_eq!(history.records().len(), MAX_SCANS);
    let live = live(&history);
    assert_eq!((live.first(), live.last()), (Some(&"1/2"), Some(&"8/2")));
    assert_eq!(history.live().nth(1).map(|scan| scan.happened_at), Some(minute(103)));
}

#[test]
fn the_poll_hash_is_that_of_the_answer() {
    let mut history = History::default();
    let (a, b) = (russian(1, ACCEPTED, "101990"), russian(2, ARRIVED, "190990"));
    let told = answer(10, vec![a.clone(), b.clone()]);
    history.apply(&told, minute(10));
    assert_eq!(told.fingerprint(), Some(history.fingerprint()));
    let shuffled = answer(99, vec![b.clone(), a.clone(), b.clone()]);
    assert_eq!(shuffled.fingerprint(), told.fingerprint(), "order, repetition and time of asking");
    let fewer = answer(10, vec![a.clone()]).fingerprint();
    let mut edited = b.clone();
    edited.raw.detail = "edited".to_owned();
    let other_place = Scan { office: None, ..b.clone() };
    let other_reading = Scan { reading: Reading { locker: true, ..b.reading }, ..b.clone() };
    let other_time = Scan { happened_at: minute(3), ..b };
    for other in [edited, other_place, other_reading, other_time] {
        let changed = answer(10, vec![a.clone(), other]).fingerprint();
        assert_ne!(changed, told.fingerprint());
        assert_ne!(changed, fewer);
    }
}

/// Two hashes worked out apart from this code: a stored poll hash must not change with a build.
#[test]
fn the_poll_hash_is_the_agreed_one() {
    let mut arrived = russian(2, ARRIVED, "190990");
    arrived.reading = Reading::of(Meaning::Info);
    assert_eq!(History::default().fingerprint(), 0xefd0_1f60_ba99_2926);
    assert_eq!(answer(10, vec![arrived]).fingerprint(), Some(0xa9ee_72b6_f200_6151));
}

#[test]
fn a_history_survives_storage() {
    let mut history = History::default();
    let nameless = Scan {
        office: Some(Office { index: None, name: Some("Tambov-7".to_owned()) }),
        ..russian(2, ARRIVED, "")
    };
    history.apply(&answer(10, vec![russian(1, ACCEPTED, "101990"), nameless]), minute(10));
    history.apply(&answer(20, vec![russian(1, ACCEPTED, "101990")]), minute(20));
    history.apply_present(&answer(30, vec![scan(30, "7", Reading::of(Meaning::Info), "")]), minute(30));
    let stored = serde_json::to_string(&history).unwrap();
    assert_eq!(serde_json::from_str::<History>(&stored).unwrap(), history);
}

mod present_only {
    use super::*;
    use crate::tracking::dictionary::iran_post_code;

    fn ask(history: &mut History, at: i64, code: i32) -> bool {
        let told = answer(at, vec![scan(at, &code.to_string(), iran_post_code(code), "")]);
        history.apply_present(&told, minute(at))
    }

    fn way(history: &History) -> Vec<(&str, i64)> {
        let since = |scan: &Scan| scan.happened_at.duration_since(minute(0)).as_mins();
        history.live().map(|scan| (scan.raw.code.as_str(), since(scan))).collect()
    }

    #[test]
    fn a_stay_is_kept_once_from_its_first_observation() {
        let mut history = History::default();
        let changed: Vec<bool> = [(10, 2), (20, 2), (30, 5), (40, 5), (50, 7)]
            .into_iter()
            .map(|(at, code)| ask(&mut history, at, code))
            .collect();
        assert_eq!(changed, [true, false, true, false, true]);
        assert_eq!(way(&history), [("2", 10), ("5", 30), ("7", 50)]);
    }

    #[test]
    fn a_status_may_come_again() {
        let mut history = History::default();
        for (at, code) in [(10, 2), (20, 4), (30, 2)] {
            ask(&mut history, at, code);
        }
        assert_eq!(way(&history), [("2", 10), ("4", 20), ("2", 30)]);
    }

    #[test]
    fn a_late_observation_falls_into_its_place() {
        let mut history = History::default();
        for (at, code) in [(10, 5), (40, 5), (20, 8)] {
            ask(&mut history, at, code);
        }
        assert_eq!(way(&history), [("5", 10), ("8", 20), ("5", 40)]);
    }

    #[test]
    fn the_poll_hash_leaves_out_when_it_was_asked() {
        let mut history = History::default();
        ask(&mut history, 10, 5);
        let again = answer(20, vec![scan(20, "5", iran_post_code(5), "")]);
        assert_eq!(again.present_fingerprint(), Some(history.present_fingerprint()));
        let other = answer(20, vec![scan(20, "7", iran_post_code(7), "")]);
        assert_ne!(other.present_fingerprint(), Some(history.present_fingerprint()));
    }

    #[test]
    fn a_whole_history_does_not_withdraw_it() {
        let mut history = History::default();
        ask(&mut history, 10, 5);
        history.apply(&answer(20, vec![scan(8, "قبول", iran_post_code(5), "")]), minute(20));
        assert_eq!(history.live().count(), 2);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Invariant T1: any permutation, repetition, split or late old answer gives the same history.
    #[test]
    fn the_order_of_arrival_does_not_matter((answers, feed) in answers_and_feed()) {
        let apply = |answers: &[(Snapshot, Timestamp)]| {
            let mut history = History::default();
            for (snapshot, seen_at) in answers {
                history.apply(snapshot, *seen_at);
            }
            history
        };
        prop_assert_eq!(apply(&answers), apply(&feed));
    }

    /// Live is what the newest readable answer shows, and what unreadable ones after it show.
    #[test]
    fn the_newest_answer_is_right((answers, feed) in answers_and_feed()) {
        let mut history = History::default();
        for (snapshot, seen_at) in &feed {
            history.apply(snapshot, *seen_at);
        }
        let mut expected: Vec<ScanKey> = Vec::new();
        for (snapshot, _) in answers.iter().filter(|(snapshot, _)| snapshot.known && !snapshot.scans.is_empty()) {
            if snapshot.unreadable == 0 {
                expected.clear();
            }
            expected.extend(snapshot.scans.iter().map(Scan::key));
        }
        expected.sort();
        expected.dedup();
        prop_assert_eq!(history.live().map(Scan::key).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn an_answer_once_applied_changes_nothing((_, feed) in answers_and_feed()) {
        let mut history = History::default();
        for (snapshot, seen_at) in &feed {
            history.apply(snapshot, *seen_at);
            let before = history.clone();
            prop_assert!(!history.apply(snapshot, *seen_at));
            prop_assert_eq!(&history, &before);
        }
    }
}
