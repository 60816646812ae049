//! Wires that tell only the present status (Iran Post `GetStatus`): a code, no time, no past.
//!
//! Each question is an observation: this code, as of this moment. A history grows from the first
//! observation of each stay; what the wire no longer mentions has not vanished. A late observation is
//! put where it belongs; only when it falls into a stay whose inner observations were not kept can the
//! stay's second part begin later than it would have.

use jiff::Timestamp;

use super::{History, Record, fingerprint, says_nothing};
use crate::tracking::scan::{Scan, Snapshot};

impl History {
    /// Adds an answer that tells only the present status. Its scans' `happened_at` is when it was asked.
    /// Returns whether anything changed that is worth storing.
    pub fn apply_present(&mut self, snapshot: &Snapshot, seen_at: Timestamp) -> bool {
        if says_nothing(snapshot) {
            return false;
        }
        let before = (self.records.len(), self.present_fingerprint());
        for scan in &snapshot.scans {
            self.observe(scan, seen_at);
        }
        self.drop_surplus();
        before != (self.records.len(), self.present_fingerprint())
    }

    /// A number for the present status as last told, to compare with
    /// [`Snapshot::present_fingerprint`].
    pub fn present_fingerprint(&self) -> u64 {
        let newest = self.records.iter().rev().find(|record| record.present_only);
        fingerprint::of_present(newest.map(|record| &record.scan))
    }

    fn observe(&mut self, scan: &Scan, seen_at: Timestamp) {
        let asked_at = scan.happened_at;
        let earlier = |record: &Record| record.present_only && record.scan.happened_at <= asked_at;
        let stay = self.records.iter().rposition(earlier).and_then(|at| self.records.get_mut(at));
        let mut resumed = None;
        if let Some(stay) = stay {
            if stay.scan.raw.code == scan.raw.code {
                if asked_at >= stay.shown_at {
                    let happened_at = stay.scan.happened_at;
                    stay.scan = Scan { happened_at, ..scan.clone() };
                    stay.shown_at = asked_at;
                }
                return;
            }
            if stay.shown_at > asked_at {
                let scan = Scan { happened_at: stay.shown_at, ..stay.scan.clone() };
                resumed = Some(Record { scan, ..stay.clone() });
                stay.shown_at = stay.scan.happened_at;
            }
        }
        let observed = Record { scan: scan.clone(), seen_at, shown_at: asked_at, present_only: true };
        for record in [Some(observed), resumed].into_iter().flatten() {
            if let Err(at) = self.find(&record.scan) {
                self.records.insert(at, record);
            }
        }
    }
}

impl Snapshot {
    /// A number for the present status it tells; none when it tells nothing.
    pub fn present_fingerprint(&self) -> Option<u64> {
        let newest = self.scans.iter().max_by_key(|scan| scan.happened_at);
        (!says_nothing(self)).then(|| fingerprint::of_present(newest))
    }
}
