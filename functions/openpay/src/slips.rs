//! The slip desk: slips come in, and are decided (S2-14, S2-15, S2-22; reliability notes, section 4.9).

use aws_sdk_dynamodb::types::AttributeValue;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use yam_domain::ids::{MerchantId, PaymentId};
use yam_domain::payment::slip::{Seen, Slip, may_approve};
use yam_domain::payment::wanted::{Unwanted, Wanted};
use yam_domain::payment::{PaymentEvent, PaymentState};
use yam_store::items::{Payment, PaymentClaim, PaymentTaskReason, SlipPicture, SlipRecord};
use yam_store::keys::{Key, of_merchant, sk, slip_seen};
use yam_store::{Range, Read, StoreError};

use crate::engine::{Draft, Engine};
use crate::pictures::{self, Picture};

/// Purpose of the hub's key that hashes slips across shops.
const HASH_KEY: &str = "slip-hash";

/// That a slip was shown.
#[derive(Debug, Serialize, Deserialize)]
struct Mark {
    at: jiff::Timestamp,
}

/// Why a slip cannot be decided so.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotDecided {
    /// It does not wait for a decision.
    #[error("only a slip that waits can be approved or rejected")]
    NotWaiting,
    /// Paid by something else already, and no word that it was really paid twice.
    #[error("{0}")]
    PaidAlready(String),
    /// The transfer belongs to another slip.
    #[error("this transfer was claimed by another slip")]
    Claimed,
    /// The table.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An approval.
#[derive(Debug, Clone)]
pub(crate) struct Approval {
    /// Which account of the shop the money is on.
    pub(crate) account: String,
    /// The day as the statement has it.
    pub(crate) on_statement: Date,
    /// The row of a statement that shows it.
    pub(crate) row: Option<String>,
    /// Although something else has paid already.
    pub(crate) even_so: bool,
    /// Who approves: `merchant` or `statement`.
    pub(crate) by: String,
}

/// Takes a slip in: the payment, its code, and who else has shown the slip.
pub(crate) async fn submit(
    engine: &Engine,
    merchant: &MerchantId,
    payment: Payment,
    slip: Slip,
    picture: Option<Picture>,
) -> Result<Payment, StoreError> {
    let store = &engine.store;
    let key = of_merchant(merchant, sk::payment(payment.id.as_str()));
    let known: Option<Payment> = store.table.get(&key, Read::Consistent).await?;
    // A payer who first tried a gateway, or sent the form twice.
    let taken = |known: &Payment| {
        known.slip.is_some() || known.attempts.iter().any(|attempt| attempt.state.may_hold_money())
    };
    if let Some(known) = known.as_ref().filter(|known| taken(known)) {
        return Ok(known.clone());
    }
    let picture = match &picture {
        Some(picture) => Some(Box::pin(pictures::keep(store, merchant, &payment.id, picture)).await?),
        None => None,
    };
    let duplicate = slip.duplicate_key();
    let hash = hash(engine, &duplicate).await?;
    let seen = seen(engine, merchant, &payment.id, &duplicate, &hash).await?;
    let mark = Mark { at: store.clock.now() };
    let here = of_merchant(merchant, format!("{}{}", sk::slips_like(&duplicate), payment.id));
    let elsewhere = slip_seen(&hash, merchant);
    let also = |draft: &mut Draft| {
        draft.txn.upsert("slip mark", &store.table, &here, &mark);
        draft.txn.upsert("slip seen", &store.table, &elsewhere, &mark);
        take(draft, &slip, seen, picture.as_ref());
    };
    let Some(known) = known else { return engine.create(merchant, payment, also).await };
    let changed = engine
        .change(merchant, &known.id, |draft| {
            let free = draft.payment.slip.is_none();
            if free {
                also(draft);
            }
            free
        })
        .await?;
    changed.ok_or(StoreError::Conflict)
}

fn take(draft: &mut Draft, slip: &Slip, seen: Seen, picture: Option<&SlipPicture>) {
    let Ok(transition) = PaymentState::Created.apply(PaymentEvent::SlipGiven) else { return };
    draft.payment.slip = Some(SlipRecord {
        slip: slip.clone(),
        seen,
        state: transition.to,
        row: None,
        decided: None,
        picture: picture.cloned(),
    });
    draft.note(None, transition.to, transition.reason, "");
    let words = match seen {
        Seen::Nowhere if slip.amount != draft.payment.amount => {
            "the slip is over another amount than was asked for; compare both with the bank account"
        }
        Seen::Nowhere => "compare the slip with the bank account, then approve or reject it",
        Seen::ElsewhereBefore => "a payer of another shop has shown the same bank and number before",
        Seen::HereBefore => "another payment of this shop shows the same bank and number",
    };
    draft.ask_person(PaymentTaskReason::Slip, words);
}

