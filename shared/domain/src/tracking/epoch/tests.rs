//! Which changes are news, as journeys told in parts, and invariant T1.

use proptest::prelude::*;

use super::*;
use crate::ids::CarrierId;
use crate::tracking::samples::{Seen, answer, answers_and_feed, minute, russian};
use crate::tracking::{History, Office, Reason, Scan, Snapshot};

/// A parcel as the hub keeps it.
#[derive(Default)]
struct Kept {
    history: History,
    epochs: Epochs,
}

impl Kept {
    fn timeline(&self) -> Timeline {
        Timeline::of(CarrierId::RussianPost, &self.history)
    }

    fn apply(&mut self, snapshot: &Snapshot, seen_at: Timestamp) -> Vec<Opened> {
        self.history.apply(snapshot, seen_at);
        let timeline = self.timeline();
        self.epochs.update(&timeline, None, seen_at)
    }

    /// An answer one minute after it was taken: what was opened, as "id verdict".
    fn told(&mut self, taken: i64, scans: &[Scan]) -> Vec<String> {
        words(&self.apply(&answer(taken, scans.to_vec()), minute(taken + 1)))
    }

    /// What follows from silence at this time.
    fn silent(&mut self, at: i64, status: ParcelStatus) -> Vec<String> {
        let timeline = self.timeline();
        let derived = silence(status, minute(at));
        words(&self.epochs.update(&timeline, Some(&derived), minute(at)))
    }

    fn open(&self) -> Vec<&str> {
        self.epochs.all().iter().filter(|epoch| epoch.open).map(|epoch| epoch.id.as_str()).collect()
    }
}

fn silence(status: ParcelStatus, since: Timestamp) -> Derived {
    Derived {
        status,
        since: Some(since),
        waiting_days: None,
        waiting_band: None,
        storage_deadline: None,
        not_collected: Vec::new(),
        probability: None,
        next_eval_at: None,
        next_news_at: None,
    }
}

fn words(opened: &[Opened]) -> Vec<String> {
    let word = |verdict: Verdict| match verdict {
        Verdict::News => "news",
        Verdict::Late => "late",
        Verdict::Superseded => "superseded",
    };
    opened.iter().map(|opened| format!("{} {}", opened.id, word(opened.verdict))).collect()
}

#[test]
fn each_status_is_news_once() {
    let way = [
        russian(1, (1, 2), "101990"),
        russian(2, (8, 4), "102990"),
        russian(3, (8, 4), "103990"),
        russian(4, (8, 2), "190990"),
        russian(5, (8, 25), "190990"),
        russian(6, (2, 1), "190990"),
    ];
    let mut kept = Kept::default();
    let opened: Vec<Vec<String>> =
        (1..=way.len()).zip(10i64..).map(|(told, taken)| kept.told(taken, &way[..told])).collect();
    let expected: [&[&str]; 6] =
        [&["accepted.1 news"], &["in_transit.1 news"], &[], &["arrived.1 news"], &[], &["delivered.1 news"]];
    assert_eq!(opened, expected);
    assert!(kept.told(99, &way).is_empty());
}

#[test]
fn of_several_at_once_only_the_one_that_holds_is_news() {
    let way = [russian(1, (1, 2), ""), russian(2, (8, 4), ""), russian(3, (8, 2), "190990")];
    let mut kept = Kept::default();
    assert_eq!(kept.told(10, &way), ["accepted.1 superseded", "in_transit.1 superseded", "arrived.1 news"]);
}

#[test]
fn what_happened_before_the_newest_is_late() {
    let (accepted, arrived) = (russian(1, (1, 2), ""), russian(5, (8, 2), "190990"));
    let customs = russian(3, (11, 0), "");
    let mut kept = Kept::default();
    kept.told(10, &[accepted.clone(), arrived.clone()]);
    assert_eq!(kept.told(20, &[accepted, customs, arrived]), ["customs.1 late"]);
}

#[test]
fn a_scan_that_vanishes_and_returns_is_told_once() {
    let (arrived, delivered) = (russian(1, (8, 2), "190990"), russian(2, (2, 1), "190990"));
    let both = [arrived.clone(), delivered.clone()];
    let mut kept = Kept::default();
    assert_eq!(kept.told(10, &both), ["arrived.1 superseded", "delivered.1 news"]);
    assert!(kept.told(20, &[arrived]).is_empty());
    assert_eq!(kept.open(), ["arrived.1"]);
    assert!(kept.told(30, &both).is_empty());
    assert_eq!(kept.open(), ["arrived.1", "delivered.1"]);
}

