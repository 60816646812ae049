//! Iran Post: status codes of the shop services and phrases of the public pages.
//!
//! Source: Iran Post notes, sections 8 and 9.2. The phrases are looked for in the note's order, with a
//! few guards before the rows they would else fall into (`عدم قبول`, "not accepted", contains `قبول`).

use std::sync::LazyLock;

use super::table;
use crate::text::fold_persian;
use crate::tracking::{Meaning, Reading};

static CODES: LazyLock<Vec<(i32, Reading)>> = LazyLock::new(|| {
    let mut codes: Vec<(i32, Reading)> = code_rows().filter_map(|row| code(&row)).collect();
    codes.sort_by_key(|row| row.0);
    codes
});

static PHRASES: LazyLock<Vec<(String, Reading)>> =
    LazyLock::new(|| phrase_rows().filter_map(|row| phrase(&row)).collect());

/// Reads a status code of `GetStatus` or `ParcelStatus`.
pub fn iran_post_code(code: i32) -> Reading {
    let at = CODES.binary_search_by_key(&code, |row| row.0).ok();
    at.and_then(|at| CODES.get(at)).map_or_else(|| Reading::of(Meaning::Unknown), |row| row.1)
}

/// Reads the event text of a public tracking page, in either spelling of Persian letters.
pub fn iran_post_phrase(text: &str) -> Reading {
    let text = fold_persian(text);
    PHRASES
        .iter()
        .find(|(phrase, _)| text.contains(phrase.as_str()))
        .map_or_else(|| Reading::of(Meaning::Unknown), |(_, reading)| *reading)
}

fn code_rows() -> impl Iterator<Item = Vec<&'static str>> {
    table::rows(include_str!("../../../data/tracking/iran_post_codes.csv"))
}

fn phrase_rows() -> impl Iterator<Item = Vec<&'static str>> {
    table::rows(include_str!("../../../data/tracking/iran_post_phrases.csv"))
}

fn code(row: &[&str]) -> Option<(i32, Reading)> {
    let &[code, _label, status, reason, flags, _normalised] = row else {
        return None;
    };
    Some((code.parse().ok()?, table::reading(status, reason, flags)?))
}

fn phrase(row: &[&str]) -> Option<(String, Reading)> {
    let &[text, status, reason, flags, _why] = row else {
        return None;
    };
    Some((fold_persian(text), table::reading(status, reason, flags)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tracking::Reason;

    fn word(reading: Reading) -> &'static str {
        match reading.meaning {
            Meaning::Status(status) => status.as_str(),
            Meaning::Info if reading.cancelled => "cancelled",
            Meaning::Info => "info",
            Meaning::Unknown => "unknown",
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_line_is_read() {
        assert_eq!(CODES.len(), code_rows().count());
        assert_eq!(PHRASES.len(), phrase_rows().count());
        assert_eq!((CODES.len(), PHRASES.len()), (34, 21));
        assert!(CODES.windows(2).all(|pair| pair[0].0 < pair[1].0), "one row for each code");
        assert!(PHRASES.iter().all(|(phrase, _)| !phrase.is_empty()));
    }

    #[test]
    fn codes_of_the_note() {
        for (code, expected) in [
            (-100, "info"),
            (-1, "info"),
            (0, "registered"),
            (1, "cancelled"),
            (2, "registered"),
            (4, "on_hold"),
            (5, "accepted"),
            (6, "on_hold"),
            (7, "delivered"),
            (8, "arrived"),
            (9, "undeliverable"),
            (10, "returning"),
            (11, "returned"),
            (13, "in_transit"),
            (14, "out_for_delivery"),
            (16, "delivery_failed"),
            (17, "delivered"),
            (50, "registered"),
            (70, "delivered"),
            (71, "delivered"),
            (80, "cancelled"),
            (102, "returned"),
            (255, "returned"),
            (19, "unknown"),
            (-2, "unknown"),
            (256, "unknown"),
        ] {
            assert_eq!(word(iran_post_code(code)), expected, "{code}");
        }
        assert_eq!(iran_post_code(4).reason, Some(Reason::PickupFailed));
        assert!(iran_post_code(10).turns_back && iran_post_code(255).turns_back);
    }

    #[test]
    fn phrases_of_the_note() {
        for (text, expected) in [
            ("مرسوله تحویل گیرنده گردیده است", "delivered"),
            ("مرسوله تحويل گيرنده گرديده است", "delivered"),
            ("تحویل به نامه\u{200c}رسان", "out_for_delivery"),
            ("تحویل به اداره پست", "accepted"),
            ("رهسپار به نقطه پستی", "in_transit"),
            ("وارده به استان توزیع", "in_transit"),
            ("قبول مرسوله", "accepted"),
            ("عدم قبول مرسوله", "on_hold"),
            ("مراجعه اول", "delivery_failed"),
            ("توزیع در صندوق پستی", "delivered"),
            ("باجه   معطله", "arrived"),
            ("پیش برگشت به مبدا", "returning"),
            ("در حال برگشت", "returning"),
            ("برگشت به فرستنده", "returned"),
            ("خسارت", "on_hold"),
            ("عدم تحویل گیرنده", "unknown"),
            ("تحویل", "unknown"),
            ("", "unknown"),
        ] {
            assert_eq!(word(iran_post_phrase(text)), expected, "{text}");
        }
        assert!(iran_post_phrase("رهسپار").left_sorting);
        assert!(iran_post_phrase("پیش برگشت").turns_back);
    }

    #[test]
    fn no_row_hides_behind_an_earlier_one() {
        for (phrase, reading) in PHRASES.iter() {
            assert_eq!(iran_post_phrase(phrase), *reading, "{phrase}");
        }
    }
}
