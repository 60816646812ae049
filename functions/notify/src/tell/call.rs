//! The call itself, and asking after it.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use yam_domain::effect::{CallClass, LookUpClass};
use yam_messengers::failover::End;
use yam_messengers::{CallOutcome, DeliveryState, RefusalKind, Sent, Status};
use yam_store::Intent;
use yam_store::items::notices::{MessageReceipt, MessageWork, SentProof, Settling};
use yam_store::work::{Called, LookedUp, NOT_CALLED};

use super::{Ready, Sending, Telling};
use crate::route::word_of;
use crate::{CALL, words};

/// Kept free before a window ends, beside the call's own deadline.
pub(super) const MARGIN: SignedDuration = SignedDuration::from_secs(5);

/// Makes the call, once.
pub(super) async fn send(
    telling: &Telling,
    intent: &Intent<MessageWork>,
    ready: &Ready,
) -> Called<SentProof> {
    let Ready::Send(sending) = ready else {
        let words = "nothing was ready to be sent".to_owned();
        return Called { class: CallClass::NotSent, proof: None, words, detail: None };
    };
    // Between the judgement and this line the table may have been slow.
    let ends = telling.store.clock.now().saturating_add(CALL + MARGIN).unwrap_or(Timestamp::MAX);
    if sending.closes_at.is_some_and(|closes| ends > closes) {
        let words = "its window closes; it waits for the next".to_owned();
        let detail = Some(json!({"end": NOT_CALLED}));
        return Called { class: CallClass::NotSent, proof: None, words, detail };
    }
    let outcome = sending.messenger.send(&sending.account, &sending.message, telling.deadline()).await;
    let end = End::from(&outcome);
    telling.fared(&sending.account.id, end);
    let (word, refusal) = word_of(end);
    let detail = Some(json!({"end": word, "refusal": refusal}));
    Called {
        class: class(&outcome, sending, intent),
        words: outcome.describe(),
        proof: proof(outcome, sending, telling.store.clock.now()),
        detail,
    }
}

/// A refusal that is not about the message, and a busy provider, lead to the next account, where nothing may have
/// been sent before.
fn class(outcome: &CallOutcome<Sent>, sending: &Sending, intent: &Intent<MessageWork>) -> CallClass {
    let clear = intent.state.doubtful_sends <= 1 && intent.state.missed_sends == 0;
    match outcome {
        CallOutcome::Refused(error) if clear && sending.open && error.kind.may_fail_over() => {
            CallClass::NotSent
        }
        CallOutcome::Busy { .. } if clear && sending.others => CallClass::NotSent,
        other => other.class(),
    }
}

fn proof(outcome: CallOutcome<Sent>, sending: &Sending, now: Timestamp) -> Option<SentProof> {
    let CallOutcome::Done(sent) = outcome else { return None };
    let receipt = sent.state.is_final().then(|| MessageReceipt {
        state: words::of(&sent.state).unwrap_or_default(),
        cause: None,
        code: String::new(),
        at: now,
        rank: rank(sent.state),
    });
    Some(SentProof {
        account: sending.account.id.clone(),
        provider_id: sent.provider_id,
        group_id: sent.group_id,
        segments: sent.segments,
        receipt,
    })
}

/// Asks whether an earlier send got through. Where nobody can be asked, a repeat is due or nothing is known.
pub(super) async fn look_up(
    telling: &Telling,
    intent: &Intent<MessageWork>,
    ready: &Ready,
) -> LookedUp<SentProof> {
    let told = |class, words: &str| LookedUp { class, proof: None, words: words.to_owned() };
    let Ready::Ask(asking) = ready else { return told(LookUpClass::Failed, "nothing was ready to be asked") };
    match super::book::early_by_our_id(telling, &intent.work).await {
        Ok(None) => {}
        Ok(Some((provider_id, receipt))) => {
            let account = asking.account.id.clone();
            let proof =
                SentProof { account, provider_id, group_id: None, segments: None, receipt: Some(receipt) };
            let words = "a receipt had come before".to_owned();
            return LookedUp { class: LookUpClass::Hit, proof: Some(proof), words };
        }
        Err(error) => return told(LookUpClass::Failed, &error.to_string()),
    }
    let may_repeat = super::policy::may_repeat(&intent.work, telling.store.clock.real_now());
    match intent.work.settling {
        Some(Settling::LookUp { .. }) => {}
        Some(Settling::Repeat { .. } | Settling::RepeatOnce { .. }) if may_repeat => {
            return told(LookUpClass::Miss, "no receipt came; it is sent again under the same id");
        }
        _ => return told(LookUpClass::Failed, "no receipt came; nobody can be asked"),
    }
    let outcome = asking.messenger.look_up(&asking.account, &asking.handle, telling.deadline()).await;
    match outcome {
        CallOutcome::Done(status) => {
            let provider_id = asking.handle.provider_id.clone();
            let proof = SentProof {
                account: asking.account.id.clone(),
                provider_id: provider_id.unwrap_or_else(|| intent.work.key.clone()),
                group_id: None,
                segments: status.segments,
                receipt: Some(receipt(&status, telling.store.clock.now())),
            };
            LookedUp { class: LookUpClass::Hit, proof: Some(proof), words: status.meaning }
        }
        CallOutcome::Refused(error) if error.kind == RefusalKind::NotFound => {
            told(LookUpClass::Miss, "the provider knows no such message")
        }
        other => told(LookUpClass::Failed, &other.describe()),
    }
}

/// A provider's word as the message keeps it.
pub(crate) fn receipt(status: &Status, now: Timestamp) -> MessageReceipt {
    MessageReceipt {
        state: words::of(&status.state).unwrap_or_default(),
        cause: status.cause.as_ref().and_then(words::of),
        code: status.code.clone(),
        at: status.at.unwrap_or(now),
        rank: rank(status.state),
    }
}

/// The order in which a message's states follow each other; a lower one never replaces a higher one.
pub(crate) const fn rank(state: DeliveryState) -> u8 {
    match state {
        DeliveryState::Unknown => 0,
        DeliveryState::Accepted => 1,
        DeliveryState::Sent => 2,
        DeliveryState::Undelivered => 3,
        DeliveryState::Failed | DeliveryState::Blocked | DeliveryState::Cancelled => 4,
        DeliveryState::Delivered => 5,
    }
}