#[test]
fn an_edited_time_is_no_second_arrival_but_another_office_is() {
    let mut kept = Kept::default();
    assert_eq!(kept.told(10, &[russian(1, (8, 2), "190990")]), ["arrived.1 news"]);
    assert!(kept.told(20, &[russian(2, (8, 2), "190990")]).is_empty());
    assert_eq!(kept.told(30, &[russian(2, (8, 2), "190991")]), ["arrived.2 news"]);
    assert_eq!(kept.open(), ["arrived.2"]);
    let office = kept.epochs.all().iter().find(|epoch| epoch.open).and_then(|epoch| epoch.office.clone());
    assert_eq!(office.as_ref().and_then(Office::place), Some("190991"));
}

#[test]
fn a_second_time_at_the_office_is_told_if_the_parcel_left_in_between() {
    let way = [russian(1, (8, 2), "190990"), russian(2, (4, 3), "190990"), russian(3, (8, 2), "190990")];
    let mut kept = Kept::default();
    kept.told(10, &way[..1]);
    kept.told(20, &way[..2]);
    assert_eq!(kept.told(30, &way), ["arrived.2 news"]);
}

#[test]
fn a_cancelled_operation_closes_its_epoch_and_opens_none() {
    let way = [russian(1, (8, 2), "190990"), russian(2, (2, 1), "190990"), russian(3, (26, 2), "190990")];
    let mut kept = Kept::default();
    kept.told(10, &way[..2]);
    assert!(kept.told(20, &way).is_empty(), "arrived was told before");
    assert_eq!(kept.open(), ["arrived.1"]);
}

#[test]
fn a_return_for_storage_over_is_both_and_told_as_the_return() {
    let mut kept = Kept::default();
    kept.told(10, &[russian(1, (8, 2), "190990")]);
    let way = [russian(1, (8, 2), "190990"), russian(2, (3, 1), "190990")];
    let opened = kept.apply(&answer(20, way.to_vec()), minute(21));
    assert_eq!(words(&opened), ["storage_expired.1 superseded", "returning.1 news"]);
    assert!(opened.iter().all(|opened| opened.reason == Some(Reason::StorageExpired)));
}

#[test]
fn what_silence_says_is_told_once_and_hangs_on_its_cause() {
    let mut kept = Kept::default();
    kept.told(10, &[russian(1, (8, 4), "102990")]);
    assert_eq!(kept.silent(20, ParcelStatus::ProbablyArrived), ["in_transit.1+probably_arrived news"]);
    assert!(kept.silent(30, ParcelStatus::ProbablyArrived).is_empty());
    let both = [russian(1, (8, 4), "102990"), russian(2, (8, 2), "190990")];
    assert_eq!(kept.told(40, &both), ["arrived.1 news"]);
    assert_eq!(kept.open(), ["in_transit.1", "arrived.1"], "silence is over");
    assert_eq!(kept.silent(50, ParcelStatus::StorageExpired), ["arrived.1+storage_expired news"]);
    let over = [both[0].clone(), both[1].clone(), russian(3, (8, 40), "190990")];
    assert_eq!(kept.told(60, &over), ["storage_expired.1 superseded"], "told already");
    assert_eq!(Kept::default().silent(70, ParcelStatus::InvalidCode), ["invalid_code news"]);
}

#[test]
fn silence_is_newer_than_all_scans_of_the_same_answer() {
    let mut kept = Kept::default();
    kept.history.apply(&answer(10, vec![russian(1, (1, 2), ""), russian(2, (8, 2), "190990")]), minute(11));
    assert_eq!(
        kept.silent(20, ParcelStatus::StorageExpired),
        ["accepted.1 superseded", "arrived.1 superseded", "arrived.1+storage_expired news"]
    );
}

#[test]
fn an_extended_storage_is_no_second_arrival() {
    let way = [
        russian(1, (8, 2), "190990"),
        russian(2, (8, 28), "190990"),
        russian(3, (8, 23), "190990"),
        russian(4, (8, 42), "190990"),
    ];
    let mut kept = Kept::default();
    assert_eq!(kept.told(10, &way[..1]), ["arrived.1 news"]);
    assert_eq!(kept.told(20, &way[..2]), ["storage_expiring.1 news"]);
    assert!(kept.told(30, &way[..3]).is_empty());
    assert_eq!(kept.told(40, &way), ["storage_expiring.2 news"], "it ends a second time");
}

