//! How an amount is shown to people.
//!
//! Display units are dated data (`data/display_units.csv`), because Iran is renaming its money: a law
//! drops four zeros and brings a new rial of 10,000 old ones, divided into 100 qiran. A row without
//! `valid_from` is announced and not in force; when the day is set, only the file changes. A unit that
//! changes its name or factor gets a further row with a later `valid_from`.

use super::{Currency, Money};
use jiff::civil::Date;
use std::sync::OnceLock;

/// Most decimal places an exact amount may need before it is called not representable.
const MAX_PLACES: usize = 9;

/// A language of the hub's texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Locale {
    /// English.
    En,
    /// Persian: Persian digits, U+066C between thousands, U+066B before the fraction.
    Fa,
    /// Russian: no-break spaces between thousands, decimal comma.
    Ru,
    /// Korean: unit name follows without a space.
    Ko,
}

impl Locale {
    /// Reads a language tag by its first part (`fa-IR` is Persian); English for anything else.
    pub fn from_tag(tag: &str) -> Self {
        match tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "fa" => Locale::Fa,
            "ru" => Locale::Ru,
            "ko" => Locale::Ko,
            _ => Locale::En,
        }
    }
}

/// One dated display unit: `numerator / denominator` minor units make one of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayUnit {
    /// The currency whose amounts it shows.
    pub currency: Currency,
    /// Code used in shop settings, such as `IRT`.
    pub code: &'static str,
    /// First day on which this row holds; none while only announced.
    pub valid_from: Option<Date>,
    /// Minor units per display unit, numerator.
    pub numerator: i64,
    /// Minor units per display unit, denominator.
    pub denominator: i64,
    /// Fewest decimal places shown.
    pub digits: usize,
    name_en: &'static str,
    name_fa: &'static str,
    name_ru: &'static str,
    name_ko: &'static str,
}

impl DisplayUnit {
    /// The unit's name in a language.
    pub fn name(&self, locale: Locale) -> &'static str {
        match locale {
            Locale::En => self.name_en,
            Locale::Fa => self.name_fa,
            Locale::Ru => self.name_ru,
            Locale::Ko => self.name_ko,
        }
    }

    fn from_line(line: &'static str) -> Option<Self> {
        let fields: Vec<&'static str> = line.split(',').collect();
        let [currency, code, valid_from, numerator, denominator, digits, en, fa, ru, ko] = fields.as_slice()
        else {
            return None;
        };
        let valid_from = if valid_from.is_empty() { None } else { Some(valid_from.parse().ok()?) };
        let unit = Self {
            currency: currency.parse().ok()?,
            code,
            valid_from,
            numerator: numerator.parse().ok()?,
            denominator: denominator.parse().ok()?,
            digits: digits.parse().ok()?,
            name_en: en,
            name_fa: fa,
            name_ru: ru,
            name_ko: ko,
        };
        (unit.numerator > 0 && unit.denominator > 0).then_some(unit)
    }
}

/// Why an amount cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DisplayError {
    /// No unit of that code is in force on that day for this currency.
    #[error("display unit {code} is not in force for {currency} on {on}")]
    NotInForce {
        /// Unit code asked for.
        code: String,
        /// Currency of the amount.
        currency: Currency,
        /// Day asked for.
        on: Date,
    },
    /// The amount has no exact decimal form in this unit.
    #[error("the amount has no exact decimal form in {code}")]
    NotExact {
        /// Unit code asked for.
        code: &'static str,
    },
}

/// All display units of the data file, announced ones included.
pub fn units() -> &'static [DisplayUnit] {
    static UNITS: OnceLock<Vec<DisplayUnit>> = OnceLock::new();
    UNITS.get_or_init(|| lines().filter_map(DisplayUnit::from_line).collect())
}

/// The unit of this code in force on a day: the row with the latest `valid_from` not after it.
pub fn unit(currency: Currency, code: &str, on: Date) -> Option<&'static DisplayUnit> {
    units()
        .iter()
        .filter(|u| u.currency == currency && u.code == code)
        .filter(|u| u.valid_from.is_some_and(|from| from <= on))
        .max_by_key(|u| u.valid_from)
}

/// The amount in a display unit with its name, exact and never rounded: `25,000 toman`.
///
/// # Errors
/// When the unit is not in force on that day, or the amount has no exact decimal form in it.
pub fn format(money: Money, unit_code: &str, locale: Locale, on: Date) -> Result<String, DisplayError> {
    let unit = unit(money.currency(), unit_code, on).ok_or_else(|| DisplayError::NotInForce {
        code: unit_code.to_owned(),
        currency: money.currency(),
        on,
    })?;
    let number = number(money.amount(), unit, locale)?;
    let gap = match locale {
        Locale::En | Locale::Fa => " ",
        Locale::Ru => "\u{a0}",
        Locale::Ko => "",
    };
    Ok(format!("{number}{gap}{}", unit.name(locale)))
}

fn lines() -> impl Iterator<Item = &'static str> {
    include_str!("../../data/display_units.csv").lines().skip(1).filter(|line| !line.trim().is_empty())
}

