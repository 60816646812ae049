//! Journeys and the status after each of their scans.

use super::*;
use crate::tracking::Scan;
use crate::tracking::dictionary::{iran_post_code, korea_post};
use crate::tracking::samples::{answer, minute, russian, scan};

fn timeline(carrier: CarrierId, scans: Vec<Scan>) -> Timeline {
    let mut history = History::default();
    history.apply(&answer(10_000, scans), minute(10_000));
    Timeline::of(carrier, &history)
}

pub(super) fn standing(carrier: CarrierId, scans: Vec<Scan>) -> Standing {
    timeline(carrier, scans).standing().clone()
}

fn stays(timeline: &Timeline) -> Vec<&'static str> {
    timeline.stays().iter().map(|stay| stay.status.as_str()).collect()
}

/// The status after each scan of a Russian journey, one scan an hour, all at one office.
fn after_each(codes: &[(u32, u32)]) -> Vec<&'static str> {
    let scans: Vec<Scan> =
        codes.iter().zip(1i64..).map(|(code, hour)| russian(60 * hour, *code, "190990")).collect();
    (1..=scans.len())
        .map(|told| standing(CarrierId::RussianPost, scans[..told].to_vec()).status.as_str())
        .collect()
}

/// Name of a journey, its operations, the status after each of them.
type Journey = (&'static str, &'static [(u32, u32)], &'static [&'static str]);

/// Russian Post notes, section 3.7.
#[test]
fn sequence_vectors_of_the_note() {
    let cases: [Journey; 9] = [
        (
            "happy domestic",
            &[(28, 0), (1, 2), (8, 1), (8, 3), (8, 4), (8, 2), (2, 1)],
            &["registered", "accepted", "in_transit", "in_transit", "in_transit", "arrived", "delivered"],
        ),
        (
            "courier, one miss",
            &[(1, 1), (8, 4), (8, 15), (12, 1), (8, 15), (2, 8)],
            &[
                "accepted",
                "in_transit",
                "out_for_delivery",
                "delivery_failed",
                "out_for_delivery",
                "delivered",
            ],
        ),
        (
            "not collected",
            &[(1, 2), (8, 2), (8, 28), (8, 42), (8, 40), (3, 1), (8, 20), (8, 4), (8, 2), (2, 2)],
            &[
                "accepted",
                "arrived",
                "storage_expiring",
                "storage_expiring",
                "storage_expired",
                "returning",
                "returning",
                "returning",
                "returning",
                "returned",
            ],
        ),
        ("no 8/40 sent", &[(8, 2), (3, 1)], &["arrived", "returning"]),
        ("refused", &[(8, 2), (3, 4), (2, 7)], &["arrived", "returning", "returned"]),
        (
            "import",
            &[(1, 0), (10, 0), (9, 0), (11, 0), (14, 1), (8, 6), (8, 2), (2, 0)],
            &[
                "accepted",
                "in_transit",
                "in_transit",
                "customs",
                "in_transit",
                "in_transit",
                "arrived",
                "delivered",
            ],
        ),
        ("operator error", &[(8, 2), (2, 1), (26, 2)], &["arrived", "delivered", "arrived"]),
        ("missent", &[(8, 2), (4, 3), (8, 2)], &["arrived", "in_transit", "arrived"]),
        ("lost", &[(8, 4), (18, 0)], &["in_transit", "lost"]),
    ];
    for (case, codes, expected) in cases {
        assert_eq!(after_each(codes), expected, "{case}");
    }
}

#[test]
fn an_uncollected_parcel_says_so_to_its_end() {
    let told = |codes: &[(u32, u32)]| {
        let scans =
            codes.iter().zip(1i64..).map(|(code, hour)| russian(60 * hour, *code, "190990")).collect();
        timeline(CarrierId::RussianPost, scans)
    };
    let told_over = told(&[(8, 2), (8, 40), (3, 1), (2, 2)]);
    assert_eq!(stays(&told_over), ["arrived", "storage_expired", "returning", "returned"]);
    let not_told = told(&[(8, 2), (3, 1), (8, 4), (2, 2)]);
    assert_eq!(stays(&not_told), ["arrived", "storage_expired", "returning", "returned"]);
    for timeline in [&told_over, &not_told] {
        assert_eq!(timeline.standing().reason, Some(Reason::StorageExpired));
        assert!(timeline.standing().is_unclaimed());
    }
    let refused = told(&[(8, 2), (3, 4), (8, 4), (2, 7)]);
    assert_eq!(stays(&refused), ["arrived", "returning", "returned"]);
    assert_eq!(refused.standing().reason, Some(Reason::Refused));
    assert!(!refused.standing().is_unclaimed());
    let late_reason = told(&[(8, 2), (8, 41), (3, 3)]);
    assert_eq!(late_reason.standing().reason, Some(Reason::AddresseeAbsent));
}

