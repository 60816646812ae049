//! Waybill numbers (barcodes, tracking codes) and their check digits.
//!
//! A number typed or scanned by hand is checked before it is stored, so that one wrong digit is caught
//! where the carrier's scheme allows it (S0-28): S10 and Russian domestic numbers have a check digit,
//! Korean and Iranian ones have none that anybody could establish.

pub mod iran20;
mod repair;
mod ru14;
mod s10;

pub use repair::repair;
pub use ru14::check_digit as ru14_check_digit;
pub use s10::check_digit as s10_check_digit;

use crate::ids::CarrierId;
use serde::{Deserialize, Serialize};

/// A carrier's number for one parcel: 10 to 32 capital letters and digits, kept as text because
/// leading zeros count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WaybillNumber(String);

/// Which scheme a number follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WaybillKind {
    /// International, UPU S10: two letters, nine digits, country.
    S10,
    /// Russian domestic, 14 digits.
    Russian14,
    /// Korean domestic, 13 digits.
    Korean13,
    /// Iranian domestic, 20 to 24 digits.
    Iranian20To24,
}

/// Why a text is not a waybill number of the carrier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WaybillError {
    /// Nothing was given.
    #[error("the waybill number is empty")]
    Empty,
    /// The shape fits none of the carrier's numbers.
    #[error("this is not a waybill number of {carrier}: {hint}")]
    Shape {
        /// The carrier asked for.
        carrier: CarrierId,
        /// What its numbers look like.
        hint: &'static str,
    },
    /// A digit is wrong.
    #[error(
        "the check digit is wrong (it should be {expected}): one digit is mistyped, please compare with the receipt"
    )]
    CheckDigit {
        /// The digit that would fit the others.
        expected: u8,
    },
    /// Ten or eleven digits: a postal code or a phone number in the wrong field.
    #[error("10 or 11 digits are a postal code or a phone number, not a waybill number")]
    PostalCodeOrPhone,
    /// `IR` and 24 digits: a bank account number in the wrong field.
    #[error("IR and 24 digits are a bank account number (IBAN), not a waybill number")]
    BankAccount,
    /// A carrier's test value, which never names a real parcel.
    #[error("this is the operator's test value, not a waybill number")]
    TestValue,
}

impl WaybillNumber {
    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The scheme it follows, from its shape; none for numbers of no known scheme.
    pub fn kind(&self) -> Option<WaybillKind> {
        let digits = self.0.bytes().all(|b| b.is_ascii_digit());
        match self.0.len() {
            13 if s10::has_shape(&self.0) => Some(WaybillKind::S10),
            13 if digits => Some(WaybillKind::Korean13),
            14 if digits => Some(WaybillKind::Russian14),
            20..=24 if digits => Some(WaybillKind::Iranian20To24),
            _ => None,
        }
    }
}

impl std::fmt::Display for WaybillNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for WaybillNumber {
    type Error = crate::ids::IdError;

    /// Reads a stored number. Only characters and length are checked: numbers that an operator issued
    /// are facts, also when they break its own scheme.
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let kind = "waybill number";
        if text.len() > 32 {
            return Err(Self::Error::TooLong { kind, max: 32 });
        }
        if text.len() < 10 || !text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
            return Err(Self::Error::Forbidden { kind, allowed: "capital letters A-Z" });
        }
        Ok(Self(text))
    }
}

impl From<WaybillNumber> for String {
    fn from(number: WaybillNumber) -> String {
        number.0
    }
}

/// Reads a number that a person typed or scanned as one of `carrier`'s numbers.
///
/// The text is first mended with [`repair`]. Every carrier takes S10 numbers of any country, because a
/// parcel keeps its number across the border.
///
/// # Errors
/// When the text is no number of that carrier, or its check digit is wrong.
pub fn validate(carrier: CarrierId, text: &str) -> Result<WaybillNumber, WaybillError> {
    let code = repair(text);
    if code.is_empty() {
        return Err(WaybillError::Empty);
    }
    if code == "TESTREGINOAPI" {
        return Err(WaybillError::TestValue);
    }
    if s10::has_shape(&code) {
        return checked(code, s10::expected);
    }
    let digits = code.bytes().all(|b| b.is_ascii_digit());
    match carrier {
        CarrierId::RussianPost if digits && code.len() == 14 => checked(code, ru14::expected),
        CarrierId::KoreaPost if digits && code.len() == 13 => Ok(WaybillNumber(code)),
        CarrierId::IranPost => iranian(code, digits),
        CarrierId::RussianPost => shape(carrier, "14 digits, or 13 characters such as RA223547577RU"),
        CarrierId::KoreaPost => shape(carrier, "13 digits, or 13 characters such as RR473124829KR"),
    }
}

fn iranian(code: String, digits: bool) -> Result<WaybillNumber, WaybillError> {
    if is_iban(&code) {
        return Err(WaybillError::BankAccount);
    }
    match (digits, code.len()) {
        (true, 20..=24) => Ok(WaybillNumber(code)),
        (true, 10 | 11) => Err(WaybillError::PostalCodeOrPhone),
        _ => shape(CarrierId::IranPost, "20 to 24 digits, or 13 characters such as RR473124829IR"),
    }
}

/// `IR` and 24 digits.
fn is_iban(code: &str) -> bool {
    code.strip_prefix("IR").is_some_and(|rest| rest.len() == 24 && rest.bytes().all(|b| b.is_ascii_digit()))
}

fn shape(carrier: CarrierId, hint: &'static str) -> Result<WaybillNumber, WaybillError> {
    Err(WaybillError::Shape { carrier, hint })
}

/// Compares the number's own check digit with the one its scheme computes.
fn checked(code: String, scheme: fn(&str) -> Option<(u8, u8)>) -> Result<WaybillNumber, WaybillError> {
    match scheme(&code) {
        Some((expected, found)) if expected != found => Err(WaybillError::CheckDigit { expected }),
        Some(_) | None => Ok(WaybillNumber(code)),
    }
}

#[cfg(test)]
mod tests;
