//! What an epoch is.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::parcel::ParcelStatus;
use crate::tracking::history::ScanKey;
use crate::tracking::scan::{Office, Reason};

/// Names one epoch of a parcel's number for ever: `arrived.1`, `arrived.2`, and for a derived one its
/// cause first: `arrived.1+storage_expiring`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EpochId(pub(super) String);

impl EpochId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for EpochId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What to do with an epoch that was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Tell it.
    News,
    /// It happened before one already opened: record it, send its event, do not tell the buyer.
    Late,
    /// Opened together with a newer one, or already told by a derived one: as late.
    Superseded,
}

/// What an epoch hangs on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EpochCause {
    /// This scan said so.
    Scan(ScanKey),
    /// Silence since this epoch says so; none when nothing was ever told.
    Silence(Option<EpochId>),
}

/// One epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Epoch {
    /// Its name.
    pub id: EpochId,
    /// The status entered.
    pub status: ParcelStatus,
    /// What it hangs on.
    pub cause: EpochCause,
    /// When the status was entered, by the operator's word or the calendar.
    pub happened_at: Timestamp,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<Office>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Part of the way as told at present. False when its scan vanished, or never counted.
    pub open: bool,
    /// When the hub first held it to be true; none while it never did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<Timestamp>,
    /// What was decided then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
}

/// An epoch opened by an update, with what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Its name.
    pub id: EpochId,
    /// The status entered.
    pub status: ParcelStatus,
    /// When, by the operator's word or the calendar.
    pub happened_at: Timestamp,
    /// Where.
    pub office: Option<Office>,
    /// Why.
    pub reason: Option<Reason>,
    /// Whether to tell it.
    pub verdict: Verdict,
}
