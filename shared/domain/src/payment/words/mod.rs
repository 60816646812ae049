//! An amount in words, beside its digits, so that a slip between rial and toman is seen (issue part 2).
//!
//! Each language is a small table of its own: no library covers Persian and Korean, and money needs the
//! gender and number of its unit, which libraries leave to the caller.

mod en;
mod fa;
mod ko;
mod ru;

use super::form::Unit;
use crate::money::Money;
use crate::money::display::Locale;

/// Part of an amount: so many of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Count {
    many: u64,
    of: Coin,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coin {
    Rial,
    Toman,
    Ruble,
    Kopeck,
    Won,
}

/// The amount in words with its unit spelt out; none below zero, and when the unit is not of the amount's
/// currency.
pub fn in_words(money: Money, unit: Unit, locale: Locale) -> Option<String> {
    let amount = u64::try_from(money.amount()).ok().filter(|_| unit.currency() == money.currency())?;
    let per_unit = u64::try_from(unit.minor_units()).ok()?;
    let (whole, rest) = match unit {
        Unit::Rial => (Coin::Rial, None),
        Unit::Won => (Coin::Won, None),
        Unit::Toman => (Coin::Toman, Some(Coin::Rial)),
        Unit::Ruble => (Coin::Ruble, Some(Coin::Kopeck)),
    };
    let whole = Count { many: amount.checked_div(per_unit)?, of: whole };
    let rest = rest.map(|of| Count { many: amount % per_unit, of }).filter(|c| c.many > 0);
    let say = |count: Count| match locale {
        Locale::En => en::say(count),
        Locale::Fa => fa::say(count),
        Locale::Ru => ru::say(count),
        Locale::Ko => ko::say(count),
    };
    Some(match rest {
        None => say(whole),
        Some(rest) if whole.many == 0 => say(rest),
        Some(rest) => {
            let and = match locale {
                Locale::En => " and ",
                Locale::Fa => " و ",
                Locale::Ru | Locale::Ko => " ",
            };
            format!("{}{and}{}", say(whole), say(rest))
        }
    })
}

/// The groups of a number with their power, highest first, empty ones left out: `1_002_000` by thousands is
/// `(1, 2), (2, 1)`.
fn groups(number: u64, base: u64) -> Vec<(u64, usize)> {
    let mut found = Vec::new();
    let mut rest = number;
    for power in 0.. {
        if rest == 0 || base < 2 {
            break;
        }
        if !rest.is_multiple_of(base) {
            found.push((rest % base, power));
        }
        rest /= base;
    }
    found.reverse();
    found
}

/// An entry of a table of words; tables are as long as the digits that index them.
fn word(table: &[&'static str], index: u64) -> &'static str {
    usize::try_from(index).ok().and_then(|i| table.get(i)).copied().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn say(amount: i64, unit: Unit, locale: Locale) -> String {
        in_words(Money::new(amount, unit.currency()), unit, locale).unwrap()
    }

    #[test]
    fn ten_times_as_much_reads_otherwise() {
        assert_eq!(say(250_000, Unit::Toman, Locale::Fa), "بیست و پنج هزار تومان");
        assert_eq!(say(250_000, Unit::Rial, Locale::Fa), "دویست و پنجاه هزار ریال");
        assert_eq!(say(250_005, Unit::Toman, Locale::Fa), "بیست و پنج هزار تومان و پنج ریال");
        assert_eq!(say(250_005, Unit::Toman, Locale::En), "twenty-five thousand tomans and five rials");
        assert_eq!(say(5, Unit::Toman, Locale::En), "five rials");
        assert_eq!(say(10_050, Unit::Ruble, Locale::Ru), "сто рублей пятьдесят копеек");
        assert_eq!(say(12_000, Unit::Won, Locale::Ko), "만 이천 원");
        assert_eq!(say(0, Unit::Won, Locale::Ko), "영 원");
    }

    #[test]
    fn units_of_other_currencies_and_debts_have_no_words() {
        assert_eq!(in_words(Money::new(1, Currency::Krw), Unit::Rial, Locale::En), None);
        assert_eq!(in_words(Money::new(-1, Currency::Irr), Unit::Rial, Locale::En), None);
    }

    #[test]
    fn different_numbers_have_different_words() {
        for locale in [Locale::En, Locale::Fa, Locale::Ru, Locale::Ko] {
            let mut seen = HashSet::new();
            for number in (0..=20_000).chain((20_001..3_000_000).step_by(997)) {
                assert!(seen.insert(say(number, Unit::Rial, locale)), "{number}");
            }
        }
    }

    proptest! {
        #[test]
        fn every_amount_has_words(amount in 0..=i64::MAX) {
            for locale in [Locale::En, Locale::Fa, Locale::Ru, Locale::Ko] {
                let words = say(amount, Unit::Toman, locale);
                prop_assert!(!words.contains("  ") && words.trim() == words && !words.is_empty());
            }
        }
    }
}
