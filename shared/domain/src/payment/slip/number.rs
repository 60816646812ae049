//! The number of a slip, whatever it is called on it: follow-up, reference, document or deposit number.

use crate::text::{ascii_digits, clean};
use serde::{Deserialize, Serialize};

const SHORTEST: usize = 4;
const LONGEST: usize = 20;

/// 4 to 20 digits, as typed but in ASCII.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SlipNumber(String);

/// Why a text is no slip number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SlipNumberError {
    /// Something else than digits.
    #[error("the slip number has digits only")]
    Digits,
    /// Too short or too long, or nothing but zeros.
    #[error("the slip number has {} to {} digits", SHORTEST, LONGEST)]
    Length,
}

impl SlipNumber {
    /// Reads a number; spaces and hyphens between its digits are passed over.
    ///
    /// # Errors
    /// [`SlipNumberError`].
    pub fn parse(text: &str) -> Result<Self, SlipNumberError> {
        let digits: String =
            ascii_digits(&clean(text)).chars().filter(|c| !matches!(c, ' ' | '-' | '/' | '_')).collect();
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(SlipNumberError::Digits);
        }
        let only_zeros = digits.bytes().all(|b| b == b'0');
        if !(SHORTEST..=LONGEST).contains(&digits.len()) || only_zeros {
            return Err(SlipNumberError::Length);
        }
        Ok(SlipNumber(digits))
    }

    /// As typed, in ASCII digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For comparing: without leading zeros, which some banks print and others do not.
    pub fn key(&self) -> &str {
        self.0.trim_start_matches('0')
    }
}

impl TryFrom<String> for SlipNumber {
    type Error = SlipNumberError;

    fn try_from(text: String) -> Result<Self, SlipNumberError> {
        Self::parse(&text)
    }
}

impl From<SlipNumber> for String {
    fn from(number: SlipNumber) -> String {
        number.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (text, key) in [("123456", "123456"), ("۰۰۱۲۳۴", "1234"), (" 12-34 56 ", "123456"), ("0001", "1")]
        {
            assert_eq!(SlipNumber::parse(text).unwrap().key(), key, "{text}");
        }
        for text in ["12a4", "ABCD", "12.34"] {
            assert_eq!(SlipNumber::parse(text), Err(SlipNumberError::Digits), "{text}");
        }
        for text in ["", "123", "0000", "123456789012345678901"] {
            assert_eq!(SlipNumber::parse(text), Err(SlipNumberError::Length), "{text}");
        }
    }
}
