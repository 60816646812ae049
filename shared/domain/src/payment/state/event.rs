//! What can happen to an attempt.

use super::PaymentState;

/// What an attempt is when money that was to go back stays with us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Holding {
    /// Wanted and settled.
    Paid,
    /// Wanted, not settled yet (Mellat).
    PaidUnsettled,
    /// Wanted by nothing.
    Overpaid,
    /// Not what was asked for.
    Mismatch,
}

impl Holding {
    /// The holding of a state from which money may be sent back.
    pub const fn of(state: PaymentState) -> Option<Holding> {
        match state {
            PaymentState::Paid => Some(Holding::Paid),
            PaymentState::PaidUnsettled => Some(Holding::PaidUnsettled),
            PaymentState::Overpaid => Some(Holding::Overpaid),
            PaymentState::Mismatch => Some(Holding::Mismatch),
            _ => None,
        }
    }

    pub(super) const fn state(self) -> PaymentState {
        match self {
            Holding::Paid => PaymentState::Paid,
            Holding::PaidUnsettled => PaymentState::PaidUnsettled,
            Holding::Overpaid => PaymentState::Overpaid,
            Holding::Mismatch => PaymentState::Mismatch,
        }
    }
}

/// Something that happened to an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaymentEvent {
    /// The gateway gave its id, which is stored; the page may go out.
    Requested,
    /// The gateway refused, or its answer was lost: no payer has seen it, a new attempt replaces it.
    RequestFailed,
    /// A browser came back with the stored ids.
    Returned,
    /// It came back saying "cancelled" from a gateway that cannot be asked.
    CancelShown,
    /// A worker took the claim to verify.
    VerifyClaimed,
    /// The gateway's own word: paid, verified, amounts equal (also a signed notice).
    Verified,
    /// The same at a gateway that pays out only after a second step.
    VerifiedUnsettled,
    /// Verified, but by now nothing wants the money.
    VerifiedUnwanted,
    /// The answer was lost or unclear.
    AnswerUnclear,
    /// The gateway says: not paid so far, the payer may still pay.
    StillOpen,
    /// The gateway says: not paid, and this is final.
    NotPaid,
    /// The gateway says: cancelled by the payer.
    CancelConfirmed,
    /// The gateway speaks of another amount, order or terminal.
    AmountDiffers,
    /// The gateway says that the money is back with the payer.
    MoneyReturned,
    /// Nothing more can be paid, and nobody said that something was.
    WindowPassed,
    /// The second step is acknowledged.
    Settled,
    /// Paid, not verified and not wanted: left alone, so that it returns by itself.
    LeftToReturn,
    /// The gateway cannot be asked, and the time in which it returns money by itself has passed.
    ReturnPresumed,
    /// A worker took the claim to reverse.
    ReverseClaimed,
    /// The gateway refused to reverse: the money stays what it was.
    ReverseRefused(Holding),
    /// A worker took the claim to refund.
    RefundClaimed,
    /// The gateway's word: all of it is refunded.
    Refunded,
    /// The gateway's word: a part is refunded; the rest stays what it was.
    RefundedInPart(Holding),
    /// The gateway refused the refund.
    RefundRefused(Holding),
    /// The refund's answer was lost or unclear.
    RefundUnclear,
    /// A payer entered a bank slip.
    SlipGiven,
    /// The merchant, or a statement, confirmed it.
    SlipApproved,
    /// The merchant did not find it.
    SlipRejected,
    /// The merchant's word, where the gateway cannot be asked any more: it was paid, and is held as this.
    FoundPaid(Holding),
    /// The merchant's word, where the gateway cannot be asked any more: it was not paid.
    FoundNotPaid,
}

impl PaymentEvent {
    /// The reason kept with a transition.
    pub const fn as_str(self) -> &'static str {
        match self {
            PaymentEvent::Requested => "requested",
            PaymentEvent::RequestFailed => "request_failed",
            PaymentEvent::Returned => "payer_returned",
            PaymentEvent::CancelShown => "cancel_shown",
            PaymentEvent::VerifyClaimed => "verify_claimed",
            PaymentEvent::Verified => "verified",
            PaymentEvent::VerifiedUnsettled => "verified_unsettled",
            PaymentEvent::VerifiedUnwanted => "verified_unwanted",
            PaymentEvent::AnswerUnclear => "answer_unclear",
            PaymentEvent::StillOpen => "still_open",
            PaymentEvent::NotPaid => "not_paid",
            PaymentEvent::CancelConfirmed => "cancel_confirmed",
            PaymentEvent::AmountDiffers => "amount_differs",
            PaymentEvent::MoneyReturned => "money_returned",
            PaymentEvent::WindowPassed => "window_passed",
            PaymentEvent::Settled => "settled",
            PaymentEvent::LeftToReturn => "left_to_return",
            PaymentEvent::ReturnPresumed => "return_presumed",
            PaymentEvent::ReverseClaimed => "reverse_claimed",
            PaymentEvent::ReverseRefused(_) => "reverse_refused",
            PaymentEvent::RefundClaimed => "refund_claimed",
            PaymentEvent::Refunded => "refunded",
            PaymentEvent::RefundedInPart(_) => "refunded_in_part",
            PaymentEvent::RefundRefused(_) => "refund_refused",
            PaymentEvent::RefundUnclear => "refund_unclear",
            PaymentEvent::SlipGiven => "slip_given",
            PaymentEvent::SlipApproved => "slip_approved",
            PaymentEvent::SlipRejected => "slip_rejected",
            PaymentEvent::FoundPaid(_) => "found_paid",
            PaymentEvent::FoundNotPaid => "found_not_paid",
        }
    }
}
