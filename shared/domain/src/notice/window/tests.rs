use super::*;
use crate::notice::zones::zone;
use jiff::civil::{date, time};
use proptest::prelude::*;

const CALL: SignedDuration = SignedDuration::from_secs(10);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn slot(window: Window, day: Date, name: &str) -> Option<(String, String)> {
    let slot = window.on(day, &zone(name).unwrap())?;
    Some((slot.opens_at.to_string(), slot.closes_at.to_string()))
}

#[test]
fn ten_to_twelve_in_four_zones() {
    for (name, opens) in [
        ("Europe/Moscow", "2026-11-23T07:00:00Z"),
        ("Asia/Tehran", "2026-11-23T06:30:00Z"),
        ("Asia/Seoul", "2026-11-23T01:00:00Z"),
        ("Asia/Vladivostok", "2026-11-23T00:00:00Z"),
    ] {
        let found = slot(Window::USUAL, date(2026, 11, 23), name).unwrap();
        assert_eq!(found.0, opens, "{name}");
    }
}

#[test]
fn boundaries_of_a_window() {
    let moscow = zone("Europe/Moscow").unwrap();
    let slot = Window::USUAL.on(date(2026, 11, 23), &moscow).unwrap();
    for (now, inside) in [
        ("2026-11-23T09:59:59+03:00", false),
        ("2026-11-23T10:00:00+03:00", true),
        ("2026-11-23T11:59:59+03:00", true),
        ("2026-11-23T12:00:00+03:00", false),
    ] {
        assert_eq!(slot.contains(at(now)), inside, "{now}");
    }
    assert!(slot.admits(at("2026-11-23T11:59:45+03:00"), CALL));
    assert!(!slot.admits(at("2026-11-23T11:59:46+03:00"), CALL));
    assert!(!slot.admits(at("2026-11-23T09:59:59+03:00"), CALL));
}

#[test]
fn a_late_start_still_delivers_and_after_the_window_it_is_the_next_day() {
    let moscow = zone("Europe/Moscow").unwrap();
    let next = |now: &str| Window::USUAL.next(date(2026, 11, 20), &moscow, at(now), CALL).unwrap().day;
    assert_eq!(next("2026-11-23T09:59:59+03:00"), date(2026, 11, 23));
    assert_eq!(next("2026-11-23T11:30:00+03:00"), date(2026, 11, 23));
    assert_eq!(next("2026-11-23T11:59:59+03:00"), date(2026, 11, 24));
    assert_eq!(next("2026-11-23T12:00:00+03:00"), date(2026, 11, 24));
}

#[test]
fn reminders_count_local_days() {
    let vladivostok = zone("Asia/Vladivostok").unwrap();
    let arrived = at("2026-11-20T20:00:00Z");
    for (days, due) in [(0, 21), (4, 25), (5, 26), (10, 30)] {
        let slot = Window::USUAL.after_days(arrived, days, &vladivostok, arrived, CALL).unwrap();
        assert_eq!(slot.day, if days == 10 { date(2026, 12, 1) } else { date(2026, 11, due) }, "{days}");
    }
}

#[test]
fn the_text_follows_the_call() {
    let moscow = zone("Europe/Moscow").unwrap();
    let day = |ended: &str, rule| Window::USUAL.after_call(at(ended), rule, &moscow, CALL).unwrap().day;
    let (same, next) = (date(2026, 11, 23), date(2026, 11, 24));
    assert_eq!(day("2026-11-23T10:20:00+03:00", ReminderDay::CallDay), same);
    assert_eq!(day("2026-11-23T11:59:59+03:00", ReminderDay::CallDay), next);
    assert_eq!(day("2026-11-23T12:00:00+03:00", ReminderDay::CallDay), next);
    assert_eq!(day("2026-11-23T10:20:00+03:00", ReminderDay::NextDay), next);
}

