//! How far a parcel's registration at the carrier has come.
//!
//! | state | start | registered | refused | answer lost | absent | confirm | ready | cancelled | cancel refused |
//! |---|---|---|---|---|---|---|---|---|---|
//! | draft | registering | – | – | – | – | – | – | cancelled | – |
//! | registering | – | registered | needs_attention | outcome_unknown | – | – | – | cancelled | registering |
//! | outcome_unknown | – | registered | needs_attention | outcome_unknown | registering | – | – | cancelled | outcome_unknown |
//! | needs_attention | registering | registered | needs_attention | – | registering | – | – | cancelled | needs_attention |
//! | registered | – | registered | – | – | – | confirmed | ready | cancelled | registered |
//! | confirmed | – | confirmed | – | – | – | confirmed | ready | – | confirmed |
//! | ready | – | ready | – | – | – | ready | ready | – | ready |
//! | cancelled | – | – | – | – | – | – | – | cancelled | – |
//!
//! Why: `confirm` is the merchant's own gate (S0-05, S0-26); `ready` sends the parcel to the postal
//! system with a pick-up date (S0-24) and implies the approval, so confirming afterwards changes
//! nothing, while another `ready` books another date. From `outcome_unknown` nothing starts a second
//! registration except proof that the first is absent (S0-27, S0-29). Repeated news of a registration
//! (a late answer, a look-up) is harmless. While a call is under way or its outcome unknown, a cancel
//! is a request that the settled call answers with `cancelled` or `cancel refused` (Iran Post's EShop
//! has no cancel operation); `cancelled` and `ready` are never left.

use super::TransitionError;
use serde::{Deserialize, Serialize};

/// A parcel's registration at the carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationState {
    /// Known here only.
    #[default]
    Draft,
    /// A call to the carrier is planned or under way.
    Registering,
    /// The carrier has it.
    Registered,
    /// The carrier may or may not have it.
    OutcomeUnknown,
    /// A person must mend the data or decide.
    NeedsAttention,
    /// Sent to the postal system with a pick-up date.
    Ready,
    /// Approved by the merchant.
    Confirmed,
    /// Will not be sent.
    Cancelled,
}

/// What happened to a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RegistrationEvent {
    /// A registration was ordered, by rule or by hand.
    Start,
    /// The carrier has the parcel: it answered, a look-up found it, or its barcode was typed in.
    Registered,
    /// The carrier said no, or the data cannot be sent.
    Refused,
    /// The call was made and its answer did not arrive.
    AnswerLost,
    /// Proof that the carrier does not have it (a look-up, or a person's word); register again.
    ConfirmedAbsent,
    /// The merchant approves.
    Confirm,
    /// The parcel is sent to the postal system with a pick-up date.
    Ready,
    /// It is cancelled, here or at the carrier.
    Cancelled,
    /// The carrier does not let it be cancelled.
    CancelRefused,
}

/// What a request to cancel does in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CancelMode {
    /// The carrier knows nothing: cancelled at once.
    AtOnce,
    /// Asked for now, answered when the call under way is settled.
    WhenSettled,
    /// The carrier must agree.
    AskCarrier,
    /// Too late, or already cancelled.
    NotPossible,
}

impl RegistrationState {
    /// All states.
    pub const ALL: [RegistrationState; 8] = [
        RegistrationState::Draft,
        RegistrationState::Registering,
        RegistrationState::Registered,
        RegistrationState::OutcomeUnknown,
        RegistrationState::NeedsAttention,
        RegistrationState::Ready,
        RegistrationState::Confirmed,
        RegistrationState::Cancelled,
    ];

