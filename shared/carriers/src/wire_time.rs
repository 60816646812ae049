//! Dates and times as operators write them. Every reader is total, and a date no parcel of ours can have
//! is no date: one scan of the year 9999 would be the newest for ever.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

/// 2000-01-01 and 2100-01-01.
const FIRST: Timestamp = Timestamp::constant(946_684_800, 0);
const LAST: Timestamp = Timestamp::constant(4_102_444_800, 0);

/// The instant of a local time, if it is a plausible one.
pub(crate) fn at(local: DateTime, offset: Offset) -> Option<Timestamp> {
    plausible(offset.to_timestamp(local).ok()?)
}

fn plausible(at: Timestamp) -> Option<Timestamp> {
    (FIRST..LAST).contains(&at).then_some(at)
}

/// `2025-03-14T10:15:00.000+03:00`; without an offset it is the local time of `offset`. Fractions of any
/// length are taken.
pub(crate) fn iso(text: &str, offset: Offset) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return plausible(at);
    }
    let short = without_fraction(text)?;
    match short.parse::<Timestamp>() {
        Ok(instant) => plausible(instant),
        Err(_) => at(short.parse::<DateTime>().ok()?, offset),
    }
}

/// The same without its fraction of a second, which some services write with more digits than there are
/// nanoseconds.
fn without_fraction(text: &str) -> Option<String> {
    let Some((whole, rest)) = text.split_once('.') else { return Some(text.to_owned()) };
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    Some(format!("{whole}{}", rest.get(end..)?))
}

/// `14.03.2025 10:15:00`, seconds optional.
pub(crate) fn dotted(text: &str) -> Option<DateTime> {
    let (day, clock) = text.trim().split_once(' ')?;
    let mut parts = day.split('.');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    Some(calendar(number(year)?, number(month)?, number(day)?)?.to_datetime(time(clock)?))
}

/// `2025-01-02`, `2025.01.02`, `2025/01/02` or `20250102`.
pub(crate) fn date(text: &str) -> Option<Date> {
    let text = text.trim();
    if text.len() == 8 && digits(text) {
        return calendar(number(text.get(..4)?)?, number(text.get(4..6)?)?, number(text.get(6..)?)?);
    }
    let mut parts = text.split(['-', '.', '/']);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    // A dot may close the day too.
    if parts.any(|rest| !rest.trim().is_empty()) {
        return None;
    }
    calendar(number(year)?, number(month.trim())?, number(day.trim())?)
}

/// `13:47`, `13:47:05`, `1347` or `134705`; a fraction of a second is dropped.
pub(crate) fn time(text: &str) -> Option<Time> {
    let text = text.trim();
    let text = text.split_once('.').map_or(text, |(whole, _)| whole);
    if digits(text) && matches!(text.len(), 4 | 6) {
        let seconds = if text.len() == 6 { text.get(4..)? } else { "0" };
        return clock(text.get(..2)?, text.get(2..4)?, seconds);
    }
    let mut parts = text.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next().unwrap_or("0"));
    if parts.next().is_some() {
        return None;
    }
    clock(hour, minute, second)
}

/// `20250102134705` or `202501021347`.
pub(crate) fn stamp(text: &str) -> Option<DateTime> {
    let text = text.trim();
    if !digits(text) || !matches!(text.len(), 12 | 14) {
        return None;
    }
    Some(date(text.get(..8)?)?.to_datetime(time(text.get(8..)?)?))
}

fn calendar(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn clock(hour: &str, minute: &str, second: &str) -> Option<Time> {
    let part = |text: &str| i8::try_from(number(text)?).ok();
    Time::new(part(hour)?, part(minute)?, part(second)?, 0).ok()
}

fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// One to four digits.
fn number(text: &str) -> Option<i16> {
    if !(1..=4).contains(&text.len()) || !digits(text) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MOSCOW: Offset = Offset::constant(3);

    fn utc(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn instants_with_and_without_an_offset() {
        for text in [
            "2025-03-14T10:15:00.000+03:00",
            "2025-03-14T10:15:00+03:00",
            "2025-03-14T07:15:00Z",
            "2025-03-14T10:15:00.0000000+03:00",
            "2025-03-14T10:15:00.123456789012+03:00",
            "2025-03-14T10:15:00",
            "2025-03-14T10:15:00.5",
            " 2025-03-14T12:15:00+05:00 ",
        ] {
            let read = iso(text, MOSCOW).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(read.as_second(), utc("2025-03-14T07:15:00Z").as_second(), "{text}");
        }
    }

    #[test]
    fn forms_of_dates_and_times() {
        let whole = jiff::civil::date(2025, 1, 2).at(13, 47, 0, 0);
        assert_eq!(dotted("02.01.2025 13:47:00"), Some(whole));
        assert_eq!(dotted("02.01.2025 13:47"), Some(whole));
        assert_eq!(stamp("20250102134700 "), Some(whole));
        assert_eq!(stamp("202501021347"), Some(whole));
        for text in ["2025-01-02", "2025.01.02", "2025/1/2", "20250102", "2025.01.02."] {
            assert_eq!(date(text), Some(whole.date()), "{text}");
        }
        for text in ["13:47", "13:47:00", "1347", "134700", "13:47:00.250"] {
            assert_eq!(time(text), Some(whole.time()), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in
            ["", "31.02.2025 10:00", "1.1.2025", "02.01.2025 24:00", "02.01.2025.1 10:00", "x.y.z 1:1"]
        {
            assert_eq!(dotted(text), None, "{text}");
        }
        for text in ["", "2025", "2025-13-01", "2025-02-30", "25-01-02-03", "２０２５-01-02"] {
            assert_eq!(date(text), None, "{text}");
        }
        for text in ["", "24:00", "1", "12345", "12:60", "a:b", "1:2:3:4"] {
            assert_eq!(time(text), None, "{text}");
        }
        assert_eq!(iso("9999-01-01T00:00:00+03:00", MOSCOW), None);
        assert_eq!(iso("0001-01-01T00:00:00+03:00", MOSCOW), None);
        assert_eq!(iso("soon", MOSCOW), None);
    }

    proptest! {
        #[test]
        fn no_text_breaks_a_reader(text in ".{0,40}") {
            let _total = (iso(&text, MOSCOW), dotted(&text), date(&text), time(&text), stamp(&text));
        }
    }
}
