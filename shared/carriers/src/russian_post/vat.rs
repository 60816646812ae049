//! VAT rates of goods on a fiscal receipt (protocol notes, section 4.4).

use serde::{Deserialize, Serialize};

/// A rate by the code the operator's receipts use; above 100 the rate is contained in the price (10/110).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VatRate(i32);

/// The codes of the notes, and those of the rate in force since 2026, which follow the same rule.
const CODES: [i32; 8] = [-1, 0, 10, 110, 20, 120, 22, 122];

impl VatRate {
    /// Reads `none`, `0`, `10`, `20`, `22`, `110`, `120` or `122`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let code = match text.trim() {
            "none" => -1,
            text => text.parse().ok()?,
        };
        CODES.contains(&code).then_some(VatRate(code))
    }

    /// The operator's code.
    #[must_use]
    pub const fn code(self) -> i32 {
        self.0
    }
}

impl TryFrom<String> for VatRate {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        VatRate::parse(&text).ok_or("use none, 0, 10, 20, 22, 110, 120 or 122")
    }
}

impl From<VatRate> for String {
    fn from(rate: VatRate) -> String {
        if rate.0 < 0 { "none".to_owned() } else { rate.0.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_a_closed_list() {
        for (text, code) in [("none", -1), ("-1", -1), ("0", 0), ("10", 10), ("120", 120), (" 22 ", 22)] {
            assert_eq!(VatRate::parse(text).map(VatRate::code), Some(code), "{text}");
        }
        for text in ["", "18", "20%", "-2"] {
            assert_eq!(VatRate::parse(text), None, "{text}");
        }
        assert_eq!(serde_json::to_string(&VatRate(-1)).unwrap(), "\"none\"");
    }
}
