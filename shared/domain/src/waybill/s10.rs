//! International numbers by UPU standard S10: two letters, eight digits, check digit, country.
//!
//! Source: Russian Post notes, section 6; Iran Post notes, section 10; Korea Post notes, section 7.2.

const WEIGHTS: [u32; 8] = [8, 6, 4, 2, 3, 5, 9, 7];

/// The check digit for an eight-digit serial: 11 − (weighted sum mod 11), 10 becoming 0 and 11
/// becoming 5. None when `serial` is not eight ASCII digits.
pub fn check_digit(serial: &str) -> Option<u8> {
    if serial.len() != WEIGHTS.len() {
        return None;
    }
    let digits: Option<Vec<u32>> = serial.chars().map(|c| c.to_digit(10)).collect();
    let sum: u32 = digits?.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    match 11 - sum % 11 {
        10 => Some(0),
        11 => Some(5),
        digit => u8::try_from(digit).ok(),
    }
}

/// `^[A-Z]{2}[0-9]{9}[A-Z]{2}$`
pub(super) fn has_shape(code: &str) -> bool {
    let bytes = code.as_bytes();
    bytes.len() == 13
        && bytes.iter().enumerate().all(|(place, byte)| match place {
            2..=10 => byte.is_ascii_digit(),
            _ => byte.is_ascii_uppercase(),
        })
}

/// The expected and the found check digit of a number of this shape.
pub(super) fn expected(code: &str) -> Option<(u8, u8)> {
    let found = code.as_bytes().get(10)?.checked_sub(b'0')?;
    Some((check_digit(code.get(2..10)?)?, found))
}
