//! The second step of a payment, after which it is paid out (Mellat; reliability notes, section 4.6).

use yam_domain::ids::MerchantId;
use yam_domain::payment::PaymentState;
use yam_domain::payment::policy::{Step, policy};
use yam_domain::payment::reversal::{MoneyFacts, may_settle};
use yam_domain::payment::sweep::{Urgency, settle as urgency};
use yam_gateways::CallOutcome;
use yam_gateways::meaning::after_settle;
use yam_store::items::{Attempt, Payment};

use super::{Engine, EngineError, Turn, claim, release, seconds, wire};

/// What is known of an attempt's money.
pub(crate) fn money(attempt: &Attempt) -> MoneyFacts {
    MoneyFacts {
        paid_at: attempt.heard_at.or(attempt.verified_at).unwrap_or(attempt.created_at),
        verified_at: attempt.verified_at,
        settle_sends: attempt.settle_sends,
        reverse_sends: attempt.reverse_sends,
    }
}

impl Engine {
    /// Claims, settles and books. `false` when there was no time.
    pub(crate) async fn settle(
        &self,
        merchant: &MerchantId,
        payment: &Payment,
        n: usize,
        turn: Turn,
    ) -> Result<bool, EngineError> {
        let Some(attempt) = payment.attempts.get(n) else { return Ok(true) };
        let policy = policy(attempt.gateway, Step::Settle, turn.place);
        let account = self.account(merchant, &attempt.account).await?;
        let gateway = self.gateway(attempt.gateway)?;
        if !self.has_time(&policy, self.store.clock.real_now(), turn) {
            return Ok(false);
        }
        let token = self.store.ids.token(12);
        let mut fence = None;
        let before = self
            .change(merchant, &payment.id, |draft| {
                let now = draft.now;
                fence = None;
                let Some(attempt) = draft.payment.attempts.get_mut(n) else { return false };
                if attempt.claimed_by.as_deref() == Some(token.as_str()) {
                    fence = Some(attempt.fence);
                    return false;
                }
                let free = attempt.lease_until.is_none_or(|until| until <= now);
                if attempt.state != PaymentState::PaidUnsettled || !free {
                    return false;
                }
                if let Err(why) = may_settle(attempt.gateway, &money(attempt)) {
                    tracing::error!(payment = %draft.payment.id, %why, "an unsettled payment may not be settled");
                    return false;
                }
                attempt.settle_sends = attempt.settle_sends.saturating_add(1);
                attempt.tried_at = Some(now);
                fence = Some(claim(attempt, now, &token, &policy));
                true
            })
            .await?;
        let (Some(fence), Some(before)) = (fence, before) else { return Ok(false) };
        let Some(attempt) = before.attempts.get(n) else { return Ok(true) };
        self.store.hooks.pass("K2", "settle")?;
        let deadline = seconds(policy.call_deadline);
        let called = tokio::time::timeout(deadline, gateway.settle(&account, &wire(attempt), deadline)).await;
        let outcome = called.unwrap_or_else(|_| CallOutcome::Unknown("no answer in time".into()));
        self.store.hooks.pass("K4", "settle")?;
        let event = after_settle(&outcome);
        self.change(merchant, &payment.id, |draft| {
            let now = draft.now;
            let Some(attempt) = draft.payment.attempts.get_mut(n) else { return false };
            if attempt.fence == fence {
                release(attempt);
            } else if event.is_none() {
                return false;
            }
            match event {
                Some(event) => {
                    draft.step(n, event, &outcome.describe());
                }
                None => {
                    let verified = attempt.verified_at.unwrap_or(now);
                    tracing::warn!(payment = %draft.payment.id, said = outcome.describe(), "not settled");
                    if urgency(verified, now).0 >= Urgency::Alarm {
                        self.store.metrics.count(now, "PaymentUnsettled", &[]);
                    }
                }
            }
            true
        })
        .await?;
        Ok(true)
    }
}
