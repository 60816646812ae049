//! Making money ours, once it is wanted (reliability notes, sections 4.5 and 4.6).

use yam_domain::ids::MerchantId;
use yam_domain::payment::policy::{Step, policy};
use yam_domain::payment::wanted::{UnwantedStep, Wanted, WaysBack, step as step_for};
use yam_domain::payment::{PaymentEvent, PaymentState};
use yam_gateways::meaning::after_verify;
use yam_gateways::{CallOutcome, MaskedCard, MoneyTold, Verified};
use yam_store::Read;
use yam_store::StoreError;
use yam_store::items::{Payment, PaymentClaim, PaymentTaskReason};
use yam_store::keys::{of_merchant, sk};

use super::{Draft, Engine, EngineError, Turn, claim, release, seconds, wire};

/// What a return brought beside its claim.
#[derive(Debug, Clone, Default)]
pub(crate) struct Brought {
    /// SaleReferenceId, RefNum, paymentKey.
    pub(crate) receipt: Option<String>,
    /// The payer's card.
    pub(crate) card: Option<MaskedCard>,
}

/// How a claim to verify ended.
enum Claimed {
    /// Ours under this fence.
    Yes(u64),
    /// Nothing to verify: left to return, waiting, held by another, or decided.
    No,
    /// Nothing wants it and it may be ours: ask where it stands.
    AskFirst,
}

impl Engine {
    /// Claims, verifies and books; settles after it where that is a step of its own and time is left. `false`
    /// when there was no time.
    pub(crate) async fn verify(
        &self,
        merchant: &MerchantId,
        payment: &Payment,
        n: usize,
        brought: Option<Brought>,
        turn: Turn,
    ) -> Result<bool, EngineError> {
        let Some(attempt) = payment.attempts.get(n) else { return Ok(true) };
        let policy = policy(attempt.gateway, Step::Verify, turn.place);
        let account = self.account(merchant, &attempt.account).await?;
        let gateway = self.gateway(attempt.gateway)?;
        if !self.has_time(&policy, self.store.clock.real_now(), turn) {
            return Ok(false);
        }
        let token = self.store.ids.token(12);
        let mut claimed = Claimed::No;
        let before = self
            .change(merchant, &payment.id, |draft| {
                claimed = take(draft, n, &token, &policy, brought.as_ref());
                !matches!(claimed, Claimed::AskFirst)
            })
            .await?;
        if before.as_ref().is_some_and(|payment| payment.task.is_some()) {
            self.warn_holder(merchant, payment, n, brought.as_ref()).await?;
        }
        let (fence, before) = match (claimed, before) {
            (Claimed::Yes(fence), Some(before)) => (fence, before),
            (Claimed::AskFirst, Some(before)) => return self.inquire(merchant, &before, n, turn).await,
            _ => return Ok(true),
        };
        self.store.hooks.pass("K2", "verify")?;
        let Some(attempt) = before.attempts.get(n) else { return Ok(true) };
        let deadline = seconds(policy.call_deadline);
        // The claim has counted this call, which is not one "before".
        let before_this = attempt.verify_sends.saturating_sub(1);
        let sent = yam_gateways::Attempt { verify_sends: before_this, ..wire(attempt) };
        let outcome = tokio::time::timeout(deadline, gateway.verify(&account, &sent, deadline)).await;
        let outcome = outcome.unwrap_or_else(|_| CallOutcome::Unknown("no answer in time".into()));
        self.store.hooks.pass("K4", "verify")?;
        let after = self.change(merchant, &payment.id, |draft| answered(draft, n, fence, &outcome)).await?;
        let unsettled = after.as_ref().and_then(|payment| payment.attempts.get(n));
        if unsettled.is_some_and(|attempt| attempt.state == PaymentState::PaidUnsettled)
            && let Some(after) = &after
        {
            return self.settle(merchant, after, n, turn).await;
        }
        Ok(true)
    }

    /// Another payment has shown the same receipt: both are looked at, since the first comer may be the thief.
    async fn warn_holder(
        &self,
        merchant: &MerchantId,
        payment: &Payment,
        n: usize,
        brought: Option<&Brought>,
    ) -> Result<(), StoreError> {
        let receipt = brought.and_then(|brought| brought.receipt.as_deref());
        let (Some(attempt), Some(receipt)) = (payment.attempts.get(n), receipt) else { return Ok(()) };
        let key = of_merchant(merchant, sk::payment_receipt(attempt.account.as_str(), receipt));
        let holder: Option<PaymentClaim> = self.store.table.get(&key, Read::Consistent).await?;
        let Some(holder) = holder.filter(|holder| holder.payment != payment.id) else { return Ok(()) };
        self.change(merchant, &holder.payment, |draft| {
            let words = format!("payment {} came back with the receipt of this one", payment.id);
            draft.ask_person(PaymentTaskReason::ReceiptTaken, &words);
            true
        })
        .await?;
        Ok(())
    }
}

