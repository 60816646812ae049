//! Answers that are ordered and fetched later.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use yam_domain::tracking::Snapshot;
use yam_domain::waybill::WaybillNumber;

use super::TrackOutcome;

/// An ordered answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The operator's name for it.
    pub id: String,
    /// When it was ordered: the time of the snapshots if the answer tells none.
    pub asked_at: Timestamp,
}

/// What the answer of a ticket held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketAnswer {
    /// When the operator prepared it, by its word.
    pub prepared_at: Option<Timestamp>,
    /// One end per number told, in the operator's order. A number that was asked and is not among them was
    /// not answered: nothing is known of it.
    pub parcels: Vec<(WaybillNumber, TrackOutcome<Snapshot>)>,
    /// Parcels whose number could not be read, or beyond what a ticket holds.
    pub unreadable: u32,
    /// Whether all of the answer arrived. If not, the parcels above are whole all the same.
    pub whole: bool,
}
