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

/// The sort key of a contract's claim; the numbers themselves are not in it.
#[must_use]
pub fn contract_claim(carrier: CarrierId, numbers: &str) -> String {
    format!("{carrier}#{}", sha256_hex(numbers.as_bytes()))
}

/// Claims the contract that an account names, and gives back the one it named before. The condition of the write
/// named `"contract"` does not hold when another account has it.
pub fn claim_contract(
    txn: &mut Txn,
    store: &Store,
    merchant: &MerchantId,
    account: &CarrierAccount,
    before: Option<&str>,
) {
    let key = |sk: &str| Key { pk: CONTRACTS.into(), sk: sk.to_owned() };
    if account.contract.as_deref() == before {
        return;
    }
    if let Some(old) = before {
        txn.delete("contract given back", &store.table, &key(old));
    }
    if let Some(new) = &account.contract {
        let claim = ContractClaim { merchant: merchant.clone(), account: account.id.clone() };
        txn.insert("contract", &store.table, &key(new), &claim);
    }
}

/// Deletes what hangs on an account that goes: its contract's claim and its place in the staff's list.
pub fn forget(txn: &mut Txn, store: &Store, merchant: &MerchantId, account: &mut CarrierAccount) {
    let before = account.contract.take();
    claim_contract(txn, store, merchant, account, before.as_deref());
    leave_review(txn, store, merchant, account);
}

/// Moves an account and notes the step; nothing is stored.
///
/// # Errors
/// [`NotAllowed`]: the account is as it was.
pub fn advance(
    account: &mut CarrierAccount,
    event: EnrolmentEvent,
    (actor, note): (Actor, Option<String>),
    now: Timestamp,
) -> Result<(), NotAllowed> {
    let from = account.account_state;
    let to = step(account.is_reviewed(), from, event)?;
    let reason = match event {
        EnrolmentEvent::Held(reason) => Some(reason),
        _ => None,
    };
    let note: Option<String> = note.map(|note| note.chars().take(500).collect());
    if from == to && reason.is_none() {
        return Ok(());
    }
    account.state_reason.clone_from(&note);
    account.account_state = to;
    account.hold_reason = reason;
    if account.transitions.len() >= KEPT {
        account.transitions.remove(0);
    }
    account.transitions.push(Transition { at: now, actor, from, to, reason, note });
    Ok(())
}

/// Stores what hangs on where an account now stands: its place in the staff's list and its event, none when it
/// stands as `before`. The caller writes the account in the same transaction.
pub fn settle(
    txn: &mut Txn,
    store: &Store,
    merchant: &MerchantId,
    account: &mut CarrierAccount,
    before: (EnrolmentState, Option<HoldReason>),
) -> Option<Announcement> {
    if (account.account_state, account.hold_reason) == before {
        return None;
    }
    review(txn, store, merchant, account, store.clock.now());
    let kind = match account.account_state {
        EnrolmentState::OnHold => "account.on_hold",
        _ => "account.state_changed",
    };
    Some(record(txn, store, merchant, kind, account.rev, event_data(account)))
}

/// Puts the account into the staff's list, or takes it out.
fn review(txn: &mut Txn, store: &Store, merchant: &MerchantId, account: &mut CarrierAccount, now: Timestamp) {
    leave_review(txn, store, merchant, account);
    if account.account_state != EnrolmentState::UnderReview {
        return;
    }
    let due_at = review_due(now);
    account.review_due_at = Some(due_at);
    account.review_overdue = false;
    let review =
        Review { merchant: merchant.clone(), account: account.id.clone(), carrier: account.carrier, due_at };
    txn.upsert("review", &store.table, &review_key(due_at, merchant, &account.id), &review);
    let row = review_row(due_at, merchant, &account.id);
    txn.upsert("review's row", &store.table, &row, &serde_json::Map::new());
}

fn leave_review(txn: &mut Txn, store: &Store, merchant: &MerchantId, account: &mut CarrierAccount) {
    if let Some(due_at) = account.review_due_at.take() {
        txn.delete("review", &store.table, &review_key(due_at, merchant, &account.id));
        txn.delete("review's row", &store.table, &review_row(due_at, merchant, &account.id));
    }
}

/// Partition of the claims of contracts.
const CONTRACTS: &str = "HUB#CONTRACTS";

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
pub fn event_data(account: &CarrierAccount) -> serde_json::Value {
    json!({
        "account_id": account.id,
        "carrier": account.carrier,
        "vendor_id": account.vendor_id,
        "state": account.account_state,
        "state_reason": account.state_reason,
        "hold_reason": account.hold_reason,
        "review_due_at": account.review_due_at,
    })
}
