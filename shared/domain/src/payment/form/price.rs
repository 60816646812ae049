//! A price as people write it: digits of any script, thousands apart, in the unit of the shop (S2-05, S2-08;
//! gateway notes, section 0).

use crate::limits::MAX_AMOUNT;
use crate::money::{Currency, Money};
use crate::text::{ascii_digits, clean};
use serde::{Deserialize, Serialize};

/// The unit in which a shop shows prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Unit {
    /// Iranian rial.
    #[serde(rename = "IRR")]
    Rial,
    /// Iranian toman, ten rial.
    #[serde(rename = "IRT")]
    Toman,
    /// Russian ruble.
    #[serde(rename = "RUB")]
    Ruble,
    /// Korean won.
    #[serde(rename = "KRW")]
    Won,
}

/// The word names no unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown unit; use IRR, IRT, RUB or KRW")]
pub struct UnknownUnit;

impl Unit {
    /// The code in settings and addresses.
    pub const fn code(self) -> &'static str {
        match self {
            Unit::Rial => "IRR",
            Unit::Toman => "IRT",
            Unit::Ruble => "RUB",
            Unit::Won => "KRW",
        }
    }

    /// The currency whose amounts it shows.
    pub const fn currency(self) -> Currency {
        match self {
            Unit::Rial | Unit::Toman => Currency::Irr,
            Unit::Ruble => Currency::Rub,
            Unit::Won => Currency::Krw,
        }
    }

    /// Minor units in one of it.
    pub const fn minor_units(self) -> i64 {
        match self {
            Unit::Rial | Unit::Won => 1,
            Unit::Toman => 10,
            Unit::Ruble => 100,
        }
    }

    /// Decimal places people write. A toman has ten rial, and nobody writes them as a fraction.
    const fn places(self) -> usize {
        match self {
            Unit::Rial | Unit::Toman | Unit::Won => 0,
            Unit::Ruble => 2,
        }
    }
}

impl std::str::FromStr for Unit {
    type Err = UnknownUnit;

    fn from_str(text: &str) -> Result<Self, UnknownUnit> {
        match text.trim().to_lowercase().as_str() {
            "irr" | "rial" | "ریال" => Ok(Unit::Rial),
            "irt" | "toman" | "تومان" => Ok(Unit::Toman),
            "rub" | "rubles" | "руб" | "₽" => Ok(Unit::Ruble),
            "krw" | "won" | "원" => Ok(Unit::Won),
            _ => Err(UnknownUnit),
        }
    }
}

/// Why a text is no price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    /// Not digits with marks between thousands.
    #[error("write the amount in digits, for example 250000 or 250,000")]
    Form,
    /// Nothing or less.
    #[error("the amount must be more than nothing")]
    NotPositive,
    /// Beyond what is ever paid.
    #[error("the amount is too large")]
    TooLarge,
}

/// Reads a price in a unit. `,`, `.`, `٬`, `'` and spaces may stand between thousands; a fraction is read
/// only where the unit has one. What could be read in two ways is refused.
///
/// # Errors
/// [`PriceError`], saying how to write it.
pub fn parse_price(text: &str, unit: Unit) -> Result<Money, PriceError> {
    let text = clean(&ascii_digits(text));
    if text.starts_with('-') || text.starts_with('\u{2212}') {
        return Err(PriceError::NotPositive);
    }
    let (whole, fraction) = split_fraction(&text, unit.places());
    let whole = ungrouped(whole).ok_or(PriceError::Form)?;
    let whole: i64 = whole.parse().map_err(|_| PriceError::TooLarge)?;
    let minor = i128::from(whole) * i128::from(unit.minor_units()) + i128::from(minor_part(fraction)?);
    match i64::try_from(minor) {
        Ok(0) => Err(PriceError::NotPositive),
        Ok(amount) if amount <= MAX_AMOUNT => Ok(Money::new(amount, unit.currency())),
        _ => Err(PriceError::TooLarge),
    }
}

/// Splits at the last mark when one or two digits follow it; three are a group of thousands.
fn split_fraction(text: &str, places: usize) -> (&str, &str) {
    let Some((whole, rest)) = text.rsplit_once(['.', ',', '\u{66b}']).filter(|_| places > 0) else {
        return (text, "");
    };
    let digits = (1..=places).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_digit());
    if digits { (whole, rest) } else { (text, "") }
}

