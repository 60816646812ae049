//! What the table must never allow, for every state and every order of events.

use super::*;
use proptest::prelude::*;

const HOLDINGS: [Holding; 4] = [Holding::Paid, Holding::PaidUnsettled, Holding::Overpaid, Holding::Mismatch];

fn events() -> Vec<PaymentEvent> {
    use PaymentEvent as E;
    let mut all = vec![
        E::Requested,
        E::RequestFailed,
        E::Returned,
        E::CancelShown,
        E::VerifyClaimed,
        E::Verified,
        E::VerifiedUnsettled,
        E::VerifiedUnwanted,
        E::AnswerUnclear,
        E::StillOpen,
        E::NotPaid,
        E::CancelConfirmed,
        E::AmountDiffers,
        E::MoneyReturned,
        E::WindowPassed,
        E::Settled,
        E::LeftToReturn,
        E::ReturnPresumed,
        E::ReverseClaimed,
        E::RefundClaimed,
        E::Refunded,
        E::RefundUnclear,
        E::SlipGiven,
        E::SlipApproved,
        E::SlipRejected,
        E::FoundNotPaid,
    ];
    for holding in HOLDINGS {
        all.extend([
            E::ReverseRefused(holding),
            E::RefundedInPart(holding),
            E::RefundRefused(holding),
            E::FoundPaid(holding),
        ]);
    }
    all
}

fn moves(state: PaymentState) -> Vec<String> {
    let mut seen = Vec::new();
    for event in events() {
        if let Ok(t) = state.apply(event)
            && t.changes()
            && !matches!(event, PaymentEvent::ReverseRefused(_) | PaymentEvent::RefundRefused(_))
        {
            seen.push(format!("{}:{}", event.as_str(), t.to));
        }
    }
    seen
}

#[test]
fn the_way_of_a_payment_is_as_the_design_says() {
    assert_eq!(
        moves(PaymentState::Created),
        ["requested:redirected", "request_failed:failed", "slip_given:slip_submitted"]
    );
    assert_eq!(
        moves(PaymentState::Verifying),
        [
            "verified:paid",
            "verified_unsettled:paid_unsettled",
            "verified_unwanted:overpaid",
            "answer_unclear:verify_unknown",
            "still_open:verify_unknown",
            "not_paid:failed",
            "cancel_confirmed:cancelled",
            "amount_differs:mismatch",
            "money_returned:reversed",
        ]
    );
    assert_eq!(
        moves(PaymentState::VerifyUnknown),
        [
            "verify_claimed:verifying",
            "verified:paid",
            "verified_unsettled:paid_unsettled",
            "verified_unwanted:overpaid",
            "not_paid:failed",
            "cancel_confirmed:cancelled",
            "amount_differs:mismatch",
            "money_returned:reversed",
            "found_not_paid:failed",
            "found_paid:paid",
            "found_paid:paid_unsettled",
            "found_paid:overpaid",
            "found_paid:mismatch",
        ]
    );
    assert_eq!(
        moves(PaymentState::PaidUnsettled),
        [
            "verified_unwanted:overpaid",
            "money_returned:reversed",
            "settled:paid",
            "reverse_claimed:reversing"
        ]
    );
    assert_eq!(moves(PaymentState::Paid), ["reverse_claimed:reversing", "refund_claimed:refunding"]);
    assert_eq!(moves(PaymentState::SlipSubmitted), ["slip_approved:paid", "slip_rejected:rejected"]);
    for closed in [PaymentState::Reversed, PaymentState::Refunded, PaymentState::Rejected] {
        assert!(moves(closed).is_empty(), "{closed}");
    }
}

#[test]
fn only_proof_leads_to_paid() {
    for state in PaymentState::ALL {
        for event in events() {
            let Ok(t) = state.apply(event) else { continue };
            if t.changes() && t.to == PaymentState::Paid {
                let proof = match event {
                    PaymentEvent::Verified => true,
                    PaymentEvent::Settled => state == PaymentState::PaidUnsettled,
                    PaymentEvent::SlipApproved => state == PaymentState::SlipSubmitted,
                    PaymentEvent::FoundPaid(h) => state == PaymentState::VerifyUnknown && h == Holding::Paid,
                    // It had been paid before.
                    PaymentEvent::ReverseRefused(h)
                    | PaymentEvent::RefundedInPart(h)
                    | PaymentEvent::RefundRefused(h) => h == Holding::Paid,
                    _ => false,
                };
                assert!(proof, "{state} {event:?}");
            }
        }
    }
}

#[test]
fn a_browser_decides_nothing() {
    for state in PaymentState::ALL {
        for event in [PaymentEvent::Returned, PaymentEvent::CancelShown] {
            let Ok(t) = state.apply(event) else { continue };
            assert!(
                !t.changes() || matches!(t.to, PaymentState::Returned | PaymentState::Cancelled),
                "{state} {event:?}"
            );
            assert!(t.to.apply(PaymentEvent::Verified).is_ok(), "{state}: still open to proof");
        }
    }
}

