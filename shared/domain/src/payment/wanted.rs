//! Whether anybody wants the money of an attempt, asked before it is verified and again when it is
//! (reliability notes, section 4.5, "unwanted money"; gateway notes, section 7.2, "double payment").

use super::PaymentState;
use crate::ids::GatewayId;
use serde::{Deserialize, Serialize};

/// Why nothing wants the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unwanted {
    /// Another attempt, or a slip, has paid for it.
    PaidByAnother,
    /// The link has been paid as often as it may be.
    LinkUsedUp,
    /// The link was revoked.
    LinkRevoked,
}

/// What stands around an attempt when it is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Surroundings {
    /// The link was revoked.
    pub link_revoked: bool,
    /// The link has been paid as often as it may be, by other payments.
    pub link_used_up: bool,
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Verify it.
    Yes,
    /// Another attempt of the payment may have been paid: settle that one first.
    SettleOtherFirst,
    /// Do not verify it; see [`step`].
    No(Unwanted),
}

/// Judges an attempt by the states of the payment's other attempts. That a link has expired does not
/// make money unwanted: the payer was sent to the gateway while it was open.
pub fn wanted(others: &[PaymentState], around: Surroundings) -> Wanted {
    if others.iter().any(|s| pays(*s)) {
        return Wanted::No(Unwanted::PaidByAnother);
    }
    if around.link_revoked {
        return Wanted::No(Unwanted::LinkRevoked);
    }
    if around.link_used_up {
        return Wanted::No(Unwanted::LinkUsedUp);
    }
    if others.iter().any(|s| matches!(s, PaymentState::Verifying | PaymentState::VerifyUnknown)) {
        return Wanted::SettleOtherFirst;
    }
    Wanted::Yes
}

/// Paid, or paid and only formally not so yet.
const fn pays(state: PaymentState) -> bool {
    matches!(
        state,
        PaymentState::Paid
            | PaymentState::PaidUnsettled
            | PaymentState::Refunding
            | PaymentState::RefundUnknown
    )
}

/// What to do with money nothing wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnwantedStep {
    /// Do not verify: the gateway sends it back by itself.
    LeaveToReturn,
    /// Reverse it.
    Reverse,
    /// Refund it.
    Refund,
    /// Held until a person decides.
    Task,
}

/// What a gateway can do with the money now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaysBack {
    /// The money is verified, or a verify whose answer was lost may have done it.
    pub verified: bool,
    /// A reversal may be claimed ([`super::reversal::may_reverse`]).
    pub may_reverse: bool,
    /// The account can refund by API.
    pub can_refund: bool,
}

/// The way back for unwanted money: by itself where that is what the gateway does with unverified
/// payments, else reversed, else refunded, else a person. Roubles and won are ours from the first moment.
pub fn step(gateway: GatewayId, ways: WaysBack) -> UnwantedStep {
    let returns_by_itself = match gateway {
        GatewayId::Zarinpal | GatewayId::Zibal | GatewayId::Mellat | GatewayId::Sep | GatewayId::Toss => true,
        GatewayId::Robokassa | GatewayId::Yookassa => false,
    };
    if !ways.verified && returns_by_itself {
        return UnwantedStep::LeaveToReturn;
    }
    match (ways.may_reverse, ways.can_refund) {
        (true, _) => UnwantedStep::Reverse,
        (false, true) => UnwantedStep::Refund,
        (false, false) => UnwantedStep::Task,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PaymentState as S;

    #[test]
    fn the_first_paid_attempt_makes_the_others_unwanted() {
        let none = Surroundings::default();
        assert_eq!(wanted(&[S::Cancelled, S::Redirected], none), Wanted::Yes);
        assert_eq!(wanted(&[S::Paid], none), Wanted::No(Unwanted::PaidByAnother));
        assert_eq!(wanted(&[S::PaidUnsettled], none), Wanted::No(Unwanted::PaidByAnother));
        assert_eq!(wanted(&[S::Refunded, S::Reversed], none), Wanted::Yes);
    }

    #[test]
    fn an_unknown_attempt_is_settled_first_unless_nothing_is_wanted_anyway() {
        let revoked = Surroundings { link_revoked: true, ..Surroundings::default() };
        assert_eq!(wanted(&[S::VerifyUnknown], Surroundings::default()), Wanted::SettleOtherFirst);
        assert_eq!(wanted(&[S::Verifying], Surroundings::default()), Wanted::SettleOtherFirst);
        assert_eq!(wanted(&[S::VerifyUnknown], revoked), Wanted::No(Unwanted::LinkRevoked));
        let used = Surroundings { link_used_up: true, ..Surroundings::default() };
        assert_eq!(wanted(&[], used), Wanted::No(Unwanted::LinkUsedUp));
    }

    #[test]
    fn money_that_may_be_ours_is_never_left_alone() {
        for gateway in GatewayId::ALL {
            for may_reverse in [false, true] {
                for can_refund in [false, true] {
                    let way = step(gateway, WaysBack { verified: true, may_reverse, can_refund });
                    assert_ne!(way, UnwantedStep::LeaveToReturn, "{gateway}");
                }
            }
        }
        let untouched = WaysBack { verified: false, may_reverse: true, can_refund: true };
        assert_eq!(step(GatewayId::Mellat, untouched), UnwantedStep::LeaveToReturn);
        assert_eq!(
            step(GatewayId::Yookassa, WaysBack { may_reverse: false, ..untouched }),
            UnwantedStep::Refund
        );
        let helpless = WaysBack { verified: true, may_reverse: false, can_refund: false };
        assert_eq!(step(GatewayId::Sep, helpless), UnwantedStep::Task);
    }
}