#[test]
fn epochs_survive_storage() {
    let mut kept = Kept::default();
    kept.told(10, &[russian(1, (8, 4), "102990")]);
    kept.silent(20, ParcelStatus::ProbablyArrived);
    let stored = serde_json::to_string(&kept.epochs).unwrap();
    let read: Epochs = serde_json::from_str(&stored).unwrap();
    assert_eq!(read, kept.epochs);
    assert_eq!(read.get(&read.all()[1].id).map(|epoch| epoch.status), Some(ParcelStatus::ProbablyArrived));
}

/// What must be the same for any order of arrival: all but verdicts and times of opening.
type Essence = (ParcelStatus, Timestamp, Option<Office>, Option<Reason>, bool);

fn essence(epochs: &Epochs) -> Vec<Essence> {
    let mut essence: Vec<Essence> = epochs
        .all()
        .iter()
        .map(|epoch| (epoch.status, epoch.happened_at, epoch.office.clone(), epoch.reason, epoch.open))
        .collect();
    essence.sort();
    essence
}

fn names(epochs: &Epochs) -> Vec<EpochId> {
    let mut names: Vec<EpochId> = epochs.all().iter().map(|epoch| epoch.id.clone()).collect();
    names.sort();
    names
}

fn run(feed: &[Seen]) -> (Kept, Vec<Opened>) {
    let mut kept = Kept::default();
    let mut opened = Vec::new();
    for (snapshot, seen_at) in feed {
        let now = kept.apply(snapshot, *seen_at);
        assert!(now.iter().filter(|opened| opened.verdict == Verdict::News).count() <= 1);
        opened.extend(now);
    }
    (kept, opened)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Invariant T1.
    #[test]
    fn the_order_of_arrival_does_not_matter((answers, feed) in answers_and_feed()) {
        let (in_order, _) = run(&answers);
        let (in_disorder, _) = run(&feed);
        let standing = in_order.timeline();
        let other = in_disorder.timeline();
        prop_assert_eq!(standing.standing(), other.standing());
        prop_assert_eq!(essence(&in_order.epochs), essence(&in_disorder.epochs));
        prop_assert_eq!(names(&in_order.epochs), names(&in_disorder.epochs));
    }

    /// Each epoch is opened at most once, keeps its name, and the open ones are the way as told.
    #[test]
    fn epochs_are_opened_once((_, feed) in answers_and_feed()) {
        let (kept, opened) = run(&feed);
        let mut ids: Vec<&EpochId> = opened.iter().map(|opened| &opened.id).collect();
        ids.sort();
        let count = ids.len();
        ids.dedup();
        prop_assert_eq!(ids.len(), count, "opened twice");
        let timeline = kept.timeline();
        let mut open: Vec<(ParcelStatus, Timestamp)> = kept.epochs.all().iter()
            .filter(|epoch| epoch.open)
            .map(|epoch| (epoch.status, epoch.happened_at))
            .collect();
        let mut told: Vec<(ParcelStatus, Timestamp)> =
            timeline.stays().iter().map(|stay| (stay.status, stay.happened_at)).collect();
        open.sort();
        told.sort();
        told.dedup();
        open.dedup();
        // A parcel lost on its way back and found again has two stays, but was not lost or sent back twice.
        let again = [ParcelStatus::Returning, ParcelStatus::Lost];
        let all_open = told.iter().all(|stay| open.contains(stay) || again.contains(&stay.0));
        prop_assert!(all_open, "{told:?} {open:?}");
        prop_assert!(open.iter().all(|epoch| told.contains(epoch)), "{told:?} {open:?}");
    }

    #[test]
    fn the_same_answer_again_opens_nothing((_, feed) in answers_and_feed()) {
        let mut kept = Kept::default();
        for (snapshot, seen_at) in &feed {
            kept.apply(snapshot, *seen_at);
            let before = kept.epochs.clone();
            prop_assert!(kept.apply(snapshot, *seen_at).is_empty());
            prop_assert_eq!(&kept.epochs, &before);
        }
    }
}
