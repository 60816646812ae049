//! The counters as a short text: digits of base 64, three for a counter, two for a slot, four for the
//! newest slot's number.

use super::grid::{BINS, LAGS};
use super::stats::{DwellStats, SLOTS};

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The text holds no counters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the counters of a route")]
pub struct NotDwellStats;

pub(super) fn pack(stats: &DwellStats) -> String {
    let mut text = String::with_capacity(3 * (2 * BINS + LAGS + 2) + 2 * SLOTS + 4);
    let counters = stats.arrived.iter().chain(&stats.onward).chain(&stats.lag);
    for counter in counters.chain([&stats.silent, &stats.older]) {
        push(&mut text, u32::from(*counter), 3);
    }
    for open in &stats.open {
        push(&mut text, u32::from(*open), 2);
    }
    push(&mut text, stats.newest, 4);
    text
}

pub(super) fn unpack(text: &str) -> Result<DwellStats, NotDwellStats> {
    let mut digits = text.bytes();
    let mut stats = DwellStats::default();
    let counters = stats.arrived.iter_mut().chain(&mut stats.onward).chain(&mut stats.lag);
    for counter in counters.chain([&mut stats.silent, &mut stats.older]) {
        *counter = u16::try_from(pull(&mut digits, 3)?).map_err(|_| NotDwellStats)?;
    }
    for open in &mut stats.open {
        *open = u16::try_from(pull(&mut digits, 2)?).map_err(|_| NotDwellStats)?;
    }
    stats.newest = pull(&mut digits, 4)?;
    if digits.next().is_some() { Err(NotDwellStats) } else { Ok(stats) }
}

/// Writes the lowest `width` digits.
fn push(text: &mut String, value: u32, width: u32) {
    for place in (0..width).rev() {
        let digit = (value >> (6 * place)) as usize % DIGITS.len();
        text.push(char::from(DIGITS[digit]));
    }
}

fn pull(digits: &mut impl Iterator<Item = u8>, width: usize) -> Result<u32, NotDwellStats> {
    let mut value = 0;
    for _ in 0..width {
        let digit = digits.next().ok_or(NotDwellStats)?;
        let digit = DIGITS.iter().position(|known| *known == digit).ok_or(NotDwellStats)?;
        value = value * 64 + u32::try_from(digit).map_err(|_| NotDwellStats)?;
    }
    Ok(value)
}
