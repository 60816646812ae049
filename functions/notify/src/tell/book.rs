//! What an outcome does to its message, in the transaction that ends the turn.

use jiff::Timestamp;
use serde_json::{Value, json};
use yam_domain::effect::{EffectState, Phase, Resolution};
use yam_domain::ids::MessengerId;
use yam_domain::money::Money;
use yam_domain::notice::Reason;
use yam_messengers::capabilities::ReceiptWay;
use yam_messengers::{DeliveryState, MessageKey, wire_id};
use yam_store::event::record;
use yam_store::items::notices::{
    EarlyReceipt, MessageId, MessageReceipt, MessageState, MessageWork, SentProof, Settling,
};
use yam_store::keys::{of_merchant, sk};
use yam_store::work::{Ended, NOT_CALLED};
use yam_store::{Announcement, Intent, Key, Read, StoreError, Txn};

use super::Telling;
use crate::{route, words};

/// How long receipts of a message are taken (180 days, as the message itself is kept).
const JOINED_SECONDS: i64 = 180 * 86_400;

/// From this rank on a receipt ends a message.
const FINAL: u8 = 3;

/// See [`yam_store::work::Effect::book`].
pub(super) async fn book(
    telling: &Telling,
    key: &Key,
    intent: &mut Intent<MessageWork>,
    ended: &Ended<SentProof>,
    txn: &mut Txn,
) -> Result<Vec<Announcement>, StoreError> {
    let now = telling.store.clock.now();
    let had_failed = intent.work.state == MessageState::Failed;
    tried(intent, ended.detail.as_ref());
    match (ended.resolution, &ended.proof) {
        (Resolution::Done, Some(proof)) => {
            accepted(telling, key, &mut intent.work, proof, txn, now).await?;
        }
        (Resolution::Later(_), _) => unsettled(telling, key, intent, ended, txn, now),
        (Resolution::Refused, _) => {
            let refusal = ended.detail.as_ref().and_then(|detail| detail.get("refusal")?.as_str());
            let reason = if ended.dropped { ended.words.as_str() } else { refusal.unwrap_or("refused") };
            failed(&mut intent.work, reason);
        }
        (Resolution::GivenUp, _) if ended.dropped => dropped(&mut intent.work, &ended.words),
        (Resolution::GivenUp, _) if intent.state.missed_sends == 0 => failed(&mut intent.work, "gave_up"),
        // Nobody can say whether it was sent: it counts as sent, for the shop's money too.
        (Resolution::Held | Resolution::GivenUp | Resolution::Done, _) => {
            let work = &mut intent.work;
            work.state = MessageState::OutcomeUnknown;
            work.reason = Some("no_answer".to_owned());
            work.cost = work.cost.or(work.price);
        }
    }
    let mut told = Vec::new();
    if intent.work.state == MessageState::Failed && !had_failed {
        told.push(failure(telling, intent, txn));
    }
    if intent.state.phase == Phase::Final || intent.work.state == MessageState::OutcomeUnknown {
        let state = intent.work.state.as_str();
        let channel = intent.work.channel.as_str();
        telling.store.metrics.count(now, "Messages", &[("state", state), ("channel", channel)]);
    }
    Ok(told)
}

/// The end of the call beside its account. An account that was claimed and not called was not tried.
fn tried(intent: &mut Intent<MessageWork>, detail: Option<&Value>) {
    let word = |name: &str| detail.and_then(|d| d.get(name)?.as_str()).map(str::to_owned);
    let (Some(end), Some(last)) = (word("end"), intent.work.tried.last_mut()) else { return };
    if end != NOT_CALLED {
        last.end = end;
        last.refusal = word("refusal");
    } else if is_doubtful(&intent.state) {
        "unknown".clone_into(&mut last.end);
    } else {
        intent.work.tried.pop();
    }
}

/// Whether a send before may have won.
pub(super) fn is_doubtful(state: &EffectState) -> bool {
    state.doubtful_sends > 0 || state.missed_sends > 0
}

