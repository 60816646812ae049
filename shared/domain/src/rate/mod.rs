//! Prices of carriage and how they are chosen.

mod quote;
mod select;

pub use quote::{QuotePlace, QuoteRequest};
pub use select::{best_per_service, matching, sort_by_total};

use crate::ids::{CarrierId, Service};
use crate::money::Money;
use serde::{Deserialize, Serialize};

/// Where a price comes from. Every rate says so, so that a shop can tell an operator's own answer from
/// a fallback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateSource {
    /// The operator answered just now.
    Live,
    /// The operator answered the same question not long ago.
    Cached,
    /// Computed from the tariff table, because the operator did not answer in time.
    Table,
}

/// How long delivery takes, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransitDays {
    /// At least.
    pub min: u16,
    /// At most.
    pub max: u16,
}

/// One priced service of one carrier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// The operator.
    pub carrier: CarrierId,
    /// Its service level.
    pub service: Service,
    /// The service's name for people.
    pub name: String,
    /// Everything together: postage, VAT, fee for collecting cash, insurance.
    pub total: Money,
    /// Postage without VAT.
    pub postage: Money,
    /// VAT.
    pub vat: Money,
    /// Fee for collecting cash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cod_fee: Option<Money>,
    /// Insurance of the declared value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub insurance: Option<Money>,
    /// How long it takes, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transit_days: Option<TransitDays>,
    /// Where the price comes from.
    pub source: RateSource,
}
