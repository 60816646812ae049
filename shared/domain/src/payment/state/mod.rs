//! The life of one attempt to pay, and of a bank slip (design section 7).
//!
//! A transition is a pure function of the state and an event; the event's name is the reason that is kept
//! beside the new state. What is allowed stands in one table (`table.rs`). An event that brings no news is
//! noted without a change, so that doubled and late proofs are harmless; one that makes no sense is an
//! error.
//!
//! Three rules shape the table:
//! * only the gateway's own word, given to us and not to a browser, leads to `paid`; the merchant's stands in
//!   for it where the outcome is unknown and the gateway cannot be asked any more;
//! * `cancelled`, `failed` and `expired` end nothing: a proof of payment that comes later is taken
//!   (reliability notes, section 4.5);
//! * while money is on its way back, no proof of payment moves the attempt (section 4.8).

mod event;
mod table;
#[cfg(test)]
mod tests;

pub use event::{Holding, PaymentEvent};

use serde::{Deserialize, Serialize};

/// Where an attempt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// Amount and order number are fixed; the gateway may or may not know of it, no payer does.
    #[default]
    Created,
    /// The gateway's id is stored and the payer was sent there: from here on a payer may pay.
    Redirected,
    /// The payer's browser came back; nothing is decided by that.
    Returned,
    /// A worker holds the claim to verify.
    Verifying,
    /// Verified or not: the answer was lost, unclear, or "not yet".
    VerifyUnknown,
    /// Verified, and the gateway pays out only after a second step (Mellat).
    PaidUnsettled,
    /// The money is ours and wanted.
    Paid,
    /// The gateway speaks of another amount, order or terminal.
    Mismatch,
    /// The payer gave up.
    Cancelled,
    /// The bank or the gateway said no.
    Failed,
    /// Nobody paid while it was possible, as far as anybody said.
    Expired,
    /// On its way back to the payer: by our reversal, or left alone so that it returns by itself.
    Reversing,
    /// Back with the payer.
    Reversed,
    /// A refund is under way.
    Refunding,
    /// A refund was ordered and its answer lost.
    RefundUnknown,
    /// Refunded in full.
    Refunded,
    /// Money we hold that nothing wants; a person decides unless it can be sent back.
    Overpaid,
    /// A payer says that a bank transfer was made; the merchant decides.
    SlipSubmitted,
    /// The merchant did not find the transfer.
    Rejected,
}

/// Something about a transition that people must see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attention {
    /// Paid after it was thought cancelled, failed or expired (gateway notes, section 7.2).
    Late,
    /// The gateway's word contradicts what was booked: a person looks at the gateway's panel.
    Contradiction,
}

/// A transition that took place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// The state before.
    pub from: PaymentState,
    /// The state after; the same when the event was only noted.
    pub to: PaymentState,
    /// Why, to be kept with it: the event's name.
    pub reason: &'static str,
    /// What people must see about it.
    pub attention: Option<Attention>,
}

impl Transition {
    /// Whether the state is another one now.
    pub const fn changes(&self) -> bool {
        self.from as u8 != self.to as u8
    }
}

/// An event that makes no sense in the present state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{event} is not possible while the payment is {state}")]
pub struct PaymentTransitionError {
    /// The present state.
    pub state: &'static str,
    /// The event that was refused.
    pub event: &'static str,
}

impl PaymentState {
    /// All states.
    pub const ALL: [PaymentState; 19] = [
        PaymentState::Created,
        PaymentState::Redirected,
        PaymentState::Returned,
        PaymentState::Verifying,
        PaymentState::VerifyUnknown,
        PaymentState::PaidUnsettled,
        PaymentState::Paid,
        PaymentState::Mismatch,
        PaymentState::Cancelled,
        PaymentState::Failed,
        PaymentState::Expired,
        PaymentState::Reversing,
        PaymentState::Reversed,
        PaymentState::Refunding,
        PaymentState::RefundUnknown,
        PaymentState::Refunded,
        PaymentState::Overpaid,
        PaymentState::SlipSubmitted,
        PaymentState::Rejected,
    ];

