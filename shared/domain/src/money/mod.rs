//! Money as whole minor units with a currency.
//!
//! There is no `+`: adding is checked, because amounts of two currencies must never meet and an
//! overflow must never wrap.
//!
//! ```compile_fail,E0369
//! use yam_domain::money::{Currency, Money};
//! let wrong = Money::new(1, Currency::Irr) + Money::new(1, Currency::Irr);
//! ```

mod currency;
pub mod display;
mod units;

pub use currency::{Currency, UnknownCurrency};
pub use units::{Rial, Toman};

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// An amount in whole minor units of its currency (1 = 1 rial, 1 won, 1 kopeck, 1 cent).
///
/// On the wire `{"amount": 250000, "currency": "IRR"}` (design section 4); unknown members and
/// fractions are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    amount: i64,
    currency: Currency,
}

/// Why an amount could not be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Two currencies met.
    #[error("cannot combine {left} with {right}: give all amounts in one currency")]
    CurrencyMismatch {
        /// Currency of the left side, or the one asked for.
        left: Currency,
        /// Currency of the right side, or the one found.
        right: Currency,
    },
    /// The result does not fit 64 bits.
    #[error("the amount is too large")]
    Overflow,
    /// The amount is not a whole number of the wanted unit.
    #[error("the amount is not a whole number of toman (1 toman = 10 rial)")]
    NotWhole,
}

impl Money {
    /// An amount in minor units.
    pub const fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing, in a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Minor units.
    pub const fn amount(self) -> i64 {
        self.amount
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Below zero?
    pub const fn is_negative(self) -> bool {
        self.amount < 0
    }

    /// Exactly zero?
    pub const fn is_zero(self) -> bool {
        self.amount == 0
    }

    /// Sum of two amounts.
    ///
    /// # Errors
    /// On two currencies or overflow.
    pub fn checked_add(self, other: Money) -> Result<Money, MoneyError> {
        self.same_currency(other)?;
        self.with(self.amount.checked_add(other.amount))
    }

    /// Difference of two amounts; may be negative.
    ///
    /// # Errors
    /// On two currencies or overflow.
    pub fn checked_sub(self, other: Money) -> Result<Money, MoneyError> {
        self.same_currency(other)?;
        self.with(self.amount.checked_sub(other.amount))
    }

    /// The amount times a count.
    ///
    /// # Errors
    /// On overflow.
    pub fn checked_mul(self, count: u64) -> Result<Money, MoneyError> {
        let product = i128::from(self.amount) * i128::from(count);
        self.with(i64::try_from(product).ok())
    }

    /// Sum of many amounts; zero of `currency` when there are none.
    ///
    /// # Errors
    /// When an amount is in another currency, or on overflow.
    pub fn sum(amounts: impl IntoIterator<Item = Money>, currency: Currency) -> Result<Money, MoneyError> {
        amounts.into_iter().try_fold(Money::zero(currency), Money::checked_add)
    }

    /// A share in basis points (900 = 9 %), rounded half away from zero to the minor unit, so that a
    /// charge and its refund are equal.
    ///
    /// # Errors
    /// On overflow (only above 10,000 basis points).
    pub fn percent_half_up(self, basis_points: u32) -> Result<Money, MoneyError> {
        let scaled = i128::from(self.amount) * i128::from(basis_points);
        let half = if scaled < 0 { -5_000 } else { 5_000 };
        self.with(i64::try_from((scaled + half) / 10_000).ok())
    }

    fn same_currency(self, other: Money) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::CurrencyMismatch { left: self.currency, right: other.currency })
        }
    }

    fn with(self, amount: Option<i64>) -> Result<Money, MoneyError> {
        amount.map(|amount| Money::new(amount, self.currency)).ok_or(MoneyError::Overflow)
    }
}

impl PartialOrd for Money {
    /// Amounts are ordered only within one currency; across currencies there is no answer.
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self.currency == other.currency).then(|| self.amount.cmp(&other.amount))
    }
}