fn minor_part(fraction: &str) -> Result<i64, PriceError> {
    match fraction.len() {
        0 => Ok(0),
        1 => fraction.parse::<i64>().map(|n| n * 10).map_err(|_| PriceError::Form),
        _ => fraction.parse::<i64>().map_err(|_| PriceError::Form),
    }
}

/// The digits of a number whose groups, if any, are of three and parted by one and the same mark.
fn ungrouped(text: &str) -> Option<String> {
    let is_mark =
        |c: char| matches!(c, ',' | '.' | '\u{66c}' | '\'' | '\u{2019}' | '\u{60c}') || c.is_whitespace();
    let mark = text.chars().find(|c| is_mark(*c));
    let groups: Vec<&str> = match mark {
        None => vec![text],
        Some(mark) => text.split(mark).collect(),
    };
    let all_digits = groups.iter().all(|g| !g.is_empty() && g.bytes().all(|b| b.is_ascii_digit()));
    let well_grouped = groups.len() == 1
        || groups.first().is_some_and(|g| g.len() <= 3) && groups.iter().skip(1).all(|g| g.len() == 3);
    (all_digits && well_grouped).then(|| groups.concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::display;
    use proptest::prelude::*;

    fn read(text: &str, unit: Unit) -> Result<i64, PriceError> {
        parse_price(text, unit).map(Money::amount)
    }

    #[test]
    fn spellings_of_one_price() {
        for text in [
            "250000",
            "250,000",
            "۲۵۰۰۰۰",
            "۲۵۰٬۰۰۰",
            "٢٥٠٠٠٠",
            " 250 000 ",
            "250\u{a0}000",
            "250.000",
            "250'000",
        ] {
            assert_eq!(read(text, Unit::Rial), Ok(250_000), "{text}");
            assert_eq!(read(text, Unit::Toman), Ok(2_500_000), "{text}");
            assert_eq!(read(text, Unit::Won), Ok(250_000), "{text}");
            assert_eq!(read(text, Unit::Ruble), Ok(25_000_000), "{text}");
        }
    }

    #[test]
    fn kopecks() {
        for (text, kopecks) in
            [("100.50", 10_050), ("100,5", 10_050), ("1 234,05", 123_405), ("1,234.05", 123_405), ("0.01", 1)]
        {
            assert_eq!(read(text, Unit::Ruble), Ok(kopecks), "{text}");
        }
        assert_eq!(read("1,234", Unit::Ruble), Ok(123_400));
        assert_eq!(read("100.50", Unit::Toman), Err(PriceError::Form));
    }

    #[test]
    fn what_is_no_price() {
        for text in
            ["", " ", "1e3", "abc", "0x10", "1,23,456", "1,2345", "1,234.567,8", "12..5", "+5", "۱۲a", ","]
        {
            assert_eq!(read(text, Unit::Rial), Err(PriceError::Form), "{text}");
        }
        for text in ["0", "-5", "0,000", "\u{2212}3"] {
            assert_eq!(read(text, Unit::Rial), Err(PriceError::NotPositive), "{text}");
        }
        for text in ["9223372036854775807", "9223372036854775808", "10000000000000001"] {
            assert_eq!(read(text, Unit::Rial), Err(PriceError::TooLarge), "{text}");
        }
        assert_eq!(read("10000000000000000", Unit::Rial), Ok(MAX_AMOUNT));
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(amount in 1i64..MAX_AMOUNT / 10) {
            let day = jiff::civil::date(2026, 8, 1);
            let money = Money::new(amount * 10, Currency::Irr);
            for locale in [display::Locale::En, display::Locale::Fa, display::Locale::Ru] {
                let shown = display::format(money, "IRT", locale, day).unwrap();
                let number = shown.trim_end_matches(|c: char| c.is_alphabetic()).trim();
                prop_assert_eq!(parse_price(number, Unit::Toman), Ok(money));
            }
        }

        #[test]
        fn no_text_breaks_it(text in ".*") {
            for unit in [Unit::Rial, Unit::Toman, Unit::Ruble, Unit::Won] {
                let _read = parse_price(&text, unit);
            }
        }
    }
}
