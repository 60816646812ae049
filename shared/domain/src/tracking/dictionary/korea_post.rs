//! Korea Post: the words of a trace row.
//!
//! Source: Korea Post notes, section 5.4. The first line counts, trimmed, blanks collapsed; first the
//! exact table, then "contains" in the note's order (반송 and 취소 before 배달완료, else a return that was
//! delivered to its sender would read as delivered). International rows may be English (UPU).

use std::sync::LazyLock;

use super::table;
use crate::parcel::ParcelStatus;
use crate::text::clean;
use crate::tracking::{Meaning, Reading, Reason};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Match {
    Exact,
    Prefix,
    Contains,
}

struct Rule {
    how: Match,
    text: &'static str,
    reading: Reading,
}

static DOMESTIC: LazyLock<Vec<Rule>> =
    LazyLock::new(|| domestic_rows().filter_map(|row| rule(&row)).collect());
static EMS: LazyLock<Vec<Rule>> = LazyLock::new(|| ems_rows().filter_map(|row| rule(&row)).collect());
static REASONS: LazyLock<Vec<(&'static str, Reason)>> =
    LazyLock::new(|| reason_rows().filter_map(|row| reason(&row)).collect());

/// Reads a Korean status (`statue`, `processSttus`, `tracestatus`), with the row's remark where one is
/// told: it may say why a delivery failed or a parcel goes back.
pub fn korea_post(status_text: &str, detail: Option<&str>) -> Reading {
    let text = first_line(status_text);
    let by = |how: Match| DOMESTIC.iter().filter(move |rule| rule.how == how);
    let reading = by(Match::Exact)
        .find(|rule| rule.text == text)
        .or_else(|| by(Match::Contains).find(|rule| text.contains(rule.text)))
        .map_or_else(|| Reading::of(Meaning::Unknown), |rule| rule.reading);
    match reading.meaning {
        Meaning::Status(ParcelStatus::DeliveryFailed | ParcelStatus::Returning | ParcelStatus::Returned) => {
            Reading { reason: told_reason(status_text, detail).or(reading.reason), ..reading }
        }
        _ => reading,
    }
}

/// Reads an English event of an international item (UPU names).
pub fn korea_post_ems(text: &str) -> Reading {
    let text = first_line(text).to_lowercase();
    EMS.iter()
        .find(|rule| match rule.how {
            Match::Exact => text == rule.text,
            Match::Prefix => text.starts_with(rule.text),
            Match::Contains => text.contains(rule.text),
        })
        .map_or_else(|| Reading::of(Meaning::Unknown), |rule| rule.reading)
}

fn first_line(text: &str) -> String {
    clean(text.trim_start().lines().next().unwrap_or_default())
}

/// Looked for in the whole cell: the reason may stand in brackets on its second line.
fn told_reason(status_text: &str, detail: Option<&str>) -> Option<Reason> {
    let told = |text: &str| REASONS.iter().find(|(word, _)| text.contains(word)).map(|(_, reason)| *reason);
    detail.and_then(told).or_else(|| told(status_text))
}

fn domestic_rows() -> impl Iterator<Item = Vec<&'static str>> {
    table::rows(include_str!("../../../data/tracking/korea_post.csv"))
}

fn ems_rows() -> impl Iterator<Item = Vec<&'static str>> {
    table::rows(include_str!("../../../data/tracking/korea_post_ems.csv"))
}

fn reason_rows() -> impl Iterator<Item = Vec<&'static str>> {
    table::rows(include_str!("../../../data/tracking/korea_post_reasons.csv"))
}

