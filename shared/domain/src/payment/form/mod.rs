//! The plain form `/openpay/?receivername=&description=&price=&unit=` (S2-02 to S2-06): anybody can write
//! such an address, so it only suggests what the payer then sees and confirms (S2-24).

mod price;
mod text;

pub use price::{PriceError, Unit, UnknownUnit, parse_price};
pub use text::{carries_link, plain_text};

use crate::limits::{MAX_NAME, MAX_NOTE};
use crate::money::Money;

/// Something in the address that could not be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormProblem {
    /// The price.
    Price(PriceError),
    /// The unit is none that is known, or none of the shop's currency.
    Unit,
}

/// What the form starts with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prefill {
    /// The payer's full name; `receivername` on the wire, a misleading name kept for old links (S2-04).
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// How much.
    pub amount: Option<Money>,
    /// What was left out, so that the page can say so.
    pub problems: Vec<FormProblem>,
}

/// Reads the decoded parameters of an address; none, some or all may be there, others are passed over, and
/// of a repeated one the first counts. A price that cannot be read leaves the field empty.
pub fn prefill<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>, shop_unit: Unit) -> Prefill {
    let mut found = Prefill::default();
    let (mut price, mut unit) = (None, None);
    for (name, value) in parameters {
        let (slot, max) = match name {
            "receivername" => (&mut found.name, MAX_NAME),
            "description" => (&mut found.description, MAX_NOTE),
            "price" => (&mut price, MAX_NAME),
            "unit" => (&mut unit, MAX_NAME),
            _ => continue,
        };
        if slot.is_none() {
            *slot = Some(plain_text(value, max)).filter(|text| !text.is_empty());
        }
    }
    let unit = match unit.as_deref().map(str::parse::<Unit>) {
        None => Some(shop_unit),
        Some(Ok(unit)) if unit.currency() == shop_unit.currency() => Some(unit),
        Some(_) => None,
    };
    match (price, unit) {
        (None, _) => {}
        (Some(_), None) => found.problems.push(FormProblem::Unit),
        (Some(price), Some(unit)) => match parse_price(&price, unit) {
            Ok(amount) => found.amount = Some(amount),
            Err(error) => found.problems.push(FormProblem::Price(error)),
        },
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use proptest::prelude::*;

    fn irr(amount: i64) -> Option<Money> {
        Some(Money::new(amount, Currency::Irr))
    }

    #[test]
    fn none_and_all_parameters() {
        assert_eq!(prefill([], Unit::Rial), Prefill::default());
        let all = prefill(
            [
                ("receivername", "  مریم\u{202e} رضایی "),
                ("description", "هزینهٔ پشتیبانی، سفارش ۱۲"),
                ("price", "۲۵۰٬۰۰۰"),
                ("utm_source", "sms"),
            ],
            Unit::Toman,
        );
        assert_eq!(all.name.as_deref(), Some("مریم رضایی"));
        assert_eq!(all.description.as_deref(), Some("هزینهٔ پشتیبانی، سفارش ۱۲"));
        assert_eq!(all.amount, irr(2_500_000));
        assert!(all.problems.is_empty());
    }

    #[test]
    fn the_unit_of_the_address_wins_inside_the_shops_currency() {
        let with = |unit: &'static str| prefill([("price", "1000"), ("unit", unit)], Unit::Toman);
        assert_eq!(with("IRR").amount, irr(1_000));
        assert_eq!(with("ریال").amount, irr(1_000));
        assert_eq!(with("toman").amount, irr(10_000));
        for other in ["KRW", "euro?"] {
            assert_eq!((with(other).amount, with(other).problems), (None, vec![FormProblem::Unit]));
        }
    }

    #[test]
    fn a_price_that_cannot_be_read_is_left_empty_and_told() {
        for price in ["0", "-5", "1e3", "9223372036854775808", "<script>", "12.5.5", "abc"] {
            let found = prefill([("price", price)], Unit::Rial);
            assert_eq!(found.amount, None, "{price}");
            assert!(matches!(found.problems.as_slice(), [FormProblem::Price(_)]), "{price}");
        }
        assert_eq!(prefill([("price", "")], Unit::Rial), Prefill::default());
    }

    #[test]
    fn the_first_of_a_repeated_parameter_counts() {
        assert_eq!(prefill([("price", "5000"), ("price", "1")], Unit::Rial).amount, irr(5_000));
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(name in ".*", value in ".*") {
            let found = prefill([("receivername", name.as_str()), ("price", value.as_str())], Unit::Ruble);
            prop_assert!(found.name.is_none_or(|n| n.chars().count() <= MAX_NAME));
            prop_assert!(found.amount.is_none_or(|a| a.amount() > 0));
        }
    }
}
