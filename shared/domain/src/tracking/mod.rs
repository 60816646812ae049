//! Tracking: what operators' scans mean, what a history of them says, and what follows from silence.
//!
//! An adapter turns an operator's answer into a [`Snapshot`] of [`Scan`]s, each with the [`Reading`] its
//! dictionary gives. Everything after that is pure: the history keeps what was ever seen, the status is
//! computed from the whole of it, and epochs say which of its changes are news.

mod scan;

pub use scan::{CodMoney, Meaning, Office, RawScan, Reading, Reason, Scan, Snapshot};