fn rule(row: &[&'static str]) -> Option<Rule> {
    let &[how, text, status, reason, flags, ..] = row else {
        return None;
    };
    let how = match how {
        "exact" => Match::Exact,
        "prefix" => Match::Prefix,
        "contains" => Match::Contains,
        _ => return None,
    };
    Some(Rule { how, text, reading: table::reading(status, reason, flags)? })
}

fn reason(row: &[&'static str]) -> Option<(&'static str, Reason)> {
    let &[text, reason, ..] = row else {
        return None;
    };
    table::reading("info", reason, "")?.reason.map(|reason| (text, reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(reading: Reading) -> &'static str {
        match reading.meaning {
            Meaning::Status(status) => status.as_str(),
            Meaning::Info if reading.cancelled => "cancelled",
            Meaning::Unknown => "unknown",
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_line_is_read() {
        assert_eq!(DOMESTIC.len(), domestic_rows().count());
        assert_eq!(EMS.len(), ems_rows().count());
        assert_eq!(REASONS.len(), reason_rows().count());
        assert_eq!((DOMESTIC.len(), EMS.len(), REASONS.len()), (45, 13, 6));
        assert!(DOMESTIC.iter().all(|rule| first_line(rule.text) == rule.text && rule.how != Match::Prefix));
        assert!(EMS.iter().all(|rule| rule.text.to_lowercase() == rule.text));
    }

    #[test]
    fn statuses_as_they_come() {
        for (text, expected) in [
            ("운송장출력", "registered"),
            ("접수 ", "accepted"),
            ("접수 소포 물품 사진 //<![CDATA[", "accepted"),
            ("접수 마감 후 접수(익일발송)", "accepted"),
            ("발송", "in_transit"),
            ("\n  도착\n(수원우체국)", "in_transit"),
            ("배달준비", "out_for_delivery"),
            ("배달완료 (수령인:본인)", "delivered"),
            ("배달완료\n (수령인)", "delivered"),
            ("미배달 (폐문부재)", "delivery_failed"),
            ("미집하", "on_hold"),
            ("우체국  보관 중", "arrived"),
            ("반송", "returning"),
            ("반송 처리중", "returning"),
            ("반송 배달완료", "returned"),
            ("반송배달완료", "returned"),
            ("반송완료", "returned"),
            ("신청취소", "cancelled"),
            ("접수취소 요청", "cancelled"),
            ("교환국 도착", "in_transit"),
            ("통관 진행", "customs"),
            ("", "unknown"),
            ("알 수 없음", "unknown"),
        ] {
            assert_eq!(status(korea_post(text, None)), expected, "{text:?}");
        }
    }

    #[test]
    fn a_return_is_never_read_as_delivered() {
        for text in ["반송 배달완료", "반송배달완료", "배달완료(반송)", "반송완료 (배달완료)"]
        {
            let reading = korea_post(text, None);
            assert_ne!(reading.meaning, Meaning::Status(ParcelStatus::Delivered), "{text}");
            assert!(reading.turns_back, "{text}");
        }
    }

    #[test]
    fn the_reason_is_taken_from_the_remark_or_the_cell() {
        assert_eq!(korea_post("미배달", Some("사유: 폐문부재")).reason, Some(Reason::AddresseeAbsent));
        assert_eq!(korea_post("미배달\n(수취거절)", None).reason, Some(Reason::Refused));
        assert_eq!(korea_post("미배달", Some("기타")).reason, None);
        assert_eq!(korea_post("반송", Some("이사불명")).reason, Some(Reason::Moved));
        assert_eq!(korea_post("배달완료", Some("수취거절")).reason, None);
        assert_eq!(korea_post("미집하", None).reason, Some(Reason::PickupFailed));
    }

    #[test]
    fn only_a_dispatch_leaves_a_sorting_centre() {
        assert!(korea_post("발송", None).left_sorting);
        assert!(!korea_post("발송준비", None).left_sorting);
        assert!(!korea_post("발송준비 중", None).left_sorting);
        assert!(!korea_post("도착", None).left_sorting);
        assert!(korea_post("무인우체국/택배함 보관", None).locker);
    }

    #[test]
    fn english_events() {
        for (text, expected) in [
            ("Posted", "accepted"),
            ("Departed from export office", "in_transit"),
            ("Arrived at sorting center", "in_transit"),
            ("Departed from sorting centre", "in_transit"),
            ("Arrived at Import Office", "in_transit"),
            ("Presented to customs", "customs"),
            ("Held for customs", "customs"),
            ("Released from customs", "in_transit"),
            ("Arrived at post office", "in_transit"),
            ("Out for delivery", "out_for_delivery"),
            ("DELIVERED ", "delivered"),
            ("Not delivered", "unknown"),
            ("Unsuccessful delivery attempt", "unknown"),
        ] {
            assert_eq!(status(korea_post_ems(text)), expected, "{text}");
        }
        assert!(korea_post_ems("Departed from sorting centre").left_sorting);
    }
}
