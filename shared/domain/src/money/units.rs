//! Rial and toman as types of their own (S0-33): the tenfold mistake does not compile.
//!
//! ```compile_fail,E0308
//! use yam_domain::money::{Rial, Toman};
//! let wrong = Rial(10).checked_add(Toman(1));
//! ```
//!
//! ```compile_fail,E0369
//! use yam_domain::money::{Rial, Toman};
//! let wrong = Rial(10) + Toman(1);
//! ```
//!
//! ```
//! use yam_domain::money::{Rial, Toman};
//! assert_eq!(Toman(1).to_rial(), Ok(Rial(10)));
//! ```

use super::{Currency, Money, MoneyError};

/// Rials per toman. The only place where the factor stands for computing; displays read it from data.
const RIAL_PER_TOMAN: i64 = 10;

/// Iranian rial, the unit of every Iranian wire (Iran Post notes, section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rial(pub i64);

/// Iranian toman, ten rial; the unit in which shops show prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Toman(pub i64);

impl Rial {
    /// The same amount as [`Money`].
    pub const fn to_money(self) -> Money {
        Money::new(self.0, Currency::Irr)
    }

    /// The same amount in toman.
    ///
    /// # Errors
    /// When it is not a whole number of toman; nothing is rounded away.
    pub fn to_toman(self) -> Result<Toman, MoneyError> {
        if self.0 % RIAL_PER_TOMAN == 0 {
            Ok(Toman(self.0 / RIAL_PER_TOMAN))
        } else {
            Err(MoneyError::NotWhole)
        }
    }

    /// Sum of two rial amounts.
    ///
    /// # Errors
    /// On overflow.
    pub fn checked_add(self, other: Rial) -> Result<Rial, MoneyError> {
        self.0.checked_add(other.0).map(Rial).ok_or(MoneyError::Overflow)
    }
}

impl TryFrom<Money> for Rial {
    type Error = MoneyError;

    fn try_from(money: Money) -> Result<Self, MoneyError> {
        if money.currency() == Currency::Irr {
            Ok(Rial(money.amount()))
        } else {
            Err(MoneyError::CurrencyMismatch { left: Currency::Irr, right: money.currency() })
        }
    }
}

impl Toman {
    /// The same amount in rial.
    ///
    /// # Errors
    /// On overflow.
    pub fn to_rial(self) -> Result<Rial, MoneyError> {
        self.0.checked_mul(RIAL_PER_TOMAN).map(Rial).ok_or(MoneyError::Overflow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn conversions_are_explicit_and_exact() {
        assert_eq!(Toman(500_000).to_rial(), Ok(Rial(5_000_000)));
        assert_eq!(Rial(15).to_toman(), Err(MoneyError::NotWhole));
        assert_eq!(Toman(i64::MAX).to_rial(), Err(MoneyError::Overflow));
        assert_eq!(Rial::try_from(Rial(7).to_money()), Ok(Rial(7)));
        assert!(Rial::try_from(Money::new(7, Currency::Krw)).is_err());
    }

    proptest! {
        #[test]
        fn toman_round_trip(t in (i64::MIN / 10)..=(i64::MAX / 10)) {
            prop_assert_eq!(Toman(t).to_rial().and_then(Rial::to_toman), Ok(Toman(t)));
        }
    }
}
