//! What a browser that comes back from a gateway may set in motion (reliability notes, section 4.5;
//! gateway notes, section 7.2).
//!
//! A callback is an unsigned text from anybody. It may pull the next question to the gateway forward; it
//! never moves money, never names an amount, and never closes an attempt that the gateway can be asked
//! about.

use super::{PaymentEvent, PaymentState};
use serde::{Deserialize, Serialize};

/// What the callback claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// Paid.
    Success,
    /// Given up by the payer.
    Cancelled,
    /// Refused by the bank.
    Failed,
    /// Nothing that can be understood.
    Unclear,
}

/// The ids a callback carries and those stored with the attempt its address names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ids<'a> {
    /// Our order number.
    pub order: Option<&'a str>,
    /// The gateway's id of the payment.
    pub gateway: Option<&'a str>,
}

/// What to do with a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// Its ids are not those of the attempt: keep the raw text, change nothing, ask nobody.
    Foreign,
    /// Keep the raw text; the attempt needs nothing more.
    Note,
    /// Keep it and book the event; there is nobody to ask.
    Book(PaymentEvent),
    /// Keep it and ask the gateway now, without the claim to verify.
    Inquire(PaymentEvent),
    /// Keep it and verify now.
    Verify(PaymentEvent),
}

/// Whether the stored ids are those of the callback. Ids are compared exactly: Mellat's are case-sensitive
/// (gateway notes, section 3.2). One that was never stored cannot be compared; at least one must be there.
pub fn same_ids(stored: Ids<'_>, claimed: Ids<'_>) -> bool {
    let agree = |stored: Option<&str>, claimed: Option<&str>| match (stored, claimed) {
        (Some(stored), Some(claimed)) => stored == claimed,
        _ => true,
    };
    let compared = (stored.order.is_some() && claimed.order.is_some())
        || (stored.gateway.is_some() && claimed.gateway.is_some());
    compared && agree(stored.order, claimed.order) && agree(stored.gateway, claimed.gateway)
}

/// Judges a callback. `can_be_asked`: the gateway answers an inquiry without what only a successful
/// callback brings.
pub fn judge(
    state: PaymentState,
    stored: Ids<'_>,
    claimed: Ids<'_>,
    claim: Claim,
    can_be_asked: bool,
) -> Judgement {
    if !same_ids(stored, claimed) {
        return Judgement::Foreign;
    }
    let open = matches!(
        state,
        PaymentState::Redirected
            | PaymentState::Returned
            | PaymentState::VerifyUnknown
            | PaymentState::Cancelled
            | PaymentState::Failed
            | PaymentState::Expired
    );
    match claim {
        _ if !open => Judgement::Note,
        Claim::Success => Judgement::Verify(PaymentEvent::Returned),
        Claim::Cancelled | Claim::Failed | Claim::Unclear if can_be_asked => {
            Judgement::Inquire(PaymentEvent::Returned)
        }
        Claim::Cancelled | Claim::Failed
            if matches!(state, PaymentState::Redirected | PaymentState::Returned) =>
        {
            Judgement::Book(PaymentEvent::CancelShown)
        }
        Claim::Cancelled | Claim::Failed | Claim::Unclear => Judgement::Note,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLAIMS: [Claim; 4] = [Claim::Success, Claim::Cancelled, Claim::Failed, Claim::Unclear];

    fn ids<'a>(order: &'a str, gateway: &'a str) -> Ids<'a> {
        Ids { order: Some(order), gateway: Some(gateway) }
    }

    #[test]
    fn ids_of_another_attempt_change_nothing() {
        let stored = ids("700001", "AF82041a2Bf6989c7fF9");
        for claimed in [
            ids("700002", "AF82041a2Bf6989c7fF9"),
            ids("700001", "BF82041a2Bf6989c7fF9"),
            ids("700001", "af82041a2bf6989c7ff9"),
            Ids { order: None, gateway: None },
        ] {
            for state in PaymentState::ALL {
                let judged = judge(state, stored, claimed, Claim::Success, true);
                assert_eq!(judged, Judgement::Foreign, "{claimed:?} {state}");
            }
        }
        assert!(same_ids(stored, Ids { order: Some("700001"), gateway: None }));
        // Nothing to compare is no agreement.
        let token_only = Ids { order: None, gateway: Some("t") };
        assert!(!same_ids(Ids { order: Some("1"), gateway: None }, token_only));
    }

    #[test]
    fn the_flag_only_pulls_a_question_forward() {
        let stored = ids("1", "a");
        for state in PaymentState::ALL {
            for claim in CLAIMS {
                for can_be_asked in [false, true] {
                    match judge(state, stored, stored, claim, can_be_asked) {
                        Judgement::Foreign => panic!("{state}"),
                        Judgement::Note => {}
                        Judgement::Book(event) | Judgement::Inquire(event) | Judgement::Verify(event) => {
                            let t = state.apply(event).unwrap();
                            let harmless = [PaymentState::Returned, PaymentState::Cancelled, state];
                            assert!(harmless.contains(&t.to), "{state} {claim:?}");
                            let closes = t.to == PaymentState::Cancelled && t.changes();
                            assert!(!(closes && can_be_asked), "{state} {claim:?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_success_after_a_forged_cancel_is_verified() {
        let stored = ids("1", "a");
        let judged = judge(PaymentState::Cancelled, stored, stored, Claim::Success, false);
        assert_eq!(judged, Judgement::Verify(PaymentEvent::Returned));
    }
}
