//! How a credential may ask.

use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// The way of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// An answer is ordered and fetched later. Single codes may be asked by [`super::Tracker::track`] too.
    Ticket {
        /// Codes in one ticket.
        most: usize,
        /// The answer is not fetched sooner after the ticket.
        ready_after: SignedDuration,
        /// Nor sooner after an answer that was not ready.
        retry_after: SignedDuration,
        /// The operator deletes the answer after this.
        kept: SignedDuration,
    },
    /// One call per code.
    Each {
        /// Calls at a time.
        parallel: usize,
    },
    /// One call for several codes.
    Many {
        /// Codes in one call.
        most: usize,
    },
    /// Not at all; the text says what is missing.
    Closed(&'static str),
}

/// What a credential is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// The way of asking.
    pub way: Way,
    /// Calls a day, where the operator counts them. Calls for money count too.
    pub daily_quota: Option<u32>,
    /// Where the operator's day begins and ends.
    pub quota_zone: Offset,
    /// Whether scans carry the operator's own time. If not, the wire tells the present state only:
    /// `happened_at` is when it was asked, and a code that equals the last one known is no new scan.
    pub dated: bool,
    /// Whether scans tell nothing of the cash on delivery, and [`super::Tracker::money`] must be asked.
    pub money: bool,
}

impl Access {
    /// The operator's day of an instant, by which its quota counts.
    #[must_use]
    pub fn quota_day(&self, at: Timestamp) -> Date {
        self.quota_zone.to_datetime(at).date()
    }

    /// When the quota spent at `at` is there again: the operator's next midnight.
    #[must_use]
    pub fn quota_renews(&self, at: Timestamp) -> Timestamp {
        let next = self.quota_day(at).tomorrow().map(|day| day.to_datetime(Time::midnight()));
        next.and_then(|midnight| self.quota_zone.to_timestamp(midnight)).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_ends_at_the_operators_midnight() {
        let access = Access {
            way: Way::Each { parallel: 1 },
            daily_quota: Some(100),
            quota_zone: Offset::constant(3),
            dated: true,
            money: true,
        };
        for (at, day, renews) in [
            ("2025-03-14T20:59:59Z", jiff::civil::date(2025, 3, 14), "2025-03-14T21:00:00Z"),
            ("2025-03-14T21:00:00Z", jiff::civil::date(2025, 3, 15), "2025-03-15T21:00:00Z"),
        ] {
            let at: Timestamp = at.parse().unwrap();
            assert_eq!(access.quota_day(at), day);
            assert_eq!(access.quota_renews(at), renews.parse::<Timestamp>().unwrap());
        }
    }
}
