//! Moving an account along its enrolment, with everything that hangs on a step: its place in the staff's list, its
//! due row, its contract's claim and its event, all in the caller's transaction.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use yam_domain::enrolment::{Actor, EnrolmentEvent, EnrolmentState, HoldReason, NotAllowed, step};
use yam_domain::enrolment::{Transition, review_due};
use yam_domain::ids::{AccountId, CarrierId, MerchantId};
use yam_platform::queue::Queue;

use crate::event::{Announcement, record};
use crate::idempotency::sha256_hex;
use crate::items::CarrierAccount;
use crate::keys::{self, Key, of_merchant, sk};
use crate::store::Store;
use crate::txn::Txn;

/// Steps kept in an account.
const KEPT: usize = 40;

/// An account in the list of those that wait for hub staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Whose.
    pub merchant: MerchantId,
    /// Which.
    pub account: AccountId,
    /// At which post.
    pub carrier: CarrierId,
    /// Until when it is to be answered.
    pub due_at: Timestamp,
}

/// Which shop a contract serves: one contract, one shop (S3-22).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractClaim {
    /// The shop.
    pub merchant: MerchantId,
    /// Its account.
    pub account: AccountId,
}

/// The key of a contract's claim; the numbers themselves are not in it.
#[must_use]
pub fn contract_key(carrier: CarrierId, numbers: &str) -> Key {
    Key { pk: "HUB#CONTRACTS".into(), sk: format!("{carrier}#{}", sha256_hex(numbers.as_bytes())) }
}

/// Moves an account; the caller writes it in the same transaction. Answers with the event to tell, none when the
/// state stays.
///
/// # Errors
/// [`NotAllowed`]: nothing is added to the transaction.
pub fn advance(
    txn: &mut Txn,
    store: &Store,
    merchant: &MerchantId,
    account: &mut CarrierAccount,
    event: EnrolmentEvent,
    (actor, note): (Actor, Option<String>),
) -> Result<Option<Announcement>, NotAllowed> {
    let now = store.clock.now();
    let from = account.account_state;
    let to = step(account.carrier, from, event)?;
    let reason = match event {
        EnrolmentEvent::Held(reason) => Some(reason),
        _ => None,
    };
    account.state_reason = note.clone().map(|note| note.chars().take(500).collect());
    if from == to && reason == account.hold_reason {
        return Ok(None);
    }
    account.account_state = to;
    account.hold_reason = reason.filter(|_| to == EnrolmentState::OnHold);
    if account.transitions.len() >= KEPT {
        account.transitions.remove(0);
    }
    let note = account.state_reason.clone();
    account.transitions.push(Transition { at: now, actor, from, to, reason, note });
    review(txn, store, merchant, account, now);
    let data = event_data(account, reason);
    let kind = if to == EnrolmentState::OnHold { "account.on_hold" } else { "account.state_changed" };
    Ok(Some(record(txn, store, merchant, kind, account.rev, data)))
}

/// Puts the account into the staff's list, or takes it out.
fn review(txn: &mut Txn, store: &Store, merchant: &MerchantId, account: &mut CarrierAccount, now: Timestamp) {
    if let Some(due_at) = account.review_due_at.take() {
        txn.delete("review", &store.table, &review_key(due_at, merchant, &account.id));
        txn.delete("review's row", &store.table, &review_row(due_at, merchant, &account.id));
    }
    if account.account_state != EnrolmentState::UnderReview {
        return;
    }
    let due_at = review_due(now);
    account.review_due_at = Some(due_at);
    let review =
        Review { merchant: merchant.clone(), account: account.id.clone(), carrier: account.carrier, due_at };
    txn.upsert("review", &store.table, &review_key(due_at, merchant, &account.id), &review);
    let row = review_row(due_at, merchant, &account.id);
    txn.upsert("review's row", &store.table, &row, &serde_json::Map::new());
}

/// Partition of the staff's list, soonest due first.
pub const REVIEWS: &str = "HUB#REVIEWS";

fn review_key(due_at: Timestamp, merchant: &MerchantId, account: &AccountId) -> Key {
    Key { pk: REVIEWS.into(), sk: format!("{}#{merchant}/{account}", keys::time_prefix(due_at)) }
}

/// The due row of a review: dispatch says that it is overdue.
#[must_use]
pub fn review_row(due_at: Timestamp, merchant: &MerchantId, account: &AccountId) -> Key {
    keys::due_row(Queue::Dispatch, due_at, &of_merchant(merchant, sk::account(account.as_str())))
}

/// What an event says of an account: nothing secret.
#[must_use]
pub fn event_data(account: &CarrierAccount, reason: Option<HoldReason>) -> serde_json::Value {
    json!({
        "account_id": account.id,
        "carrier": account.carrier,
        "vendor_id": account.vendor_id,
        "state": account.account_state,
        "state_reason": account.state_reason,
        "hold_reason": reason,
        "review_due_at": account.review_due_at,
    })
}
