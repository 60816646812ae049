//! A merchant's account at a provider of messages.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use yam_domain::ids::{AccountId, MessengerId};

/// A messenger account. Credentials are sealed with the merchant's data key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessengerAccount {
    /// Id, chosen by the merchant.
    pub id: AccountId,
    /// Provider.
    pub messenger: MessengerId,
    /// Sealed map of field names and values.
    pub credentials: String,
    /// The provider's own settings (`yam_messengers::AccountSettings` as JSON).
    pub settings: Value,
    /// Used or not.
    pub enabled: bool,
    /// Secret part of the address that the provider sends receipts to.
    pub hook_secret: String,
    /// How the last sends ended (`yam_messengers::failover::Health` as JSON); null when nothing is known.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub health: Value,
    /// Counts the changes.
    pub rev: u64,
}

impl MessengerAccount {
    /// What its credentials are sealed for.
    #[must_use]
    pub fn purpose(id: &AccountId) -> String {
        format!("messenger-account/{id}")
    }
}
