//! Asking where a payment stands: for lost callbacks, lost answers, and what a browser claims.

use yam_domain::ids::MerchantId;
use yam_domain::payment::policy::{Step, policy};
use yam_domain::payment::wanted::Wanted;
use yam_domain::payment::{PaymentEvent, PaymentState};
use yam_gateways::meaning::{Next, after_inquiry};
use yam_gateways::{CallOutcome, Inquiry, MoneyTold};
use yam_store::items::Payment;

use super::{Draft, Engine, EngineError, Turn, seconds, wire};

impl Engine {
    /// Asks once and books what follows; verifies where the money is there. Changes nothing at the gateway, so
    /// it needs no claim. `false` when there was no time.
    pub(crate) async fn inquire(
        &self,
        merchant: &MerchantId,
        payment: &Payment,
        n: usize,
        turn: Turn,
    ) -> Result<bool, EngineError> {
        let Some(attempt) = payment.attempts.get(n) else { return Ok(true) };
        let policy = policy(attempt.gateway, Step::Verify, turn.place);
        let account = self.account(merchant, &attempt.account).await?;
        let gateway = self.gateway(attempt.gateway)?;
        if !self.has_time(&policy, self.store.clock.real_now(), turn) {
            return Ok(false);
        }
        let deadline = seconds(policy.call_deadline);
        let asked = tokio::time::timeout(deadline, gateway.inquire(&account, &wire(attempt), deadline)).await;
        let outcome = asked.unwrap_or_else(|_| CallOutcome::Unknown("no answer in time".into()));
        let mut verify = false;
        let after = self
            .change(merchant, &payment.id, |draft| {
                verify = told(draft, n, &outcome);
                true
            })
            .await?;
        match after {
            Some(after) if verify => Box::pin(self.verify(merchant, &after, n, None, turn)).await,
            _ => Ok(true),
        }
    }
}

/// Books an inquiry; answers whether to verify now.
fn told(draft: &mut Draft, n: usize, outcome: &CallOutcome<Inquiry>) -> bool {
    let now = draft.now;
    let unwanted = match draft.wanted(n) {
        Wanted::No(why) => Some(why),
        _ => None,
    };
    let Some(attempt) = draft.payment.attempts.get_mut(n) else { return false };
    attempt.asked_at = Some(now);
    if unwanted.is_some() {
        // The other attempt is settled: from here on the inquiries decide.
        attempt.waits_for_other = false;
        if attempt.state == PaymentState::VerifyUnknown {
            attempt.tried_at = Some(now);
        }
    }
    let next = after_inquiry(attempt.gateway, outcome, unwanted.is_none());
    if matches!(next, Next::Unwanted { .. }) {
        attempt.unwanted = unwanted;
    }
    if let CallOutcome::Done(inquiry) = outcome {
        attempt.reference = inquiry.reference.clone().or(attempt.reference.take());
        if let Some(card) = &inquiry.card {
            attempt.card = Some(card.as_str().to_owned());
        }
        if let MoneyTold::Differs(other) = inquiry.money {
            attempt.told = Some(other);
        }
        let fresh = inquiry.receipt.clone().filter(|receipt| attempt.receipt.as_ref() != Some(receipt));
        if let Some(receipt) = fresh.filter(|_| !draft.receipt_taken) {
            draft.claim_receipt(n, &receipt);
        }
    }
    let words = outcome.describe();
    match next {
        Next::Book(event) => {
            if matches!(event, PaymentEvent::Verified | PaymentEvent::VerifiedUnsettled)
                && let Some(attempt) = draft.payment.attempts.get_mut(n)
            {
                attempt.verified_at.get_or_insert(now);
            }
            draft.step(n, event, &words);
            false
        }
        Next::Verify => true,
        Next::Unwanted { verified: true } => {
            if let Some(attempt) = draft.payment.attempts.get_mut(n) {
                attempt.verified_at.get_or_insert(now);
            }
            draft.step(n, PaymentEvent::VerifiedUnwanted, &words);
            false
        }
        Next::Unwanted { verified: false } => {
            // What may have been verified by a lost call is not left alone: it is asked about again.
            let unknown =
                draft.payment.attempts.get(n).is_some_and(|a| a.state == PaymentState::VerifyUnknown);
            if !unknown {
                draft.step(n, PaymentEvent::LeftToReturn, "paid, not wanted; it returns by itself");
            }
            false
        }
        Next::Nothing => {
            tracing::info!(payment = %draft.payment.id, words, "an inquiry brought nothing");
            false
        }
    }
}
