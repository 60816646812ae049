//! A merchant's account at a postal operator.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use yam_domain::enrolment::{HoldReason, Transition};
use yam_domain::ids::{AccountId, CarrierId};

pub use yam_domain::enrolment::EnrolmentState as AccountState;

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
    /// What is to be mended while it is on hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_reason: Option<HoldReason>,
    /// How it came here, oldest first, bounded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transitions: Vec<Transition>,
    /// Until when hub staff are to answer, while it is under review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_due_at: Option<Timestamp>,
    /// That they did not was told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub review_overdue: bool,
    /// Claim of its contract, where one contract serves one shop: sort key of the claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
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
    /// An account that was just entered.
    #[must_use]
    pub fn draft(id: AccountId, carrier: CarrierId) -> Self {
        CarrierAccount {
            id,
            carrier,
            credentials: String::new(),
            settings: Value::Null,
            account_state: AccountState::Draft,
            state_reason: None,
            hold_reason: None,
            transitions: Vec::new(),
            review_due_at: None,
            review_overdue: false,
            contract: None,
            checked_at: None,
            checklist_done: Vec::new(),
            vendor_id: None,
            rev: 0,
        }
    }

    /// Whether hub staff check its contract before it is used (S3-10).
    #[must_use]
    pub fn is_reviewed(&self) -> bool {
        self.contract.is_some()
    }

    /// What its credentials are sealed for.
    #[must_use]
    pub fn purpose(id: &AccountId) -> String {
        format!("carrier-account/{id}")
    }
}
