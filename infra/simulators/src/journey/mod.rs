//! Life-like journeys: what happens to a parcel, as a pure function of the settings, its code, its
//! start and the moment of asking.
//!
//! Nothing is stored. Asked again, or after a restart, a code has the same history; a million of them
//! cost no memory. Each post puts the happenings into its own codes.

mod draw;
mod network;
mod pen;
mod plan;
mod settings;
#[cfg(test)]
mod tests;

pub(crate) use draw::Draw;
pub(crate) use network::{Network, Office, Place, Region};
pub(crate) use plan::{Ends, plan};
pub(crate) use settings::{Book, Journeys};

use jiff::Timestamp;
use serde::Serialize;

/// What a scan says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Happening {
    Registered,
    Accepted,
    LeftOrigin,
    /// At a sorting centre on the way.
    ReachedCentre,
    /// At the sorting centre that serves the last office.
    ReachedRegion,
    LeftCentre,
    Exported,
    Imported,
    AtCustoms,
    Released,
    /// At the last office.
    Arrived,
    OutForDelivery,
    Missed,
    MissedAgain,
    /// Back from the door, to be fetched.
    Kept,
    StorageEndsInFiveDays,
    StorageEndsTomorrow,
    StorageEnded,
    /// Brought to the door.
    Delivered,
    /// Fetched.
    Collected,
    SentBackUncollected,
    SentBackRefused,
    ReturnLeft,
    ReturnReachedCentre,
    ReturnArrived,
    Returned,
    Lost,
}

/// One scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) happening: Happening,
    pub(crate) place: Place,
    pub(crate) at: Timestamp,
    /// When the post begins to show it, and when it ceases to.
    pub(crate) visible: Timestamp,
    pub(crate) gone: Option<Timestamp>,
}

/// How a journey ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    Delivered,
    Collected,
    ReturnedUncollected,
    ReturnedRefused,
    Lost,
}

/// What really happened, scanned or not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Truth {
    pub(crate) from: Office,
    /// The centre that serves the last office.
    pub(crate) centre: Office,
    pub(crate) office: Office,
    pub(crate) to_door: bool,
    pub(crate) silent_office: bool,
    /// When the parcel left its last sorting centre.
    pub(crate) left_centre_at: Option<Timestamp>,
    /// When it came to its last office, and whether that was scanned.
    pub(crate) arrived_at: Option<Timestamp>,
    pub(crate) arrival_scanned: bool,
    /// When it began to wait for its addressee.
    pub(crate) waiting_since: Option<Timestamp>,
    pub(crate) outcome: Outcome,
    pub(crate) ended_at: Option<Timestamp>,
}

/// All scans of a parcel, in the order in which they were made, and the truth behind them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Journey {
    pub(crate) start: Timestamp,
    pub(crate) steps: Vec<Step>,
    pub(crate) truth: Truth,
}

impl Journey {
    /// What the post shows at a moment.
    pub(crate) fn shown(&self, asked: Timestamp) -> impl Iterator<Item = &Step> {
        self.steps
            .iter()
            .filter(move |step| step.visible <= asked && step.gone.is_none_or(|gone| gone > asked))
    }
}

/// Whole minutes of so many hours.
fn minutes(hours: f64) -> i64 {
    (hours * 60.0).round() as i64
}

/// The moment of so many seconds since 1970.
fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}