    /// The word used in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            RegistrationState::Draft => "draft",
            RegistrationState::Registering => "registering",
            RegistrationState::Registered => "registered",
            RegistrationState::OutcomeUnknown => "outcome_unknown",
            RegistrationState::NeedsAttention => "needs_attention",
            RegistrationState::Ready => "ready",
            RegistrationState::Confirmed => "confirmed",
            RegistrationState::Cancelled => "cancelled",
        }
    }

    /// Is this a state that no event leaves?
    pub const fn is_final(self) -> bool {
        matches!(self, RegistrationState::Cancelled | RegistrationState::Ready)
    }

    /// May the consignee's data still be mended (S0-22)? Until the merchant's approval.
    pub const fn recipient_editable(self) -> bool {
        match self {
            RegistrationState::Draft
            | RegistrationState::Registering
            | RegistrationState::Registered
            | RegistrationState::OutcomeUnknown
            | RegistrationState::NeedsAttention => true,
            RegistrationState::Ready | RegistrationState::Confirmed | RegistrationState::Cancelled => false,
        }
    }

    /// What a request to cancel does now.
    pub const fn cancel_mode(self) -> CancelMode {
        match self {
            RegistrationState::Draft | RegistrationState::NeedsAttention => CancelMode::AtOnce,
            RegistrationState::Registering | RegistrationState::OutcomeUnknown => CancelMode::WhenSettled,
            RegistrationState::Registered => CancelMode::AskCarrier,
            RegistrationState::Ready | RegistrationState::Confirmed | RegistrationState::Cancelled => {
                CancelMode::NotPossible
            }
        }
    }

    /// The state after an event, by the table above.
    ///
    /// # Errors
    /// When the event makes no sense in this state; the state does not change.
    pub fn apply(self, event: RegistrationEvent) -> Result<Self, TransitionError> {
        use RegistrationEvent as E;
        use RegistrationState as S;
        match (self, event) {
            (S::Draft | S::NeedsAttention, E::Start) => Ok(S::Registering),
            (S::OutcomeUnknown | S::NeedsAttention, E::ConfirmedAbsent) => Ok(S::Registering),

            (S::Registering | S::OutcomeUnknown | S::NeedsAttention | S::Registered, E::Registered) => {
                Ok(S::Registered)
            }
            (S::Confirmed | S::Ready, E::Registered) => Ok(self),

            (S::Registering | S::OutcomeUnknown | S::NeedsAttention, E::Refused) => Ok(S::NeedsAttention),
            (S::Registering | S::OutcomeUnknown, E::AnswerLost) => Ok(S::OutcomeUnknown),

            (S::Registered | S::Confirmed, E::Confirm) => Ok(S::Confirmed),
            (S::Ready, E::Confirm) => Ok(S::Ready),
            (S::Registered | S::Confirmed | S::Ready, E::Ready) => Ok(S::Ready),

            (
                S::Draft
                | S::Registering
                | S::OutcomeUnknown
                | S::NeedsAttention
                | S::Registered
                | S::Cancelled,
                E::Cancelled,
            ) => Ok(S::Cancelled),
            (
                S::Registering
                | S::OutcomeUnknown
                | S::NeedsAttention
                | S::Registered
                | S::Confirmed
                | S::Ready,
                E::CancelRefused,
            ) => Ok(self),

            (
                S::Draft
                | S::Registering
                | S::Registered
                | S::OutcomeUnknown
                | S::NeedsAttention
                | S::Ready
                | S::Confirmed
                | S::Cancelled,
                _,
            ) => Err(TransitionError { state: self.as_str(), event: event.as_str(), advice: self.advice() }),
        }
    }

    const fn advice(self) -> &'static str {
        match self {
            RegistrationState::Draft => "register it first",
            RegistrationState::Registering => "wait for the carrier's answer",
            RegistrationState::Registered => "confirm it, send it to the postal system, or cancel it",
            RegistrationState::OutcomeUnknown => {
                "look at the carrier's panel: enter the barcode found there, or state that the parcel is absent"
            }
            RegistrationState::NeedsAttention => "mend the data and register again, or cancel it",
            RegistrationState::Confirmed => "it is approved; only sending it to the postal system is left",
            RegistrationState::Ready => "it is with the postal system; contact the carrier",
            RegistrationState::Cancelled => "make a new parcel",
        }
    }
}

