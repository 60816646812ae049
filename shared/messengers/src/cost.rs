//! What a message costs, exact to a millionth: prices of one SMS are far below a cent.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use yam_domain::money::Currency;

const DIGITS: usize = 6;

/// An amount in millionths of the currency's major unit (rial, ruble, won, dollar).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Millionths; a balance may be negative.
    pub micros: i64,
    /// Currency.
    pub currency: Currency,
}

impl Cost {
    /// Reads a decimal, as number or text. More than six digits behind the point round up, so that nothing
    /// is booked below its price.
    #[must_use]
    pub fn read(value: Option<&Value>, currency: Currency) -> Option<Self> {
        let text = match value? {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.trim().to_owned(),
            _ => return None,
        };
        Some(Cost { micros: micros(&text)?, currency })
    }
}

fn micros(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let (kept, rest) = fraction.split_at(fraction.len().min(DIGITS));
    let mut micros: i64 = whole.parse::<i64>().ok()?.checked_mul(1_000_000)?;
    micros = micros.checked_add(format!("{kept:0<DIGITS$}").parse().ok()?)?;
    if !negative && rest.bytes().any(|b| b != b'0') {
        micros = micros.checked_add(1)?;
    }
    Some(if negative { -micros } else { micros })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn decimals_as_numbers_and_texts() {
        let read = |value: Value| Cost::read(Some(&value), Currency::Rub).map(|cost| cost.micros);
        assert_eq!(read(json!("2.90")), Some(2_900_000));
        assert_eq!(read(json!(2.9)), Some(2_900_000));
        assert_eq!(read(json!(120)), Some(120_000_000));
        assert_eq!(read(json!("-0.5")), Some(-500_000));
        assert_eq!(read(json!("0.006450")), Some(6_450));
        assert_eq!(read(json!("0.0000001")), Some(1));
        for odd in ["", ".5", "1,5", "1e3", "--1", "9999999999999999"] {
            assert_eq!(read(json!(odd)), None, "{odd}");
        }
        assert_eq!(read(json!(null)), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in ".*") {
            let _read = Cost::read(Some(&json!(text)), Currency::Krw);
        }

        #[test]
        fn kopecks_are_exact(kopecks in 0i64..1_000_000_000) {
            let text = format!("{}.{:02}", kopecks / 100, kopecks % 100);
            prop_assert_eq!(micros(&text), Some(kopecks * 10_000));
        }
    }
}