async fn accepted(
    telling: &Telling,
    key: &Key,
    work: &mut MessageWork,
    proof: &SentProof,
    txn: &mut Txn,
    now: Timestamp,
) -> Result<(), StoreError> {
    work.account = Some(proof.account.clone());
    work.provider_id = Some(proof.provider_id.clone());
    work.group_id.clone_from(&proof.group_id);
    work.accepted_at.get_or_insert(now);
    work.segments = proof.segments.or(work.segments);
    // A receipt may have been booked before: it knows more.
    if !matches!(work.state, MessageState::Delivered)
        && work.receipt.as_ref().is_none_or(|known| known.rank < FINAL)
    {
        work.state = MessageState::Accepted;
        work.reason = None;
    }
    work.cost = work.price.or(work.cost);
    if let Some(last) = work.tried.iter_mut().rfind(|tried| tried.account == proof.account) {
        "done".clone_into(&mut last.end);
    }
    if let Some(receipt) = &proof.receipt {
        apply(work, receipt);
    }
    if !has_receipts(telling, work) {
        return Ok(());
    }
    // In a write of its own, and before the outcome: half the price of a transaction, and a receipt that comes in
    // between is booked as the proof it is.
    let (at, id) = joined(telling, key, proof.account.as_str(), &proof.provider_id, now);
    telling.store.table.put(&at, &id).await?;
    let early =
        of_merchant(&telling.shop.merchant, sk::early_receipt(proof.account.as_str(), &proof.provider_id));
    if let Some(found) = telling.store.table.get::<EarlyReceipt>(&early, Read::Consistent).await?
        && found.expires_at > now.as_second()
    {
        apply(work, &found.receipt);
        txn.delete("early receipt", &telling.store.table, &early);
    }
    Ok(())
}

/// Takes a receipt into a message that its provider has: ranks never fall.
pub(crate) fn apply(work: &mut MessageWork, receipt: &MessageReceipt) {
    if work.receipt.as_ref().is_some_and(|known| known.rank >= receipt.rank) {
        return;
    }
    match words::read::<DeliveryState>(&receipt.state) {
        Some(DeliveryState::Delivered) => {
            work.state = MessageState::Delivered;
            work.reason = None;
        }
        Some(
            DeliveryState::Undelivered
            | DeliveryState::Failed
            | DeliveryState::Blocked
            | DeliveryState::Cancelled,
        ) => {
            work.state = MessageState::Failed;
            work.reason = receipt.cause.clone().or_else(|| Some(receipt.state.clone()));
        }
        Some(DeliveryState::Accepted | DeliveryState::Sent | DeliveryState::Unknown) | None => {}
    }
    work.receipt = Some(receipt.clone());
}

/// Whether receipts of the message's account come by themselves.
fn has_receipts(telling: &Telling, work: &MessageWork) -> bool {
    let opened = work.account.as_ref().and_then(|id| route::open_by_id(&telling.shop, id));
    opened.is_some_and(|opened| {
        let messenger = telling.state.messengers.get(opened.account.messenger);
        messenger.is_some_and(|messenger| {
            matches!(messenger.capabilities(&opened.account).receipts, ReceiptWay::Pushed(_))
        })
    })
}

/// Leads receipts under a provider's id to the message.
fn joined(
    telling: &Telling,
    key: &Key,
    account: &str,
    provider_id: &str,
    now: Timestamp,
) -> (Key, MessageId) {
    let at = of_merchant(&telling.shop.merchant, sk::message_id(account, provider_id));
    let expires_at = now.as_second().saturating_add(JOINED_SECONDS);
    (at, MessageId { intent: key.sk.clone(), expires_at })
}

