//! API keys: stored hashed, shown once, scoped, rotated with an overlap (S4-35, trap 12).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Ask for prices.
    Rates,
    /// Place, read and change orders and parcels.
    Orders,
    /// Read and change settings, webhooks included.
    Settings,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Scope; 3] = [Scope::Rates, Scope::Orders, Scope::Settings];

    /// The word used in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::Rates => "rates",
            Scope::Orders => "orders",
            Scope::Settings => "settings",
        }
    }
}

/// An API key as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Public part of the key.
    pub id: String,
    /// SHA-256 of the secret part in hex. The secret has 256 random bits, so a plain hash is enough.
    pub secret_sha256: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// A word of the merchant for it.
    pub label: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it no longer works: set when it is rotated (overlap) or revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
}