#[test]
fn any_delivery_on_the_way_back_is_a_return() {
    assert_eq!(after_each(&[(8, 2), (3, 4), (2, 1)]), ["arrived", "returning", "returned"]);
    assert_eq!(after_each(&[(8, 2), (8, 41), (2, 0)]), ["arrived", "returning", "returned"]);
    assert_eq!(after_each(&[(3, 4), (18, 0)]), ["returning", "lost"]);
    assert_eq!(after_each(&[(3, 4), (14, 4), (12, 1)]), ["returning", "returning", "returning"]);
}

#[test]
fn cancellations_take_back_what_was_before_them() {
    assert_eq!(
        after_each(&[(8, 2), (2, 1), (26, 2), (2, 6)]),
        ["arrived", "delivered", "arrived", "delivered"]
    );
    let twice = standing(
        CarrierId::RussianPost,
        [(1, 2), (8, 2), (2, 1), (26, 2), (26, 2)]
            .into_iter()
            .zip(1i64..)
            .map(|(code, at)| russian(at, code, ""))
            .collect(),
    );
    assert_eq!(twice.status, ParcelStatus::Accepted);
    assert_eq!(after_each(&[(26, 1)]), ["registered"], "nothing to take back");
}

#[test]
fn a_delivery_stays_whatever_rows_follow() {
    assert_eq!(after_each(&[(2, 1), (8, 25), (8, 15)]), ["delivered", "delivered", "delivered"]);
    assert_eq!(after_each(&[(2, 1), (3, 4)]), ["delivered", "returning"], "it was not delivered after all");
    let korean = |texts: &[&str]| {
        let scans =
            texts.iter().zip(1i64..).map(|(text, at)| scan(at, text, korea_post(text, None), "04990"));
        standing(CarrierId::KoreaPost, scans.collect()).status.as_str()
    };
    assert_eq!(korean(&["접수", "발송", "도착", "배달준비"]), "out_for_delivery");
    assert_eq!(korean(&["접수", "배달완료", "배달준비"]), "delivered");
    assert_eq!(korean(&["접수", "배달완료", "반송"]), "delivered");
    assert_eq!(korean(&["미배달", "반송", "배달완료"]), "returned");
    assert_eq!(korean(&["접수", "신청취소"]), "accepted");
    assert_eq!(korean(&["운송장출력", "신청취소"]), "undeliverable");
    assert_eq!(korean(&["운송장출력", "신청취소", "접수"]), "accepted");
}

#[test]
fn iranian_codes_never_go_backwards() {
    let iranian = |codes: &[i32]| {
        let scans =
            codes.iter().zip(1i64..).map(|(code, at)| scan(at, &code.to_string(), iran_post_code(*code), ""));
        standing(CarrierId::IranPost, scans.collect())
    };
    let cases: [(&[i32], &str); 14] = [
        (&[0, 2], "registered"),
        (&[2, 4], "on_hold"),
        (&[2, 4, 2], "registered"),
        (&[2, 5, 2], "accepted"),
        (&[2, 5, 4], "accepted"),
        (&[5, 13, 0], "in_transit"),
        (&[5, 14, 15, 8], "arrived"),
        (&[5, 8, 10, 11], "returned"),
        (&[5, 14, 7, 70, 71], "delivered"),
        (&[71], "delivered"),
        (&[2, 1], "undeliverable"),
        (&[5, 1], "accepted"),
        (&[5, 10, 7], "returned"),
        (&[5, 100], "accepted"),
    ];
    for (codes, expected) in cases {
        assert_eq!(iranian(codes).status.as_str(), expected, "{codes:?}");
    }
    assert_eq!(iranian(&[2, 4]).reason, Some(Reason::PickupFailed));
    assert_eq!(iranian(&[5, 14, 7, 70]).since, Some(minute(3)), "the money is no second delivery");
}

#[test]
fn unknown_codes_decide_only_while_nothing_else_does() {
    assert_eq!(after_each(&[(999, 0)]), ["unknown"]);
    assert_eq!(after_each(&[(999, 0), (1, 2), (999, 1)]), ["unknown", "accepted", "accepted"]);
    let counted = standing(
        CarrierId::RussianPost,
        vec![russian(1, (1, 2), ""), russian(2, (999, 0), ""), russian(3, (8, 999), "")],
    );
    assert_eq!(counted.unknown_scans, 2);
    assert_eq!(counted.last_scan_at, Some(minute(3)));
    assert_eq!(counted.since, Some(minute(1)));
}

