//! What was ever told about a parcel: late, edited and vanished scans included.
//!
//! An operator's answer is a [`Snapshot`]. The history is the union of all answers by the scans'
//! identity; a scan is *withdrawn* when an answer **later** than the newest one that showed it lacks it,
//! and live again when a still later one shows it. All that is kept of a scan are least and greatest
//! values (first seen, newest answer that showed it and its wording), and of the answers their newest
//! times: so the result is the same for any order, repetition or split of the same answers (invariant T1
//! of the reliability notes), and an old answer that comes late neither withdraws nor revives a scan.
//!
//! "Not known" and an empty answer erase nothing; an answer with a scan that could not be read shows
//! what it shows and withdraws nothing.
//!
//! A parcel keeps at most [`MAX_SCANS`] scans. Over that the oldest scan that says nothing of the status
//! ([`Meaning::Info`]) is dropped first, when there is none the oldest scan.

mod fingerprint;
mod present;
mod record;
#[cfg(test)]
mod tests;

pub use record::{Event, Record, ScanKey};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::tracking::scan::{Meaning, Scan, Snapshot};

/// Most scans kept of one parcel. A life-like journey has 8 to 40.
pub const MAX_SCANS: usize = 500;

/// How many answers' times are kept, newest first: they say since when a scan is withdrawn.
const MAX_ANSWERS: usize = 32;

/// All scans ever told of one parcel under one number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// By key: time first.
    records: Vec<Record>,
    /// As of when whole and readable answers were, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    answers: Vec<Timestamp>,
}

impl History {
    /// Adds an answer that tells the parcel's whole history, seen by the hub at `seen_at`.
    ///
    /// An answer dated after it was seen (an operator's clock, a wrong zone) counts as of `seen_at`:
    /// else every later answer would look old and lose its news. Returns whether anything changed that
    /// is worth storing.
    ///
    /// An unchanged answer need not be applied at all; the caller must then not apply an answer that is
    /// older than it afterwards.
    pub fn apply(&mut self, snapshot: &Snapshot, seen_at: Timestamp) -> bool {
        if says_nothing(snapshot) {
            return false;
        }
        let before = (self.records.len(), self.fingerprint());
        let taken_at = snapshot.taken_at.min(seen_at);
        if snapshot.unreadable == 0 {
            self.note_answer(taken_at);
        }
        for scan in &snapshot.scans {
            match self.find(scan) {
                Ok(at) => {
                    if let Some(record) = self.records.get_mut(at) {
                        record.show(scan, taken_at, seen_at);
                    }
                }
                Err(at) => {
                    let record =
                        Record { scan: scan.clone(), seen_at, shown_at: taken_at, present_only: false };
                    self.records.insert(at, record);
                }
            }
        }
        self.drop_surplus();
        before != (self.records.len(), self.fingerprint())
    }

    /// All scans by the time they happened, withdrawn ones included.
    pub fn events(&self) -> impl Iterator<Item = Event<'_>> {
        self.records.iter().map(move |record| Event {
            scan: &record.scan,
            seen_at: record.seen_at,
            withdrawn_at: self.withdrawn_at(record),
        })
    }

    /// The scans that the operator still tells, by the time they happened.
    pub fn live(&self) -> impl Iterator<Item = &Scan> {
        self.live_records().map(|record| &record.scan)
    }

    /// All scans as kept.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// A number for what the operator tells at present: the poll hash. It equals
    /// [`Snapshot::fingerprint`] of an answer that changes nothing.
    pub fn fingerprint(&self) -> u64 {
        fingerprint::of_scans(self.live_records().filter(|record| !record.present_only).map(|r| &r.scan))
    }

    /// No scan was ever told.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    pub(super) fn live_records(&self) -> impl Iterator<Item = &Record> {
        self.records.iter().filter(move |record| self.withdrawn_at(record).is_none())
    }

    /// The first answer after the newest one that showed it.
    fn withdrawn_at(&self, record: &Record) -> Option<Timestamp> {
        if record.present_only {
            return None;
        }
        self.answers.iter().copied().find(|answer| *answer > record.shown_at)
    }

    fn find(&self, scan: &Scan) -> Result<usize, usize> {
        self.records.binary_search_by(|record| record.scan.key_ref().cmp(&scan.key_ref()))
    }

    fn note_answer(&mut self, taken_at: Timestamp) {
        if let Err(at) = self.answers.binary_search(&taken_at) {
            self.answers.insert(at, taken_at);
        }
        let surplus = self.answers.len().saturating_sub(MAX_ANSWERS);
        self.answers.drain(..surplus);
    }

    /// Which scan goes depends on the scans alone, so that it is the same one in any order of arrival.
    fn drop_surplus(&mut self) {
        while self.records.len() > MAX_SCANS {
            let is_info = |record: &Record| record.scan.reading.meaning == Meaning::Info;
            let oldest = self.records.iter().position(is_info).unwrap_or(0);
            self.records.remove(oldest);
        }
    }
}

impl Snapshot {
    /// A number for the whole history it tells, to compare with [`History::fingerprint`]; none when it
    /// tells nothing ("not known", no scans), which changes nothing.
    pub fn fingerprint(&self) -> Option<u64> {
        (!says_nothing(self)).then(|| fingerprint::of_scans(self.scans.iter()))
    }
}

fn says_nothing(snapshot: &Snapshot) -> bool {
    !snapshot.known || snapshot.scans.is_empty()
}
