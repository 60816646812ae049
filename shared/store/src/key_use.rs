//! Credentials that lapse when they are left alone: one item per account says until when they hold, and a due row
//! wakes whoever has to be told. A use moves the item, once a day; the row finds out by itself.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use yam_domain::ids::{AccountId, MerchantId};
use yam_platform::queue::Queue;

use crate::error::StoreError;
use crate::keys::{self, Key, of_merchant, sk};
use crate::store::Store;
use crate::table::Read;
use crate::txn::Txn;

/// Until when an account's credentials hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyUse {
    /// Whose they are.
    pub account: AccountId,
    /// When left alone, it is told from this moment on.
    pub alarm_at: Timestamp,
    /// When left alone, they no longer work from this moment on.
    pub lapses_at: Timestamp,
    /// Time of its due row; none once they have lapsed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// The shop was told since the last use.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub told: bool,
    /// Counts the changes.
    pub rev: u64,
}

/// Its key.
#[must_use]
pub fn key_use(merchant: &MerchantId, account: &AccountId) -> Key {
    of_merchant(merchant, sk::key_use(account.as_str()))
}

/// The due row that leads to it.
#[must_use]
pub fn key_use_row(at: Timestamp, merchant: &MerchantId, account: &AccountId) -> Key {
    keys::due_row(Queue::Dispatch, at, &key_use(merchant, account))
}

/// Notes a use, after which the credentials are told of at `alarm_at` and lapse at `lapses_at` if they are left
/// alone. A second use on the same day writes nothing: 0.5 read units.
///
/// # Errors
/// The table does not answer. Nothing is lost: the next use is noted.
pub async fn note_use(
    store: &Store,
    merchant: &MerchantId,
    account: &AccountId,
    (alarm_at, lapses_at): (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    let key = key_use(merchant, account);
    let known: Option<KeyUse> = store.table.get(&key, Read::Eventual).await?;
    if known.as_ref().is_some_and(|known| known.alarm_at >= alarm_at && known.due_at.is_some()) {
        return Ok(());
    }
    let mut txn = Txn::new();
    let due_at = known.as_ref().and_then(|known| known.due_at);
    if due_at.is_none() {
        let row = key_use_row(alarm_at, merchant, account);
        txn.upsert("key's row", &store.table, &row, &serde_json::Map::new());
    }
    let rev = known.as_ref().map_or(0, |known| known.rev.saturating_add(1));
    let due_at = Some(due_at.unwrap_or(alarm_at));
    let new = KeyUse { account: account.clone(), alarm_at, lapses_at, due_at, told: false, rev };
    match &known {
        Some(known) => txn.replace("key use", &store.table, &key, &new, known.rev),
        None => txn.insert("key use", &store.table, &key, &new),
    }
    match txn.commit(&store.table).await {
        // Somebody else noted a use at the same time, or is just looking at it.
        Err(StoreError::Condition { .. }) => Ok(()),
        other => other,
    }
}
