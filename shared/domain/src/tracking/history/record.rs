//! One scan as the history keeps it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::tracking::scan::{Office, RawScan, Scan};

/// What makes a scan the same scan in the next answer: the operator's code, its time and its place.
/// Source: Russian Post notes, section 3.1 rule 6.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ScanKey {
    /// When it happened, by the operator's word.
    pub happened_at: Timestamp,
    /// The operator's code.
    pub code: String,
    /// Index of the office, else its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// A [`ScanKey`] that borrows; sorts like it.
pub(in crate::tracking) type KeyRef<'a> = (Timestamp, &'a str, Option<&'a str>);

impl Scan {
    /// What makes it the same scan in the next answer.
    pub fn key(&self) -> ScanKey {
        ScanKey {
            happened_at: self.happened_at,
            code: self.raw.code.clone(),
            place: self.place().map(str::to_owned),
        }
    }

    pub(in crate::tracking) fn key_ref(&self) -> KeyRef<'_> {
        (self.happened_at, self.raw.code.as_str(), self.place())
    }

    /// What may be edited while the scan stays the same one. Of two versions told as of the same moment
    /// the greater is kept, so that the order of arrival does not matter.
    pub(super) fn wording(&self) -> (&RawScan, Option<&Office>) {
        (&self.raw, self.office.as_ref())
    }
}

/// A scan with the hub's own times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The scan, in the wording of the newest answer that showed it.
    pub scan: Scan,
    /// When the hub first saw it.
    pub seen_at: Timestamp,
    /// As of when the newest answer showed it.
    pub shown_at: Timestamp,
    /// Told by a wire that only knows the present status: what it does not mention has not vanished.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub present_only: bool,
}

impl Record {
    /// Another answer showed the same scan.
    pub(super) fn show(&mut self, scan: &Scan, taken_at: Timestamp, seen_at: Timestamp) {
        self.seen_at = self.seen_at.min(seen_at);
        self.present_only = false;
        if (taken_at, scan.wording()) > (self.shown_at, self.scan.wording()) {
            self.scan = scan.clone();
        }
        self.shown_at = self.shown_at.max(taken_at);
    }
}

/// A scan of the history as it is shown to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event<'a> {
    /// The scan.
    pub scan: &'a Scan,
    /// When the hub first saw it.
    pub seen_at: Timestamp,
    /// As of when the operator no longer tells it; none while it does.
    pub withdrawn_at: Option<Timestamp>,
}
