//! A merchant's account at a postal operator, opened and ready to call with.

use serde::{Deserialize, Serialize};
use yam_domain::ids::{AccountId, CarrierId, MerchantId};
use yam_domain::weight::WeightLimits;
use yam_platform::secrets::SecretString;

/// Credentials of one account; never printed.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// User name at the operator's panel.
    pub username: String,
    /// Password there.
    pub password: SecretString,
}

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
    /// Which of the operator's wires this account speaks: `eshop` (SOAP) or `rest` at Iran Post.
    pub wire: String,
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
}

fn yes() -> bool {
    true
}
