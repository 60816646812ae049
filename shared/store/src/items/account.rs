//! A merchant's account at a postal operator.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use yam_domain::ids::{AccountId, CarrierId};

/// Whether an account can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// Entered, not tried.
    Draft,
    /// The operator does not take the user name or password.
    CredentialsWrong,
    /// The credentials are right, but the shop is not active at the operator's gateway (S0-16).
    CredentialsOkGatewayInactive,
    /// The credentials work.
    InUse,
}

/// A carrier account. Credentials are sealed with the merchant's data key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarrierAccount {
    /// Id, chosen by the merchant or made.
    pub id: AccountId,
    /// Operator.
    pub carrier: CarrierId,
    /// Sealed [`StoredCredentials`].
    pub credentials: String,
    /// The operator's own settings (`yam_carriers::account::AccountSettings` as JSON).
    pub settings: Value,
    /// Whether it can be used.
    pub account_state: AccountState,
    /// The operator's words on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<String>,
    /// When it was last tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_at: Option<Timestamp>,
    /// Papers and steps of the enrolment that are done (S0-11 ... S0-14), by their slug.
    #[serde(default)]
    pub checklist_done: Vec<String>,
    /// Vendor of a marketplace whose own account this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_id: Option<String>,
    /// Counts the changes, for optimistic locking.
    pub rev: u64,
}

/// What is sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredCredentials {
    /// User name at the operator.
    pub username: String,
    /// Password there.
    pub password: String,
    /// Other secrets by the names the operator's wire asks for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, String>,
}

impl std::fmt::Debug for StoredCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoredCredentials(..)")
    }
}

impl CarrierAccount {
    /// What its credentials are sealed for.
    #[must_use]
    pub fn purpose(id: &AccountId) -> String {
        format!("carrier-account/{id}")
    }
}
