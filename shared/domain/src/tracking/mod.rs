//! Tracking: what operators' scans mean, what a history of them says, and what follows from silence.
//!
//! An adapter turns an operator's answer into a [`Snapshot`] of [`Scan`]s, each with the [`Reading`] its
//! [`dictionary`] gives. Everything after that is pure:
//!
//! ```text
//!   Snapshot --History::apply--> History --Timeline::of--> Timeline { Standing, stays }
//!                                                              |
//!   clock, polls, settings, dwell ---------------derive------> Derived { status, days, deadline, ... }
//!                                                              |
//!                                             Epochs::update --+--> what is news, each change once
//! ```
//!
//! * [`History`] keeps what was ever told: late, edited and vanished scans, in any order of arrival;
//! * [`Timeline`] computes the status from the whole of it, never from the last scan alone;
//! * [`derive()`] adds what time says: days waiting, storage ends, stalled, probably arrived ([`dwell`]);
//! * [`Epochs`] say which of the changes are news; messages hang on them.
//!
//! The poll hash of an unchanged parcel is [`History::fingerprint`], compared with
//! [`Snapshot::fingerprint`] before anything is read. [`check_code`] judges a number before its first
//! poll, [`widget_state`] is what the merchant's widget shows, [`claim`] what the post owes for.

pub mod claim;
mod code;
mod derived;
pub mod dictionary;
pub mod dwell;
mod epoch;
mod history;
#[cfg(test)]
mod samples;
mod scan;
mod status;
mod widget;

pub use code::{CodeVerdict, Mended, check_code};
pub use derived::{Derived, DerivedChoices, DerivedSettings, Polling, StorageTerms, WaitingBand, derive};
pub use epoch::{Epoch, EpochCause, EpochId, Epochs, Opened, Verdict};
pub use history::{Event, History, MAX_SCANS, Record, ScanKey};
pub use scan::{CodMoney, Meaning, Office, RawScan, Reading, Reason, Scan, Snapshot, StorageWord};
pub use status::{Standing, Stay, Timeline};
pub use widget::{
    AccountFacts, ParcelFacts, Shade, Suspension, Widget, WidgetAction, WidgetState, widget_state,
};