/// Takes the claim, if the money is wanted.
fn take(
    draft: &mut Draft,
    n: usize,
    token: &str,
    policy: &yam_domain::effect::Policy,
    brought: Option<&Brought>,
) -> Claimed {
    let now = draft.now;
    let Some(attempt) = draft.payment.attempts.get(n) else { return Claimed::No };
    // Our own write, landed before its answer was lost.
    if attempt.claimed_by.as_deref() == Some(token) {
        return Claimed::Yes(attempt.fence);
    }
    if attempt.lease_until.is_some_and(|until| until > now) {
        return Claimed::No;
    }
    let gateway = attempt.gateway;
    let perhaps_ours = attempt.verify_sends > 0 || attempt.state == PaymentState::VerifyUnknown;
    draft.step(n, PaymentEvent::Returned, "");
    match draft.wanted(n) {
        Wanted::Yes => {}
        Wanted::SettleOtherFirst => {
            if let Some(attempt) = draft.payment.attempts.get_mut(n) {
                attempt.waits_for_other = true;
                attempt.tried_at = Some(now);
                attempt.heard_at.get_or_insert(now);
            }
            // What only this return brings is needed when its turn comes.
            if let Some(receipt) = brought.and_then(|b| b.receipt.as_deref()).filter(|_| !draft.receipt_taken)
            {
                bring_receipt(draft, n, receipt);
            }
            return Claimed::No;
        }
        Wanted::No(why) => {
            if let Some(attempt) = draft.payment.attempts.get_mut(n) {
                attempt.unwanted = Some(why);
                attempt.waits_for_other = false;
            }
            let ways = WaysBack { verified: perhaps_ours, may_reverse: false, can_refund: false };
            return match step_for(gateway, ways) {
                UnwantedStep::LeaveToReturn => {
                    draft.step(n, PaymentEvent::LeftToReturn, "nothing wants this money; it is not verified");
                    Claimed::No
                }
                _ => Claimed::AskFirst,
            };
        }
    }
    if let Some(brought) = brought {
        if draft.receipt_taken {
            draft.step(n, PaymentEvent::AmountDiffers, "its receipt was shown for another payment");
            draft.ask_person(PaymentTaskReason::ReceiptTaken, "its receipt was shown for another payment");
            if let Some(attempt) = draft.payment.attempts.get_mut(n) {
                attempt.with_person = true;
            }
            return Claimed::No;
        }
        if let Some(receipt) = &brought.receipt {
            bring_receipt(draft, n, receipt);
        }
        if let (Some(card), Some(attempt)) = (&brought.card, draft.payment.attempts.get_mut(n)) {
            attempt.card = Some(card.as_str().to_owned());
        }
    }
    if draft.step(n, PaymentEvent::VerifyClaimed, "").is_none() {
        return Claimed::No;
    }
    let Some(attempt) = draft.payment.attempts.get_mut(n) else { return Claimed::No };
    attempt.waits_for_other = false;
    attempt.verify_sends = attempt.verify_sends.saturating_add(1);
    attempt.heard_at.get_or_insert(now);
    attempt.tried_at = Some(now);
    Claimed::Yes(claim(attempt, now, token, policy))
}

/// Claims what a return brought. Earlier verify calls were made with what it replaces: "verified before" would not be
/// by us (SEP).
fn bring_receipt(draft: &mut Draft, n: usize, receipt: &str) {
    if let Some(attempt) = draft.payment.attempts.get_mut(n)
        && attempt.receipt.as_deref() != Some(receipt)
    {
        attempt.verify_sends = 0;
    }
    draft.claim_receipt(n, receipt);
}

/// Books an answer. Bad news counts only under the newest fence; that it is paid always does.
fn answered(draft: &mut Draft, n: usize, fence: u64, outcome: &CallOutcome<Verified>) -> bool {
    let wanted = !matches!(draft.wanted(n), Wanted::No(_));
    let event = after_verify(outcome, wanted);
    let Some(attempt) = draft.payment.attempts.get_mut(n) else { return false };
    let mine = attempt.fence == fence;
    if !mine && !matches!(outcome, CallOutcome::Done(_)) {
        return false;
    }
    if mine {
        release(attempt);
    }
    let event = match outcome {
        CallOutcome::Done(verified) => {
            book_proof(draft, n, verified);
            if draft.receipt_taken { PaymentEvent::AmountDiffers } else { event }
        }
        _ => event,
    };
    draft.step(n, event, &outcome.describe());
    if matches!(event, PaymentEvent::NotPaid | PaymentEvent::CancelConfirmed) {
        draft.release_receipt(n);
    }
    if draft.receipt_taken {
        draft.ask_person(PaymentTaskReason::ReceiptTaken, "its receipt was shown for another payment");
    }
    true
}

/// Keeps what proves a payment, and claims its receipt.
pub(super) fn book_proof(draft: &mut Draft, n: usize, verified: &Verified) {
    let now = draft.now;
    let Some(attempt) = draft.payment.attempts.get_mut(n) else { return };
    attempt.verified_at.get_or_insert(now);
    attempt.reference = verified.reference.clone().or(attempt.reference.take());
    if let Some(card) = &verified.card {
        attempt.card = Some(card.as_str().to_owned());
    }
    if let MoneyTold::Differs(told) = verified.money {
        attempt.told = Some(told);
    }
    let fresh = verified.receipt.as_deref().filter(|receipt| attempt.receipt.as_deref() != Some(*receipt));
    if let Some(receipt) = fresh.map(str::to_owned).filter(|_| !draft.receipt_taken) {
        draft.claim_receipt(n, &receipt);
    }
}
