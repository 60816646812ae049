//! In which order scans count.

use std::cmp::Ordering;

use crate::parcel::ParcelStatus;
use crate::tracking::history::{History, Record};
use crate::tracking::scan::{Meaning, Reading, Scan};

/// By time; scans of the same minute by how far along the way they lie, then by key, so that the order
/// is total and does not depend on the order of arrival.
pub(super) fn compare(a: &Scan, b: &Scan) -> Ordering {
    let order = |scan: &Scan| (scan.happened_at, rank(&scan.reading));
    order(a).cmp(&order(b)).then_with(|| a.key_ref().cmp(&b.key_ref()))
}

/// All scans ever told, in the order they count.
pub(super) fn ever_told(history: &History) -> Vec<&Scan> {
    let mut scans: Vec<&Scan> = history.records().iter().map(|record| &record.scan).collect();
    scans.sort_by(|a, b| compare(a, b));
    scans
}

/// The scans that decide the status: those still told, without cancellations and what they cancel.
///
/// A cancellation takes back the last operation before it that is not one itself (Russian Post notes,
/// section 3.1 rule 4).
pub(in crate::tracking) fn surviving(history: &History) -> Vec<&Record> {
    let mut live: Vec<&Record> = history.live_records().collect();
    live.sort_by(|a, b| compare(&a.scan, &b.scan));
    let mut surviving: Vec<&Record> = Vec::with_capacity(live.len());
    for record in live {
        if record.scan.reading.meaning == Meaning::CancelsPrevious {
            surviving.pop();
        } else {
            surviving.push(record);
        }
    }
    surviving
}

fn rank(reading: &Reading) -> u8 {
    match reading.meaning {
        Meaning::Status(status) => match status {
            ParcelStatus::AwaitingCode | ParcelStatus::Registered => 0,
            ParcelStatus::Accepted => 2,
            ParcelStatus::InTransit if !reading.left_sorting => 3,
            ParcelStatus::Customs => 4,
            ParcelStatus::InTransit => 5,
            ParcelStatus::ProbablyArrived | ParcelStatus::Arrived => 6,
            ParcelStatus::OutForDelivery => 7,
            ParcelStatus::DeliveryFailed => 8,
            ParcelStatus::OnHold | ParcelStatus::Stalled | ParcelStatus::InvalidCode => 9,
            ParcelStatus::StorageExpiring => 10,
            ParcelStatus::StorageExpired => 11,
            ParcelStatus::Returning => 12,
            ParcelStatus::Undeliverable => 13,
            ParcelStatus::Delivered | ParcelStatus::Returned => 14,
            ParcelStatus::Lost | ParcelStatus::Stopped | ParcelStatus::Unknown => 15,
        },
        Meaning::Info | Meaning::Renumbered | Meaning::Unknown => 1,
        Meaning::CancelsPrevious => 16,
    }
}
