//! The allowed transitions, one row per event and target.

use super::{PaymentEvent, PaymentState};
use PaymentState as S;

/// From these states the event leads to the target; in those it is noted without a change.
struct Row {
    from: &'static [PaymentState],
    to: PaymentState,
    noted: &'static [PaymentState],
}

/// Not decided by the gateway, or decided without proof: a proof of payment is taken.
const OPEN: &[PaymentState] =
    &[S::Redirected, S::Returned, S::Verifying, S::VerifyUnknown, S::Cancelled, S::Failed, S::Expired];
/// Decided: a repeated or late proof of payment changes nothing.
const DECIDED: &[PaymentState] = &[
    S::Paid,
    S::Mismatch,
    S::Reversing,
    S::Reversed,
    S::Refunding,
    S::RefundUnknown,
    S::Refunded,
    S::Overpaid,
];
/// Everything a payer may have been sent to.
const SENT_OUT: &[PaymentState] = &[
    S::Returned,
    S::Verifying,
    S::VerifyUnknown,
    S::PaidUnsettled,
    S::Paid,
    S::Mismatch,
    S::Cancelled,
    S::Failed,
    S::Reversing,
    S::Reversed,
    S::Refunding,
    S::RefundUnknown,
    S::Refunded,
    S::Overpaid,
];

/// The state after an event; none when it makes no sense.
pub(super) fn next(state: PaymentState, event: PaymentEvent) -> Option<PaymentState> {
    let row = row(event);
    if row.from.contains(&state) {
        Some(row.to)
    } else if row.noted.contains(&state) {
        Some(state)
    } else {
        noted_beside(state, event)
    }
}

/// `paid_unsettled` takes no second proof of payment, but learns that nothing wants it any more.
fn noted_beside(state: PaymentState, event: PaymentEvent) -> Option<PaymentState> {
    match (state, event) {
        (S::PaidUnsettled, PaymentEvent::Verified | PaymentEvent::VerifiedUnsettled) => Some(state),
        (S::PaidUnsettled, PaymentEvent::VerifiedUnwanted) => Some(S::Overpaid),
        _ => None,
    }
}

const fn row(event: PaymentEvent) -> Row {
    use PaymentEvent as E;
    match event {
        E::Requested => Row { from: &[S::Created], to: S::Redirected, noted: &[] },
        E::RequestFailed => Row { from: &[S::Created], to: S::Failed, noted: &[] },
        E::Returned => Row { from: &[S::Redirected, S::Expired], to: S::Returned, noted: SENT_OUT },
        E::CancelShown => Row { from: &[S::Redirected, S::Returned], to: S::Cancelled, noted: SENT_OUT },
        // A claim whose worker died is taken again.
        E::VerifyClaimed => Row { from: OPEN, to: S::Verifying, noted: &[] },
        E::Verified => Row { from: OPEN, to: S::Paid, noted: DECIDED },
        E::VerifiedUnsettled => Row { from: OPEN, to: S::PaidUnsettled, noted: DECIDED },
        E::VerifiedUnwanted => Row { from: OPEN, to: S::Overpaid, noted: DECIDED },
        E::AnswerUnclear => Row { from: &[S::Verifying], to: S::VerifyUnknown, noted: &[S::VerifyUnknown] },
        E::StillOpen => Row {
            from: &[S::Verifying],
            to: S::VerifyUnknown,
            noted: &[S::Redirected, S::Returned, S::VerifyUnknown, S::Cancelled, S::Failed, S::Expired],
        },
        E::NotPaid => Row {
            from: &[S::Redirected, S::Returned, S::Verifying, S::VerifyUnknown, S::Expired],
            to: S::Failed,
            noted: &[S::Failed, S::Cancelled],
        },
        E::CancelConfirmed => Row {
            from: &[S::Redirected, S::Returned, S::Verifying, S::VerifyUnknown, S::Expired, S::Failed],
            to: S::Cancelled,
            noted: &[S::Cancelled],
        },
        E::AmountDiffers => Row { from: OPEN, to: S::Mismatch, noted: &[S::Mismatch] },
        // Money of a paid or refunding attempt that went back without us is for a person to look at.
        E::MoneyReturned => Row {
            from: &[
                S::Redirected,
                S::Returned,
                S::Verifying,
                S::VerifyUnknown,
                S::Cancelled,
                S::Failed,
                S::Expired,
                S::PaidUnsettled,
                S::Mismatch,
                S::Overpaid,
                S::Reversing,
            ],
            to: S::Reversed,
            noted: &[S::Reversed, S::Paid, S::Refunding, S::RefundUnknown, S::Refunded],
        },
        // What is unknown stays unknown: time alone proves nothing about it.
        E::WindowPassed => Row {
            from: &[S::Redirected, S::Returned],
            to: S::Expired,
            noted: &[S::VerifyUnknown, S::Cancelled, S::Failed, S::Expired],
        },
        E::Settled => Row { from: &[S::PaidUnsettled], to: S::Paid, noted: &[S::Paid, S::Overpaid] },
        // Not from `verify_unknown`: a lost verify may have made the money ours.
        E::LeftToReturn => Row {
            from: &[S::Redirected, S::Returned, S::Cancelled, S::Failed, S::Expired],
            to: S::Reversing,
            noted: &[S::Reversing],
        },
        E::ReturnPresumed => Row { from: &[S::Reversing], to: S::Reversed, noted: &[S::Reversed] },
        E::ReverseClaimed => Row {
            from: &[S::Paid, S::PaidUnsettled, S::Mismatch, S::Overpaid],
            to: S::Reversing,
            noted: &[S::Reversing],
        },
        E::ReverseRefused(holding) => Row { from: &[S::Reversing], to: holding.state(), noted: &[] },
        E::RefundClaimed => Row {
            from: &[S::Paid, S::Overpaid, S::Mismatch],
            to: S::Refunding,
            noted: &[S::Refunding, S::RefundUnknown],
        },
        E::Refunded => {
            Row { from: &[S::Refunding, S::RefundUnknown], to: S::Refunded, noted: &[S::Refunded] }
        }
        E::RefundedInPart(holding) | E::RefundRefused(holding) => {
            Row { from: &[S::Refunding, S::RefundUnknown], to: holding.state(), noted: &[] }
        }
        E::RefundUnclear => Row { from: &[S::Refunding], to: S::RefundUnknown, noted: &[S::RefundUnknown] },
        E::SlipGiven => Row { from: &[S::Created], to: S::SlipSubmitted, noted: &[] },
        E::SlipApproved => Row { from: &[S::SlipSubmitted], to: S::Paid, noted: &[] },
        E::SlipRejected => Row { from: &[S::SlipSubmitted], to: S::Rejected, noted: &[] },
        // A person decides what nobody else can tell, and nothing else.
        E::FoundPaid(holding) => Row { from: &[S::VerifyUnknown], to: holding.state(), noted: &[] },
        E::FoundNotPaid => Row { from: &[S::VerifyUnknown], to: S::Failed, noted: &[] },
    }
}
