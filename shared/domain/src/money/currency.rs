//! The currencies in use, as ISO 4217 codes.

use serde::{Deserialize, Serialize};

/// A currency of the hub's merchants and carriers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    /// Iranian rial. Kept without a minor unit: 1 = 1 rial. Toman is a display unit.
    Irr,
    /// Russian ruble, in kopecks.
    Rub,
    /// Korean won, without a minor unit.
    Krw,
    /// US dollar, in cents.
    Usd,
    /// Euro, in cents.
    Eur,
}

/// The text is not one of the currencies.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown currency; use one of IRR, RUB, KRW, USD, EUR")]
pub struct UnknownCurrency;

impl Currency {
    /// All currencies.
    pub const ALL: [Currency; 5] =
        [Currency::Irr, Currency::Rub, Currency::Krw, Currency::Usd, Currency::Eur];

    /// ISO 4217 code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Currency::Irr => "IRR",
            Currency::Rub => "RUB",
            Currency::Krw => "KRW",
            Currency::Usd => "USD",
            Currency::Eur => "EUR",
        }
    }

    /// How many decimal digits one stored unit stands behind the major unit. Zero for IRR (by design
    /// section 4, although ISO lists two) and KRW.
    pub const fn minor_digits(self) -> u32 {
        match self {
            Currency::Irr | Currency::Krw => 0,
            Currency::Rub | Currency::Usd | Currency::Eur => 2,
        }
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(text: &str) -> Result<Self, UnknownCurrency> {
        Currency::ALL.into_iter().find(|c| c.as_str() == text).ok_or(UnknownCurrency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_json_agree() {
        for currency in Currency::ALL {
            assert_eq!(currency.as_str().parse(), Ok(currency));
            assert_eq!(serde_json::to_string(&currency).unwrap(), format!("\"{currency}\""));
        }
        assert!("IRT".parse::<Currency>().is_err());
    }
}
