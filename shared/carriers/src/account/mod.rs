//! A merchant's account at a postal operator, opened and ready to call with.

mod credentials;

use serde::{Deserialize, Serialize};
use yam_domain::ids::{AccountId, CarrierId, MerchantId};
use yam_domain::weight::WeightLimits;

pub use self::credentials::{CredentialField, Credentials};
pub use crate::korea_post::KoreaPostSettings;
pub use crate::russian_post::RussianPostSettings;

/// An account, with its secrets opened. Lives only for the call.
#[derive(Debug, Clone)]
pub struct Account {
    /// Whose.
    pub merchant: MerchantId,
    /// Which.
    pub id: AccountId,
    /// At which operator.
    pub carrier: CarrierId,
    /// Secrets.
    pub credentials: Credentials,
    /// Everything else.
    pub settings: AccountSettings,
}

/// The settings of an account as a merchant makes them and the table keeps them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountSettings {
    /// Which of the operator's wires this account speaks, such as `eshop` (SOAP) or `rest` at Iran Post,
    /// `ship` at Korea Post, `otpravka` at Russian Post.
    pub wire: String,
    /// Which tracking service the account may ask beside its wire: it then holds that service's credential
    /// as named secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking: Option<String>,
    /// State or region code the parcels leave from, in the operator's own numbering.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin_state: Option<u32>,
    /// City code the parcels leave from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin_city: Option<u32>,
    /// Weight bounds of products and parcels.
    #[serde(default)]
    pub limits: WeightLimits,
    /// Tariff table used when the operator is late: `t2`, `t4`, or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tariff: Option<String>,
    /// Whether a short marker is put at the end of the address, so that the operator's panel can be
    /// searched for it (reliability notes, section 4.1).
    #[serde(default = "yes")]
    pub address_marker: bool,
    /// Minutes from one poll of a parcel to the next, where the shop wants another pace than the hub's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track_every_minutes: Option<u16>,
    /// The contract at Korea Post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub korea_post: Option<KoreaPostSettings>,
    /// The contract at Russian Post, or where parcels are posted there without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub russian_post: Option<RussianPostSettings>,
}

impl AccountSettings {
    /// The settings of a wire with everything else as usual.
    #[must_use]
    pub fn of_wire(wire: impl Into<String>) -> Self {
        AccountSettings {
            wire: wire.into(),
            tracking: None,
            origin_state: None,
            origin_city: None,
            limits: WeightLimits::default(),
            tariff: None,
            address_marker: true,
            track_every_minutes: None,
            korea_post: None,
            russian_post: None,
        }
    }

    /// The numbers of a contract that serves one shop only and is checked by hub staff (S3-10, S3-22).
    #[must_use]
    pub fn exclusive_contract(&self) -> Option<String> {
        let contract = self.korea_post.as_ref().filter(|_| self.wire == crate::korea_post::SHIP)?;
        Some(format!("{}/{}", contract.customer_number, contract.approval_number))
    }

    /// The wire that tracking is asked on.
    #[must_use]
    pub fn tracking_wire(&self) -> &str {
        self.tracking.as_deref().unwrap_or(&self.wire)
    }
}

fn yes() -> bool {
    true
}
