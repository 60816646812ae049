//! A turn of money on its way back: claimed, asked for, booked.

use yam_domain::effect::{CallClass, LookUpClass, Phase, Policy, Power, Resolution, Step as Next};
use yam_domain::ids::{GatewayId, MerchantId, PaymentId};
use yam_domain::payment::PaymentEvent;
use yam_domain::payment::policy::{Place, Step, policy};
use yam_domain::payment::receipt::{Receipt, VatCode};
use yam_domain::payment::reversal::may_reverse;
use yam_domain::payment::wanted::{UnwantedStep, WaysBack, step as step_for};
use yam_gateways::capabilities::RefundSupport;
use yam_store::items::{BackKind, Payment, PaymentTaskReason, SendBack};

use super::asking::{Said, call, look_up};
use super::{Wish, ask_about_unwanted, ended, hold, submit};
use crate::engine::settle::money;
use crate::engine::{Engine, EngineError, Turn};

/// What a person is asked when nobody else can tell.
const BACK_UNKNOWN: &str =
    "whether the money went back is not known: look in the gateway's panel, then settle it";

fn policy_of(gateway: GatewayId, back: &SendBack, can_look_up: bool) -> Policy {
    match back.kind {
        BackKind::Reverse => policy(gateway, Step::Reverse, Place::Job),
        BackKind::Refund => {
            let usual = policy(gateway, Step::Refund, Place::Job);
            // Where a refund is found by the id that came with its answer, it can be asked about.
            let found_by_id = usual.power == Power::Hold && back.refund_id.is_some() && can_look_up;
            let like = policy(GatewayId::Mellat, Step::Refund, Place::Job);
            if found_by_id { Policy { power: like.power, ..usual } } else { usual }
        }
    }
}

impl Engine {
    /// Money that nothing wants: reversed, else refunded, else a person (`payment::wanted`).
    pub(crate) async fn return_unwanted(
        &self,
        merchant: &MerchantId,
        payment: &Payment,
        n: usize,
    ) -> Result<bool, EngineError> {
        let Some(attempt) = payment.attempts.get(n) else { return Ok(true) };
        let account = self.account(merchant, &attempt.account).await?;
        let capabilities = self.gateway(attempt.gateway)?.capabilities(&account);
        let now = self.store.clock.now();
        let ways = WaysBack {
            verified: true,
            may_reverse: may_reverse(attempt.gateway, &money(attempt), now).is_ok(),
            can_refund: capabilities.refund == RefundSupport::Partial,
        };
        let way = step_for(attempt.gateway, ways);
        let number = self.take_number(merchant, &account).await?;
        let wish = |kind| Wish {
            id: format!("unwanted-{}", attempt.order),
            kind,
            amount: attempt.amount,
            reason: "paid twice".to_owned(),
            panel_id: None,
        };
        let tried = attempt.backs.iter().any(|back| back.id.starts_with("unwanted-"));
        self.change(merchant, &payment.id, |draft| {
            let kind = match way {
                UnwantedStep::Reverse => BackKind::Reverse,
                UnwantedStep::Refund => BackKind::Refund,
                UnwantedStep::LeaveToReturn | UnwantedStep::Task => {
                    return ask_about_unwanted(draft, n);
                }
            };
            if tried || submit(draft, n, &wish(kind), number).is_err() {
                return ask_about_unwanted(draft, n);
            }
            true
        })
        .await?;
        Ok(true)
    }

    /// A turn of money on its way back. `false` when there was no time.
    pub(crate) async fn send_back(
        &self,
        merchant: &MerchantId,
        payment: &Payment,
        n: usize,
        at: usize,
        turn: Turn,
    ) -> Result<bool, EngineError> {
        let Some(attempt) = payment.attempts.get(n) else { return Ok(true) };
        let Some(back) = attempt.backs.get(at) else { return Ok(true) };
        let account = self.account(merchant, &attempt.account).await?;
        let gateway = self.gateway(attempt.gateway)?;
        let can_look_up = gateway.capabilities(&account).refund_look_up;
        let policy = policy_of(attempt.gateway, back, can_look_up);
        if !self.has_time(&policy, self.store.clock.real_now(), turn) {
            return Ok(false);
        }
        let sends = match self.store.next_step(&back.effect, back.since) {
            Next::Stop | Next::Wait(_) => return Ok(false),
            Next::Send => true,
            Next::Settle => false,
        };
        // Robokassa refunds by a key that only an inquiry tells; a signed notice has none.
        let lacks_key = attempt.gateway == GatewayId::Robokassa && attempt.receipt.is_none();
        if sends && lacks_key && attempt.asked_at.is_none_or(|asked| asked < back.since) {
            return self.inquire(merchant, payment, n, turn).await;
        }
        let too_late = sends
            && back.kind == BackKind::Reverse
            && may_reverse(attempt.gateway, &money(attempt), self.store.clock.now()).is_err();
        if too_late && back.effect.doubtful_sends > 0 {
            return self.hold_back(merchant, &payment.id, (n, at)).await;
        }
        let token = self.store.ids.token(12);
        let Some(claimed) = self.claim_back(merchant, &payment.id, (n, at), sends, &token, &policy).await?
        else {
            return Ok(false);
        };
        self.store.hooks.pass("K2", "back")?;
        let (Some(attempt), true) = (claimed.attempts.get(n), !too_late) else {
            let said = Said {
                class: CallClass::Refused,
                refund_id: None,
                words: "the time for a reversal is over; refund it instead".into(),
            };
            self.book_back(merchant, &payment.id, (n, at), &token, &policy, &said, None).await?;
            return Ok(true);
        };
        let Some(back) = attempt.backs.get(at) else { return Ok(true) };
        let receipt = self.refund_receipt(merchant, &claimed, back, account.settings.vat).await?;
        let (said, looked) = if sends {
            (call(gateway, &account, attempt, back, receipt, &policy).await, None)
        } else if matches!(policy.power, Power::LookUp { .. }) {
            look_up(gateway, &account, attempt, back, receipt, &policy).await
        } else {
            let words = "the worker died in mid-call; whether the money went back is not known".to_owned();
            (Said { class: CallClass::Unknown, refund_id: None, words }, None)
        };
        self.store.hooks.pass("K4", "back")?;
        // The answer may have brought the id by which the refund is asked about from now on.
        let refund_id = said.refund_id.clone().or_else(|| back.refund_id.clone());
        let policy = policy_of(attempt.gateway, &SendBack { refund_id, ..back.clone() }, can_look_up);
        self.book_back(merchant, &payment.id, (n, at), &token, &policy, &said, looked).await?;
        Ok(true)
    }