impl std::fmt::Display for Money {
    /// Plain form for logs and problem details: `250000 IRR` (minor units). For people, see
    /// [`display::format`].
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn irr(amount: i64) -> Money {
        Money::new(amount, Currency::Irr)
    }

    #[test]
    fn wire_form_is_strict() {
        let money: Money = serde_json::from_str(r#"{"amount":250000,"currency":"IRR"}"#).unwrap();
        assert_eq!(money, irr(250_000));
        assert_eq!(serde_json::to_string(&money).unwrap(), r#"{"amount":250000,"currency":"IRR"}"#);
        for bad in [
            r#"{"amount":1.5,"currency":"IRR"}"#,
            r#"{"amount":1.0,"currency":"IRR"}"#,
            r#"{"amount":"1","currency":"IRR"}"#,
            r#"{"amount":1,"currency":"irr"}"#,
            r#"{"amount":1,"currency":"IRT"}"#,
            r#"{"amount":1,"currency":"IRR","unit":"toman"}"#,
            r#"{"amount":9223372036854775808,"currency":"IRR"}"#,
            r#"{"amount":1}"#,
        ] {
            assert!(serde_json::from_str::<Money>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn currencies_never_meet() {
        let won = Money::new(1, Currency::Krw);
        assert_eq!(
            irr(1).checked_add(won),
            Err(MoneyError::CurrencyMismatch { left: Currency::Irr, right: Currency::Krw })
        );
        assert!(irr(1).checked_sub(won).is_err());
        assert!(Money::sum([irr(1), won], Currency::Irr).is_err());
        assert_eq!(irr(1).partial_cmp(&won), None);
        assert!(irr(1) < irr(2));
    }

    #[test]
    fn overflow_is_an_error() {
        assert_eq!(irr(i64::MAX).checked_add(irr(1)), Err(MoneyError::Overflow));
        assert_eq!(irr(i64::MIN).checked_sub(irr(1)), Err(MoneyError::Overflow));
        assert_eq!(irr(i64::MAX).checked_mul(2), Err(MoneyError::Overflow));
        assert_eq!(irr(-1).checked_mul(u64::MAX), Err(MoneyError::Overflow));
        assert_eq!(irr(i64::MAX).percent_half_up(u32::MAX), Err(MoneyError::Overflow));
    }

    #[test]
    fn percent_rounds_half_away_from_zero() {
        assert_eq!(irr(81_500).percent_half_up(900), Ok(irr(7_335)));
        assert_eq!(irr(50).percent_half_up(100), Ok(irr(1)));
        assert_eq!(irr(49).percent_half_up(100), Ok(irr(0)));
        assert_eq!(irr(-50).percent_half_up(100), Ok(irr(-1)));
    }

    proptest! {
        #[test]
        fn add_then_subtract_is_identity(a in any::<i64>(), b in any::<i64>()) {
            if let Ok(sum) = irr(a).checked_add(irr(b)) {
                prop_assert_eq!(sum.checked_sub(irr(b)), Ok(irr(a)));
                prop_assert_eq!(irr(b).checked_add(irr(a)), Ok(sum));
            } else {
                prop_assert!(a.checked_add(b).is_none());
            }
        }

        #[test]
        fn multiplying_is_repeated_adding(a in -1_000_000i64..1_000_000, n in 0u64..50) {
            let many = std::iter::repeat_n(irr(a), n as usize);
            prop_assert_eq!(irr(a).checked_mul(n), Money::sum(many, Currency::Irr));
        }

        #[test]
        fn a_share_mirrors_under_sign(a in -1_000_000_000i64..1_000_000_000, bps in 0u32..=10_000) {
            let share = irr(a).percent_half_up(bps).unwrap();
            prop_assert_eq!(irr(-a).percent_half_up(bps).unwrap().amount(), -share.amount());
            prop_assert!(share.amount().abs() <= a.abs());
        }

        #[test]
        fn json_round_trip(a in any::<i64>()) {
            let text = serde_json::to_string(&irr(a)).unwrap();
            prop_assert_eq!(serde_json::from_str::<Money>(&text).unwrap(), irr(a));
        }
    }
}
