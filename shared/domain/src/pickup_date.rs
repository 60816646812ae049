//! The day on which the carrier collects from the merchant's warehouse (S0-06, S0-24).

use crate::jalali::{JalaliDate, numbers};
use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

/// How far ahead a collection may be booked, in days.
pub const MAX_DAYS_AHEAD: i32 = 30;

/// Below this year a date is read as Jalali.
const FIRST_GREGORIAN_YEAR: i16 = 1700;

/// Why a text is not a usable pick-up date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PickupDateError {
    /// Not a date.
    #[error("give the pick-up date as YYYY-MM-DD (Gregorian) or YYYY/MM/DD (Jalali)")]
    Form,
    /// No such day in that calendar.
    #[error("there is no such day; check month and day of the pick-up date")]
    NoSuchDay,
    /// Before today.
    #[error("the pick-up date has passed; give {today} (today in Tehran) or a later day")]
    Past {
        /// Today in Tehran.
        today: Date,
    },
    /// More than [`MAX_DAYS_AHEAD`] days ahead.
    #[error("the pick-up date is too far ahead; give a day from {today} to {last}")]
    TooFar {
        /// Today in Tehran.
        today: Date,
        /// Last day that can be booked.
        last: Date,
    },
}

/// Reads a pick-up date: Gregorian `YYYY-MM-DD`, or Jalali (any year below 1700). `today_tehran` is
/// today in Asia/Tehran, not UTC (Iran Post notes, section 14).
///
/// # Errors
/// When it is no date, has passed, or lies more than 30 days ahead.
pub fn parse(input: &str, today_tehran: Date) -> Result<Date, PickupDateError> {
    let (year, month, day) = numbers(input).ok_or(PickupDateError::Form)?;
    let date = if year < FIRST_GREGORIAN_YEAR {
        JalaliDate::new(year, month, day).map_err(|_| PickupDateError::NoSuchDay)?.to_gregorian()
    } else {
        gregorian(year, month, day).ok_or(PickupDateError::NoSuchDay)?
    };
    let last = today_tehran.saturating_add(Span::new().days(MAX_DAYS_AHEAD));
    if date < today_tehran {
        Err(PickupDateError::Past { today: today_tehran })
    } else if date > last {
        Err(PickupDateError::TooFar { today: today_tehran, last })
    } else {
        Ok(date)
    }
}

/// The day to offer when the merchant named none: the next day that is not Friday, Iran's weekly
/// holiday. Public holidays are not known here.
pub fn suggest(today_tehran: Date) -> Date {
    let tomorrow = today_tehran.saturating_add(1.day());
    if tomorrow.weekday() == Weekday::Friday { tomorrow.saturating_add(1.day()) } else { tomorrow }
}

fn gregorian(year: i16, month: u8, day: u8) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    const TODAY: Date = date(2026, 3, 10);

    #[test]
    fn both_calendars() {
        assert_eq!(parse("2026-03-20", TODAY), Ok(date(2026, 3, 20)));
        assert_eq!(parse("1404/12/29", TODAY), Ok(date(2026, 3, 20)));
        assert_eq!(parse("۱۴۰۴-۱۲-۲۹", TODAY), Ok(date(2026, 3, 20)));
    }

    #[test]
    fn today_to_thirty_days_ahead() {
        let last = date(2026, 4, 9);
        assert_eq!(parse("2026-03-10", TODAY), Ok(TODAY));
        assert_eq!(parse("2026-04-09", TODAY), Ok(last));
        assert_eq!(parse("2026-03-09", TODAY), Err(PickupDateError::Past { today: TODAY }));
        assert_eq!(parse("2026-04-10", TODAY), Err(PickupDateError::TooFar { today: TODAY, last }));
        let advice = parse("2026-04-10", TODAY).unwrap_err().to_string();
        assert!(advice.contains("2026-03-10") && advice.contains("2026-04-09"), "{advice}");
    }

    #[test]
    fn junk() {
        assert_eq!(parse("tomorrow", TODAY), Err(PickupDateError::Form));
        assert_eq!(parse("2026-02-30", TODAY), Err(PickupDateError::NoSuchDay));
        assert_eq!(parse("1404/12/30", TODAY), Err(PickupDateError::NoSuchDay));
    }

    #[test]
    fn friday_is_skipped() {
        assert_eq!(suggest(date(2026, 3, 10)), date(2026, 3, 11));
        // 2026-03-12 is a Thursday
        assert_eq!(suggest(date(2026, 3, 12)), date(2026, 3, 14));
    }

    proptest! {
        #[test]
        fn never_panics(s in ".*|[0-9]{1,4}[-/][0-9]{1,2}[-/][0-9]{1,2}") {
            for today in [TODAY, Date::MIN, Date::MAX] {
                let _ = parse(&s, today);
            }
        }
    }
}
