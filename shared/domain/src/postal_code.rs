//! Postal codes, by the country's rule.
//!
//! Iran: 10 digits; rule A (official) rejects, rule B (of the field) only warns. Russia: 6 digits.
//! Korea: 5 digits. Elsewhere: 1 to 12 of `A-Z`, `0-9`, space and hyphen.

use crate::text::{ascii_digits, clean};
use serde::{Deserialize, Serialize};

/// A postal code in its country's wire form (digits only for Iran, Russia and Korea).
///
/// Serialised as text. Reading it back applies only the loosest rule, because the country stands
/// beside it; the strict rule was applied when it was parsed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PostalCode(String);

/// A code with what is odd about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The code.
    pub code: PostalCode,
    /// What rule B would object to; the code is still used.
    pub warnings: Vec<PostalWarning>,
}

/// Why an accepted Iranian code is doubtful (rule B, Iran Post notes, section 11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum PostalWarning {
    /// The fifth digit is 5.
    #[error("the fifth digit is rarely 5; please check the postal code")]
    FifthDigitIsFive,
    /// A 2 among the last five.
    #[error("the last five digits rarely hold a 2; please check the postal code")]
    TwoInLastFive,
    /// The first four digits are equal.
    #[error("the first four digits are rarely equal; please check the postal code")]
    FirstFourEqual,
}

/// Why a text is not a postal code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PostalCodeError {
    /// Nothing was given.
    #[error("the postal code is empty")]
    Empty,
    /// Not exactly so many digits.
    #[error("the postal code must have exactly {0} digits")]
    DigitCount(usize),
    /// Rule A: 0 or 2 among the first five digits.
    #[error("an Iranian postal code has no 0 and no 2 among its first five digits")]
    ZeroOrTwoInFirstFive,
    /// Ten equal digits, or digits that only count up or down.
    #[error("the postal code is a filler, not a real code; give the ten digits of the address")]
    Filler,
    /// Characters that no country uses.
    #[error("the postal code may hold 1 to 12 letters A-Z, digits, spaces and hyphens")]
    Characters,
}

impl PostalCode {
    /// Reads a postal code of `country` (ISO alpha-2, any case). Persian digits are taken; spaces and
    /// hyphens between digits are dropped.
    ///
    /// # Errors
    /// When the code cannot exist in that country.
    pub fn parse(country: &str, text: &str) -> Result<Parsed, PostalCodeError> {
        let text = clean(&ascii_digits(text)).to_ascii_uppercase();
        if text.is_empty() {
            return Err(PostalCodeError::Empty);
        }
        let country = country.to_ascii_uppercase();
        let digits = match country.as_str() {
            "IR" => 10,
            "RU" => 6,
            "KR" => 5,
            _ => return Ok(Parsed { code: Self::loose(text)?, warnings: Vec::new() }),
        };
        let code: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        if code.len() != digits || !code.bytes().all(|b| b.is_ascii_digit()) {
            return Err(PostalCodeError::DigitCount(digits));
        }
        let warnings = if country == "IR" { iranian(code.as_bytes())? } else { Vec::new() };
        Ok(Parsed { code: PostalCode(code), warnings })
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An Iranian code that is known to satisfy rule A.
    pub(crate) fn known_good(code: String) -> Self {
        Self(code)
    }

    fn loose(text: String) -> Result<Self, PostalCodeError> {
        let fits = (1..=12).contains(&text.len());
        let allowed = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b' ' || b == b'-';
        if fits && text.bytes().all(allowed) && text.bytes().any(|b| b.is_ascii_alphanumeric()) {
            Ok(Self(text))
        } else {
            Err(PostalCodeError::Characters)
        }
    }
}

impl std::fmt::Display for PostalCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for PostalCode {
    type Error = PostalCodeError;