#[test]
fn gaps_shrink_or_swallow_a_window_and_folds_make_one() {
    let early = Window::new(time(2, 30, 0, 0), time(4, 0, 0, 0)).unwrap();
    let found = slot(early, date(2026, 3, 29), "Europe/Berlin").unwrap();
    assert_eq!(found, ("2026-03-29T01:00:00Z".to_owned(), "2026-03-29T02:00:00Z".to_owned()));
    let inside = Window::new(time(2, 10, 0, 0), time(2, 50, 0, 0)).unwrap();
    assert_eq!(slot(inside, date(2026, 3, 29), "Europe/Berlin"), None);
    assert_eq!(slot(Window::USUAL, date(2011, 12, 30), "Pacific/Apia"), None);

    let night = Window::new(time(2, 0, 0, 0), time(4, 0, 0, 0)).unwrap();
    let found = slot(night, date(2026, 10, 25), "Europe/Berlin").unwrap();
    assert_eq!(found, ("2026-10-25T00:00:00Z".to_owned(), "2026-10-25T03:00:00Z".to_owned()));

    let berlin = zone("Europe/Berlin").unwrap();
    let next = inside.next(date(2026, 3, 29), &berlin, at("2026-03-28T12:00:00Z"), CALL).unwrap();
    assert_eq!(next.day, date(2026, 3, 30));
}

#[test]
fn shortest_windows() {
    assert!(Window::new(time(10, 0, 0, 0), time(10, 30, 0, 0)).is_ok());
    assert_eq!(Window::new(time(10, 0, 0, 0), time(10, 29, 59, 0)), Err(NoWindow));
    assert_eq!(Window::new(time(12, 0, 0, 0), time(10, 0, 0, 0)), Err(NoWindow));
}

#[test]
fn a_providers_rate_fills_the_window() {
    let slot = Window::USUAL.on(date(2026, 11, 23), &zone("Europe/Moscow").unwrap()).unwrap();
    let dawn = at("2026-11-23T00:00:00Z");
    assert_eq!(slot.paced(0, 60, dawn), Some(slot.opens_at));
    assert_eq!(slot.paced(6_599, 60, dawn), Some(at("2026-11-23T08:49:59Z")));
    assert_eq!(slot.paced(6_600, 60, dawn), None);
    assert_eq!(slot.paced(1, 0, dawn), None);
}

#[test]
fn what_happens_in_an_open_window_belongs_to_the_next_one() {
    let moscow = zone("Europe/Moscow").unwrap();
    for (now, day) in [
        ("2026-11-23T06:59:59Z", 23),
        ("2026-11-23T07:00:00Z", 24),
        ("2026-11-23T08:00:00Z", 24),
        ("2026-11-23T20:59:59Z", 24),
        ("2026-11-23T21:00:00Z", 24),
    ] {
        assert_eq!(Window::USUAL.opening_after(&moscow, at(now)).unwrap().day, date(2026, 11, day), "{now}");
    }
}

proptest! {
    #[test]
    fn every_spread_moment_lies_in_the_window(hash: u64, minutes in -600_i64..118) {
        let slot = Window::USUAL.on(date(2026, 11, 23), &zone("Asia/Tehran").unwrap()).unwrap();
        let now = slot.opens_at + SignedDuration::from_mins(minutes);
        let due = slot.spread(hash, now);
        prop_assert!(slot.contains(due) && due >= now);
        prop_assert_eq!(due, slot.spread(hash, now));
    }
}

#[test]
fn a_robot_rings_as_often_as_the_window_lets_it() {
    let closes = at("2026-11-21T09:00:00Z");
    for (first, wanted, often) in [
        // Three rings of 25 s, 10 minutes apart, take 1,275 s.
        ("2026-11-21T08:38:45Z", 3, 3),
        ("2026-11-21T08:38:46Z", 3, 2),
        ("2026-11-21T08:49:10Z", 3, 2),
        ("2026-11-21T08:49:11Z", 3, 1),
        ("2026-11-21T08:59:35Z", 3, 1),
        ("2026-11-21T08:59:36Z", 3, 0),
        ("2026-11-21T09:30:00Z", 3, 0),
        ("2026-11-21T07:00:00Z", 2, 2),
    ] {
        let rings = rings_until(
            closes,
            at(first),
            wanted,
            SignedDuration::from_secs(25),
            SignedDuration::from_mins(10),
        );
        assert_eq!(rings, often, "{first}");
    }
}
