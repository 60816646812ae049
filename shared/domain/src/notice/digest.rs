//! The admin's daily report (S4-04, S4-31).

use serde::{Deserialize, Serialize};

use crate::parcel::ParcelStatus;

/// Counts for the admin's daily report, one line per status.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// Parcels that came into each status since the last report.
    pub changes: Vec<(ParcelStatus, u32)>,
    /// Messages that failed since then.
    pub failures: u32,
}

impl Digest {
    /// Is there anything to report? An empty report is not sent (S4-31).
    pub fn is_silent(&self) -> bool {
        self.failures == 0 && self.changes.iter().all(|(_, count)| *count == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_report_is_silent() {
        assert!(Digest::default().is_silent());
        assert!(Digest { changes: vec![(ParcelStatus::Arrived, 0)], failures: 0 }.is_silent());
        assert!(!Digest { changes: vec![(ParcelStatus::Arrived, 1)], failures: 0 }.is_silent());
        assert!(!Digest { changes: Vec::new(), failures: 1 }.is_silent());
    }
}
