//! What a payment needs next: the earliest errand of its attempts, of money on its way back, of its order.

use jiff::{SignedDuration, Timestamp};
use yam_domain::payment::PaymentState;
use yam_domain::payment::agenda::{self, Errand, Facts};
use yam_domain::payment::sweep::{Plan, plan};
use yam_store::items::{Attempt, Payment, SendBack};

/// Between two tries to mark an order.
const ORDER_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// Something to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// About an attempt.
    Attempt(usize, Errand),
    /// About money that goes back from an attempt.
    Back(usize, usize),
    /// Mark the order paid.
    TellOrder,
}

/// The next work and its time, which may have passed.
pub(crate) fn next(payment: &Payment) -> Option<(Work, Timestamp)> {
    let attempts = payment.attempts.iter().enumerate().filter_map(|(n, attempt)| of_attempt(n, attempt));
    attempts.chain(of_order(payment)).min_by_key(|(_, at)| *at)
}

fn of_order(payment: &Payment) -> Option<(Work, Timestamp)> {
    let waits = payment.order.is_some() && payment.paid_told && !payment.order_told;
    let tried = payment.order_tried_at.map(|at| at.saturating_add(ORDER_EVERY).unwrap_or(Timestamp::MAX));
    waits.then(|| (Work::TellOrder, tried.or(payment.paid_at).unwrap_or(payment.created_at)))
}

fn of_attempt(n: usize, attempt: &Attempt) -> Option<(Work, Timestamp)> {
    let moving = attempt.backs.iter().enumerate().find(|(_, back)| !back.effect.phase.is_at_rest());
    if let Some((at, back)) = moving {
        return Some((Work::Back(n, at), of_back(back)));
    }
    // A reversal whose outcome only a person can tell.
    if attempt.state == PaymentState::Reversing && attempt.reverse_sends > 0 {
        return None;
    }
    let plan = plan(attempt.gateway);
    agenda::next(&facts(attempt, &plan)).map(|(errand, at)| (Work::Attempt(n, errand), at))
}

/// When money on its way back is looked at: a claimed one when its worker must be dead, a waiting one when it may be
/// called.
pub(crate) fn of_back(back: &SendBack) -> Timestamp {
    let held = back.effect.lease_until.and(back.effect.due_at);
    held.unwrap_or(back.effect.not_before)
}

/// When the gateway is asked again about an attempt whose outcome is unknown, and until when; none when only a person
/// can tell.
pub(crate) fn still_asked(attempt: &Attempt, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let plan = plan(attempt.gateway);
    agenda::still_asked(&facts(attempt, &plan), now)
}

fn facts<'a>(attempt: &Attempt, plan: &'a Plan) -> Facts<'a> {
    Facts {
        plan,
        state: attempt.state,
        // Nobody was sent out to what could not be opened.
        can_be_asked: can_be_asked(attempt) && attempt.redirected_at.is_some(),
        created_at: attempt.created_at,
        redirected_at: attempt.redirected_at,
        asked_at: attempt.asked_at,
        heard_at: attempt.heard_at,
        tried_at: attempt.tried_at,
        verified_at: attempt.verified_at,
        lease_until: attempt.lease_until,
        with_person: attempt.with_person,
        waits_for_other: attempt.waits_for_other,
    }
}

/// Without what a return brings, or because it was brought: Mellat inquires by the SaleReferenceId, SEP not at
/// all.
pub(crate) fn can_be_asked(attempt: &Attempt) -> bool {
    let brought = attempt.gateway == yam_domain::ids::GatewayId::Mellat && attempt.receipt.is_some();
    attempt.can_be_asked || brought
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use yam_domain::effect::EffectState;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + 60 * minutes).unwrap()
    }

    fn attempt(state: &str, gateway: &str) -> Attempt {
        serde_json::from_value(json!({
            "order": 100_001, "gateway": gateway, "account": gateway, "st": state, "can_be_asked": gateway == "zibal",
            "amount": {"amount": 250_000, "currency": "IRR"}, "idempotency_key": "k", "fence": 0,
            "created_at": at(0), "redirected_at": at(0),
        }))
        .unwrap()
    }

    fn payment(attempts: Vec<Attempt>) -> Payment {
        let mut payment: Payment = serde_json::from_value(json!({
            "id": "demo.1", "code": "2222-2222", "amount": {"amount": 250_000, "currency": "IRR"}, "unit": "IRR",
            "description": "", "payer": "", "language": "en", "st": "created", "attempts": [], "steps": [],
            "created_at": at(0), "sequence": 0, "rev": 1,
        }))
        .unwrap();
        payment.attempts = attempts;
        payment
    }

    #[test]
    fn the_earliest_errand_of_all_attempts_comes_first() {
        let both = payment(vec![attempt("redirected", "sep"), attempt("redirected", "zibal")]);
        assert_eq!(next(&both), Some((Work::Attempt(1, Errand::Inquire), at(4))));
        assert_eq!(next(&payment(vec![attempt("paid", "zibal")])), None);
    }

    #[test]
    fn an_attempt_that_was_never_opened_is_not_asked_about() {
        let mut failed = attempt("failed", "zibal");
        assert_eq!(next(&payment(vec![failed.clone()])), Some((Work::Attempt(0, Errand::Inquire), at(4))));
        failed.redirected_at = None;
        assert_eq!(next(&payment(vec![failed])), None);
    }

    #[test]
    fn a_paid_payment_tells_its_order_until_that_worked() {
        let mut paid = payment(vec![attempt("paid", "zibal")]);
        paid.order = Some("o-1".parse().unwrap());
        assert_eq!(next(&paid), None, "not before the payment itself was told");
        paid.paid_told = true;
        paid.paid_at = Some(at(3));
        assert_eq!(next(&paid), Some((Work::TellOrder, at(3))));
        paid.order_tried_at = Some(at(5));
        assert_eq!(next(&paid), Some((Work::TellOrder, at(6))));
        paid.order_told = true;
        assert_eq!(next(&paid), None);
    }

    #[test]
    fn money_on_its_way_back_is_looked_at_until_it_is_at_rest() {
        let mut refunding = attempt("refunding", "zibal");
        let effect = EffectState::planned(at(7), at(8), at(60));
        refunding.backs = vec![
            serde_json::from_value(json!({
                "id": "r-1", "kind": "refund", "amount": {"amount": 1, "currency": "IRR"}, "reason": "",
                "number": 100_002, "was": "paid", "eff": effect, "since": at(7),
            }))
            .unwrap(),
        ];
        assert_eq!(next(&payment(vec![refunding.clone()])), Some((Work::Back(0, 0), at(7))));
        refunding.backs[0].effect.end(yam_domain::effect::Resolution::Done);
        assert_eq!(next(&payment(vec![refunding])), None);
    }
}
