//! Russian domestic numbers: 14 digits, the last one a check digit.
//!
//! Source: Russian Post notes, section 6. The month code inside is not checked: numbers may be
//! reserved long before they are used.

/// The check digit for the first thirteen digits: odd places count three times, even places once; what
/// is missing to the next ten. None when `payload` is not 13 ASCII digits.
pub fn check_digit(payload: &str) -> Option<u8> {
    if payload.len() != 13 {
        return None;
    }
    let digits: Option<Vec<u32>> = payload.chars().map(|c| c.to_digit(10)).collect();
    let weighted = |(place, digit): (usize, &u32)| if place % 2 == 0 { digit * 3 } else { *digit };
    let sum: u32 = digits?.iter().enumerate().map(weighted).sum();
    u8::try_from((10 - sum % 10) % 10).ok()
}

/// The expected and the found check digit of a 14-digit number.
pub(super) fn expected(code: &str) -> Option<(u8, u8)> {
    let found = code.as_bytes().get(13)?.checked_sub(b'0')?;
    Some((check_digit(code.get(..13)?)?, found))
}
