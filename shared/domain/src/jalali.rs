//! Dates of the Solar Hijri (Jalali) calendar, in which Iran Post takes pick-up dates.
//!
//! Source: Iran Post notes, sections 2 and 14: `YYYY/MM/DD`, zero padded, ASCII digits. The arithmetic
//! is icu_calendar's, because leap years are not every fourth year.

use crate::text::{ascii_digits, clean};
use icu_calendar::Date as IcuDate;
use icu_calendar::cal::{Iso, Persian};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A valid day of the Jalali calendar, years 1 to 3000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct JalaliDate {
    year: i16,
    month: u8,
    day: u8,
}

/// Why a text is not a Jalali date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JalaliError {
    /// Not year, month and day.
    #[error("write the date as YYYY/MM/DD, for example 1404/12/29")]
    Form,
    /// No such day.
    #[error("there is no such day in the Solar Hijri calendar")]
    NoSuchDay,
}

impl JalaliDate {
    /// A day by its numbers.
    ///
    /// # Errors
    /// When the calendar has no such day.
    pub fn new(year: i16, month: u8, day: u8) -> Result<Self, JalaliError> {
        if !(1..=3000).contains(&year) {
            return Err(JalaliError::NoSuchDay);
        }
        IcuDate::try_new_persian(i32::from(year), month, day).map_err(|_| JalaliError::NoSuchDay)?;
        Ok(Self { year, month, day })
    }

    /// Reads `1404/12/29` or `1404-12-29`; Persian digits are taken, zero padding is optional.
    ///
    /// # Errors
    /// When the text has another form, or there is no such day.
    pub fn parse(text: &str) -> Result<Self, JalaliError> {
        let (year, month, day) = numbers(text).ok_or(JalaliError::Form)?;
        Self::new(year, month, day)
    }

    /// Year, such as 1404.
    pub const fn year(self) -> i16 {
        self.year
    }

    /// Month, 1 (Farvardin) to 12 (Esfand).
    pub const fn month(self) -> u8 {
        self.month
    }

    /// Day of the month.
    pub const fn day(self) -> u8 {
        self.day
    }

    /// The same day in the Gregorian calendar.
    pub fn to_gregorian(self) -> Date {
        let iso = IcuDate::try_new_persian(i32::from(self.year), self.month, self.day)
            .map(|date| date.to_calendar(Iso))
            .ok();
        iso.and_then(|date| {
            let year = i16::try_from(date.year().extended_year()).ok()?;
            let month = i8::try_from(date.month().ordinal).ok()?;
            let day = i8::try_from(date.day_of_month().0).ok()?;
            Date::new(year, month, day).ok()
        })
        .unwrap_or(Date::MAX)
    }

    /// The Jalali day of a Gregorian day.
    ///
    /// # Errors
    /// Outside the Jalali years 1 to 3000 (Gregorian 622 to 3621).
    pub fn from_gregorian(date: Date) -> Result<Self, JalaliError> {
        let month = u8::try_from(date.month()).map_err(|_| JalaliError::NoSuchDay)?;
        let day = u8::try_from(date.day()).map_err(|_| JalaliError::NoSuchDay)?;
        let persian = IcuDate::try_new_iso(i32::from(date.year()), month, day)
            .map_err(|_| JalaliError::NoSuchDay)?
            .to_calendar(Persian);
        let year = i16::try_from(persian.year().extended_year()).map_err(|_| JalaliError::NoSuchDay)?;
        Self::new(year, persian.month().ordinal, persian.day_of_month().0)
    }
}

/// The three numbers of a date text, whatever the calendar: `Y/M/D` or `Y-M-D`.
pub(crate) fn numbers(text: &str) -> Option<(i16, u8, u8)> {
    let text = clean(&ascii_digits(text));
    let separator = if text.contains('/') { '/' } else { '-' };
    let mut parts = text.split(separator).map(str::trim);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let all_digits =
        |s: &str, max: usize| (1..=max).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    if parts.next().is_some() || !all_digits(year, 4) || !all_digits(month, 2) || !all_digits(day, 2) {
        return None;
    }
    Some((year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))
}

