//! Cases and what is none.

use super::*;
use crate::tracking::samples::{answer, minute, russian};

const DAY: i64 = 24 * 60;
const TERMS: ClaimTerms =
    ClaimTerms { late_after_days: 10, missing_after_days: 20, claim_within_days: Some(100) };

/// A Russian history: day and operation of each scan; where it happened depends on the operation.
fn history(scans: &[(i64, (u32, u32))]) -> History {
    let mut history = History::default();
    let office = |code: (u32, u32)| if matches!(code, (8, 2) | (2, 1)) { "690990" } else { "190990" };
    let scans: Vec<_> = scans.iter().map(|(day, code)| russian(day * DAY, *code, office(*code))).collect();
    let newest = scans.iter().map(|scan| scan.happened_at).max().unwrap();
    let mut told = answer(0, scans);
    told.taken_at = newest;
    history.apply(&told, newest);
    history
}

fn on(day: i64, scans: &[(i64, (u32, u32))]) -> Option<Claim> {
    claim(CarrierId::RussianPost, &history(scans), minute(day * DAY), &TERMS)
}

fn kind(day: i64, scans: &[(i64, (u32, u32))]) -> Option<ClaimKind> {
    on(day, scans).map(|claim| claim.kind)
}

const ACCEPTED: (u32, u32) = (1, 2);
const LEFT: (u32, u32) = (8, 4);
const ARRIVED: (u32, u32) = (8, 2);
const HANDED_OVER: (u32, u32) = (2, 1);
const REGISTERED: (u32, u32) = (28, 0);
const TURNED_BACK: (u32, u32) = (3, 1);
const LOST: (u32, u32) = (18, 0);

#[test]
fn late_is_more_than_the_days_allowed_and_missing_is_long_silence() {
    let travelling = [(0, ACCEPTED), (5, LEFT)];
    assert_eq!(kind(10, &travelling), None, "the tenth day is allowed");
    assert_eq!(kind(11, &travelling), Some(ClaimKind::Late));
    assert_eq!(kind(24, &travelling), Some(ClaimKind::Late));
    assert_eq!(kind(25, &travelling), Some(ClaimKind::Missing), "twenty days after the last scan");
}

#[test]
fn the_way_ends_at_the_office_of_delivery() {
    let waits = [(0, ACCEPTED), (5, LEFT), (10, ARRIVED)];
    assert_eq!(kind(90, &waits), None, "the buyer does not come; the post was in time");
    let late = on(90, &[(0, ACCEPTED), (5, LEFT), (14, ARRIVED), (30, HANDED_OVER)]).unwrap();
    assert_eq!((late.kind, late.days, late.reached_at), (ClaimKind::Late, 14, Some(minute(14 * DAY))));
    assert_eq!(late.last_scan.happened_at, minute(30 * DAY));
}

#[test]
fn what_never_moved_or_turned_back_claims_nothing_and_what_was_lost_does() {
    assert_eq!(kind(90, &[(0, REGISTERED)]), None, "the shop never handed it over");
    let back = [(0, ACCEPTED), (5, ARRIVED), (40, TURNED_BACK), (41, LEFT)];
    assert_eq!(kind(90, &back), None);
    assert_eq!(kind(7, &[(0, REGISTERED), (1, ACCEPTED), (6, LOST)]), Some(ClaimKind::Lost));
}

#[test]
fn a_claim_has_its_last_day() {
    let scans = [(2, ACCEPTED), (5, LEFT)];
    let by = |day| on(day, &scans).map(|claim| (claim.claim_by, claim.too_late));
    assert_eq!(by(101), Some((Some(minute(102 * DAY)), false)));
    assert_eq!(by(102), Some((Some(minute(102 * DAY)), true)));
    let unknown = ClaimTerms { claim_within_days: None, ..TERMS };
    let claim = claim(CarrierId::RussianPost, &history(&scans), minute(400 * DAY), &unknown).unwrap();
    assert_eq!((claim.claim_by, claim.too_late), (None, false));
}

#[test]
fn a_letter_says_which_parcel_since_when_and_what_is_wanted() {
    let late = on(13, &[(0, ACCEPTED), (5, LEFT)]).unwrap();
    let text = letter(CarrierId::RussianPost, "80000000000017", &late);
    for part in ["80000000000017", "2026-05-28", "190990", "8/4", "в днях: 10; прошло: 13; просрочка: 3."]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    let persian = letter(CarrierId::IranPost, "1", &late);
    assert!(persian.contains("1405/03/07"), "{persian}");
    for kind in [ClaimKind::Lost, ClaimKind::Missing, ClaimKind::Late] {
        let claim = Claim { kind, ..late.clone() };
        let letters = CarrierId::ALL.map(|carrier| letter(carrier, "80000000000017", &claim));
        assert!(letters.iter().all(|text| text.contains("80000000000017") && !text.contains("  ")));
    }
}

#[test]
fn an_office_is_known_by_how_late_its_scans_show() {
    let mut slow = History::default();
    let scans =
        [russian(0, ACCEPTED, "190990"), russian(60, LEFT, "190990"), russian(600, ARRIVED, "690990")];
    slow.apply(&answer(30, scans[..1].to_vec()), minute(30));
    slow.apply(&answer(180, scans[..2].to_vec()), minute(180));
    // The third answer lacks the second scan: the post took it back.
    slow.apply(&answer(660, vec![scans[0].clone(), scans[2].clone()]), minute(660));
    let watched = Watched { since: minute(0), history: &slow, claim: None };
    let figures = office_figures([watched]);
    let shown: Vec<_> = figures
        .iter()
        .map(|f| (f.office.as_str(), f.scans, f.median_lag_s, f.longest_lag_s, f.withdrawn))
        .collect();
    assert_eq!(shown, [("190990", 2, 1_800, 7_200, 1), ("690990", 1, 3_600, 3_600, 0)]);
    let later = Watched { since: minute(60), ..watched };
    assert_eq!(
        office_figures([later])[0].scans,
        1,
        "what happened before it was watched says nothing of lag"
    );
    let gone = [(0, ACCEPTED), (5, LEFT)];
    let (lost, told) = (on(40, &gone).unwrap(), history(&gone));
    let lost = Watched { since: minute(0), history: &told, claim: Some(&lost) };
    assert_eq!(office_figures([lost])[0].lost_here, 1);
}
