//! A contract's security key lapses after 30 days without use and has to be made anew by hand at the
//! operator (Korea Post notes, section 2), so that is told a week before.

use jiff::civil::{Date, Time};
use jiff::{Span, Timestamp};

use super::{KST, day};

/// Days without use after which the key no longer works.
pub const IDLE_DAYS: i32 = 30;
/// Days before that on which the alarm is raised.
pub const WARN_DAYS: i32 = 7;

/// What is left of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyLife {
    /// The alarm is raised from this day on.
    pub alarm_on: Date,
    /// The key no longer works from this day on.
    pub lapses_on: Date,
}

impl KeyLife {
    /// Whether the alarm stands on a day.
    #[must_use]
    pub fn is_alarming(self, today: Date) -> bool {
        today >= self.alarm_on
    }

    /// Whether the key has lapsed on a day.
    #[must_use]
    pub fn has_lapsed(self, today: Date) -> bool {
        today >= self.lapses_on
    }
}

/// The life of a key whose last use was on a day in Korea. Any call with it counts as use.
#[must_use]
pub fn key_life(last_used: Date) -> KeyLife {
    let after = |days: i32| last_used.saturating_add(Span::new().days(days));
    KeyLife { alarm_on: after(IDLE_DAYS - WARN_DAYS), lapses_on: after(IDLE_DAYS) }
}

/// When the alarm is raised and when the key no longer works, after a use at this moment.
#[must_use]
pub fn key_moments(used: Timestamp) -> (Timestamp, Timestamp) {
    let life = key_life(day(used));
    let begins = |day: Date| KST.to_timestamp(day.to_datetime(Time::midnight())).unwrap_or(Timestamp::MAX);
    (begins(life.alarm_on), begins(life.lapses_on))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_alarm_comes_a_week_before_the_thirtieth_day() {
        let life = key_life(date(2026, 2, 10));
        assert_eq!(life, KeyLife { alarm_on: date(2026, 3, 5), lapses_on: date(2026, 3, 12) });
        assert!(!life.is_alarming(date(2026, 3, 4)) && life.is_alarming(date(2026, 3, 5)));
        assert!(!life.has_lapsed(date(2026, 3, 11)) && life.has_lapsed(date(2026, 3, 12)));
    }

    #[test]
    fn its_days_begin_at_midnight_in_korea() {
        let moments = |used: &str| {
            let (alarm, lapse) = key_moments(used.parse().unwrap());
            (alarm.to_string(), lapse.to_string())
        };
        let tenth = ("2026-03-04T15:00:00Z".to_owned(), "2026-03-11T15:00:00Z".to_owned());
        assert_eq!(moments("2026-02-09T15:00:00Z"), tenth, "the first moment of 10 February");
        assert_eq!(moments("2026-02-10T14:59:59Z"), tenth, "its last");
    }

    #[test]
    fn the_last_day_of_the_calendar_does_not_break_it() {
        assert_eq!(key_life(Date::MAX).lapses_on, Date::MAX);
    }
}
