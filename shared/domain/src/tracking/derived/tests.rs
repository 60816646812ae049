//! What follows when.

use jiff::civil::date;
use jiff::tz::{self, TimeZone};

use super::*;
use crate::ids::CarrierId;
use crate::tracking::scan::StorageWord;

pub(super) fn moscow() -> TimeZone {
    TimeZone::fixed(tz::offset(3))
}

/// A moment of 2026 in Moscow. 1 June is a Monday.
pub(super) fn msk(month: i8, day: i8, hour: i8, minute: i8) -> Timestamp {
    date(2026, month, day).at(hour, minute, 0, 0).to_zoned(moscow()).unwrap().timestamp()
}

fn settings() -> DerivedSettings {
    DerivedSettings::for_carrier(CarrierId::RussianPost, moscow())
}

fn arrived(at: Timestamp) -> Standing {
    Standing {
        status: ParcelStatus::Arrived,
        since: Some(at),
        last_scan_at: Some(at),
        arrived_at: Some(at),
        ..Standing::NOTHING_TOLD
    }
}

/// Polled every six hours, the last time at `heard`.
pub(super) fn polled(heard: Timestamp) -> Polling {
    Polling {
        since: msk(1, 1, 0, 0),
        last_good_at: Some(heard),
        cadence: SignedDuration::from_hours(6),
        known: true,
    }
}

/// As the hub sees it when each poll succeeds.
fn on(standing: &Standing, now: Timestamp) -> Derived {
    derive(standing, now, &polled(now), &settings(), None)
}

#[test]
fn days_are_counted_in_the_offices_calendar_from_day_0() {
    let standing = arrived(msk(6, 1, 23, 30));
    for (now, days, band) in [
        (msk(6, 1, 23, 59), 0, WaitingBand::Fresh),
        (msk(6, 2, 0, 0), 1, WaitingBand::Fresh),
        (msk(6, 5, 23, 59), 4, WaitingBand::Fresh),
        (msk(6, 6, 0, 0), 5, WaitingBand::Late1),
        (msk(6, 15, 23, 59), 14, WaitingBand::Late1),
        (msk(6, 16, 0, 0), 15, WaitingBand::Late2),
        (msk(6, 30, 23, 59), 29, WaitingBand::Late2),
        (msk(7, 1, 0, 0), 30, WaitingBand::Expired),
    ] {
        let derived = on(&standing, now);
        assert_eq!((derived.waiting_days, derived.waiting_band), (Some(days), Some(band)), "{now}");
    }
    let elsewhere = DerivedSettings { time_zone: TimeZone::fixed(tz::offset(10)), ..settings() };
    let now = msk(6, 2, 0, 0);
    let derived = derive(&standing, now, &polled(now), &elsewhere, None);
    assert_eq!(derived.waiting_days, Some(0), "in the far east the parcel came on 2 June");
    let gone = Standing { status: ParcelStatus::OutForDelivery, ..standing };
    assert_eq!(on(&gone, now).waiting_days, None);
}

#[test]
fn russian_storage_counts_from_the_next_working_day() {
    let saturday = arrived(msk(6, 6, 20, 0));
    for (now, expected) in [
        (msk(6, 6, 21, 0), "arrived"),
        (msk(6, 19, 23, 59), "arrived"),
        (msk(6, 20, 0, 0), "storage_expiring"),
        (msk(6, 23, 23, 59), "storage_expiring"),
        (msk(6, 24, 0, 0), "storage_expired"),
        (msk(8, 5, 19, 59), "storage_expired"),
        (msk(8, 5, 20, 0), "stalled"),
    ] {
        let derived = on(&saturday, now);
        assert_eq!(derived.status.as_str(), expected, "{now}");
        assert_eq!(derived.storage_deadline, Some(date(2026, 6, 23)), "Monday and 15 days");
    }
    assert_eq!(on(&saturday, msk(6, 22, 0, 0)).since, Some(msk(6, 20, 0, 0)));
    let monday = arrived(msk(6, 1, 9, 0));
    assert_eq!(on(&monday, msk(6, 2, 9, 0)).storage_deadline, Some(date(2026, 6, 17)));
}

