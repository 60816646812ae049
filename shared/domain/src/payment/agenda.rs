//! What an attempt needs done next, and when (reliability notes, sections 4.5 to 4.8).
//!
//! The answer follows from the stored attempt alone, so a lost message, a restart or a second worker finds
//! the same errand. The due row of a payment stands at the earliest of its attempts' errands.

use super::PaymentState;
use super::sweep::{Plan, next_inquiry, next_verify, settle, verify_end, watch_end, window_end};
use jiff::{SignedDuration, Timestamp};

/// After this long nobody can be on a page that was never shown.
const ABANDONED_AFTER: SignedDuration = SignedDuration::from_mins(10);
/// Between the end of a dead worker's lease and the next try (section 1).
const AFTER_LEASE: SignedDuration = SignedDuration::from_secs(30);

/// Something to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Errand {
    /// Close an attempt whose page was never shown.
    Abandon,
    /// Take over from a worker that died while verifying: whether its call arrived is not known.
    TakeOver,
    /// Ask the gateway where it stands.
    Inquire,
    /// Verify (again).
    Verify,
    /// Settle (again).
    Settle,
    /// Nothing more can be paid.
    Expire,
    /// The money has returned by itself, as far as can be known.
    PresumeReturned,
    /// Send back what nothing wants.
    SendBack,
    /// Give it to a person.
    AskPerson,
}

/// What is known of an attempt.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Windows and cadence of its gateway.
    pub plan: &'a Plan,
    /// Where it stands.
    pub state: PaymentState,
    /// It can be asked about as it is.
    pub can_be_asked: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the payer was sent out.
    pub redirected_at: Option<Timestamp>,
    /// When the gateway was asked last.
    pub asked_at: Option<Timestamp>,
    /// When it was first heard that it is paid.
    pub heard_at: Option<Timestamp>,
    /// When it was last tried to verify or settle it.
    pub tried_at: Option<Timestamp>,
    /// When a verify was acknowledged.
    pub verified_at: Option<Timestamp>,
    /// Until when a worker holds it.
    pub lease_until: Option<Timestamp>,
    /// A person was asked already.
    pub with_person: bool,
    /// Another attempt has to be settled first.
    pub waits_for_other: bool,
}

/// The next errand and its time, which may have passed. None: nothing to do until somebody acts.
#[must_use]
pub fn next(facts: &Facts<'_>) -> Option<(Errand, Timestamp)> {
    let sent = facts.redirected_at.unwrap_or(facts.created_at);
    let asked = facts.asked_at.unwrap_or(sent);
    let inquiry = || {
        let at = next_inquiry(facts.plan, sent, asked).filter(|_| facts.can_be_asked)?;
        Some((Errand::Inquire, at))
    };
    let person = || (!facts.with_person).then_some((Errand::AskPerson, asked));
    // Only these are left by the holder's own answer. Where a notice or an inquiry was faster and the holder then died,
    // its lease says nothing about what is due.
    let leased = match facts.state {
        PaymentState::Verifying => facts.lease_until.map(|until| (Errand::TakeOver, until)),
        PaymentState::PaidUnsettled => facts.lease_until.map(|until| (Errand::Settle, until)),
        _ => None,
    };
    if let Some((errand, until)) = leased {
        return Some((errand, later(until, AFTER_LEASE)));
    }
    match facts.state {
        PaymentState::Created => Some((Errand::Abandon, later(facts.created_at, ABANDONED_AFTER))),
        // Also where a browser had said "cancelled" before its success came: the money is there.
        PaymentState::Redirected
        | PaymentState::Returned
        | PaymentState::Cancelled
        | PaymentState::Failed
        | PaymentState::Expired
            if facts.waits_for_other =>
        {
            Some((Errand::Verify, later(facts.tried_at.unwrap_or(sent), facts.plan.verify_every)))
        }
        PaymentState::Redirected | PaymentState::Returned => {
            let end = (Errand::Expire, window_end(facts.plan, sent));
            Some(inquiry().filter(|(_, at)| *at <= end.1).unwrap_or(end))
        }
        PaymentState::Cancelled | PaymentState::Failed | PaymentState::Expired => inquiry(),
        PaymentState::Verifying => Some((Errand::TakeOver, facts.tried_at.unwrap_or(sent))),
        PaymentState::VerifyUnknown => {
            let tried = facts.tried_at.unwrap_or(sent);
            let again = next_verify(facts.plan, facts.heard_at.unwrap_or(tried), tried);
            again.map(|at| (Errand::Verify, at)).or_else(inquiry).or_else(person)
        }
        PaymentState::PaidUnsettled => {
            let verified = facts.verified_at.unwrap_or(sent);
            let at = facts.tried_at.map_or(verified, |tried| settle(verified, tried).1);
            Some((Errand::Settle, at))
        }
        PaymentState::Reversing => {
            let end = (Errand::PresumeReturned, window_end(facts.plan, sent));
            Some(inquiry().filter(|(_, at)| *at <= end.1).unwrap_or(end))
        }
        PaymentState::Overpaid => (!facts.with_person).then_some((Errand::SendBack, asked)),
        PaymentState::Mismatch => person(),
        PaymentState::Paid
        | PaymentState::Reversed
        | PaymentState::Refunding
        | PaymentState::RefundUnknown
        | PaymentState::Refunded
        | PaymentState::SlipSubmitted
        | PaymentState::Rejected => None,
    }
}