    /// An earlier call may have arrived and the time for another one is over.
    async fn hold_back(
        &self,
        merchant: &MerchantId,
        id: &PaymentId,
        (n, at): (usize, usize),
    ) -> Result<bool, EngineError> {
        self.change(merchant, id, |draft| {
            let back = draft.payment.attempts.get_mut(n).and_then(|attempt| attempt.backs.get_mut(at));
            let Some(back) = back.filter(|back| back.effect.phase == Phase::Planned) else { return false };
            hold(back);
            draft.ask_person(PaymentTaskReason::BackUnknown, BACK_UNKNOWN);
            true
        })
        .await?;
        Ok(true)
    }

    async fn claim_back(
        &self,
        merchant: &MerchantId,
        id: &PaymentId,
        (n, at): (usize, usize),
        sends: bool,
        token: &str,
        policy: &Policy,
    ) -> Result<Option<Payment>, EngineError> {
        let mut mine = false;
        let claimed = self
            .change(merchant, id, |draft| {
                mine = false;
                let now = draft.now;
                let Some(attempt) = draft.payment.attempts.get_mut(n) else { return false };
                let Some(back) = attempt.backs.get_mut(at) else { return false };
                if back.effect.claimed_by.as_deref() == Some(token) {
                    mine = true;
                    return false;
                }
                match (self.store.next_step(&back.effect, back.since), sends) {
                    (Next::Send, true) => {
                        back.effect.claim_send(now, token, policy);
                        if back.kind == BackKind::Reverse {
                            attempt.reverse_sends = attempt.reverse_sends.saturating_add(1);
                        }
                    }
                    (Next::Settle, false) => back.effect.claim_settle(now, token, policy),
                    _ => return false,
                }
                mine = true;
                true
            })
            .await?;
        Ok(claimed.filter(|_| mine))
    }

    #[expect(clippy::too_many_arguments, reason = "one booking, told everything it depends on")]
    async fn book_back(
        &self,
        merchant: &MerchantId,
        id: &PaymentId,
        (n, at): (usize, usize),
        token: &str,
        policy: &Policy,
        said: &Said,
        looked: Option<LookUpClass>,
    ) -> Result<(), EngineError> {
        let random = self.store.ids.number();
        self.change(merchant, id, |draft| {
            let now = draft.now;
            let Some(attempt) = draft.payment.attempts.get_mut(n) else { return false };
            let Some(back) = attempt.backs.get_mut(at) else { return false };
            // Settled by a person while this worker slept: its proof is shown, and moves nothing.
            if let Some(found) = &back.found {
                let contradicts = said.class == CallClass::Done && !found.yes;
                if contradicts {
                    let words = "the gateway says that money went back which was settled as not refunded";
                    draft.ask_person(PaymentTaskReason::Contradiction, words);
                }
                return contradicts;
            }
            if back.effect.claimed_by.as_deref() != Some(token) && said.class != CallClass::Done {
                return false;
            }
            back.refund_id = said.refund_id.clone().or(back.refund_id.take());
            back.note = Some(said.words.chars().take(300).collect());
            let resolution = match looked {
                Some(class) => back.effect.after_look_up(class, now, policy, random),
                None => back.effect.after_call(said.class, now, policy, random),
            };
            // That patience ran out is not the gateway's word: an unanswered call may have sent the money.
            let resolution = match resolution {
                Resolution::GivenUp if back.effect.doubtful_sends > 0 => hold(back),
                other => other,
            };
            let unclear = back.kind == BackKind::Refund && back.effect.doubtful_sends > 0;
            match resolution {
                Resolution::Done => ended(draft, n, at, true, &said.words),
                Resolution::Refused | Resolution::GivenUp => ended(draft, n, at, false, &said.words),
                Resolution::Later(_) | Resolution::Held if unclear => {
                    draft.step(n, PaymentEvent::RefundUnclear, &said.words);
                }
                Resolution::Later(_) | Resolution::Held => {}
            }
            if resolution == Resolution::Held {
                draft.ask_person(PaymentTaskReason::BackUnknown, BACK_UNKNOWN);
            }
            true
        })
        .await?;
        Ok(())
    }

    /// The fiscal receipt of a refund, where its payment had one.
    async fn refund_receipt(
        &self,
        merchant: &MerchantId,
        payment: &Payment,
        back: &SendBack,
        vat: Option<VatCode>,
    ) -> Result<Option<Receipt>, EngineError> {
        if payment.amount.currency() != yam_domain::money::Currency::Rub {
            return Ok(None);
        }
        let payer = self.payer(merchant, payment).await?;
        let receipt = crate::engine::open::receipt_of(payment, &payer, vat);
        Ok(Some(receipt.of_refund(payment.amount, back.amount)))
    }
}
