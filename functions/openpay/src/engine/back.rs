//! Sending money back: reversals and refunds, each an effect of its own (reliability notes, section 4.8).

use jiff::{SignedDuration, Timestamp};
use yam_domain::effect::{
    CallClass, EffectState, LookUpClass, Phase, Policy, Power, Resolution, Step as Next,
};
use yam_domain::ids::{GatewayId, MerchantId, PaymentId};
use yam_domain::money::Money;
use yam_domain::payment::order_number::OrderNumber;
use yam_domain::payment::policy::{Place, Step, policy};
use yam_domain::payment::receipt::{Receipt, VatCode};
use yam_domain::payment::reversal::may_reverse;
use yam_domain::payment::wanted::{UnwantedStep, WaysBack, step as step_for};
use yam_domain::payment::{Holding, PaymentEvent, PaymentState};
use yam_gateways::capabilities::RefundSupport;
use yam_gateways::meaning::{after_refund, after_reverse};
use yam_gateways::{Account, CallOutcome, PaymentGateway, Refund, RefusalKind, Standing};
use yam_store::items::{Attempt, BackKind, Payment, PaymentTaskReason, SendBack};

use super::settle::money;
use super::{Draft, Engine, EngineError, Turn, seconds, wire};

/// How long a refund is tried that the gateway is too busy for.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24);
/// The net under a lost queue message.
const FIRST_DUE: SignedDuration = SignedDuration::from_secs(60);

/// What a person is asked when nobody else can tell.
const BACK_UNKNOWN: &str =
    "whether the money went back is not known: look in the gateway's panel, then settle it";

/// Money that somebody wants to send back.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    /// The request's id.
    pub(crate) id: String,
    /// How.
    pub(crate) kind: BackKind,
    /// How much.
    pub(crate) amount: Money,
    /// Why.
    pub(crate) reason: String,
    /// An id of the gateway's panel.
    pub(crate) panel_id: Option<String>,
}

/// Why money cannot be sent back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotBack {
    /// Nothing is held.
    #[error("there is nothing to send back in this state")]
    Nothing,
    /// More than is left.
    #[error("that is more than is left of the payment")]
    TooMuch,
    /// Another one is under way.
    #[error("another refund of this payment is under way; wait for its outcome")]
    UnderWay,
}

/// What has gone back, or may have.
pub(crate) fn sent_back(attempt: &Attempt) -> i64 {
    attempt.backs.iter().filter(|back| back.went_back != Some(false)).map(|back| back.amount.amount()).sum()
}

/// What the gateway holds: of a mismatch what it told, where it told an amount.
pub(crate) fn held(attempt: &Attempt) -> Money {
    let differs = attempt.state == PaymentState::Mismatch
        || attempt.backs.iter().any(|back| back.was == PaymentState::Mismatch);
    let told = attempt.told.filter(|told| differs && told.currency() == attempt.amount.currency());
    told.unwrap_or(attempt.amount)
}

/// Writes a wish down, in the transaction of the draft. The same id again changes nothing.
pub(crate) fn submit(draft: &mut Draft, n: usize, wish: &Wish, number: OrderNumber) -> Result<(), NotBack> {
    let now = draft.now;
    let attempt = draft.payment.attempts.get_mut(n).ok_or(NotBack::Nothing)?;
    if attempt.backs.iter().any(|back| back.id == wish.id) {
        return Ok(());
    }
    if attempt.backs.iter().any(|back| back.effect.phase != Phase::Final) {
        return Err(NotBack::UnderWay);
    }
    let was = attempt.state;
    Holding::of(was).ok_or(NotBack::Nothing)?;
    let left = held(attempt).amount().saturating_sub(sent_back(attempt));
    if wish.amount.amount() <= 0 || wish.amount.amount() > left {
        return Err(NotBack::TooMuch);
    }
    let event = match wish.kind {
        BackKind::Reverse => PaymentEvent::ReverseClaimed,
        BackKind::Refund => PaymentEvent::RefundClaimed,
    };
    attempt.backs.push(SendBack {
        id: wish.id.clone(),
        kind: wish.kind,
        amount: wish.amount,
        reason: wish.reason.clone(),
        number,
        panel_id: wish.panel_id.clone(),
        refund_id: None,
        was,
        effect: EffectState::planned(now, later(now, FIRST_DUE), later(now, PATIENCE)),
        went_back: None,
        note: None,
        since: now,
        found: None,
    });
    if draft.step(n, event, &wish.reason).is_none() {
        if let Some(attempt) = draft.payment.attempts.get_mut(n) {
            attempt.backs.pop();
        }
        return Err(NotBack::Nothing);
    }
    Ok(())
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}

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

/// What a call or look-up said.
#[derive(Debug)]
struct Said {
    class: CallClass,
    refund_id: Option<String>,
    words: String,
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
        let sends = match back.effect.next_step(self.store.clock.now()) {
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
                match (back.effect.next_step(now), sends) {
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
        let receipt = super::open::receipt_of(payment, &payer, vat);
        Ok(Some(receipt.of_refund(payment.amount, back.amount)))
    }
}

/// Books how money on its way back ended: by the gateway's word, or by the merchant's where it cannot be asked.
pub(super) fn ended(draft: &mut Draft, n: usize, at: usize, went_back: bool, words: &str) {
    let Some(attempt) = draft.payment.attempts.get_mut(n) else { return };
    let all = sent_back(attempt) >= held(attempt).amount();
    let Some(back) = attempt.backs.get_mut(at) else { return };
    back.went_back = Some(went_back);
    let holding = Holding::of(back.was).unwrap_or(Holding::Overpaid);
    let event = match (back.kind, went_back) {
        (BackKind::Reverse, true) => PaymentEvent::MoneyReturned,
        (BackKind::Refund, true) if all => PaymentEvent::Refunded,
        (BackKind::Refund, true) => PaymentEvent::RefundedInPart(holding),
        (BackKind::Refund, false) => PaymentEvent::RefundRefused(holding),
        (BackKind::Reverse, false) => {
            // Surely not reversed, so that it may be settled after all (Mellat).
            attempt.reverse_sends = 0;
            PaymentEvent::ReverseRefused(holding)
        }
    };
    draft.step(n, event, words);
    if matches!(event, PaymentEvent::RefundedInPart(_)) {
        draft.tell("payment.refunded");
    }
    if !went_back {
        draft.tell("payment.refund_refused");
    }
}

/// Leaves it to a person: it may have happened, and there is nothing left to try.
fn hold(back: &mut SendBack) -> Resolution {
    back.effect.end(Resolution::Held);
    back.effect.phase = Phase::Held;
    Resolution::Held
}

fn ask_about_unwanted(draft: &mut Draft, n: usize) -> bool {
    if let Some(attempt) = draft.payment.attempts.get_mut(n) {
        attempt.with_person = true;
    }
    let words = "money that nothing wants, and no way back by API: pay it back by hand";
    draft.ask_person(PaymentTaskReason::Overpaid, words);
    true
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

async fn call(
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

async fn look_up(
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

/// Whether an attempt's money can be sent back at all.
pub(crate) fn holds_money(attempt: &Attempt) -> bool {
    matches!(
        attempt.state,
        PaymentState::Paid | PaymentState::PaidUnsettled | PaymentState::Overpaid | PaymentState::Mismatch
    )
}