/// Goes on: planned again, or waits to be settled.
fn unsettled(
    telling: &Telling,
    key: &Key,
    intent: &mut Intent<MessageWork>,
    ended: &Ended<SentProof>,
    txn: &mut Txn,
    now: Timestamp,
) {
    let end = ended.detail.as_ref().and_then(|detail| detail.get("end")?.as_str());
    let settles = intent.state.phase == Phase::Settling;
    let doubtful = is_doubtful(&intent.state);
    let work = &mut intent.work;
    if settles {
        work.reason = Some("no_answer".to_owned());
        let waits = !matches!(work.settling, Some(Settling::LookUp { .. }));
        if waits && !super::policy::may_repeat(work, telling.store.clock.real_now()) {
            work.state = MessageState::OutcomeUnknown;
        }
        // A receipt may tell before anybody asks: by our own id, where its wire carries it.
        let first = end.is_some() || intent.state.look_ups == 0;
        if let (true, Some(account)) = (first, work.account.clone()) {
            for id in own_ids(telling, work) {
                let (at, id) = joined(telling, key, account.as_str(), &id, now);
                txn.upsert("message id", &telling.store.table, &at, &id);
            }
        }
    } else if let Some(end) = end {
        // This send is disproved; one before it may not be.
        if doubtful {
            work.repeats = work.repeats.saturating_sub(1);
        } else {
            work.cost = None;
        }
        if end != NOT_CALLED {
            work.reason = Some(end.to_owned());
        }
    }
}

/// A receipt that came before anything was known of its message, by an id of ours.
pub(super) async fn early_by_our_id(
    telling: &Telling,
    work: &MessageWork,
) -> Result<Option<(String, MessageReceipt)>, StoreError> {
    let Some(account) = &work.account else { return Ok(None) };
    let now = telling.store.clock.now().as_second();
    for id in own_ids(telling, work) {
        let at = of_merchant(&telling.shop.merchant, sk::early_receipt(account.as_str(), &id));
        let found: Option<EarlyReceipt> = telling.store.table.get(&at, Read::Consistent).await?;
        if let Some(found) = found.filter(|found| found.expires_at > now) {
            return Ok(Some((id, found.receipt)));
        }
    }
    Ok(None)
}

/// The ids under which a wire may know a message whose answer was lost.
fn own_ids(telling: &Telling, work: &MessageWork) -> Vec<String> {
    let mut ids = vec![work.key.clone()];
    let account = telling.shop.accounts.iter().find(|account| Some(&account.id) == work.account.as_ref());
    let Some(key) = MessageKey::parse(&work.key) else { return ids };
    let channel = route::wire(work.channel);
    match account.map(|account| account.messenger) {
        Some(MessengerId::Smsc) => ids.push(wire_id::positive_31(channel, &key).to_string()),
        Some(MessengerId::Kavenegar) => ids.push(wire_id::positive_63(channel, &key).to_string()),
        _ => {}
    }
    ids
}

fn failed(work: &mut MessageWork, reason: &str) {
    work.state = MessageState::Failed;
    work.reason = Some(reason.to_owned());
    work.cost = work.price.map(|price| Money::zero(price.currency()));
}

fn dropped(work: &mut MessageWork, reason: &str) {
    let superseded = words::of(&Reason::Superseded).is_some_and(|word| word == reason);
    work.state = if superseded { MessageState::Superseded } else { MessageState::Suppressed };
    work.reason = Some(reason.to_owned());
    work.cost = None;
}

/// Says that a message did not arrive.
pub(crate) fn failure(telling: &Telling, intent: &Intent<MessageWork>, txn: &mut Txn) -> Announcement {
    let work = &intent.work;
    let data = json!({
        "message_id": work.key, "kind": work.kind, "audience": work.audience, "channel": work.channel,
        "parcel_id": work.about.parcel, "payment_id": work.about.payment,
        "tracking_code": work.about.carrier.map(|_| &work.about.reference),
        "reason": work.reason, "account_id": work.account,
    });
    let sequence = intent.state.fence.saturating_add(1);
    record(txn, &telling.store, &telling.shop.merchant, "notification.failed", sequence, data)
}
