//! Slower at night: posts scan little then, and nobody is told anything.

use jiff::Timestamp;
use jiff::tz::Offset;
use yam_platform::Config;

/// Hours of the night at an operator's seat, `from` to `until` (exclusive), over midnight or not. Equal hours:
/// no night.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Night {
    /// First hour.
    pub from: i8,
    /// First hour after it.
    pub until: i8,
}

impl Night {
    /// As the settings have it.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        let hour = |name: &str| i8::try_from(config.number(name)).unwrap_or(0);
        Night { from: hour("YAM_TRACK_NIGHT_FROM"), until: hour("YAM_TRACK_NIGHT_UNTIL") }
    }

    /// Whether a bucket rests in this slot: at night every other one is left out, so that a parcel is asked
    /// for half as often. A slot that is still running in the morning is made up for then.
    #[must_use]
    pub fn rests(self, seat: Offset, now: Timestamp, slot: i64) -> bool {
        let hour = seat.to_datetime(now).hour();
        let dark = if self.from <= self.until {
            (self.from..self.until).contains(&hour)
        } else {
            hour >= self.from || hour < self.until
        };
        dark && slot.rem_euclid(2) == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_other_slot_of_the_night_is_left_out() {
        let night = Night { from: 23, until: 6 };
        let seoul = Offset::constant(9);
        for (at, slot, rests) in [
            ("2026-11-21T13:59:59Z", 1, false),
            ("2026-11-21T14:00:00Z", 1, true),
            ("2026-11-21T14:00:00Z", 2, false),
            ("2026-11-21T20:59:59Z", 3, true),
            ("2026-11-21T21:00:00Z", 3, false),
        ] {
            assert_eq!(night.rests(seoul, at.parse().unwrap(), slot), rests, "{at} {slot}");
        }
        let none = Night { from: 0, until: 0 };
        assert!((0..24).all(|h| !none.rests(seoul, Timestamp::from_second(h * 3_600).unwrap(), 1)));
        let early = Night { from: 1, until: 5 };
        assert!(early.rests(Offset::UTC, "2026-11-21T01:00:00Z".parse().unwrap(), 1));
        assert!(!early.rests(Offset::UTC, "2026-11-21T00:59:00Z".parse().unwrap(), 1));
    }
}
