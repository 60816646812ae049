//! Sender names and their moderation (S4-08 ... S4-12).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use yam_domain::ids::MessengerId;
use yam_domain::notice::SenderName;
use yam_domain::notice::sender::{Refusal, Review};

/// Most steps that are kept of a name.
pub const KEPT_SENDER_STEPS: usize = 40;

/// Where a name stands at a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationState {
    /// Handed in there.
    Pending,
    /// May be used.
    Registered,
    /// Refused there.
    Refused,
}

/// A name at a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SenderRegistration {
    /// Where it stands.
    pub state: RegistrationState,
    /// The provider's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Since when.
    pub at: Timestamp,
}

/// A step of a name's life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SenderStep {
    /// When.
    pub at: Timestamp,
    /// State after it: `draft`, `pending`, `approved`, `rejected`.
    pub state: String,
    /// Id of the API key that made it.
    pub actor: String,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Refusal>,
    /// Further words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A sender name of a shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeSender {
    /// The name.
    pub name: SenderName,
    /// How far it has come.
    pub review: Review,
    /// When hub staff should have decided: 20 minutes of working time after it was handed in (S4-09).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_due_at: Option<Timestamp>,
    /// Where it stands at the providers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub registrations: BTreeMap<MessengerId, SenderRegistration>,
    /// What happened, oldest first.
    pub steps: Vec<SenderStep>,
    /// Counts the changes.
    pub rev: u64,
}
