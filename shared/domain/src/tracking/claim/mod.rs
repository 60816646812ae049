//! Claims to the post: which parcels were lost, went missing or came late, and by when to say so (D9).
//!
//! Everything rests on the operator's own scans. A parcel's way is counted from the first scan that shows it
//! moving to the first that shows it at its destination, in whole days of 24 hours; what the buyer does with it
//! there is no fault of the post. A parcel that turned back claims nothing, unless it was lost on the way.

mod letter;
mod offices;
#[cfg(test)]
mod tests;

pub use letter::letter;
pub use offices::{OfficeFigures, Watched, office_figures};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::history::History;
use super::scan::{Office, RawScan};
use super::status::Timeline;
use crate::ids::CarrierId;
use crate::parcel::ParcelStatus;

/// What the post owes for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimKind {
    /// The post itself says that it lost the parcel.
    Lost,
    /// It never came, and nothing was heard of it for long.
    Missing,
    /// It took longer than was promised, or is still on its way after that.
    Late,
}

/// From when on a parcel is a case, and until when the post takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimTerms {
    /// Days the post has; one that takes more is late.
    pub late_after_days: u32,
    /// Days without a scan after which a parcel that never came is missing.
    pub missing_after_days: u32,
    /// Days after posting within which the post takes a claim; none where we know of no term.
    pub claim_within_days: Option<u32>,
}

impl ClaimTerms {
    /// What holds unless a shop's contract says otherwise.
    ///
    /// Terms for claims: six months from posting in Russia (postal law 176-FZ, article 37), one year in Korea
    /// (postal act, article 43). Iran Post's are not known to us. The days the post has depend on route and
    /// contract: these are long for any of the three, so that a claim by default is not a false one.
    pub const fn usual(carrier: CarrierId) -> Self {
        let (late_after_days, claim_within_days) = match carrier {
            CarrierId::IranPost => (14, None),
            CarrierId::KoreaPost => (7, Some(365)),
            CarrierId::RussianPost => (21, Some(180)),
        };
        ClaimTerms { late_after_days, missing_after_days: 30, claim_within_days }
    }
}

/// A scan, as a claim names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClaimScan {
    /// When it happened, by the post's word.
    pub happened_at: Timestamp,
    /// When the post first showed it.
    pub seen_at: Timestamp,
    /// Where.
    pub office: Option<Office>,
    /// The post's own words.
    pub raw: RawScan,
}

/// A case against the post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// What for.
    pub kind: ClaimKind,
    /// When the parcel set out.
    pub posted_at: Timestamp,
    /// When it came to its destination, if it did.
    pub reached_at: Option<Timestamp>,
    /// Whole days it took, or has taken until now.
    pub days: u32,
    /// Days the post had.
    pub allowed_days: u32,
    /// Whole days since the last scan.
    pub silent_days: u32,
    /// The newest scan that the post still tells.
    pub last_scan: ClaimScan,
    /// The claim is to be made before this, where a term is known.
    pub claim_by: Option<Timestamp>,
    /// That moment has passed.
    pub too_late: bool,
}

/// Whether a parcel's history is a case against the post at `now`; the gravest kind counts.
pub fn claim(carrier: CarrierId, history: &History, now: Timestamp, terms: &ClaimTerms) -> Option<Claim> {
    let timeline = Timeline::of(carrier, history);
    let posted_at = timeline.stays().iter().find(|stay| moved(stay.status))?.happened_at;
    let reached_at = timeline.stays().iter().find(|stay| reached(stay.status)).map(|stay| stay.happened_at);
    let last = history.events().filter(|event| event.withdrawn_at.is_none()).last()?;
    let days = whole_days(posted_at, reached_at.unwrap_or(now));
    let silent_days = whole_days(last.scan.happened_at, now);
    let standing = timeline.standing();
    let kind = if standing.status == ParcelStatus::Lost {
        ClaimKind::Lost
    } else if standing.is_returning() {
        return None;
    } else if reached_at.is_none() && silent_days >= terms.missing_after_days {
        ClaimKind::Missing
    } else if days > terms.late_after_days {
        ClaimKind::Late
    } else {
        return None;
    };
    let within = terms.claim_within_days.map(|days| SignedDuration::from_hours(24 * i64::from(days)));
    let claim_by = within.and_then(|within| posted_at.checked_add(within).ok());
    Some(Claim {
        kind,
        posted_at,
        reached_at,
        days,
        allowed_days: terms.late_after_days,
        silent_days,
        last_scan: ClaimScan {
            happened_at: last.scan.happened_at,
            seen_at: last.seen_at,
            office: last.scan.office.clone(),
            raw: last.scan.raw.clone(),
        },
        claim_by,
        too_late: claim_by.is_some_and(|by| by <= now),
    })
}

/// In the post's hands, by its own word.
fn moved(status: ParcelStatus) -> bool {
    !matches!(
        status,
        ParcelStatus::AwaitingCode
            | ParcelStatus::Registered
            | ParcelStatus::Unknown
            | ParcelStatus::InvalidCode
            | ParcelStatus::Stopped
    )
}

/// At its destination: from here on it waits for the buyer, not for the post.
fn reached(status: ParcelStatus) -> bool {
    matches!(
        status,
        ParcelStatus::Arrived
            | ParcelStatus::OutForDelivery
            | ParcelStatus::DeliveryFailed
            | ParcelStatus::StorageExpiring
            | ParcelStatus::StorageExpired
            | ParcelStatus::Delivered
    )
}

fn whole_days(from: Timestamp, until: Timestamp) -> u32 {
    u32::try_from(until.duration_since(from).as_hours().div_euclid(24)).unwrap_or(0)
}
