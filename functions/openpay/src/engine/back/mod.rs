//! Sending money back: reversals and refunds, each an effect of its own (reliability notes, section 4.8).

mod asking;
mod turn;

use jiff::{SignedDuration, Timestamp};
use yam_domain::effect::{EffectState, Phase, Resolution};
use yam_domain::money::Money;
use yam_domain::payment::order_number::OrderNumber;
use yam_domain::payment::{Holding, PaymentEvent, PaymentState};
use yam_store::items::{Attempt, BackKind, PaymentTaskReason, SendBack};

use super::Draft;

/// How long a refund is tried that the gateway is too busy for.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24);
/// The net under a lost queue message.
const FIRST_DUE: SignedDuration = SignedDuration::from_secs(60);

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

/// Whether an attempt's money can be sent back at all.
pub(crate) fn holds_money(attempt: &Attempt) -> bool {
    matches!(
        attempt.state,
        PaymentState::Paid | PaymentState::PaidUnsettled | PaymentState::Overpaid | PaymentState::Mismatch
    )
}