/// When the gateway is verified or asked again about an attempt whose outcome is unknown, and until when; none when only
/// a person can tell. Judged by the clock too: where asking fails (an account that cannot be opened), its errand stays
/// due for ever.
#[must_use]
pub fn still_asked(facts: &Facts<'_>, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let Some((Errand::Verify | Errand::Inquire, at)) = next(facts) else { return None };
    let sent = facts.redirected_at.unwrap_or(facts.created_at);
    let verified = verify_end(facts.plan, facts.heard_at.or(facts.tried_at).unwrap_or(sent));
    let asked = watch_end(facts.plan, sent).filter(|_| facts.can_be_asked);
    let end = asked.map_or(verified, |asked| asked.max(verified));
    (now < end).then(|| (at.max(now), end))
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::GatewayId;
    use crate::payment::sweep::plan;

    const START: Timestamp = Timestamp::constant(1_790_000_000, 0);

    fn at(mins: i64) -> Timestamp {
        START + SignedDuration::from_mins(mins)
    }

    fn facts(plan: &Plan, state: PaymentState) -> Facts<'_> {
        Facts {
            plan,
            state,
            can_be_asked: true,
            created_at: START,
            redirected_at: Some(START),
            asked_at: None,
            heard_at: None,
            tried_at: None,
            verified_at: None,
            lease_until: None,
            with_person: false,
            waits_for_other: false,
        }
    }

    #[test]
    fn a_lost_return_is_asked_for_until_the_window_has_passed() {
        let plan = plan(GatewayId::Zibal);
        let mut facts = facts(&plan, PaymentState::Redirected);
        let mut asked = Vec::new();
        loop {
            match next(&facts) {
                Some((Errand::Inquire, at)) => {
                    asked.push(at.duration_since(START).as_mins());
                    facts.asked_at = Some(at);
                }
                Some((Errand::Expire, end)) => {
                    assert_eq!(end, at(41));
                    break;
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(asked, [4, 8, 12, 16, 20, 24, 28, 32, 36, 40]);
        // An expired attempt is still asked about, until the watch ends.
        facts.state = PaymentState::Expired;
        assert_eq!(next(&facts), Some((Errand::Inquire, at(100))));
        facts.asked_at = Some(at(72 * 60));
        assert_eq!(next(&facts), None);
    }

    #[test]
    fn where_nothing_can_be_asked_a_person_looks() {
        let plan = plan(GatewayId::Sep);
        let silent = Facts { can_be_asked: false, ..facts(&plan, PaymentState::Redirected) };
        assert_eq!(next(&silent), Some((Errand::Expire, at(51))));
        let heard = Facts {
            state: PaymentState::VerifyUnknown,
            heard_at: Some(at(5)),
            tried_at: Some(at(5)),
            ..silent
        };
        assert_eq!(next(&heard), Some((Errand::Verify, at(7))));
        let late = Facts { tried_at: Some(at(34)), ..heard };
        assert_eq!(next(&late).map(|(errand, _)| errand), Some(Errand::AskPerson));
        assert_eq!(next(&Facts { with_person: true, ..late }), None);
    }

    #[test]
    fn a_person_settles_only_what_is_not_asked_about_any_more() {
        let sep = plan(GatewayId::Sep);
        let silent = Facts {
            can_be_asked: false,
            heard_at: Some(at(5)),
            tried_at: Some(at(5)),
            ..facts(&sep, PaymentState::VerifyUnknown)
        };
        assert_eq!(still_asked(&silent, at(6)), Some((at(7), at(34))));
        // A try that is overdue comes at once; the last one, or the end of the window, ends it.
        assert_eq!(still_asked(&silent, at(20)), Some((at(20), at(34))));
        assert_eq!(still_asked(&silent, at(34)), None);
        assert_eq!(still_asked(&Facts { tried_at: Some(at(33)), ..silent }, at(33)), None);
        let zibal = plan(GatewayId::Zibal);
        let asked = Facts {
            heard_at: Some(at(5)),
            tried_at: Some(at(14)),
            asked_at: Some(at(40)),
            ..facts(&zibal, PaymentState::VerifyUnknown)
        };
        assert_eq!(still_asked(&asked, at(41)), Some((at(100), at(72 * 60))));
        let last = Facts { asked_at: Some(at(72 * 60)), ..asked };
        assert_eq!(still_asked(&last, at(72 * 60)), None);
        // Asking has failed all the time.
        assert_eq!(still_asked(&asked, at(72 * 60 + 1)), None);
    }

    #[test]
    fn a_dead_worker_is_replaced_after_its_lease() {
        let plan = plan(GatewayId::Mellat);
        let dead = Facts { lease_until: Some(at(1)), ..facts(&plan, PaymentState::Verifying) };
        assert_eq!(next(&dead), Some((Errand::TakeOver, at(1) + SignedDuration::from_secs(30))));
        let unsettled = Facts { state: PaymentState::PaidUnsettled, ..dead };
        assert_eq!(next(&unsettled).map(|(errand, _)| errand), Some(Errand::Settle));
    }

    #[test]
    fn a_dead_workers_lease_holds_nothing_up_that_others_have_decided() {
        let plan = plan(GatewayId::Yookassa);
        let dead = |state| Facts { lease_until: Some(at(1)), ..facts(&plan, state) };
        assert_eq!(next(&dead(PaymentState::Paid)), None);
        assert_eq!(next(&dead(PaymentState::Overpaid)), Some((Errand::SendBack, START)));
        assert_eq!(next(&dead(PaymentState::Failed)), Some((Errand::Inquire, at(10))));
    }

    #[test]
    fn a_success_that_waits_for_another_attempt_gets_its_turn_from_every_open_state() {
        let plan = plan(GatewayId::Sep);
        for state in [PaymentState::Returned, PaymentState::Cancelled, PaymentState::Failed] {
            let facts = Facts {
                can_be_asked: false,
                waits_for_other: true,
                tried_at: Some(at(3)),
                ..facts(&plan, state)
            };
            assert_eq!(next(&facts), Some((Errand::Verify, at(5))), "{state}");
        }
    }

    #[test]
    fn settling_begins_at_once_and_goes_on() {
        let plan = plan(GatewayId::Mellat);
        let fresh = Facts { verified_at: Some(at(3)), ..facts(&plan, PaymentState::PaidUnsettled) };
        assert_eq!(next(&fresh), Some((Errand::Settle, at(3))));
        let tried = Facts { tried_at: Some(at(3)), ..fresh };
        assert_eq!(next(&tried), Some((Errand::Settle, at(4))));
    }

    #[test]
    fn every_state_that_is_watched_has_an_errand_or_a_person() {
        for gateway in GatewayId::ALL {
            let plan = plan(gateway);
            for state in PaymentState::ALL.into_iter().filter(|state| state.is_swept()) {
                for can_be_asked in [false, true] {
                    let facts = Facts { can_be_asked, ..facts(&plan, state) };
                    let closed = matches!(
                        state,
                        PaymentState::Cancelled | PaymentState::Failed | PaymentState::Expired
                    );
                    // Money on its way back by our own call has an effect of its own.
                    let own = matches!(state, PaymentState::Refunding | PaymentState::RefundUnknown);
                    let silent = closed && (!can_be_asked || plan.gap.is_none());
                    assert_eq!(next(&facts).is_none(), own || silent, "{gateway} {state} {can_be_asked}");
                }
            }
        }
    }
}
