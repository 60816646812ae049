//! Is the barcode known? (S0-21, S0-27, S0-28)
//!
//! | state | received | looked up, none | typed by hand |
//! |---|---|---|---|
//! | pending | received | missing | manual |
//! | missing | received | missing | manual |
//! | received | received | refused | manual (a correction) |
//! | manual | received (the carrier's own word wins) | refused | manual |

use super::TransitionError;
use serde::{Deserialize, Serialize};

/// Whether a parcel's barcode is known, and from whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BarcodeState {
    /// Not asked for yet, or the answer is under way.
    #[default]
    Pending,
    /// The carrier gave it.
    Received,
    /// The carrier has the order, the barcode never came back (S0-27).
    Missing,
    /// Somebody typed it in (S0-28).
    Manual,
}

/// What happened to the barcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BarcodeEvent {
    /// The carrier gave it.
    Received,
    /// It should have come and did not.
    Missed,
    /// A person typed or corrected it.
    TypedByHand,
}

impl BarcodeState {
    /// The word used in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            BarcodeState::Pending => "pending",
            BarcodeState::Received => "received",
            BarcodeState::Missing => "missing",
            BarcodeState::Manual => "manual",
        }
    }

    /// Is there a barcode?
    pub const fn is_known(self) -> bool {
        matches!(self, BarcodeState::Received | BarcodeState::Manual)
    }

    /// The state after an event.
    ///
    /// # Errors
    /// When a known barcode is said to be missing: what is known is never forgotten.
    pub fn apply(self, event: BarcodeEvent) -> Result<Self, TransitionError> {
        match (self, event) {
            (_, BarcodeEvent::Received) => Ok(BarcodeState::Received),
            (_, BarcodeEvent::TypedByHand) => Ok(BarcodeState::Manual),
            (BarcodeState::Pending | BarcodeState::Missing, BarcodeEvent::Missed) => {
                Ok(BarcodeState::Missing)
            }
            (BarcodeState::Received | BarcodeState::Manual, BarcodeEvent::Missed) => Err(TransitionError {
                state: self.as_str(),
                event: "missing the barcode",
                advice: "the barcode is already known",
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_event() -> impl Strategy<Value = BarcodeEvent> {
        prop_oneof![Just(BarcodeEvent::Received), Just(BarcodeEvent::Missed), Just(BarcodeEvent::TypedByHand)]
    }

    #[test]
    fn a_missing_barcode_can_be_typed() {
        let missing = BarcodeState::Pending.apply(BarcodeEvent::Missed).unwrap();
        assert_eq!(missing, BarcodeState::Missing);
        assert_eq!(missing.apply(BarcodeEvent::TypedByHand), Ok(BarcodeState::Manual));
        assert_eq!(serde_json::to_string(&missing).unwrap(), "\"missing\"");
    }

    proptest! {
        #[test]
        fn a_known_barcode_stays_known(events in prop::collection::vec(any_event(), 0..20)) {
            let mut state = BarcodeState::Pending;
            for event in events {
                let known = state.is_known();
                state = state.apply(event).unwrap_or(state);
                prop_assert!(!known || state.is_known());
            }
        }
    }
}
