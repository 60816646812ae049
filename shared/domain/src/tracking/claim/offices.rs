//! How late an office's scans become visible, and what was lost behind it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::{Claim, ClaimKind};
use crate::tracking::history::History;

/// A parcel's history as the hub watched it.
#[derive(Debug, Clone, Copy)]
pub struct Watched<'a> {
    /// Since when the hub asked for it: of what happened earlier nobody knows when it became visible.
    pub since: Timestamp,
    /// What was told.
    pub history: &'a History,
    /// The case it makes, if it makes one.
    pub claim: Option<&'a Claim>,
}

/// What is known of one office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfficeFigures {
    /// Its index, else its name.
    pub office: String,
    /// Scans that became visible while the hub watched.
    pub scans: u32,
    /// Half of them were seen within so many seconds after they happened. The hub's own pace is part of it.
    pub median_lag_s: i64,
    /// The longest that took, in seconds.
    pub longest_lag_s: i64,
    /// Scans the post took back.
    pub withdrawn: u32,
    /// Lost and missing parcels whose last scan was here.
    pub lost_here: u32,
}

#[derive(Default)]
struct Tally {
    lags: Vec<i64>,
    withdrawn: u32,
    lost: u32,
}

/// Figures of every office that scanned one of these parcels, by office.
pub fn office_figures<'a>(parcels: impl IntoIterator<Item = Watched<'a>>) -> Vec<OfficeFigures> {
    let mut offices: BTreeMap<String, Tally> = BTreeMap::new();
    for parcel in parcels {
        for event in parcel.history.events() {
            let Some(place) = event.scan.place() else { continue };
            let tally = offices.entry(place.to_owned()).or_default();
            tally.withdrawn = tally.withdrawn.saturating_add(u32::from(event.withdrawn_at.is_some()));
            if event.scan.happened_at >= parcel.since {
                tally.lags.push(event.seen_at.duration_since(event.scan.happened_at).as_secs().max(0));
            }
        }
        let gone = parcel.claim.filter(|claim| claim.kind != ClaimKind::Late);
        let place = gone.and_then(|claim| claim.last_scan.office.as_ref()).and_then(|office| office.place());
        if let Some(tally) = place.and_then(|place| offices.get_mut(place)) {
            tally.lost = tally.lost.saturating_add(1);
        }
    }
    offices.into_iter().map(|(office, tally)| figures(office, tally)).collect()
}

fn figures(office: String, mut tally: Tally) -> OfficeFigures {
    tally.lags.sort_unstable();
    let middle = tally.lags.len().saturating_sub(1) / 2;
    OfficeFigures {
        office,
        scans: u32::try_from(tally.lags.len()).unwrap_or(u32::MAX),
        median_lag_s: tally.lags.get(middle).copied().unwrap_or(0),
        longest_lag_s: tally.lags.last().copied().unwrap_or(0),
        withdrawn: tally.withdrawn,
        lost_here: tally.lost,
    }
}