fn number(amount: i64, unit: &DisplayUnit, locale: Locale) -> Result<String, DisplayError> {
    let divisor = i128::from(unit.numerator);
    let scaled = i128::from(amount).abs() * i128::from(unit.denominator);
    let whole = scaled / divisor;
    let mut rest = scaled % divisor;
    let mut places = String::new();
    while rest != 0 || places.len() < unit.digits {
        if places.len() == MAX_PLACES {
            return Err(DisplayError::NotExact { code: unit.code });
        }
        rest *= 10;
        places.push_str(&(rest / divisor).to_string());
        rest %= divisor;
    }
    let (thousands, point) = match locale {
        Locale::En | Locale::Ko => (',', '.'),
        Locale::Fa => ('\u{66c}', '\u{66b}'),
        Locale::Ru => ('\u{a0}', ','),
    };
    let mut text = String::new();
    if amount < 0 {
        text.push('-');
    }
    text.push_str(&grouped(&whole.to_string(), thousands));
    if !places.is_empty() {
        text.push(point);
        text.push_str(&places);
    }
    Ok(if locale == Locale::Fa { persian_digits(&text) } else { text })
}

fn grouped(digits: &str, separator: char) -> String {
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

fn persian_digits(text: &str) -> String {
    let zero = u32::from('۰');
    text.chars().map(|c| c.to_digit(10).and_then(|digit| char::from_u32(zero + digit)).unwrap_or(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day() -> Date {
        jiff::civil::date(2026, 8, 1)
    }

    fn show(amount: i64, currency: Currency, code: &str, locale: Locale) -> String {
        format(Money::new(amount, currency), code, locale, day()).unwrap()
    }

    #[test]
    fn every_row_of_the_file_is_read() {
        assert_eq!(units().len(), lines().count());
    }

    #[test]
    fn amounts_read_naturally_in_four_languages() {
        assert_eq!(show(1_234_567, Currency::Irr, "IRR", Locale::En), "1,234,567 rial");
        assert_eq!(show(250_000, Currency::Irr, "IRT", Locale::En), "25,000 toman");
        assert_eq!(show(250_000, Currency::Irr, "IRT", Locale::Fa), "۲۵٬۰۰۰ تومان");
        assert_eq!(show(15, Currency::Irr, "IRT", Locale::Fa), "۱٫۵ تومان");
        assert_eq!(show(123_450, Currency::Rub, "RUB", Locale::Ru), "1\u{a0}234,50\u{a0}₽");
        assert_eq!(show(12_000, Currency::Krw, "KRW", Locale::Ko), "12,000원");
        assert_eq!(show(-5, Currency::Usd, "USD", Locale::En), "-0.05 USD");
        assert_eq!(show(0, Currency::Irr, "IRT", Locale::En), "0 toman");
    }

    #[test]
    fn an_announced_unit_is_not_used_before_its_day() {
        let money = Money::new(10_000, Currency::Irr);
        for code in ["NEW_RIAL", "QIRAN", "ZZZ", ""] {
            assert!(format(money, code, Locale::Fa, day()).is_err(), "{code}");
            assert!(format(money, code, Locale::Fa, Date::MAX).is_err(), "{code}");
        }
        assert!(unit(Currency::Krw, "IRT", day()).is_none());
    }

    #[test]
    fn the_new_rial_needs_only_a_date() {
        let line = "IRR,NEW_RIAL,2027-03-21,10000,1,2,new rial,ریال جدید,новый риал,새 리알";
        let unit = DisplayUnit::from_line(line).unwrap();
        assert_eq!(number(12_345_000, &unit, Locale::En), Ok("1,234.50".to_owned()));
        assert_eq!(number(1, &unit, Locale::En), Ok("0.0001".to_owned()));
    }

    #[test]
    fn inexact_amounts_are_refused_not_rounded() {
        let unit = DisplayUnit::from_line("IRR,X,2027-03-21,3,1,0,x,x,x,x").unwrap();
        assert_eq!(number(1, &unit, Locale::En), Err(DisplayError::NotExact { code: "X" }));
        assert_eq!(number(6, &unit, Locale::En), Ok("2".to_owned()));
    }

    #[test]
    fn tags_choose_the_language() {
        assert_eq!(Locale::from_tag("fa-IR"), Locale::Fa);
        assert_eq!(Locale::from_tag("KO"), Locale::Ko);
        assert_eq!(Locale::from_tag("ru_RU"), Locale::Ru);
        assert_eq!(Locale::from_tag(""), Locale::En);
    }

    proptest! {
        #[test]
        fn toman_text_reads_back_to_the_same_rials(amount in any::<i64>()) {
            let text = show(amount, Currency::Irr, "IRT", Locale::En);
            let digits = text.trim_end_matches(" toman").replace(',', "");
            let (whole, tenth) = digits.split_once('.').unwrap_or((&digits, "0"));
            let back: i128 = format!("{whole}{tenth}").parse().unwrap();
            prop_assert_eq!(back, i128::from(amount));
        }
    }
}
