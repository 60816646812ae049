//! What only Korea's post needs to know of its country: which places the sea lies before, what goods are
//! called in its forms, when a contract's key falls asleep, and its day.

mod content;
mod lapse;
mod place;

pub use content::ContentCode;
pub use lapse::{IDLE_DAYS, KeyLife, WARN_DAYS, key_life, key_moments};
pub use place::{Area, Islands, area};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

/// Korea Standard Time; no daylight saving.
pub const KST: Offset = Offset::constant(9);

/// The day in Korea, by which the operator files registrations (Korea Post notes, section 3.5).
#[must_use]
pub fn day(at: Timestamp) -> Date {
    KST.to_datetime(at).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_begins_at_midnight_in_korea() {
        let at = |text: &str| day(text.parse().unwrap());
        assert_eq!(at("2025-01-01T14:59:59Z"), jiff::civil::date(2025, 1, 1));
        assert_eq!(at("2025-01-01T15:00:00Z"), jiff::civil::date(2025, 1, 2));
    }
}
