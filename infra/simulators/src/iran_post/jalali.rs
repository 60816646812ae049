//! Jalali dates as the post writes them.

use icu_calendar::Date;
use jiff::Timestamp;
use jiff::tz::Offset;

/// Tehran's offset in seconds.
const TEHRAN: i32 = 3 * 3600 + 1800;

/// Monday first, as the calendar library counts.
const WEEKDAYS: [&str; 7] = ["دو شنبه", "سه شنبه", "چهار شنبه", "پنج شنبه", "جمعه", "شنبه", "یک شنبه"];
const MONTHS: [&str; 12] =
    ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"];

/// A date `YYYY/MM/DD` of the Jalali calendar. Ordered as time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct JalaliDate {
    year: i32,
    month: u8,
    day: u8,
}

impl JalaliDate {
    /// Parses ASCII `YYYY/MM/DD` with zero padding; the date must exist.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let [year, month, day] = text.split('/').collect::<Vec<_>>().try_into().ok()?;
        let digits =
            |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
            return None;
        }
        let (year, month, day) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
        Date::try_new_persian(year, month, day).ok()?;
        Some(Self { year, month, day })
    }

    /// The hour and minute in Tehran.
    pub(crate) fn clock_in_tehran(moment: Timestamp) -> String {
        match Offset::from_seconds(TEHRAN) {
            Ok(offset) => {
                let civil = offset.to_datetime(moment);
                format!("{:02}:{:02}", civil.hour(), civil.minute())
            }
            Err(_) => String::new(),
        }
    }

    /// Weekday, day, month and year as the public pages write them.
    pub(crate) fn to_words(self) -> String {
        let weekday = Date::try_new_persian(self.year, self.month, self.day)
            .map_or(0, |date| usize::from(date.weekday() as u8).saturating_sub(1));
        let weekday = WEEKDAYS.get(weekday).copied().unwrap_or_default();
        let month = MONTHS.get(usize::from(self.month).saturating_sub(1)).copied().unwrap_or_default();
        format!("{weekday} {} {month} {}", self.day, self.year)
    }

    /// The date in Tehran, which has been at UTC+03:30 all year since 2022.
    pub(crate) fn in_tehran(moment: Timestamp) -> Option<Self> {
        let offset = Offset::from_seconds(TEHRAN).ok()?;
        let civil = offset.to_datetime(moment);
        let iso = Date::try_new_iso(
            i32::from(civil.year()),
            u8::try_from(civil.month()).ok()?,
            u8::try_from(civil.day()).ok()?,
        )
        .ok()?;
        let date = iso.to_calendar(icu_calendar::cal::Persian);
        Some(Self {
            year: date.year().extended_year(),
            month: date.month().ordinal,
            day: date.day_of_month().0,
        })
    }
}

impl std::fmt::Display for JalaliDate {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:04}/{:02}/{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_the_published_vectors() {
        let cases = [
            ("2014-04-16", "1393/01/27"),
            ("2013-06-26", "1392/04/05"),
            ("2019-10-20", "1398/07/28"),
            ("2021-03-20", "1399/12/30"),
            ("2025-03-20", "1403/12/30"),
            ("2026-03-20", "1404/12/29"),
        ];
        for (gregorian, jalali) in cases {
            let noon: Timestamp = format!("{gregorian}T12:00:00+03:30").parse().unwrap();
            assert_eq!(JalaliDate::in_tehran(noon).unwrap().to_string(), jalali);
            assert!(JalaliDate::parse(jalali).is_some());
        }
    }

    #[test]
    fn the_day_changes_at_midnight_in_tehran() {
        let at = |time: &str| JalaliDate::in_tehran(time.parse().unwrap()).unwrap();
        assert_eq!(at("2026-03-20T20:29:59Z").to_string(), "1404/12/29");
        assert_eq!(at("2026-03-20T20:30:00Z").to_string(), "1405/01/01");
        assert!(at("2026-03-20T20:29:59Z") < at("2026-03-20T20:30:00Z"));
    }

    #[test]
    fn words_are_those_of_the_public_pages() {
        let date = JalaliDate::parse("1403/04/12").unwrap();
        assert_eq!(date.to_words(), "سه شنبه 12 تیر 1403");
    }

    #[test]
    fn what_does_not_exist_is_refused() {
        for text in
            ["1404/12/30", "1404/7/1", "1404-07-01", "1404/13/01", "۱۴۰۴/۰۷/۰۱", "", "1404/07/31", "a/b/c"]
        {
            assert_eq!(JalaliDate::parse(text), None, "{text}");
        }
    }
}
