//! Schedule expressions.

use jiff::civil::{DateTime, Time};
use jiff::{SignedDuration, Timestamp, ToSpan as _, tz::TimeZone};

/// When a schedule fires. Its functions are level-triggered: they do all that is due, so a firing that
/// was missed is made up for by the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rate {
    /// Every so often.
    Every(SignedDuration),
    /// At the minutes that fit, in UTC.
    Cron(Box<Cron>),
}

/// `cron(minutes hours day-of-month month day-of-week year)` with lists, ranges, steps, `*` and `?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    minutes: Vec<i8>,
    hours: Vec<i8>,
    days: Option<Vec<i8>>,
    months: Vec<i8>,
    /// 1 is Sunday.
    weekdays: Option<Vec<i8>>,
}

impl Rate {
    /// Reads an expression.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("the schedule {text:?} cannot be read");
        let inner = |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        if let Some(inner) = inner("rate") {
            let (count, unit) = inner.trim().split_once(' ').ok_or_else(wrong)?;
            let count: i64 = count.parse().ok().filter(|n| *n > 0).ok_or_else(wrong)?;
            let seconds = match unit.trim().trim_end_matches('s') {
                "minute" => 60,
                "hour" => 3_600,
                "day" => 86_400,
                _ => return Err(wrong()),
            };
            return Ok(Rate::Every(SignedDuration::from_secs(count.saturating_mul(seconds))));
        }
        let inner = inner("cron").ok_or_else(wrong)?;
        let fields: Vec<&str> = inner.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays, year] = fields.as_slice() else { return Err(wrong()) };
        if *year != "*" {
            return Err(format!("the schedule {text:?} names years, which the local runner does not know"));
        }
        let all = |field: &str, min, max| values(field, min, max).ok_or_else(wrong);
        let open = |field: &str| field == "*" || field == "?";
        Ok(Rate::Cron(Box::new(Cron {
            minutes: all(minutes, 0, 59)?,
            hours: all(hours, 0, 23)?,
            days: if open(days) { None } else { Some(all(days, 1, 31)?) },
            months: all(months, 1, 12)?,
            weekdays: if open(weekdays) { None } else { Some(all(weekdays, 1, 7)?) },
        })))
    }

    /// The first firing after `now`; rates count from the epoch, so that they do not drift over restarts.
    #[must_use]
    pub fn next(&self, now: Timestamp) -> Timestamp {
        match self {
            Rate::Every(every) => {
                let step = i64::try_from(every.as_millis()).unwrap_or(i64::MAX).max(1);
                let next = (now.as_millisecond().div_euclid(step) + 1).saturating_mul(step);
                Timestamp::from_millisecond(next).unwrap_or(Timestamp::MAX)
            }
            Rate::Cron(cron) => cron.next(now),
        }
    }
}

impl Cron {
    fn next(&self, now: Timestamp) -> Timestamp {
        let now = TimeZone::UTC.to_datetime(now);
        let mut day = now.date();
        // Four years and a leap day: a schedule for 29 February fires within them.
        for _ in 0..1_500 {
            if self.fits(day) {
                for hour in &self.hours {
                    for minute in &self.minutes {
                        let Ok(time) = Time::new(*hour, *minute, 0, 0) else { continue };
                        let at = DateTime::from_parts(day, time);
                        if at > now
                            && let Ok(at) = TimeZone::UTC.to_timestamp(at)
                        {
                            return at;
                        }
                    }
                }
            }
            match day.checked_add(1.day()) {
                Ok(next) => day = next,
                Err(_) => break,
            }
        }
        Timestamp::MAX
    }

    fn fits(&self, day: jiff::civil::Date) -> bool {
        let weekday = day.weekday().to_sunday_one_offset();
        self.months.contains(&day.month())
            && self.days.as_ref().is_none_or(|days| days.contains(&day.day()))
            && self.weekdays.as_ref().is_none_or(|days| days.contains(&weekday))
    }
}

/// The values of a field in order.
fn values(field: &str, min: i8, max: i8) -> Option<Vec<i8>> {
    let mut values = Vec::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse::<usize>().ok().filter(|s| *s > 0)?),
            None => (part, 1),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" || range == "?" => (min, max),
            Some((from, to)) => (named(from)?, named(to)?),
            None if part.contains('/') => (named(range)?, max),
            None => (named(range)?, named(range)?),
        };
        if from < min || to > max || from > to {
            return None;
        }
        values.extend((from..=to).step_by(step));
    }
    values.sort_unstable();
    values.dedup();
    Some(values)
}

/// A number, or the name of a weekday or month.
fn named(text: &str) -> Option<i8> {
    const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
    const MONTHS: [&str; 12] =
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    let place = |names: &[&str]| names.iter().position(|n| n.eq_ignore_ascii_case(text));
    let position = place(&DAYS).or_else(|| place(&MONTHS)).and_then(|i| i8::try_from(i + 1).ok());
    text.parse().ok().or(position)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(expression: &str, now: &str) -> String {
        Rate::parse(expression).unwrap().next(now.parse().unwrap()).to_string()
    }

    #[test]
    fn rates_fall_on_round_times() {
        assert_eq!(next("rate(1 minute)", "2026-01-01T10:00:00.5Z"), "2026-01-01T10:01:00Z");
        assert_eq!(next("rate(1 minute)", "2026-01-01T10:01:00Z"), "2026-01-01T10:02:00Z");
        assert_eq!(next("rate(2 hours)", "2026-01-01T10:01:00Z"), "2026-01-01T12:00:00Z");
    }

    #[test]
    fn cron_fires_at_the_next_time_that_fits() {
        assert_eq!(next("cron(0 9 * * ? *)", "2026-01-01T09:00:00Z"), "2026-01-02T09:00:00Z");
        assert_eq!(next("cron(0/15 * ? * MON-FRI *)", "2026-01-02T23:50:00Z"), "2026-01-05T00:00:00Z");
        assert_eq!(next("cron(30 6 29 2 ? *)", "2026-01-01T00:00:00Z"), "2028-02-29T06:30:00Z");
        assert_eq!(next("cron(0 8,20 * * ? *)", "2026-01-01T09:00:00Z"), "2026-01-01T20:00:00Z");
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        for bad in [
            "",
            "rate(0 minutes)",
            "rate(1 week)",
            "cron(0 9 * *)",
            "cron(61 9 * * ? *)",
            "cron(0 9 * * ? 2027)",
        ] {
            assert!(Rate::parse(bad).is_err(), "{bad}");
        }
    }
}
