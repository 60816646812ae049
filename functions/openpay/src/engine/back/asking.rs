//! What the gateway says of money on its way back: asked to send it, or asked whether it went.

use yam_domain::effect::{CallClass, LookUpClass, Policy};
use yam_domain::ids::GatewayId;
use yam_domain::payment::receipt::Receipt;
use yam_domain::payment::{Holding, PaymentEvent};
use yam_gateways::meaning::{after_refund, after_reverse};
use yam_gateways::{Account, CallOutcome, PaymentGateway, Refund, RefusalKind, Standing};
use yam_store::items::{Attempt, BackKind, SendBack};

use super::held;
use crate::engine::{seconds, wire};

/// What a call or look-up said.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) class: CallClass,
    pub(super) refund_id: Option<String>,
    pub(super) words: String,
}

fn refund_of(attempt: &Attempt, back: &SendBack, receipt: Option<Receipt>) -> Refund {
    Refund {
        // The shop's id names one refund of this payment; gateways take a key for all of the shop's.
        key: format!("{}-{}", attempt.idempotency_key, back.number),
        order: back.number,
        amount: back.amount,
        reason: back.reason.clone(),
        receipt,
        panel_id: back.panel_id.clone(),
        refund_id: back.refund_id.clone(),
    }
}

pub(super) async fn call(
    gateway: &dyn PaymentGateway,
    account: &Account,
    attempt: &Attempt,
    back: &SendBack,
    receipt: Option<Receipt>,
    policy: &Policy,
) -> Said {
    let deadline = seconds(policy.call_deadline);
    let holding = Holding::of(back.was).unwrap_or(Holding::Overpaid);
    let unanswered = || "no answer in time".to_owned();
    match back.kind {
        BackKind::Reverse => {
            let called =
                tokio::time::timeout(deadline, gateway.reverse(account, &wire(attempt), deadline)).await;
            let outcome = called.unwrap_or_else(|_| CallOutcome::Unknown(unanswered()));
            let class = match after_reverse(&outcome, holding) {
                Some(PaymentEvent::MoneyReturned) => CallClass::Done,
                _ => outcome.class(),
            };
            Said { class, refund_id: None, words: outcome.describe() }
        }
        BackKind::Refund => {
            let refund = refund_of(attempt, back, receipt);
            let sent = wire(attempt);
            let call = gateway.refund(account, &sent, &refund, deadline);
            let outcome = tokio::time::timeout(deadline, call).await;
            let outcome = outcome.unwrap_or_else(|_| CallOutcome::Unknown(unanswered()));
            let event = after_refund(&outcome, holding, true);
            let refund_id = match &outcome {
                CallOutcome::Done(refunded) => refunded.refund_id.clone(),
                _ => None,
            };
            // Accepted and not finished is not the gateway's word that the money went: it is asked again.
            let class = match (&outcome, event) {
                (CallOutcome::Done(_), PaymentEvent::RefundUnclear) => CallClass::Unknown,
                _ => outcome.class(),
            };
            Said { class, refund_id, words: outcome.describe() }
        }
    }
}

pub(super) async fn look_up(
    gateway: &dyn PaymentGateway,
    account: &Account,
    attempt: &Attempt,
    back: &SendBack,
    receipt: Option<Receipt>,
    policy: &Policy,
) -> (Said, Option<LookUpClass>) {
    let deadline = seconds(policy.call_deadline);
    let (class, refund_id, words) = match back.kind {
        BackKind::Reverse => {
            let asked =
                tokio::time::timeout(deadline, gateway.inquire(account, &wire(attempt), deadline)).await;
            let outcome = asked.unwrap_or_else(|_| CallOutcome::Unknown("no answer in time".into()));
            let class = match &outcome {
                CallOutcome::Done(inquiry) if inquiry.standing == Standing::Returned => LookUpClass::Hit,
                CallOutcome::Done(_) => LookUpClass::Miss,
                CallOutcome::Refused(error) if error.kind == RefusalKind::Returned => LookUpClass::Hit,
                _ => LookUpClass::Failed,
            };
            (class, None, outcome.describe())
        }
        BackKind::Refund => {
            let refund = refund_of(attempt, back, receipt);
            let sent = wire(attempt);
            let call = gateway.look_up_refund(account, &sent, &refund, deadline);
            let asked = tokio::time::timeout(deadline, call).await;
            let outcome = asked.unwrap_or_else(|_| CallOutcome::Unknown("no answer in time".into()));
            let (class, id) = match &outcome {
                _ if says_nothing(attempt, back) => (LookUpClass::Failed, None),
                CallOutcome::Done(refunded) if refunded.finished => {
                    (LookUpClass::Hit, refunded.refund_id.clone())
                }
                CallOutcome::Done(refunded) => (LookUpClass::Failed, refunded.refund_id.clone()),
                // Accepted before and turned down now: a definite no.
                CallOutcome::Refused(error)
                    if back.refund_id.is_some() && error.kind == RefusalKind::NotPossible =>
                {
                    let words = outcome.describe();
                    return (Said { class: CallClass::Refused, refund_id: None, words }, None);
                }
                // That an accepted one is not found is no reason to send another.
                CallOutcome::Refused(error)
                    if back.refund_id.is_none()
                        && matches!(error.kind, RefusalKind::NotFound | RefusalKind::NotPossible) =>
                {
                    (LookUpClass::Miss, None)
                }
                _ => (LookUpClass::Failed, None),
            };
            (class, id, outcome.describe())
        }
    };
    let done = if class == LookUpClass::Hit { CallClass::Done } else { CallClass::Unknown };
    (Said { class: done, refund_id, words }, Some(class))
}

/// Zibal's inquiry tells of the payment and not of one refund. Of a part it says nothing: a payment that is
/// not refunded whole stays paid there, and "refunded" may be the word about an earlier part.
fn says_nothing(attempt: &Attempt, back: &SendBack) -> bool {
    attempt.gateway == GatewayId::Zibal && back.amount != held(attempt)
}
