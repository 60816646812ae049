//! Business days: Monday to Friday without public holidays, which are data.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// Korea's public holidays. Lunar ones and substitutes are announced year by year: a year that is not in the
/// file has weekends only, so that an alarm comes too early rather than never.
const KOREA: &str = include_str!("holidays_kr.csv");
static KOREAN: LazyLock<BusinessDays> = LazyLock::new(|| BusinessDays::parse(KOREA));

/// Seoul; without summer time since 1988.
const SEOUL: Offset = Offset::constant(9);

/// Business days within which hub staff answer an application (S3-10, S3-17).
const REVIEW_DAYS: u32 = 3;

/// A calendar of business days.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BusinessDays {
    holidays: BTreeSet<Date>,
}

impl BusinessDays {
    /// Korea's.
    #[must_use]
    pub fn korean() -> &'static Self {
        &KOREAN
    }

    /// From lines of `date,name`; a line without a date is left out.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let date = |line: &str| line.split(',').next()?.trim().parse().ok();
        BusinessDays { holidays: text.lines().filter_map(date).collect() }
    }

    /// Whether offices work on a day.
    #[must_use]
    pub fn contains(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !self.holidays.contains(&day)
    }

    /// The `count`th business day after a day; the day itself counts as none.
    #[must_use]
    pub fn after(&self, day: Date, count: u32) -> Date {
        let mut day = day;
        for _ in 0..count {
            // A year of holidays only would be no calendar.
            for _ in 0..366 {
                day = day.saturating_add(SignedDuration::from_hours(24));
                if self.contains(day) {
                    break;
                }
            }
        }
        day
    }
}

/// When an application that nobody answered is overdue: the end of the third Korean business day after it.
#[must_use]
pub fn review_due(applied_at: Timestamp) -> Timestamp {
    let applied_on = SEOUL.to_datetime(applied_at).date();
    let last = BusinessDays::korean().after(applied_on, REVIEW_DAYS);
    let end = last.tomorrow().map(|day| day.to_datetime(Time::midnight()));
    end.and_then(|midnight| SEOUL.to_timestamp(midnight)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(applied: &str) -> String {
        let at = review_due(applied.parse().unwrap());
        SEOUL.to_datetime(at).to_string()
    }

    #[test]
    fn three_business_days_end_at_midnight_in_seoul() {
        for (applied, end) in [
            // A Monday: Tuesday, Wednesday, Thursday.
            ("2026-11-16T10:00:00+09:00", "2026-11-20T00:00:00"),
            // One minute before and after Seoul's midnight.
            ("2026-11-16T23:59:00+09:00", "2026-11-20T00:00:00"),
            ("2026-11-17T00:00:00+09:00", "2026-11-21T00:00:00"),
            // A Friday: Monday, Tuesday, Wednesday.
            ("2026-11-20T10:00:00+09:00", "2026-11-26T00:00:00"),
            // A Sunday counts as none.
            ("2026-11-22T10:00:00+09:00", "2026-11-26T00:00:00"),
        ] {
            assert_eq!(due(applied), end, "{applied}");
        }
    }

    #[test]
    fn chuseok_is_left_out() {
        // Tuesday 22 September 2026; Thursday to Saturday are Chuseok: Wednesday 23, Monday 28, Tuesday 29.
        assert_eq!(due("2026-09-22T10:00:00+09:00"), "2026-09-30T00:00:00");
        // In the middle of it: Monday 28, Tuesday 29, Wednesday 30.
        assert_eq!(due("2026-09-25T10:00:00+09:00"), "2026-10-01T00:00:00");
        // Into the substitute of 3 October: Thursday 1, Friday 2, Tuesday 6.
        assert_eq!(due("2026-09-30T10:00:00+09:00"), "2026-10-07T00:00:00");
    }

    #[test]
    fn every_line_of_the_file_is_a_day() {
        assert_eq!(BusinessDays::korean().holidays.len(), KOREA.lines().count());
        for line in KOREA.lines().filter(|line| line.contains("substitute")) {
            let day: Date = line[..10].parse().unwrap();
            assert!(!matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday), "{line}");
        }
    }

    #[test]
    fn a_year_without_data_has_weekends() {
        let days = BusinessDays::default();
        assert_eq!(days.after(jiff::civil::date(2030, 1, 4), 1), jiff::civil::date(2030, 1, 7));
    }
}