impl RegistrationEvent {
    /// All events.
    pub const ALL: [RegistrationEvent; 9] = [
        RegistrationEvent::Start,
        RegistrationEvent::Registered,
        RegistrationEvent::Refused,
        RegistrationEvent::AnswerLost,
        RegistrationEvent::ConfirmedAbsent,
        RegistrationEvent::Confirm,
        RegistrationEvent::Ready,
        RegistrationEvent::Cancelled,
        RegistrationEvent::CancelRefused,
    ];

    /// The event in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            RegistrationEvent::Start => "registering",
            RegistrationEvent::Registered => "being registered",
            RegistrationEvent::Refused => "a refused registration",
            RegistrationEvent::AnswerLost => "a lost answer",
            RegistrationEvent::ConfirmedAbsent => "stating its absence",
            RegistrationEvent::Confirm => "confirming",
            RegistrationEvent::Ready => "sending to the postal system",
            RegistrationEvent::Cancelled => "cancelling",
            RegistrationEvent::CancelRefused => "a refused cancel",
        }
    }
}

impl std::fmt::Display for RegistrationState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The whole table, one line for each state; `-` is refused.
    #[test]
    fn table() {
        let mut lines = Vec::new();
        for state in RegistrationState::ALL {
            let cells: Vec<&str> = RegistrationEvent::ALL
                .iter()
                .map(|event| state.apply(*event).map_or("-", RegistrationState::as_str))
                .collect();
            lines.push(format!("{state}: {}", cells.join(" ")));
        }
        insta::assert_snapshot!(lines.join("\n"), @r"
        draft: registering - - - - - - cancelled -
        registering: - registered needs_attention outcome_unknown - - - cancelled registering
        registered: - registered - - - confirmed ready cancelled registered
        outcome_unknown: - registered needs_attention outcome_unknown registering - - cancelled outcome_unknown
        needs_attention: registering registered needs_attention - registering - - cancelled needs_attention
        ready: - ready - - - ready ready - ready
        confirmed: - confirmed - - - confirmed ready - confirmed
        cancelled: - - - - - - - cancelled -
        ");
    }

    #[test]
    fn the_data_can_be_mended_until_the_approval() {
        let closed: Vec<&str> =
            RegistrationState::ALL.iter().filter(|s| !s.recipient_editable()).map(|s| s.as_str()).collect();
        assert_eq!(closed, ["ready", "confirmed", "cancelled"]);
    }

    #[test]
    fn an_unknown_outcome_is_never_started_again() {
        let error = RegistrationState::OutcomeUnknown.apply(RegistrationEvent::Start).unwrap_err();
        assert_eq!(
            error.to_string(),
            "registering is not possible while the parcel is outcome_unknown: look at the carrier's panel: \
             enter the barcode found there, or state that the parcel is absent"
        );
    }

    #[test]
    fn cancelling_agrees_with_the_table() {
        for state in RegistrationState::ALL {
            let possible = state.cancel_mode() != CancelMode::NotPossible;
            let applies = state.apply(RegistrationEvent::Cancelled).is_ok();
            assert_eq!(possible, applies && state != RegistrationState::Cancelled, "{state}");
        }
    }

    #[test]
    fn words_are_the_wire_words() {
        for state in RegistrationState::ALL {
            assert_eq!(serde_json::to_string(&state).unwrap(), format!("\"{state}\""));
        }
    }

    proptest! {
        #[test]
        fn final_states_are_never_left(
            events in prop::collection::vec(prop::sample::select(RegistrationEvent::ALL.to_vec()), 0..40)
        ) {
            let mut state = RegistrationState::Draft;
            let mut approved = false;
            for event in events {
                let next = state.apply(event).unwrap_or(state);
                prop_assert!(!state.is_final() || next == state);
                // nothing that the merchant approved goes back to an unapproved state
                prop_assert!(!approved || matches!(next, RegistrationState::Confirmed | RegistrationState::Ready));
                approved = matches!(next, RegistrationState::Confirmed | RegistrationState::Ready);
                state = next;
            }
        }
    }
}
