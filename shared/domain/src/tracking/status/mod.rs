//! Where a parcel stands, by what its operator tells.
//!
//! The status is computed from all scans that are still told, in the order they happened, never from
//! the last one alone:
//! * a cancellation (Russian Post type 26) takes back the operation before it;
//! * once a parcel turned back, whatever moves it is `returning`, and any delivery is `returned`;
//! * a return for storage over says `storage_expired` first, when nothing else had;
//! * `delivered` stays whatever rows follow it; only a turn back undoes it, and not even that in Korea,
//!   whose late rows follow a delivery;
//! * `registered` never follows a parcel that moved (Iran Post: 2 after 5);
//! * a notice at the office where the parcel already waits is not a second arrival;
//! * an unknown code decides only while nothing else does.
//!
//! Sources: Russian Post notes 3.1, Korea Post notes 5.4, Iran Post notes 8.

mod order;
#[cfg(test)]
mod properties;
mod runs;
#[cfg(test)]
mod tests;
mod walk;

pub(super) use order::surviving;
pub(super) use runs::Run;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::CarrierId;
use crate::parcel::ParcelStatus;
use crate::tracking::history::{History, ScanKey};
use crate::tracking::scan::{Office, Reason, StorageWord};

/// A stretch of the journey in one status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stay {
    /// The status. Two arrivals at different offices are two stays.
    pub status: ParcelStatus,
    /// The scan that began it.
    pub anchor: ScanKey,
    /// When that scan happened.
    pub happened_at: Timestamp,
    /// Where it began, as soon as a scan of it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<Office>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// Where a parcel stands now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The status; `registered` while no scan says anything.
    pub status: ParcelStatus,
    /// When the parcel came into it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Why. On the way back and at its end: why it turned back (an uncollected parcel feeds the
    /// blacklist).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Where it was last seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<Office>,
    /// The last scan of any kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_scan_at: Option<Timestamp>,
    /// When it came to the office where it waits, or from which it is being delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived_at: Option<Timestamp>,
    /// That office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived_office: Option<Office>,
    /// It waits in a parcel locker.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub locker: bool,
    /// What was last said of free storage there, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<(StorageWord, Timestamp)>,
    /// When it left a sorting centre, if it was not seen anywhere since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_sorting_at: Option<Timestamp>,
    /// That sorting centre.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_sorting_office: Option<Office>,
    /// When it turned back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turned_back_at: Option<Timestamp>,
    /// How many scans no dictionary knows.
    #[serde(default)]
    pub unknown_scans: u32,
}

impl Standing {
    /// A parcel of which nothing was told yet.
    pub const NOTHING_TOLD: Standing = Standing {
        status: ParcelStatus::Registered,
        since: None,
        reason: None,
        office: None,
        last_scan_at: None,
        arrived_at: None,
        arrived_office: None,
        locker: false,
        storage: None,
        left_sorting_at: None,
        left_sorting_office: None,
        turned_back_at: None,
        unknown_scans: 0,
    };

    /// Does it lie at an office, to be collected?
    pub fn is_waiting(&self) -> bool {
        let waits = matches!(
            self.status,
            ParcelStatus::Arrived
                | ParcelStatus::DeliveryFailed
                | ParcelStatus::StorageExpiring
                | ParcelStatus::StorageExpired
        );
        waits && self.arrived_at.is_some()
    }

    /// Is it on its way back, or back?
    pub fn is_returning(&self) -> bool {
        self.turned_back_at.is_some()
    }

    /// Was it left unclaimed, so that it counts against the buyer?
    pub fn is_unclaimed(&self) -> bool {
        self.is_returning() && self.reason == Some(Reason::StorageExpired)
    }
}

/// A parcel's whole way as its history tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    standing: Standing,
    stays: Vec<Stay>,
    current: Option<usize>,
    runs: Vec<Run>,
}

impl Timeline {
    /// Reads a history.
    pub fn of(carrier: CarrierId, history: &History) -> Self {
        let walked = walk::walk(carrier, &surviving(history));
        let last_scan_at = history.live().map(|scan| scan.happened_at).max();
        let runs = runs::runs(&order::ever_told(history));
        let (standing, stays, current) = walked.finish(last_scan_at);
        Timeline { standing, stays, current, runs }
    }

    /// Where the parcel stands now.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// The statuses it went through, oldest first.
    pub fn stays(&self) -> &[Stay] {
        &self.stays
    }

    /// Index of the present stay in [`Timeline::stays`]: the last one, or an earlier one that goes on
    /// (storage was extended).
    pub(super) fn current(&self) -> Option<usize> {
        self.current
    }

    /// Everything that ever was, or could have been, a status of its own: see [`Run`].
    pub(super) fn runs(&self) -> &[Run] {
        &self.runs
    }
}
