//! Gathering the scans of one parcel.

use jiff::Timestamp;
use yam_domain::tracking::{Scan, Snapshot};

use super::TrackOutcome;

/// Scans of one parcel that are kept; of more, the newest.
pub const MOST_SCANS: usize = 500;

/// Scans in the operator's order, oldest first. A bad one is counted and never loses the others.
#[derive(Debug, Default)]
pub(crate) struct Scans {
    read: Vec<Scan>,
    unreadable: u32,
}

impl Scans {
    /// Takes a scan, or counts one that could not be read.
    pub(crate) fn add(&mut self, scan: Option<Scan>) {
        match scan {
            Some(scan) => self.read.push(scan),
            None => self.unreadable = self.unreadable.saturating_add(1),
        }
    }

    /// A well-formed answer with these scans in it: none at all is "not found", but scans of which not one
    /// can be read are another shape.
    pub(crate) fn outcome(mut self, taken_at: Timestamp) -> TrackOutcome<Snapshot> {
        if self.read.is_empty() {
            return match self.unreadable {
                0 => TrackOutcome::NotFound,
                all => TrackOutcome::ShapeChanged(format!("none of {all} scans could be read")),
            };
        }
        let surplus = self.read.len().saturating_sub(MOST_SCANS);
        self.read.drain(..surplus);
        let surplus = u32::try_from(surplus).unwrap_or(u32::MAX);
        TrackOutcome::Answer(Snapshot {
            taken_at,
            known: true,
            scans: self.read,
            unreadable: self.unreadable.saturating_add(surplus),
            aliases: Vec::new(),
            destination: None,
            money: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yam_domain::tracking::{Meaning, RawScan, Reading};

    fn scan(second: i64) -> Scan {
        Scan {
            happened_at: Timestamp::from_second(second).unwrap(),
            reading: Reading::of(Meaning::Info),
            office: None,
            raw: RawScan::default(),
        }
    }

    #[test]
    fn of_too_many_the_newest_are_kept() {
        let mut scans = Scans::default();
        for second in 0..600 {
            scans.add(Some(scan(second)));
        }
        scans.add(None);
        let TrackOutcome::Answer(snapshot) = scans.outcome(Timestamp::UNIX_EPOCH) else { panic!("answer") };
        assert_eq!((snapshot.scans.len(), snapshot.unreadable), (MOST_SCANS, 101));
        assert_eq!(snapshot.scans.first().map(|s| s.happened_at.as_second()), Some(100));
    }

    #[test]
    fn nothing_is_not_found_but_nothing_readable_is_another_shape() {
        assert_eq!(Scans::default().outcome(Timestamp::UNIX_EPOCH), TrackOutcome::NotFound);
        let mut scans = Scans::default();
        scans.add(None);
        assert!(matches!(scans.outcome(Timestamp::UNIX_EPOCH), TrackOutcome::ShapeChanged(_)));
    }
}
