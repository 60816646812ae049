//! What an item is, as far as anyone has said.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::journey::{Draw, Journey};

/// What the control surface may tell, and the operator then shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Facts {
    /// When a journey begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) posted_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) destination: Option<Destination>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mail_type: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mail_ctg: Option<u16>,
    /// Grams.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mass: Option<i64>,
    /// Kopecks: to be collected, declared, postage, insurance fee.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) payment: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mass_rate: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) insurance_rate: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sender: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) recipient: Option<String>,
}

/// The office the item goes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Destination {
    pub(crate) index: String,
    pub(crate) description: String,
}

/// The share of journeys with money to be collected.
const COD: f64 = 0.3;

impl Facts {
    /// What an item of which only the journey is known may well be.
    pub(super) fn of_journey(code: &str, seed: u64, journey: &Journey) -> Self {
        let mut draw = Draw::new(seed, &["russian_post", "facts", code]);
        let (mut mass, mut value) = (100_i64, 50_000_i64);
        for _ in 0..6 {
            mass += i64::try_from(draw.below(400)).unwrap_or(0);
            value += i64::try_from(draw.below(2_000)).unwrap_or(0) * 100;
        }
        let collected = draw.chance(COD);
        let office = journey.truth.office;
        Self {
            destination: Some(Destination {
                index: office.code.to_owned(),
                description: office.name.to_owned(),
            }),
            mail_type: Some(4),
            mail_ctg: Some(if collected { 4 } else { 2 }),
            mass: Some(mass),
            payment: Some(if collected { value } else { 0 }),
            value: Some(value),
            mass_rate: Some(30_000 + mass * 6),
            ..Self::default()
        }
    }
}
