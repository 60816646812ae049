//! Cards of the payers (protocol section 0: Luhn, masks; section 7.6: first digits).

use crate::ledger::text_hash;

/// What the page has filled in: passes Luhn, belongs to nobody.
pub(crate) const DEMO: &str = "6104330000001233";

/// The digits of a card number, whatever digits and spaces it was typed with.
pub(crate) fn digits(typed: &str) -> String {
    typed
        .chars()
        .filter_map(|c| match c {
            '0'..='9' => Some(c),
            '\u{06f0}'..='\u{06f9}' => char::from_digit(u32::from(c) - 0x06f0, 10),
            '\u{0660}'..='\u{0669}' => char::from_digit(u32::from(c) - 0x0660, 10),
            _ => None,
        })
        .collect()
}

/// Whether it is a card number: 16 digits that pass Luhn's test.
pub(crate) fn is_valid(card: &str) -> bool {
    let sum: u32 = card
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(at, digit)| match (at % 2, digit * 2) {
            (0, _) => digit,
            (_, doubled) if doubled > 9 => doubled - 9,
            (_, doubled) => doubled,
        })
        .sum();
    card.len() == 16 && card.bytes().all(|byte| byte.is_ascii_digit()) && sum.is_multiple_of(10)
}

/// The first six and the last four digits with stars in between.
pub(crate) fn masked(card: &str, stars: usize) -> String {
    let head = card.get(..6).unwrap_or_default();
    let tail = card.get(12..).unwrap_or_default();
    format!("{head}{}{tail}", "*".repeat(stars))
}

/// SHA-256 of the number, hexadecimal, in lower case.
pub(crate) fn hash(card: &str) -> String {
    text_hash(card.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_protocols_vectors_pass_and_a_changed_digit_does_not() {
        for good in [DEMO, "6037990000001236", "6219860000001231"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["6104330000001234", "610433000000123", "", "6104 33000000123", "۶۱۰۴۳۳۰۰۰۰۰۰۱۲۳۳"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }

    #[test]
    fn typed_digits_of_any_script_are_understood() {
        assert_eq!(digits("۶۱۰۴ ۳۳۰۰-٠٠٠٠ 1233"), DEMO);
        assert_eq!(masked(DEMO, 6), "610433******1233");
    }
}