#[test]
fn the_operators_word_goes_before_the_term() {
    let told = |word, on| Standing { storage: Some((word, on)), ..arrived(msk(6, 1, 9, 0)) };
    let five = told(StorageWord::DaysLeft(5), msk(6, 20, 9, 0));
    let derived = on(&five, msk(6, 22, 0, 0));
    assert_eq!(derived.storage_deadline, Some(date(2026, 6, 25)));
    assert_eq!(derived.status, ParcelStatus::StorageExpiring);
    let extended = on(&told(StorageWord::Extended, msk(6, 10, 9, 0)), msk(7, 20, 0, 0));
    assert_eq!(extended.storage_deadline, None);
    assert_eq!(extended.status, ParcelStatus::Arrived);
    let scanned = Standing { status: ParcelStatus::StorageExpiring, ..five };
    assert_eq!(on(&scanned, msk(6, 21, 0, 0)).since, scanned.since, "the scan said so first");
    assert_eq!(on(&scanned, msk(6, 26, 0, 0)).status, ParcelStatus::StorageExpired);
    let over = Standing { status: ParcelStatus::StorageExpired, ..scanned };
    assert_eq!(on(&over, msk(6, 21, 0, 0)).status, ParcelStatus::StorageExpired);
}

#[test]
fn a_locker_holds_for_days_and_the_day_of_arrival_warns_of_nothing() {
    let standing = Standing { locker: true, ..arrived(msk(6, 2, 12, 0)) };
    for (now, expected) in [
        (msk(6, 2, 23, 59), "arrived"),
        (msk(6, 3, 0, 0), "storage_expiring"),
        (msk(6, 5, 23, 59), "storage_expiring"),
        (msk(6, 6, 0, 0), "storage_expired"),
    ] {
        assert_eq!(on(&standing, now).status.as_str(), expected, "{now}");
    }
}

#[test]
fn other_posts_have_other_terms() {
    let now = msk(6, 2, 12, 0);
    let deadline = |carrier| {
        let settings = DerivedSettings::for_carrier(carrier, moscow());
        derive(&arrived(msk(6, 1, 9, 0)), now, &polled(now), &settings, None).storage_deadline
    };
    assert_eq!(deadline(CarrierId::IranPost), Some(date(2026, 6, 4)));
    assert_eq!(deadline(CarrierId::KoreaPost), None);
}

#[test]
fn not_collected_is_told_at_five_and_at_ten_days() {
    let standing = arrived(msk(6, 1, 9, 0));
    let cases: [(Timestamp, &[u16]); 4] = [
        (msk(6, 5, 23, 59), &[]),
        (msk(6, 6, 0, 0), &[5]),
        (msk(6, 10, 23, 59), &[5]),
        (msk(6, 11, 0, 0), &[5, 10]),
    ];
    for (now, expected) in cases {
        assert_eq!(on(&standing, now).not_collected, expected, "{now}");
    }
    let same = DerivedSettings { not_collected_call_days: 5, ..settings() };
    let now = msk(6, 6, 0, 0);
    assert_eq!(derive(&standing, now, &polled(now), &same, None).not_collected, [5]);
}

#[test]
fn silence_counts_only_if_the_operator_was_heard_not_long_before() {
    let standing = arrived(msk(6, 1, 9, 0));
    let now = msk(8, 10, 0, 0);
    let cases: [(Option<Timestamp>, &str, &[u16]); 5] = [
        (Some(msk(6, 5, 11, 59)), "arrived", &[]),
        (Some(msk(6, 5, 12, 0)), "arrived", &[5]),
        (Some(msk(7, 30, 20, 59)), "storage_expired", &[5, 10]),
        (Some(msk(7, 30, 21, 0)), "stalled", &[5, 10]),
        (None, "arrived", &[]),
    ];
    for (heard, status, reminders) in cases {
        let polling = Polling { last_good_at: heard, ..polled(now) };
        let derived = derive(&standing, now, &polling, &settings(), None);
        assert_eq!(derived.status.as_str(), status, "{heard:?}");
        assert_eq!(derived.not_collected, reminders, "{heard:?}");
        assert_eq!(derived.waiting_days, Some(70), "the calendar needs no proof");
        if status != "stalled" {
            assert_eq!(derived.next_eval_at, Some(now), "look again after the next good poll");
        }
    }
}

