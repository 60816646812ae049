//! Everything that ever was, or could have been, a status of its own.

use jiff::Timestamp;

use super::walk::{homeward, returns_uncollected, turns_back};
use crate::parcel::ParcelStatus;
use crate::tracking::history::ScanKey;
use crate::tracking::scan::{Meaning, Office, Scan};

/// Neighbouring scans, withdrawn ones included, that say the same status.
///
/// Whether a scan decides depends on others: one that comes late may turn the parcel back, cancel or
/// precede it. What a scan *could* say does not. So the runs are read from all scans ever told, in three
/// lanes that cannot disturb each other (outward, homeward, unknown codes), and every stay of every
/// partial history begins in one of them. More scans only lengthen runs or split them, never join two:
/// therefore as many epochs are opened in any order of arrival (see `epoch`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::tracking) struct Run {
    pub(in crate::tracking) status: ParcelStatus,
    /// Its scans, in the order they count.
    pub(in crate::tracking) members: Vec<ScanKey>,
    /// When the first of them happened.
    pub(in crate::tracking) happened_at: Timestamp,
    /// The first place told.
    pub(in crate::tracking) office: Option<Office>,
}

impl Run {
    pub(in crate::tracking) fn has(&self, scan: &ScanKey) -> bool {
        self.members.contains(scan)
    }
}

/// The runs of all scans, which come in the order they count.
pub(super) fn runs(scans: &[&Scan]) -> Vec<Run> {
    let mut outward = Vec::new();
    let mut back = Vec::new();
    let mut unknown = Vec::new();
    let mut turned = false;
    for scan in scans {
        match scan.reading.meaning {
            Meaning::Status(status) => {
                turned |= turns_back(status, &scan.reading);
                if returns_uncollected(status, &scan.reading) {
                    outward.push((ParcelStatus::StorageExpired, *scan));
                }
                if !is_homeward(status) {
                    outward.push((status, *scan));
                }
                if turned && is_homeward(homeward(status)) {
                    back.push((homeward(status), *scan));
                }
            }
            Meaning::Info if scan.reading.cancelled => outward.push((ParcelStatus::Undeliverable, *scan)),
            Meaning::Unknown => unknown.push((ParcelStatus::Unknown, *scan)),
            Meaning::Info | Meaning::CancelsPrevious | Meaning::Renumbered => {}
        }
    }
    [outward, back, unknown].iter().flat_map(|lane| split(lane)).collect()
}

fn is_homeward(status: ParcelStatus) -> bool {
    matches!(status, ParcelStatus::Returning | ParcelStatus::Returned)
}

/// Splits a lane where the status changes, and arrivals where the place changes. A scan without a place
/// belongs to its neighbours.
fn split(lane: &[(ParcelStatus, &Scan)]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (status, scan) in lane {
        let joins = |run: &&mut Run| {
            let there = run.office.as_ref().and_then(Office::place);
            let here = scan.place();
            let together = there.is_none() || here.is_none() || there == here;
            run.status == *status && (together || *status != ParcelStatus::Arrived)
        };
        match runs.last_mut().filter(joins) {
            Some(run) => {
                run.members.push(scan.key());
                if run.office.as_ref().and_then(Office::place).is_none() && scan.place().is_some() {
                    run.office.clone_from(&scan.office);
                }
            }
            None => runs.push(Run {
                status: *status,
                members: vec![scan.key()],
                happened_at: scan.happened_at,
                office: scan.office.clone(),
            }),
        }
    }
    runs
}