    /// The word used in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            PaymentState::Created => "created",
            PaymentState::Redirected => "redirected",
            PaymentState::Returned => "returned",
            PaymentState::Verifying => "verifying",
            PaymentState::VerifyUnknown => "verify_unknown",
            PaymentState::PaidUnsettled => "paid_unsettled",
            PaymentState::Paid => "paid",
            PaymentState::Mismatch => "mismatch",
            PaymentState::Cancelled => "cancelled",
            PaymentState::Failed => "failed",
            PaymentState::Expired => "expired",
            PaymentState::Reversing => "reversing",
            PaymentState::Reversed => "reversed",
            PaymentState::Refunding => "refunding",
            PaymentState::RefundUnknown => "refund_unknown",
            PaymentState::Refunded => "refunded",
            PaymentState::Overpaid => "overpaid",
            PaymentState::SlipSubmitted => "slip_submitted",
            PaymentState::Rejected => "rejected",
        }
    }

    /// The transition of an event.
    ///
    /// # Errors
    /// When the event makes no sense in this state; the state does not change.
    pub fn apply(self, event: PaymentEvent) -> Result<Transition, PaymentTransitionError> {
        let to = table::next(self, event)
            .ok_or(PaymentTransitionError { state: self.as_str(), event: event.as_str() })?;
        Ok(Transition { from: self, to, reason: event.as_str(), attention: attention(self, event, to) })
    }

    /// Money is, or may be, with us or on its way: a second attempt could be paid twice.
    pub const fn may_hold_money(self) -> bool {
        matches!(
            self,
            PaymentState::Verifying
                | PaymentState::VerifyUnknown
                | PaymentState::PaidUnsettled
                | PaymentState::Paid
                | PaymentState::Mismatch
                | PaymentState::Refunding
                | PaymentState::RefundUnknown
                | PaymentState::Overpaid
        )
    }

    /// Whether the sweep still has something to ask the gateway about an attempt in this state.
    pub const fn is_swept(self) -> bool {
        !matches!(
            self,
            PaymentState::Created
                | PaymentState::Paid
                | PaymentState::Reversed
                | PaymentState::Refunded
                | PaymentState::SlipSubmitted
                | PaymentState::Rejected
        )
    }

    /// The state a payment shows that has attempts in these states: the one that matters most to whoever
    /// asks "is it paid?". A payment without an attempt is `created`.
    pub fn of_attempts(attempts: impl IntoIterator<Item = PaymentState>) -> PaymentState {
        attempts.into_iter().min_by_key(|state| state.rank()).unwrap_or_default()
    }

    const fn rank(self) -> u8 {
        match self {
            PaymentState::Paid => 0,
            PaymentState::Refunding => 1,
            PaymentState::RefundUnknown => 2,
            PaymentState::PaidUnsettled => 3,
            PaymentState::Verifying => 4,
            PaymentState::VerifyUnknown => 5,
            PaymentState::Mismatch => 6,
            PaymentState::Overpaid => 7,
            PaymentState::Refunded => 8,
            PaymentState::SlipSubmitted => 9,
            PaymentState::Returned => 10,
            PaymentState::Redirected => 11,
            PaymentState::Reversing => 12,
            PaymentState::Reversed => 13,
            PaymentState::Created => 14,
            PaymentState::Cancelled => 15,
            PaymentState::Failed => 16,
            PaymentState::Expired => 17,
            PaymentState::Rejected => 18,
        }
    }
}

fn attention(from: PaymentState, event: PaymentEvent, to: PaymentState) -> Option<Attention> {
    use PaymentEvent as E;
    use PaymentState as S;
    match (from, event, to) {
        (S::Cancelled | S::Failed | S::Expired, _, S::Paid | S::PaidUnsettled | S::Overpaid) => {
            Some(Attention::Late)
        }
        (S::Reversed | S::Refunded, E::Verified | E::VerifiedUnsettled | E::VerifiedUnwanted, _)
        | (S::Paid | S::Refunding | S::RefundUnknown, E::MoneyReturned, _)
        | (S::Mismatch, E::Verified | E::VerifiedUnsettled | E::VerifiedUnwanted, _) => {
            Some(Attention::Contradiction)
        }
        _ => None,
    }
}

impl std::fmt::Display for PaymentState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for PaymentState {
    type Err = UnknownPaymentState;

    fn from_str(text: &str) -> Result<Self, UnknownPaymentState> {
        PaymentState::ALL.into_iter().find(|s| s.as_str() == text).ok_or(UnknownPaymentState)
    }
}

/// The word is not a state of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown payment status")]
pub struct UnknownPaymentState;
