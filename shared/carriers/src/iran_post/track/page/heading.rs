//! Jalali dates as the page writes them, and the clock of Tehran (protocol notes, sections 9.1 and 14).

use jiff::tz::Offset;
use yam_domain::jalali::JalaliDate;
use yam_domain::text::fold_persian;

/// Farvardin to Esfand, folded.
const MONTHS: [&str; 12] =
    ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"];

/// The date of a heading: `سه شنبه 12 تیر 1403`, in any digits, or `1403/04/12`.
pub(super) fn date(text: &str) -> Option<JalaliDate> {
    let folded = fold_persian(text);
    let words: Vec<&str> =
        folded.split([' ', '،', ',', ':', '(', ')']).filter(|word| !word.is_empty()).collect();
    if let Some(date) = words.iter().find_map(|word| JalaliDate::parse(word).ok()) {
        return Some(date);
    }
    let at = words.iter().position(|word| month(word).is_some())?;
    let day = words.get(at.checked_sub(1)?)?.parse().ok()?;
    let year = words.get(at + 1)?.parse().ok()?;
    JalaliDate::new(year, month(words.get(at)?)?, day).ok()
}

fn month(word: &str) -> Option<u8> {
    // Some pages write the two months with a plain alef, and the fifth with one in front.
    let word = match word {
        "ابان" => "آبان",
        "اذر" => "آذر",
        "امرداد" => "مرداد",
        other => other,
    };
    let place = MONTHS.iter().position(|month| *month == word)?;
    u8::try_from(place + 1).ok()
}

/// What clocks in Tehran showed on a day: summer time ended for good in 1401 (2022).
pub(super) fn offset(date: JalaliDate) -> Offset {
    let summer = ((1_u8, 2_u8)..=(6, 30)).contains(&(date.month(), date.day()));
    let minutes = if date.year() <= 1401 && summer { 270 } else { 210 };
    Offset::from_seconds(minutes * 60).unwrap_or(Offset::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_in_all_digits_and_spellings() {
        let expected = JalaliDate::new(1403, 4, 12).unwrap();
        for text in [
            "سه شنبه 12 تیر 1403",
            "سه‌شنبه ۱۲ تیر ۱۴۰۳",
            " سه شنبه، ١٢ تير ١٤٠٣ ",
            "تاریخ: 1403/04/12",
            "۱۴۰۳/۴/۱۲",
        ] {
            assert_eq!(date(text), Some(expected), "{text}");
        }
        assert_eq!(date("شنبه 5 آبان 1403"), JalaliDate::new(1403, 8, 5).ok());
        assert_eq!(date("شنبه 5 ابان 1403"), JalaliDate::new(1403, 8, 5).ok());
        for text in ["", "تیر", "12 تیر", "تیر 1403", "سه شنبه 32 تیر 1403", "12 فلان 1403"]
        {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn summer_time_ended_in_1401() {
        let minutes = |year, month, day| offset(JalaliDate::new(year, month, day).unwrap()).seconds() / 60;
        assert_eq!((minutes(1401, 1, 1), minutes(1401, 1, 2)), (210, 270));
        assert_eq!((minutes(1401, 6, 30), minutes(1401, 6, 31)), (270, 210));
        assert_eq!((minutes(1402, 4, 1), minutes(1403, 4, 12)), (210, 210));
    }
}