    fn try_from(text: String) -> Result<Self, PostalCodeError> {
        Self::loose(text)
    }
}

impl From<PostalCode> for String {
    fn from(code: PostalCode) -> String {
        code.0
    }
}

/// Rule A as an error, rule B as warnings. `code` is ten ASCII digits.
fn iranian(code: &[u8]) -> Result<Vec<PostalWarning>, PostalCodeError> {
    if is_filler(code) {
        return Err(PostalCodeError::Filler);
    }
    let (area, point) = code.split_at(code.len() / 2);
    if area.iter().any(|d| matches!(d, b'0' | b'2')) {
        return Err(PostalCodeError::ZeroOrTwoInFirstFive);
    }
    let checks = [
        (area.last() == Some(&b'5'), PostalWarning::FifthDigitIsFive),
        (point.contains(&b'2'), PostalWarning::TwoInLastFive),
        (area.windows(2).take(3).all(|pair| pair[0] == pair[1]), PostalWarning::FirstFourEqual),
    ];
    Ok(checks.into_iter().filter_map(|(found, warning)| found.then_some(warning)).collect())
}

/// Equal digits, or each digit one more (or one less) than the last, 9 and 0 being neighbours.
fn is_filler(code: &[u8]) -> bool {
    let steps = |step: u8| code.windows(2).all(|pair| (pair[0] - b'0' + step) % 10 == pair[1] - b'0');
    steps(0) || steps(1) || steps(9)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn iran(text: &str) -> Result<Vec<PostalWarning>, PostalCodeError> {
        PostalCode::parse("IR", text).map(|parsed| parsed.warnings)
    }

    #[test]
    fn valid_by_both_rules() {
        for code in ["1444444444", "1311111111", "3713176951", "7111111111"] {
            assert_eq!(iran(code), Ok(vec![]), "{code}");
        }
    }

    #[test]
    fn valid_by_rule_a_only_warns() {
        assert_eq!(iran("3134685265"), Ok(vec![PostalWarning::TwoInLastFive]));
        assert_eq!(iran("6438321379"), Ok(vec![PostalWarning::TwoInLastFive]));
        assert_eq!(iran("1111311111"), Ok(vec![PostalWarning::FirstFourEqual]));
        assert_eq!(iran("1313513111"), Ok(vec![PostalWarning::FifthDigitIsFive]));
    }

    #[test]
    fn rejected_by_rule_a_or_as_filler() {
        assert_eq!(iran("1011511111"), Err(PostalCodeError::ZeroOrTwoInFirstFive));
        for filler in ["1111111111", "5555555555", "1234567890", "9876543210", "3456789012", "0987654321"] {
            assert_eq!(iran(filler), Err(PostalCodeError::Filler), "{filler}");
        }
        for count in ["", " - "] {
            assert!(iran(count).is_err());
        }
        for count in ["131111111", "13111111111", "13111a1111"] {
            assert_eq!(iran(count), Err(PostalCodeError::DigitCount(10)), "{count}");
        }
    }

    #[test]
    fn hyphen_spaces_and_persian_digits_are_taken() {
        for text in ["37131-76951", " 37131 76951 ", "۳۷۱۳۱-۷۶۹۵۱", "٣٧١٣١٧٦٩٥١"] {
            assert_eq!(PostalCode::parse("ir", text).unwrap().code.as_str(), "3713176951", "{text}");
        }
    }

    #[test]
    fn other_countries() {
        assert_eq!(PostalCode::parse("RU", "101 000").unwrap().code.as_str(), "101000");
        assert_eq!(PostalCode::parse("RU", "10100"), Err(PostalCodeError::DigitCount(6)));
        assert_eq!(PostalCode::parse("KR", "04524").unwrap().code.as_str(), "04524");
        assert_eq!(PostalCode::parse("KR", "100-011"), Err(PostalCodeError::DigitCount(5)));
        assert_eq!(PostalCode::parse("GB", "sw1a 1aa").unwrap().code.as_str(), "SW1A 1AA");
        assert_eq!(PostalCode::parse("US", "1234567890123"), Err(PostalCodeError::Characters));
        assert_eq!(PostalCode::parse("US", "- -"), Err(PostalCodeError::Characters));
    }

    proptest! {
        #[test]
        fn never_panics(country in ".{0,3}", s in ".*") {
            let _ = PostalCode::parse(&country, &s);
        }

        #[test]
        fn accepted_iranian_codes_obey_rule_a(s in "[0-9]{10}") {
            if let Ok(parsed) = PostalCode::parse("IR", &s) {
                prop_assert_eq!(parsed.code.as_str(), s.as_str());
                prop_assert!(!s[..5].contains(['0', '2']));
            }
        }

        #[test]
        fn no_warning_means_rule_b_holds(s in "[13-9]{5}[0-9]{5}") {
            if let Ok(parsed) = PostalCode::parse("IR", &s) {
                let d = s.as_bytes();
                let rule_b = !d[..4].iter().all(|x| *x == d[0])
                    && d[4] != b'5'
                    && !d[5..].contains(&b'2');
                prop_assert_eq!(parsed.warnings.is_empty(), rule_b);
            }
        }
    }
}
