//! The postal operators. Their ids are fixed by design section 4.

use serde::{Deserialize, Serialize};

/// A postal operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CarrierId {
    /// National post of Iran.
    IranPost,
    /// Korea Post.
    KoreaPost,
    /// Russian Post.
    RussianPost,
}

/// The text names no carrier this hub speaks to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown carrier; use one of iran_post, korea_post, russian_post")]
pub struct UnknownCarrier;

impl CarrierId {
    /// All carriers, in the order of their ids.
    pub const ALL: [CarrierId; 3] = [CarrierId::IranPost, CarrierId::KoreaPost, CarrierId::RussianPost];

    /// The id used in the API, in keys and in logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            CarrierId::IranPost => "iran_post",
            CarrierId::KoreaPost => "korea_post",
            CarrierId::RussianPost => "russian_post",
        }
    }

    /// Home country as ISO 3166 alpha-2.
    pub const fn country(self) -> &'static str {
        match self {
            CarrierId::IranPost => "IR",
            CarrierId::KoreaPost => "KR",
            CarrierId::RussianPost => "RU",
        }
    }

    /// Currency of its tariff.
    pub const fn currency(self) -> crate::money::Currency {
        match self {
            CarrierId::IranPost => crate::money::Currency::Irr,
            CarrierId::KoreaPost => crate::money::Currency::Krw,
            CarrierId::RussianPost => crate::money::Currency::Rub,
        }
    }
}

impl std::fmt::Display for CarrierId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for CarrierId {
    type Err = UnknownCarrier;

    fn from_str(text: &str) -> Result<Self, UnknownCarrier> {
        CarrierId::ALL.into_iter().find(|c| c.as_str() == text).ok_or(UnknownCarrier)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_json_agree() {
        for carrier in CarrierId::ALL {
            assert_eq!(carrier.as_str().parse(), Ok(carrier));
            assert_eq!(serde_json::to_string(&carrier).unwrap(), format!("\"{carrier}\""));
        }
        assert_eq!("IranPost".parse::<CarrierId>(), Err(UnknownCarrier));
    }
}
