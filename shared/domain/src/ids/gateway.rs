//! The payment gateways. Their ids are fixed by design section 4.

use crate::money::Currency;
use serde::{Deserialize, Serialize};

/// A payment gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GatewayId {
    /// Zarinpal v4, a facilitator in Iran.
    Zarinpal,
    /// Zibal v1, a facilitator in Iran.
    Zibal,
    /// Behpardakht Mellat, bank-side in Iran (SOAP).
    Mellat,
    /// Saman SEP, bank-side in Iran.
    Sep,
    /// Robokassa, Russia.
    Robokassa,
    /// YooKassa v3, Russia.
    Yookassa,
    /// Toss Payments, Korea.
    Toss,
}

/// The text names no gateway this hub speaks to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown gateway; use one of zarinpal, zibal, mellat, sep, robokassa, yookassa, toss")]
pub struct UnknownGateway;

impl GatewayId {
    /// All gateways, in the order in which a page lists them.
    pub const ALL: [GatewayId; 7] = [
        GatewayId::Zarinpal,
        GatewayId::Zibal,
        GatewayId::Mellat,
        GatewayId::Sep,
        GatewayId::Robokassa,
        GatewayId::Yookassa,
        GatewayId::Toss,
    ];

    /// The id used in the API, in keys and in logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            GatewayId::Zarinpal => "zarinpal",
            GatewayId::Zibal => "zibal",
            GatewayId::Mellat => "mellat",
            GatewayId::Sep => "sep",
            GatewayId::Robokassa => "robokassa",
            GatewayId::Yookassa => "yookassa",
            GatewayId::Toss => "toss",
        }
    }

    /// The one currency it takes.
    pub const fn currency(self) -> Currency {
        match self {
            GatewayId::Zarinpal | GatewayId::Zibal | GatewayId::Mellat | GatewayId::Sep => Currency::Irr,
            GatewayId::Robokassa | GatewayId::Yookassa => Currency::Rub,
            GatewayId::Toss => Currency::Krw,
        }
    }
}

impl std::fmt::Display for GatewayId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for GatewayId {
    type Err = UnknownGateway;

    fn from_str(text: &str) -> Result<Self, UnknownGateway> {
        GatewayId::ALL.into_iter().find(|g| g.as_str() == text).ok_or(UnknownGateway)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_json_agree() {
        for gateway in GatewayId::ALL {
            assert_eq!(gateway.as_str().parse(), Ok(gateway));
            assert_eq!(serde_json::to_string(&gateway).unwrap(), format!("\"{gateway}\""));
        }
        assert_eq!("Zarinpal".parse::<GatewayId>(), Err(UnknownGateway));
    }
}
