//! A parcel's three independent states: where it is, how far its registration has come, and whether
//! its barcode is known.

mod barcode;
mod registration;
mod status;

pub use barcode::{BarcodeEvent, BarcodeState};
pub use registration::{CancelMode, RegistrationEvent, RegistrationState};
pub use status::{ParcelStatus, UnknownStatus};

/// An event that makes no sense in the present state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{event} is not possible while the parcel is {state}: {advice}")]
pub struct TransitionError {
    /// The present state.
    pub state: &'static str,
    /// The event that was refused.
    pub event: &'static str,
    /// What to do instead.
    pub advice: &'static str,
}