async fn hash(engine: &Engine, duplicate: &str) -> Result<String, StoreError> {
    let key = engine.store.vault.hub_key(HASH_KEY).await?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key)
        .map_err(|_| StoreError::Secret("the hub's hash key has a wrong length".into()))?;
    mac.update(duplicate.as_bytes());
    Ok(mac.finalize().into_bytes().iter().take(20).map(|byte| format!("{byte:02x}")).collect())
}

async fn seen(
    engine: &Engine,
    merchant: &MerchantId,
    mine: &PaymentId,
    duplicate: &str,
    hash: &str,
) -> Result<Seen, StoreError> {
    let prefix = sk::slips_like(duplicate);
    let here: Vec<(Key, Mark)> = engine
        .store
        .table
        .query_all(&yam_store::keys::merchant_partition(merchant), &prefix, Read::Consistent)
        .await?;
    if here.iter().any(|(key, _)| key.sk.strip_prefix(&prefix) != Some(mine.as_str())) {
        return Ok(Seen::HereBefore);
    }
    let range =
        Range { pk: slip_seen(hash, merchant).pk, prefix: "", after: None, backwards: false, limit: 2 };
    let shops = engine.store.table.query::<Mark>(range, Read::Consistent).await?;
    let others = shops.items.iter().any(|(key, _)| key.sk != merchant.as_str());
    Ok(if others { Seen::ElsewhereBefore } else { Seen::Nowhere })
}

/// Approves a slip: one conditional transition that takes the claim of the transfer.
pub(crate) async fn approve(
    engine: &Engine,
    merchant: &MerchantId,
    id: &PaymentId,
    approval: &Approval,
) -> Result<Option<Payment>, NotDecided> {
    let mut refusal = None;
    let table = &engine.store.table;
    let changed = engine
        .change(merchant, id, |draft| {
            refusal = None;
            let Some(record) = draft.payment.slip.clone() else {
                refusal = Some(NotDecided::NotWaiting);
                return false;
            };
            let Ok(transition) = record.state.apply(PaymentEvent::SlipApproved) else {
                refusal = Some(NotDecided::NotWaiting);
                return false;
            };
            // A slip of a revoked link is still money the shop has: only a second payment is asked about.
            let wanted = draft.wanted(usize::MAX);
            let revoked = wanted == Wanted::No(Unwanted::LinkRevoked);
            let paid = matches!(wanted, Wanted::No(Unwanted::PaidByAnother | Unwanted::LinkUsedUp))
                || revoked && draft.link.as_ref().is_some_and(|link| link.terms.used_up(link.paid));
            if let Err(error) = may_approve(paid, approval.even_so) {
                refusal = Some(NotDecided::PaidAlready(error.to_string()));
                return false;
            }
            let claim = PaymentClaim { payment: draft.payment.id.clone(), order: None };
            let mine = [(":mine", AttributeValue::S(draft.payment.id.to_string()))];
            let condition = "attribute_not_exists(pk) OR payment = :mine";
            let transfer = record.slip.claim_key(&approval.account, approval.on_statement);
            let at = of_merchant(merchant, sk::slip_claim(&transfer));
            draft.txn.put("slip claim", table, &at, &claim, Some((condition, &mine)));
            if let Some(row) = &approval.row {
                let at = of_merchant(merchant, sk::statement_row(row));
                draft.txn.put("statement row", table, &at, &claim, Some((condition, &mine)));
            }
            if paid || revoked {
                // Said to be paid twice, it counts no second use; a revoked link counts none.
                draft.payment.counted = true;
            } else {
                draft.count_use();
            }
            draft.payment.slip = Some(SlipRecord {
                state: transition.to,
                row: approval.row.clone(),
                decided: Some(format!("approved by {}", approval.by)),
                ..record
            });
            draft.note(None, transition.to, transition.reason, &approval.by);
            true
        })
        .await;
    match (refusal, changed) {
        (Some(refusal), _) => Err(refusal),
        (None, Err(StoreError::Condition { what: "slip claim" | "statement row", .. })) => {
            Err(NotDecided::Claimed)
        }
        (None, changed) => Ok(changed?),
    }
}

/// Rejects a slip.
pub(crate) async fn reject(
    engine: &Engine,
    merchant: &MerchantId,
    id: &PaymentId,
    reason: &str,
) -> Result<Option<Payment>, NotDecided> {
    let mut waits = true;
    let changed = engine
        .change(merchant, id, |draft| {
            let Some(record) = draft.payment.slip.clone() else {
                waits = false;
                return false;
            };
            let Ok(transition) = record.state.apply(PaymentEvent::SlipRejected) else {
                waits = false;
                return false;
            };
            draft.payment.slip = Some(SlipRecord {
                state: transition.to,
                decided: Some(format!("rejected: {reason}")),
                ..record
            });
            draft.note(None, transition.to, transition.reason, reason);
            true
        })
        .await?;
    if waits { Ok(changed) } else { Err(NotDecided::NotWaiting) }
}
