//! Words for a synthesised voice: codes digit by digit, money in words, dates with their month's name.
//!
//! Compiled to plain words and commas, which every voice reads alike (notification notes, section 1).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::jalali::{JalaliDate, numbers};
use crate::money::Money;
use crate::money::display::Locale;
use crate::payment::form::Unit;
use crate::payment::words::in_words;
use crate::text::ascii_digits;

/// Most substitutions of a shop.
pub const MAX_SUBSTITUTIONS: usize = 100;
/// Longest written or spoken form of a substitution, in characters.
pub const MAX_WORD: usize = 60;
/// Digits read in one breath.
const GROUP: usize = 4;

const DIGITS_EN: [&str; 10] =
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const DIGITS_FA: [&str; 10] = ["صفر", "یک", "دو", "سه", "چهار", "پنج", "شش", "هفت", "هشت", "نه"];
const DIGITS_RU: [&str; 10] =
    ["ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"];
const DIGITS_KO: [&str; 10] = ["공", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구"];

const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_FA: [&str; 12] =
    ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"];
const MONTHS_RU: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

/// A tracking code or order number, sign by sign, with a breath after every four.
pub fn spell(code: &str, locale: Locale) -> String {
    let words = match locale {
        Locale::En => &DIGITS_EN,
        Locale::Fa => &DIGITS_FA,
        Locale::Ru => &DIGITS_RU,
        Locale::Ko => &DIGITS_KO,
    };
    let signs: Vec<String> = ascii_digits(code)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .map(|c| match c.to_digit(10).and_then(|digit| words.get(digit as usize)) {
            Some(word) => (*word).to_owned(),
            None => c.to_uppercase().collect(),
        })
        .collect();
    signs.chunks(GROUP).map(|group| group.join(" ")).collect::<Vec<_>>().join(", ")
}

/// An amount in words; none below zero, and for currencies without words.
pub fn money(amount: Money, unit: Unit, locale: Locale) -> Option<String> {
    in_words(amount, unit, locale)
}

/// A day of this year or the next: the year is left out. Persian speech uses the Solar Hijri calendar.
pub fn day(date: Date, locale: Locale) -> String {
    let named = |months: &[&'static str; 12], month: i64| {
        usize::try_from(month - 1).ok().and_then(|at| months.get(at)).copied().unwrap_or_default()
    };
    let (month, day) = (i64::from(date.month()), date.day());
    match locale {
        Locale::En => format!("{} {day}", named(&MONTHS_EN, month)),
        Locale::Ru => format!("{day} {}", named(&MONTHS_RU, month)),
        Locale::Ko => format!("{month}월 {day}일"),
        Locale::Fa => {
            let jalali = JalaliDate::from_gregorian(date).ok().and_then(|day| numbers(&day.to_string()));
            match jalali {
                Some((_, month, day)) => format!("{day} {}", named(&MONTHS_FA, i64::from(month))),
                None => date.to_string(),
            }
        }
    }
}

/// A word that voices mispronounce, and how to write it for them (S4-26).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Substitution {
    /// As written.
    pub written: String,
    /// As spoken.
    pub spoken: String,
}

/// What is wrong with a table of substitutions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SubstitutionFault {
    /// Too many rows.
    #[error("at most 100 substitutions are allowed")]
    TooMany,
    /// A word that is no word.
    #[error("a substitution needs one written word and its spoken form, 1 to 60 characters each")]
    Word,
}

/// Checks a table of substitutions.
///
/// # Errors
/// When it is too long or holds something that is no single word.
pub fn check(table: &[Substitution]) -> Result<(), SubstitutionFault> {
    let fits = |text: &str| (1..=MAX_WORD).contains(&text.chars().count());
    let word = |text: &str| fits(text) && text.chars().all(char::is_alphanumeric);
    if table.len() > MAX_SUBSTITUTIONS {
        Err(SubstitutionFault::TooMany)
    } else if table.iter().all(|row| word(&row.written) && fits(row.spoken.trim())) {
        Ok(())
    } else {
        Err(SubstitutionFault::Word)
    }
}

/// Replaces whole words, once each and whatever their case.
pub fn pronounce(text: &str, table: &[Substitution]) -> String {
    let mut spoken = String::new();
    let mut word = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_alphanumeric() {
            word.push(c);
            continue;
        }
        let lower = word.to_lowercase();
        let row = table.iter().find(|row| !word.is_empty() && row.written.to_lowercase() == lower);
        spoken.push_str(row.map_or(word.as_str(), |row| row.spoken.as_str()));
        word.clear();
        spoken.push(c);
    }
    spoken.pop();
    spoken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn codes_are_spelt_in_fours() {
        assert_eq!(spell("80083", Locale::Ru), "восемь ноль ноль восемь, три");
        assert_eq!(spell("rr12", Locale::En), "R R one two");
        assert_eq!(spell("۱۲", Locale::Fa), "یک دو");
        assert_eq!(spell("6-0", Locale::Ko), "육 공");
        assert_eq!(spell("", Locale::En), "");
    }

    #[test]
    fn money_and_days() {
        let toman = Money::new(250_000, Currency::Irr);
        assert_eq!(money(toman, Unit::Toman, Locale::Fa).as_deref(), Some("بیست و پنج هزار تومان"));
        let november = date(2026, 11, 23);
        assert_eq!(day(november, Locale::En), "November 23");
        assert_eq!(day(november, Locale::Ru), "23 ноября");
        assert_eq!(day(november, Locale::Ko), "11월 23일");
        assert_eq!(day(date(2026, 3, 21), Locale::Fa), "1 فروردین");
    }

    #[test]
    fn whole_words_are_replaced() {
        let table = [Substitution { written: "EMS".to_owned(), spoken: "и эм эс".to_owned() }];
        assert_eq!(pronounce("Ваш ems: EMSX, EMS", &table), "Ваш и эм эс: EMSX, и эм эс");
        assert_eq!(check(&table), Ok(()));
        let two_words = [Substitution { written: "a b".to_owned(), spoken: "c".to_owned() }];
        assert_eq!(check(&two_words), Err(SubstitutionFault::Word));
        let long: Vec<Substitution> = table.iter().cycle().take(101).cloned().collect();
        assert_eq!(check(&long), Err(SubstitutionFault::TooMany));
    }

    proptest! {
        #[test]
        fn without_a_table_nothing_changes(text in "\\PC{0,80}") {
            prop_assert_eq!(pronounce(&text, &[]), text);
        }
    }
}
