//! What a 20-digit Iranian number says about itself.
//!
//! Digits 1-5 shop code, 6-10 destination city code, 11 a flag of unknown meaning, 12-20 serial. Seen
//! in 214 of 214 real codes of two shops (Iran Post notes, section 10); there is no check digit, so the
//! parts are for reading only, never for rejecting.

use super::repair;

/// The parts of a 20-digit number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Iran20 {
    /// Shop code (`Shcode`).
    pub shop: u32,
    /// Destination city code.
    pub city: u32,
    /// 1 in nearly all codes; meaning unknown.
    pub flag: u8,
    /// Running number.
    pub serial: u32,
}

/// Takes a 20-digit number apart; none for anything else, 24-digit numbers included.
pub fn parse(text: &str) -> Option<Iran20> {
    let code = repair(text);
    if code.len() != 20 || !code.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(Iran20 {
        shop: code.get(..5)?.parse().ok()?,
        city: code.get(5..10)?.parse().ok()?,
        flag: code.get(10..11)?.parse().ok()?,
        serial: code.get(11..)?.parse().ok()?,
    })
}
