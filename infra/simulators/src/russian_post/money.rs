//! Money orders: what becomes of money collected for an item.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::facts::Facts;
use crate::dossier::{Dossier, Kind};
use crate::error::Result;
use crate::journey::{Journey, Outcome};

/// The buyer paid.
const PAID_IN: u16 = 1;
/// The sender has it.
const PAID_OUT: u16 = 3;
/// How long a journey's money travels.
const DAYS: i64 = 3;

/// One event of a money order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoneyOrder {
    #[serde(rename = "type")]
    pub(crate) kind: u16,
    #[serde(default = "number")]
    pub(crate) number: String,
    /// The payee's office, and the one where it happened.
    #[serde(default = "moscow")]
    pub(crate) index_to: String,
    #[serde(default = "moscow")]
    pub(crate) index_event: String,
    /// Kopecks.
    pub(crate) sum: i64,
}

fn number() -> String {
    "40517".to_owned()
}

fn moscow() -> String {
    "101000".to_owned()
}

impl MoneyOrder {
    /// The name of its type, if the protocol knows one.
    pub(crate) fn name(&self) -> &'static str {
        match self.kind {
            PAID_IN => "Приём",
            PAID_OUT => "Оплата",
            _ => "",
        }
    }
}

/// What is shown of an item's money at a moment: what was told, else what its journey brings.
pub(crate) fn shown(
    dossier: &Dossier,
    journey: Option<(&Journey, &Facts)>,
    asked: Timestamp,
) -> Result<Vec<(Timestamp, MoneyOrder)>> {
    let told = dossier.shown::<MoneyOrder>(Kind::MoneyOrder, asked)?;
    if !told.is_empty() {
        return Ok(told.into_iter().map(|kept| (kept.at, kept.value)).collect());
    }
    let mut events = journey.map(|(journey, facts)| of_journey(journey, facts)).unwrap_or_default();
    events.retain(|(at, _)| *at <= asked);
    Ok(events)
}

fn of_journey(journey: &Journey, facts: &Facts) -> Vec<(Timestamp, MoneyOrder)> {
    let handed_over = matches!(journey.truth.outcome, Outcome::Delivered | Outcome::Collected);
    let (Some(paid_in), Some(sum), true) =
        (journey.truth.ended_at, facts.payment.filter(|sum| *sum > 0), handed_over)
    else {
        return Vec::new();
    };
    let paid_out = paid_in.checked_add(SignedDuration::from_hours(24 * DAYS)).unwrap_or(Timestamp::MAX);
    let order = |kind, index: &str| MoneyOrder {
        kind,
        number: number(),
        index_to: journey.truth.from.code.to_owned(),
        index_event: index.to_owned(),
        sum,
    };
    vec![
        (paid_in, order(PAID_IN, journey.truth.office.code)),
        (paid_out, order(PAID_OUT, journey.truth.from.code)),
    ]
}
