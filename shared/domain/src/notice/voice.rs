//! The text of a call made ready for a voice: values in words, and no run of digits that is read as a number.

use jiff::civil::Date;

use super::macros::{Macro, Values};
use super::speech;
use crate::jalali::JalaliDate;
use crate::money::Money;
use crate::money::display::Locale;
use crate::payment::form::Unit;
use crate::text::ascii_digits;

/// From so many digits on, a number is a code or a telephone's and is read digit by digit.
const CODE_DIGITS: usize = 9;

/// What a call may name, before it is put into words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CallFacts<'a> {
    /// The tracking code.
    pub track: Option<&'a str>,
    /// The order's number.
    pub order: Option<&'a str>,
    /// The sum, and the unit the shop shows it in.
    pub sum: Option<(Money, Unit)>,
    /// The last day of free storage.
    pub deadline: Option<Date>,
}

impl CallFacts<'_> {
    /// The same in words. A sum that has no words (below zero, another currency's unit) is left out.
    pub fn spoken(&self, locale: Locale) -> Values {
        let said = [
            (Macro::Track, self.track.map(|code| speech::spell(code, locale))),
            (Macro::Order, self.order.map(|number| speech::spell(number, locale))),
            (Macro::Sum, self.sum.and_then(|(sum, unit)| speech::money(sum, unit, locale))),
            (Macro::Deadline, self.deadline.map(|date| speech::day(date, locale))),
        ];
        said.into_iter().filter_map(|(name, words)| words.map(|words| (name, words))).collect()
    }
}

/// Puts dates (`23.11.2026`, `2026-11-23`, in Persian also `1405/09/02`) and runs of nine digits and more into
/// words. Shorter numbers stay: voices read those well.
pub fn normalise(text: &str, locale: Locale) -> String {
    let mut said = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(is_digit) {
        let (before, from) = rest.split_at(at);
        let run = from.find(|c: char| !is_digit(c) && !is_joint(c)).unwrap_or(from.len());
        let (run, after) = from.split_at(run);
        let number = run.trim_end_matches(is_joint);
        said.push_str(before);
        said.push_str(words(number, locale).as_deref().unwrap_or(number));
        said.extend(run.chars().skip(number.chars().count()));
        rest = after;
    }
    said.push_str(rest);
    said
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '\u{6f0}'..='\u{6f9}' | '\u{660}'..='\u{669}' | '\u{ff10}'..='\u{ff19}')
}

/// Signs inside a date or a telephone number.
const fn is_joint(c: char) -> bool {
    matches!(c, '.' | '-' | '/')
}

fn words(number: &str, locale: Locale) -> Option<String> {
    let number = ascii_digits(number);
    if let Some(date) = date(&number, locale) {
        return Some(speech::day(date, locale));
    }
    let digits = number.chars().filter(char::is_ascii_digit).count();
    (digits >= CODE_DIGITS).then(|| speech::spell(&number, locale))
}

/// A day with a year of four digits at one of its ends.
fn date(number: &str, locale: Locale) -> Option<Date> {
    let mut parts = number.split(is_joint);
    let (first, month, last) = (parts.next()?, parts.next()?, parts.next()?);
    let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
    if parts.next().is_some() || year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    let (year, month, day) = (year.parse::<i16>().ok()?, month.parse::<u8>().ok()?, day.parse::<u8>().ok()?);
    match year {
        1300..=1499 if locale == Locale::Fa => {
            JalaliDate::new(year, month, day).ok().map(JalaliDate::to_gregorian)
        }
        1900..=2199 => Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use crate::notice::macros::Text;
    use jiff::civil::date as day;
    use proptest::prelude::*;

    const LOCALES: [Locale; 4] = [Locale::En, Locale::Fa, Locale::Ru, Locale::Ko];

    #[test]
    fn dates_and_codes_in_four_languages() {
        for (locale, written, said) in [
            (Locale::En, "Collect by 2026-11-30.", "Collect by November 30."),
            (Locale::Ru, "Заберите до 30.11.2026, спасибо", "Заберите до 30 ноября, спасибо"),
            (Locale::Ko, "2026-11-30까지", "11월 30일까지"),
            (Locale::Fa, "تا ۱۴۰۵/۰۹/۰۲", "تا 2 آذر"),
            (
                Locale::En,
                "Call 010-1234-5678",
                "Call zero one zero one, two three four five, six seven eight",
            ),
            (Locale::Ko, "등기번호 601234567", "등기번호 육 공 일 이, 삼 사 오 육, 칠"),
            (Locale::Ru, "дней: 10, индекс 101000", "дней: 10, индекс 101000"),
            (Locale::Fa, "۱۰ روز", "۱۰ روز"),
            (Locale::En, "2026-13-45 and 31.02.2026", "2026-13-45 and 31.02.2026"),
            (Locale::En, "1405/09/02", "1405/09/02"),
            (Locale::En, "", ""),
        ] {
            assert_eq!(normalise(written, locale), said, "{written}");
        }
    }

    #[test]
    fn facts_are_put_into_words_and_missing_ones_left_out() {
        let facts = CallFacts {
            track: Some("80083"),
            order: None,
            sum: Some((Money::new(250_000, Currency::Irr), Unit::Toman)),
            deadline: Some(day(2026, 11, 30)),
        };
        let values = facts.spoken(Locale::Fa);
        assert_eq!(values.get(&Macro::Sum).map(String::as_str), Some("بیست و پنج هزار تومان"));
        assert_eq!(values.get(&Macro::Deadline).map(String::as_str), Some("9 آذر"));
        assert!(!values.contains_key(&Macro::Order));
        let text = Text::parse("Код {track}").unwrap().fill(&facts.spoken(Locale::Ru));
        assert_eq!(text, "Код восемь ноль ноль восемь, три");
        let wrong = CallFacts { sum: Some((Money::new(1, Currency::Krw), Unit::Ruble)), ..facts };
        assert!(!wrong.spoken(Locale::Ru).contains_key(&Macro::Sum));
    }

    proptest! {
        #[test]
        fn nothing_long_is_left_in_digits_and_twice_is_once(
            text in "[ a-zа-я۰-۹0-9./-]{0,60}", at in 0usize..4,
        ) {
            let locale = LOCALES[at];
            let said = normalise(&text, locale);
            let longest = said.split(|c: char| !is_digit(c)).map(|run| run.chars().count()).max().unwrap_or(0);
            prop_assert!(longest < CODE_DIGITS, "{said}");
            prop_assert_eq!(normalise(&said, locale), said);
        }

        #[test]
        fn words_without_digits_stay(text in "[^\\p{Nd}]{0,80}") {
            prop_assert_eq!(normalise(&text, Locale::En), text);
        }
    }
}