#[test]
fn an_outage_takes_nothing_back() {
    let standing = arrived(msk(6, 1, 9, 0));
    let heard = polled(msk(6, 17, 23, 0));
    for now in [msk(6, 18, 0, 0), msk(6, 25, 0, 0)] {
        assert_eq!(derive(&standing, now, &heard, &settings(), None).status, ParcelStatus::StorageExpired);
    }
}

#[test]
fn a_number_that_was_never_known_becomes_invalid() {
    let polling = |known, now| Polling { since: msk(6, 1, 9, 0), known, ..polled(now) };
    for (now, known, expected) in [
        (msk(6, 15, 8, 59), false, "registered"),
        (msk(6, 15, 9, 0), false, "invalid_code"),
        (msk(6, 15, 9, 0), true, "registered"),
        (msk(7, 31, 9, 0), true, "stalled"),
    ] {
        let derived = derive(&Standing::NOTHING_TOLD, now, &polling(known, now), &settings(), None);
        assert_eq!(derived.status.as_str(), expected, "{now} {known}");
    }
}

#[test]
fn an_end_is_an_end() {
    for status in [ParcelStatus::Delivered, ParcelStatus::Returned, ParcelStatus::Lost] {
        let standing = Standing { status, arrived_at: None, ..arrived(msk(1, 1, 0, 0)) };
        let derived = on(&standing, msk(12, 1, 0, 0));
        assert_eq!((derived.status, derived.next_eval_at), (status, None));
    }
}

#[test]
fn a_silent_parcel_has_probably_arrived() {
    let left_at = msk(6, 1, 9, 0);
    let standing = Standing {
        status: ParcelStatus::InTransit,
        since: Some(left_at),
        last_scan_at: Some(left_at),
        left_sorting_at: Some(left_at),
        ..Standing::NOTHING_TOLD
    };
    let dwell = DwellEstimate::prior(CarrierId::RussianPost);
    let at = |now| derive(&standing, now, &polled(now), &settings(), Some(&dwell));
    let told_at = at(left_at).next_eval_at.unwrap();
    let days = told_at.duration_since(left_at).as_hours() / 24;
    assert!((4..20).contains(&days), "the prior knows little and waits long: {days} days");
    let before = at(told_at - SignedDuration::from_nanos(1));
    assert_eq!((before.status, before.probability), (ParcelStatus::InTransit, None));
    let told = at(told_at);
    assert_eq!((told.status, told.since), (ParcelStatus::ProbablyArrived, Some(told_at)));
    assert!(told.probability.is_some_and(|probability| (8_500..10_000).contains(&probability)));
    let later = at(told_at + SignedDuration::from_hours(24 * 7));
    assert!(later.probability >= told.probability, "more silence, more certainty");
    let outage = derive(&standing, told_at, &polled(left_at), &settings(), Some(&dwell));
    assert_eq!(outage.status, ParcelStatus::InTransit, "nobody listened");
    let seen = Standing { left_sorting_at: None, ..standing };
    let seen = derive(&seen, told_at, &polled(told_at), &settings(), Some(&dwell));
    assert_eq!(seen.status, ParcelStatus::InTransit);
}

#[test]
fn settings_survive_storage() {
    let stored = serde_json::to_string(&settings()).unwrap();
    assert_eq!(serde_json::from_str::<DerivedSettings>(&stored).unwrap(), settings());
}