#[test]
fn a_late_payment_is_taken_and_told() {
    for state in [PaymentState::Cancelled, PaymentState::Failed, PaymentState::Expired] {
        let t = state.apply(PaymentEvent::Verified).unwrap();
        assert_eq!((t.to, t.attention), (PaymentState::Paid, Some(Attention::Late)), "{state}");
        assert_eq!(state.apply(PaymentEvent::VerifyClaimed).unwrap().to, PaymentState::Verifying);
    }
}

#[test]
fn money_on_its_way_back_is_not_moved_by_late_proofs() {
    for state in [
        PaymentState::Reversing,
        PaymentState::Reversed,
        PaymentState::Refunding,
        PaymentState::RefundUnknown,
        PaymentState::Refunded,
    ] {
        for proof in [PaymentEvent::Verified, PaymentEvent::VerifiedUnsettled, PaymentEvent::VerifiedUnwanted]
        {
            assert!(!state.apply(proof).unwrap().changes(), "{state}");
        }
        assert!(state.apply(PaymentEvent::VerifyClaimed).is_err(), "{state}");
    }
    let told = PaymentState::Reversed.apply(PaymentEvent::Verified).unwrap().attention;
    assert_eq!(told, Some(Attention::Contradiction));
    let told = PaymentState::Paid.apply(PaymentEvent::MoneyReturned).unwrap().attention;
    assert_eq!(told, Some(Attention::Contradiction));
}

#[test]
fn a_lost_verify_is_never_left_to_return_nor_ended_by_time() {
    for state in [PaymentState::VerifyUnknown, PaymentState::Verifying] {
        assert!(state.apply(PaymentEvent::LeftToReturn).is_err());
        assert!(state.apply(PaymentEvent::WindowPassed).map_or(true, |t| !t.changes()));
    }
}

#[test]
fn a_person_decides_what_is_unknown_and_nothing_else() {
    let words = HOLDINGS.map(PaymentEvent::FoundPaid).into_iter().chain([PaymentEvent::FoundNotPaid]);
    for word in words {
        for state in PaymentState::ALL {
            let unknown = state == PaymentState::VerifyUnknown;
            assert_eq!(state.apply(word).is_ok(), unknown, "{state} {word:?}");
        }
    }
}

#[test]
fn a_persons_no_lets_it_be_paid_again_and_is_corrected_by_the_gateway() {
    let closed = PaymentState::VerifyUnknown.apply(PaymentEvent::FoundNotPaid).unwrap().to;
    assert!(!closed.may_hold_money());
    let late = closed.apply(PaymentEvent::Verified).unwrap();
    assert_eq!((late.to, late.attention), (PaymentState::Paid, Some(Attention::Late)));
}

#[test]
fn approving_and_rejecting_a_slip_exclude_each_other() {
    assert!(PaymentState::Paid.apply(PaymentEvent::SlipRejected).is_err());
    assert!(PaymentState::Paid.apply(PaymentEvent::SlipApproved).is_err());
    assert!(PaymentState::Rejected.apply(PaymentEvent::SlipApproved).is_err());
}

#[test]
fn words_are_the_wire_words() {
    for state in PaymentState::ALL {
        assert_eq!(serde_json::to_string(&state).unwrap(), format!("\"{state}\""));
        assert_eq!(state.as_str().parse(), Ok(state));
    }
    let mut ranks: Vec<u8> = PaymentState::ALL.iter().map(|s| s.rank()).collect();
    ranks.sort_unstable();
    ranks.dedup();
    assert_eq!(ranks.len(), PaymentState::ALL.len());
}

#[test]
fn a_payment_shows_its_best_attempt() {
    use PaymentState as S;
    assert_eq!(S::of_attempts([]), S::Created);
    assert_eq!(S::of_attempts([S::Failed, S::Paid, S::Overpaid]), S::Paid);
    assert_eq!(S::of_attempts([S::Cancelled, S::Redirected]), S::Redirected);
    assert_eq!(S::of_attempts([S::Redirected, S::VerifyUnknown]), S::VerifyUnknown);
    assert_eq!(S::of_attempts([S::Refunded, S::Cancelled]), S::Refunded);
}

proptest! {
    /// Money is never lost from sight: once proved, it is paid, held, or proved to be back.
    #[test]
    fn proved_money_stays_in_sight(seq in prop::collection::vec(prop::sample::select(events()), 0..60)) {
        let mut state = PaymentState::Created;
        let mut proved = false;
        for event in seq {
            let Ok(t) = state.apply(event) else { continue };
            prop_assert_eq!(t.from, state);
            let proof = matches!(
                event,
                PaymentEvent::Verified
                    | PaymentEvent::VerifiedUnsettled
                    | PaymentEvent::VerifiedUnwanted
                    | PaymentEvent::FoundPaid(_)
            );
            prop_assert!(!proved || event != PaymentEvent::FoundNotPaid, "a person's no moved proved money");
            proved |= proof && t.changes();
            if proved {
                prop_assert!(
                    t.to.may_hold_money()
                        || matches!(t.to, PaymentState::Reversing | PaymentState::Reversed | PaymentState::Refunded),
                    "{:?} {:?}", t, event
                );
            }
            state = t.to;
        }
    }
}