#[test]
fn nothing_told_is_not_accepted() {
    assert_eq!(Timeline::of(CarrierId::KoreaPost, &History::default()).standing(), &Standing::NOTHING_TOLD);
    assert_eq!(Standing::NOTHING_TOLD.status, ParcelStatus::Registered);
}

#[test]
fn a_notice_at_the_office_is_no_second_arrival() {
    assert_eq!(
        after_each(&[(8, 2), (8, 24), (8, 28), (8, 25), (8, 40), (8, 19)]),
        ["arrived", "arrived", "storage_expiring", "storage_expiring", "storage_expired", "storage_expired"]
    );
    let extended = timeline(
        CarrierId::RussianPost,
        vec![
            russian(1, (8, 2), "190990"),
            russian(2, (8, 28), "190990"),
            russian(3, (8, 23), "190990"),
            russian(4, (8, 25), ""),
        ],
    );
    assert_eq!(extended.standing().status, ParcelStatus::Arrived);
    assert_eq!(extended.standing().since, Some(minute(1)), "the same stay goes on");
    assert_eq!(extended.standing().storage, Some((StorageWord::Extended, minute(3))));
    assert_eq!(stays(&extended), ["arrived", "storage_expiring"]);
}

#[test]
fn two_offices_are_two_arrivals() {
    let scans = vec![
        russian(1, (8, 2), "190990"),
        russian(2, (8, 24), ""),
        russian(3, (8, 2), "190991"),
        russian(4, (8, 42), "190991"),
        russian(5, (8, 2), "190992"),
    ];
    let timeline = timeline(CarrierId::RussianPost, scans);
    assert_eq!(stays(&timeline), ["arrived", "arrived", "storage_expiring", "arrived"]);
    assert_eq!(timeline.standing().arrived_at, Some(minute(5)));
    assert_eq!(timeline.standing().arrived_office.as_ref().and_then(Office::place), Some("190992"));
}

#[test]
fn what_is_known_of_the_office_and_the_way() {
    let told = |codes: &[(u32, u32)]| {
        let scans = codes.iter().zip(1i64..).map(|(code, at)| russian(at, *code, "190990")).collect();
        standing(CarrierId::RussianPost, scans)
    };
    let left = told(&[(1, 2), (8, 4), (8, 34)]);
    assert_eq!(left.left_sorting_at, Some(minute(2)), "a remark is no news of its place");
    assert_eq!(left.left_sorting_office.as_ref().and_then(Office::place), Some("190990"));
    assert_eq!(told(&[(8, 4), (8, 3)]).left_sorting_at, None, "seen at the next centre");
    assert_eq!(told(&[(8, 4), (8, 2)]).left_sorting_at, None);
    assert_eq!(told(&[(8, 2), (12, 1)]).arrived_at, Some(minute(1)));
    assert!(told(&[(8, 2), (12, 1)]).is_waiting() && !told(&[(8, 2), (8, 15)]).is_waiting());
    assert_eq!(told(&[(8, 2), (4, 3)]).arrived_at, None, "it left");
    assert!(told(&[(8, 9)]).locker && told(&[(8, 9), (8, 25)]).locker);
    assert!(!told(&[(8, 9), (8, 12), (8, 2)]).locker);
    assert_eq!(told(&[(8, 2), (8, 35)]).storage, Some((StorageWord::DaysLeft(10), minute(2))));
    assert_eq!(told(&[(8, 2), (8, 35), (4, 3)]).storage, None);
    assert_eq!(told(&[(8, 2), (12, 6)]).reason, Some(Reason::Refused));
    assert_eq!(told(&[(8, 4), (3, 4)]).turned_back_at, Some(minute(2)));
}

#[test]
fn scans_of_the_same_minute_count_in_the_order_of_the_way() {
    let way = [(28, 0), (1, 2), (8, 4), (8, 2), (2, 1), (26, 2)];
    let told = |codes: &[(u32, u32)]| {
        let mut scans: Vec<Scan> = codes.iter().map(|code| russian(1, *code, "190990")).collect();
        scans.reverse();
        standing(CarrierId::RussianPost, scans).status
    };
    assert_eq!(told(&way[..2]), ParcelStatus::Accepted);
    assert_eq!(told(&way[..4]), ParcelStatus::Arrived);
    assert_eq!(told(&way[..5]), ParcelStatus::Delivered);
    assert_eq!(told(&way), ParcelStatus::Arrived);
}