impl std::fmt::Display for JalaliDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}/{:02}/{:02}", self.year, self.month, self.day)
    }
}

impl std::str::FromStr for JalaliDate {
    type Err = JalaliError;

    fn from_str(text: &str) -> Result<Self, JalaliError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for JalaliDate {
    type Error = JalaliError;

    fn try_from(text: String) -> Result<Self, JalaliError> {
        Self::parse(&text)
    }
}

impl From<JalaliDate> for String {
    fn from(date: JalaliDate) -> String {
        date.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn published_pairs() {
        for (gregorian, jalali) in [
            (date(2014, 4, 16), "1393/01/27"),
            (date(2013, 6, 26), "1392/04/05"),
            (date(2019, 10, 20), "1398/07/28"),
            (date(2021, 3, 20), "1399/12/30"),
            (date(2025, 3, 20), "1403/12/30"),
            (date(2026, 3, 20), "1404/12/29"),
            (date(2021, 3, 21), "1400/01/01"),
            (date(2024, 3, 20), "1403/01/01"),
            (date(2025, 3, 21), "1404/01/01"),
            (date(2026, 3, 21), "1405/01/01"),
            (date(2029, 3, 20), "1408/01/01"),
        ] {
            let read = JalaliDate::parse(jalali).unwrap();
            assert_eq!(read.to_gregorian(), gregorian, "{jalali}");
            assert_eq!(JalaliDate::from_gregorian(gregorian).unwrap().to_string(), jalali);
        }
    }

    #[test]
    fn leap_years() {
        let leap: Vec<i16> = (1395..=1421).filter(|year| JalaliDate::new(*year, 12, 30).is_ok()).collect();
        assert_eq!(leap, [1395, 1399, 1403, 1408, 1412, 1416, 1420]);
    }

    #[test]
    fn spellings() {
        let expected = JalaliDate::new(1404, 2, 9).unwrap();
        for text in ["1404/02/09", "1404/2/9", "۱۴۰۴/۲/۹", " 1404-02-09 ", "١٤٠٤/٠٢/٠٩"] {
            assert_eq!(JalaliDate::parse(text), Ok(expected), "{text}");
        }
        for text in ["", "1404", "1404/2", "1404/2/9/1", "1404.2.9", "a/b/c", "1404/+2/9", "14040/1/1"] {
            assert_eq!(JalaliDate::parse(text), Err(JalaliError::Form), "{text}");
        }
        for text in ["1404/12/30", "1404/13/01", "1404/07/31", "1404/00/10", "0/1/1", "1404/1/0"] {
            assert_eq!(JalaliDate::parse(text), Err(JalaliError::NoSuchDay), "{text}");
        }
    }

    #[test]
    fn edges_of_the_range() {
        assert!(JalaliDate::new(3000, 12, 29).unwrap().to_gregorian() < date(3700, 1, 1));
        assert!(JalaliDate::new(1, 1, 1).unwrap().to_gregorian() > date(600, 1, 1));
        assert!(JalaliDate::from_gregorian(Date::MIN).is_err());
        assert!(JalaliDate::from_gregorian(Date::MAX).is_err());
    }

    proptest! {
        #[test]
        fn round_trip(year in 1300i16..=1500, month in 1u8..=12, day in 1u8..=29) {
            let jalali = JalaliDate::new(year, month, day).unwrap();
            prop_assert_eq!(JalaliDate::from_gregorian(jalali.to_gregorian()), Ok(jalali));
            prop_assert_eq!(JalaliDate::parse(&jalali.to_string()), Ok(jalali));
        }

        #[test]
        fn the_next_day_is_the_next_day(days in 0i32..73_000) {
            let start = date(1921, 3, 21).checked_add(jiff::Span::new().days(days)).unwrap();
            let a = JalaliDate::from_gregorian(start).unwrap();
            let b = JalaliDate::from_gregorian(start.tomorrow().unwrap()).unwrap();
            prop_assert!(a < b);
        }

        #[test]
        fn never_panics(s in ".*") {
            let _ = JalaliDate::parse(&s);
        }
    }
}
