//! Names that nobody can guess.

use crate::error::{Error, Result};

pub(crate) const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
pub(crate) const MIXED: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
pub(crate) const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
pub(crate) const HEX: &[u8] = b"0123456789abcdef";
const DIGITS: &[u8] = b"0123456789";

/// So many characters of an alphabet.
pub(crate) fn random(alphabet: &[u8], length: usize) -> Result<String> {
    let mut bytes = vec![0_u8; length];
    getrandom::fill(&mut bytes).map_err(|_| Error::Range("randomness"))?;
    let pick = |byte: &u8| alphabet.get(usize::from(*byte) % alphabet.len().max(1)).copied().unwrap_or(b'0');
    Ok(bytes.iter().map(|byte| char::from(pick(byte))).collect())
}

/// A number of so many digits that does not begin with 0.
pub(crate) fn number(digits: usize) -> Result<String> {
    let first = random(b"123456789", 1)?;
    Ok(first + &random(DIGITS, digits.saturating_sub(1))?)
}

/// A UUID of version 4.
pub(crate) fn uuid() -> Result<String> {
    let hex = random(HEX, 30)?;
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    Ok(format!("{}-{}-4{}-8{}-{}", part(0, 8), part(8, 12), part(12, 15), part(15, 18), part(18, 30)))
}
