//! The names of the simulated systems.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A simulated system, or all wires of one operator together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum System {
    /// All of Iran Post's wires.
    IranPost,
    IranPostEshop,
    IranPostRest,
    /// The public tracking page.
    IranPostTracking,
    /// All of Korea Post's wires.
    KoreaPost,
    /// KpostPortal and the public-data gateway.
    KoreaPostTrace,
    /// Contract parcels.
    KoreaPostShip,
    /// All of Russian Post's wires.
    RussianPost,
    /// Single and batch access.
    RussianPostTracking,
    /// The public calculator.
    RussianPostTariff,
    /// Sending: orders, batches, forms.
    RussianPostOtpravka,
    /// The demo shop's webhook receiver.
    Webhooks,
    Zarinpal,
    Zibal,
    Mellat,
    Sep,
    Robokassa,
    #[serde(rename = "yookassa")]
    YooKassa,
    Toss,
    Smsc,
    SmsRu,
    Kavenegar,
    Solapi,
    Sns,
    Ses,
    /// A merchant's own mail server.
    Smtp,
}

const ALL: [System; 26] = [
    System::IranPost,
    System::IranPostEshop,
    System::IranPostRest,
    System::IranPostTracking,
    System::KoreaPost,
    System::KoreaPostTrace,
    System::KoreaPostShip,
    System::RussianPost,
    System::RussianPostTracking,
    System::RussianPostTariff,
    System::RussianPostOtpravka,
    System::Webhooks,
    System::Zarinpal,
    System::Zibal,
    System::Mellat,
    System::Sep,
    System::Robokassa,
    System::YooKassa,
    System::Toss,
    System::Smsc,
    System::SmsRu,
    System::Kavenegar,
    System::Solapi,
    System::Sns,
    System::Ses,
    System::Smtp,
];

impl System {
    /// The name used in paths and in the store.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::IranPost => "iran_post",
            Self::IranPostEshop => "iran_post_eshop",
            Self::IranPostRest => "iran_post_rest",
            Self::IranPostTracking => "iran_post_tracking",
            Self::KoreaPost => "korea_post",
            Self::KoreaPostTrace => "korea_post_trace",
            Self::KoreaPostShip => "korea_post_ship",
            Self::RussianPost => "russian_post",
            Self::RussianPostTracking => "russian_post_tracking",
            Self::RussianPostTariff => "russian_post_tariff",
            Self::RussianPostOtpravka => "russian_post_otpravka",
            Self::Webhooks => "webhooks",
            Self::Zarinpal => "zarinpal",
            Self::Zibal => "zibal",
            Self::Mellat => "mellat",
            Self::Sep => "sep",
            Self::Robokassa => "robokassa",
            Self::YooKassa => "yookassa",
            Self::Toss => "toss",
            Self::Smsc => "smsc",
            Self::SmsRu => "sms_ru",
            Self::Kavenegar => "kavenegar",
            Self::Solapi => "solapi",
            Self::Sns => "sns",
            Self::Ses => "ses",
            Self::Smtp => "smtp",
        }
    }

    /// Whose system it is.
    fn operator(self) -> Self {
        match self {
            Self::IranPost | Self::IranPostEshop | Self::IranPostRest | Self::IranPostTracking => {
                Self::IranPost
            }
            Self::KoreaPost | Self::KoreaPostTrace | Self::KoreaPostShip => Self::KoreaPost,
            Self::RussianPost
            | Self::RussianPostTracking
            | Self::RussianPostTariff
            | Self::RussianPostOtpravka => Self::RussianPost,
            Self::Webhooks => Self::Webhooks,
            // A gateway or a messenger is one wire.
            other => other,
        }
    }

    /// Whether what is said about `self` holds for `other`.
    pub(crate) fn covers(self, other: Self) -> bool {
        self == other || self == other.operator()
    }
}

impl FromStr for System {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        ALL.into_iter()
            .find(|system| system.name() == name)
            .ok_or_else(|| format!("no simulated system is called {name:?}"))
    }
}
