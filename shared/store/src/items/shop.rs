//! Settings of a shop.

use serde::{Deserialize, Serialize};

/// How a shop shows money, dates and times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shop {
    /// ISO alpha-2.
    pub country: String,
    /// Unit in which amounts are shown, e.g. `IRT` (toman) over amounts kept in rial (S0-33).
    pub currency_unit: String,
    /// IANA zone, e.g. `Asia/Tehran`.
    pub time_zone: String,
    /// `jalali` or `gregorian`.
    pub calendar: String,
    /// Language tag.
    pub locale: String,
}
