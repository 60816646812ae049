//! Addresses to which webhooks go.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use yam_domain::ids::EndpointId;

/// One signing secret, sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointSecret {
    /// The `whsec_...` text, sealed with the merchant's data key.
    pub sealed: String,
    /// From when on it no longer signs: set when it is rotated, a day later by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
}

/// A webhook endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Id, chosen by the merchant or made.
    pub id: EndpointId,
    /// Where to.
    pub url: String,
    /// Event types it wants; empty means all.
    #[serde(default)]
    pub types: Vec<String>,
    /// Newest first; all that have not ended sign.
    pub secrets: Vec<EndpointSecret>,
    /// Off: nothing new is delivered to it.
    pub enabled: bool,
    /// Why the hub switched it off (the receiver answered 410), if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_reason: Option<String>,
    /// Counts the changes.
    pub rev: u64,
}

impl Endpoint {
    /// What its secrets are sealed for.
    #[must_use]
    pub fn purpose(id: &EndpointId) -> String {
        format!("webhook-endpoint/{id}")
    }

    /// Whether an event type goes there.
    #[must_use]
    pub fn wants(&self, kind: &str) -> bool {
        self.enabled && (self.types.is_empty() || self.types.iter().any(|t| t == kind))
    }
}
