//! What was asked for, what was paid, and what a gateway takes (S2-08, S2-24; gateway notes, sections 7.2
//! and 7.5).

use crate::ids::GatewayId;
use crate::money::{Currency, Money};
use serde::{Deserialize, Serialize};

/// How a paid amount stands to the frozen one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// The same.
    Equal,
    /// Ten times as much: rial was taken for toman.
    TenTimes,
    /// A tenth: toman was taken for rial.
    ATenth,
    /// Less.
    Less,
    /// More.
    More,
    /// Another currency.
    OtherCurrency,
}

/// Compares in minor units. Only [`Compared::Equal`] is a payment of the requested amount.
pub fn compare(requested: Money, paid: Money) -> Compared {
    if requested.currency() != paid.currency() {
        return Compared::OtherCurrency;
    }
    let (asked, got) = (i128::from(requested.amount()), i128::from(paid.amount()));
    match () {
        () if asked == got => Compared::Equal,
        () if asked * 10 == got => Compared::TenTimes,
        () if asked == got * 10 => Compared::ATenth,
        () if got < asked => Compared::Less,
        () => Compared::More,
    }
}

/// The amounts a gateway takes in one payment, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Least, in minor units.
    pub min: i64,
    /// Most, in minor units; none is published where it depends on the merchant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
}

/// Limits of a gateway unless the account has others. Section 7.5 where it names a figure; the least
/// amounts of the bank-side gateways, the rouble ones and Toss are assumptions, therefore settings.
pub const fn limits(gateway: GatewayId) -> Limits {
    match gateway {
        GatewayId::Zarinpal => Limits { min: 1_000, max: Some(1_000_000_000) },
        GatewayId::Zibal => Limits { min: 1_001, max: Some(2_000_000_000) },
        GatewayId::Mellat | GatewayId::Sep => Limits { min: 1_000, max: None },
        GatewayId::Robokassa | GatewayId::Yookassa => Limits { min: 100, max: None },
        GatewayId::Toss => Limits { min: 100, max: None },
    }
}

/// Why a gateway does not take an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OutOfLimits {
    /// It takes another currency.
    #[error("this gateway takes {0} only")]
    Currency(Currency),
    /// Less than the least.
    #[error("the least amount here is {0}")]
    TooSmall(Money),
    /// More than the most.
    #[error("the largest amount here is {0}")]
    TooLarge(Money),
}

/// Checks an amount against a gateway's currency and limits.
///
/// # Errors
/// [`OutOfLimits`], naming the limit.
pub fn check(gateway: GatewayId, limits: Limits, amount: Money) -> Result<(), OutOfLimits> {
    let currency = gateway.currency();
    if amount.currency() != currency {
        return Err(OutOfLimits::Currency(currency));
    }
    // Nothing and less than nothing cannot be paid, whatever a setting says.
    let min = limits.min.max(1);
    if amount.amount() < min {
        return Err(OutOfLimits::TooSmall(Money::new(min, currency)));
    }
    match limits.max {
        Some(max) if amount.amount() > max => Err(OutOfLimits::TooLarge(Money::new(max, currency))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn irr(amount: i64) -> Money {
        Money::new(amount, Currency::Irr)
    }

    #[test]
    fn a_slip_of_the_unit_is_named() {
        assert_eq!(compare(irr(250_000), irr(250_000)), Compared::Equal);
        assert_eq!(compare(irr(250_000), irr(2_500_000)), Compared::TenTimes);
        assert_eq!(compare(irr(250_000), irr(25_000)), Compared::ATenth);
        assert_eq!(compare(irr(250_000), irr(249_999)), Compared::Less);
        assert_eq!(compare(irr(250_000), irr(250_001)), Compared::More);
        assert_eq!(compare(irr(250_000), Money::new(250_000, Currency::Krw)), Compared::OtherCurrency);
    }

    #[test]
    fn limits_hold_at_their_edges() {
        for gateway in GatewayId::ALL {
            let limits = limits(gateway);
            let money = |amount| Money::new(amount, gateway.currency());
            let check = |amount| check(gateway, limits, money(amount));
            assert_eq!(check(limits.min), Ok(()), "{gateway}");
            assert_eq!(check(limits.min - 1), Err(OutOfLimits::TooSmall(money(limits.min))), "{gateway}");
            if let Some(max) = limits.max {
                assert_eq!(check(max), Ok(()), "{gateway}");
                assert_eq!(check(max + 1), Err(OutOfLimits::TooLarge(money(max))), "{gateway}");
            }
            assert!(check(0).is_err() && check(-5).is_err(), "{gateway}");
        }
        let usd = Money::new(1_000_000, Currency::Usd);
        assert_eq!(
            super::check(GatewayId::Zibal, limits(GatewayId::Zibal), usd),
            Err(OutOfLimits::Currency(Currency::Irr))
        );
    }

    #[test]
    fn a_setting_cannot_allow_nothing() {
        let open = Limits { min: -10, max: None };
        assert_eq!(check(GatewayId::Mellat, open, irr(0)), Err(OutOfLimits::TooSmall(irr(1))));
    }

    proptest! {
        #[test]
        fn only_the_same_amount_is_equal(a in any::<i64>(), b in any::<i64>()) {
            prop_assert_eq!(compare(irr(a), irr(b)) == Compared::Equal, a == b);
        }
    }
}
