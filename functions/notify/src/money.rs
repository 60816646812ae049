//! Money for messages (reliability notes, M5): held in blocks by the worker that is about to send, charged from what
//! the messages became.
//!
//! ```text
//!   take(price) --no block, or too little left--> BALANCE - block, BLOCK + its due row: one transaction
//!   end of the batch: BALANCE charged and given back, BLOCK gone          (or smaller, while messages are open)
//!   its worker died: the due row brings the block, and the messages it names say what was spent
//! ```

use std::collections::{BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tokio::sync::Mutex;
use yam_domain::ids::MerchantId;
use yam_domain::money::Money;
use yam_domain::money::display::{self, Locale};
use yam_domain::notice::{Account, AccountError};
use yam_platform::queue::Queue;
use yam_store::event::{announce, record};
use yam_store::intent::DueRow;
use yam_store::items::notices::{Block, MessageWork, NoticeBalance};
use yam_store::keys::{due_row, of_merchant, sk};
use yam_store::{Announcement, Intent, Key, Read, Store, StoreError, Txn, notices};

use crate::shop::ShopNotices;

/// A worker has ended by then, whatever became of it.
const WORKER: SignedDuration = SignedDuration::from_mins(5);
/// Between two looks at messages whose outcome is open.
const OPEN: SignedDuration = SignedDuration::from_hours(1);
/// Messages planned further apart have blocks of their own.
const NEAR: SignedDuration = SignedDuration::from_hours(1);
/// How often a change of the balance is tried against others.
const TRIES: usize = 10;

/// The money of one shop in one batch.
#[derive(Debug)]
pub(crate) struct Purse {
    store: Store,
    merchant: MerchantId,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    /// The messages of the batch, by their sort keys.
    messages: Vec<String>,
    blocks: Vec<Open>,
    ends: Ends,
}

/// What is known of messages: the block each was held in last, and its end.
pub(crate) type Ends = HashMap<String, (String, MoneyEnd)>;

/// A block of this worker.
#[derive(Debug)]
struct Open {
    id: String,
    left: Money,
    /// What it may be spent on, as it is stored.
    block: Block,
    /// The messages that took their price from it.
    takers: Vec<String>,
}

/// What became of a message's price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MoneyEnd {
    /// This was spent.
    Spent(Money),
    /// Nothing was.
    Free,
    /// The provider may have it: the price stays held.
    Open(Money),
}

/// Why there is no money for a message.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoMoney {
    /// The balance does not cover it.
    #[error("the balance does not cover the message")]
    Balance,
    /// The balance covers it once others have given back what they hold.
    #[error("other messages hold the balance for the moment")]
    Held,
    /// The table does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Purse {
    pub(crate) fn new(store: &Store, merchant: &MerchantId, messages: Vec<String>) -> Self {
        let (store, merchant) = (store.clone(), merchant.clone());
        Purse { store, merchant, held: Mutex::new(Held { messages, ..Held::default() }) }
    }

    /// Messages that an event of the batch has planned for now: blocks reserved from here on name them too.
    pub(crate) async fn add(&self, messages: impl Iterator<Item = String>) {
        self.held.lock().await.messages.extend(messages);
    }

    /// Holds the price of a message; answers with the block it is held in, none for a price of nothing.
    pub(crate) async fn take(
        &self,
        shop: &ShopNotices,
        message: &str,
        price: Money,
    ) -> Result<Option<String>, NoMoney> {
        if price.is_zero() {
            return Ok(None);
        }
        let mut held = self.held.lock().await;
        if !held.messages.iter().any(|known| known == message) {
            held.messages.push(message.to_owned());
        }
        for open in held.blocks.iter_mut().filter(|open| open.block.is_for(message)) {
            if let Ok(rest) = open.left.checked_sub(price)
                && !rest.is_negative()
            {
                open.left = rest;
                open.takers.push(message.to_owned());
                return Ok(Some(open.id.clone()));
            }
        }
        let near: Vec<String> =
            held.messages.iter().filter(|other| are_near(message, other)).cloned().collect();
        let (id, block) = self.reserve(shop, &near, price).await?;
        let left = block.reserved.checked_sub(price).map_err(|_| NoMoney::Balance)?;
        held.blocks.push(Open { id: id.clone(), left, block, takers: vec![message.to_owned()] });
        Ok(Some(id))
    }

    async fn reserve(
        &self,
        shop: &ShopNotices,
        messages: &[String],
        need: Money,
    ) -> Result<(String, Block), NoMoney> {
        let count = u64::try_from(messages.len().max(1)).unwrap_or(1);
        let wanted = need.checked_mul(count).unwrap_or(need);
        let table = &self.store.table;
        let key = of_merchant(&self.merchant, sk::BALANCE);
        let id = self.store.ids.token(12);
        for _ in 0..TRIES {
            let stored: Option<NoticeBalance> =
                table.get(&key, Read::Consistent).await.map_err(NoMoney::Store)?;
            let Some(before) = stored else { return Err(NoMoney::Balance) };
            let (account, size) = match before.account.reserve(need, wanted) {
                Ok(reserved) => reserved,
                Err(AccountError::NoBalance) => return Err(short(&before.account, need)),
                Err(error) => {
                    tracing::error!(merchant = %self.merchant, %error, "a price does not fit the balance");
                    return Err(NoMoney::Balance);
                }
            };
            let mut txn = Txn::new();
            let after = NoticeBalance { account, ..before.clone() };
            let told = self.put_balance(&mut txn, shop, before, after);
            let until = later(self.store.clock.now(), WORKER);
            let block = Block::over(messages, size, until);
            let block_key = of_merchant(&self.merchant, sk::block(&id));
            txn.insert("block", table, &block_key, &block);
            txn.upsert(
                "due row",
                table,
                &due_row(Queue::Notify, until, &block_key),
                &DueRow { held_until: None },
            );
            match txn.commit(table).await {
                Ok(()) => {
                    announce(&self.store, told.as_slice(), "balance").await?;
                    return Ok((id, block));
                }
                Err(StoreError::Condition { .. } | StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(NoMoney::Store(StoreError::Conflict))
    }

    /// Writes the balance; falling below the threshold is told, once.
    fn put_balance(
        &self,
        txn: &mut Txn,
        shop: &ShopNotices,
        before: NoticeBalance,
        mut after: NoticeBalance,
    ) -> Option<Announcement> {
        let mut rings = false;
        if let Ok((alarm, rung)) = before.alarm.after(after.account.balance) {
            (after.alarm, rings) = (alarm, rung);
        }
        let rev = before.rev;
        after.rev = rev.saturating_add(1);
        let key = of_merchant(&self.merchant, sk::BALANCE);
        txn.replace("balance", &self.store.table, &key, &after, rev);
        rings.then(|| {
            let balance = after.account.balance;
            let today = shop.zone.to_datetime(self.store.clock.now()).date();
            let locale = Locale::from_tag(&shop.shop.locale);
            let text = display::format(balance, &shop.shop.currency_unit, locale, today)
                .or_else(|_| display::format(balance, balance.currency().as_str(), locale, today));
            let data = json!({
                "account": "balance", "balance": balance, "threshold": after.alarm.threshold,
                "balance_text": text.ok(),
            });
            record(txn, &self.store, &self.merchant, "account.balance_low", after.rev, data)
        })
    }

    /// Whether it holds any money.
    pub(crate) async fn holds(&self) -> bool {
        !self.held.lock().await.blocks.is_empty()
    }

    /// Takes down what became of a message in its last block.
    pub(crate) async fn ended(&self, message: &str, block: String, end: MoneyEnd) {
        self.held.lock().await.ends.insert(message.to_owned(), (block, end));
    }

    /// Charges what was spent and gives back the rest. What cannot be done now is left to the blocks' due rows.
    pub(crate) async fn close(&self) {
        let held = std::mem::take(&mut *self.held.lock().await);
        for open in held.blocks {
            let key = of_merchant(&self.merchant, sk::block(&open.id));
            let known = Known { takers: &open.takers, ends: &held.ends };
            if let Err(error) = settle(&self.store, &key, Some(known)).await {
                tracing::warn!(block = %open.id, %error, "a block of money is left to its due row");
            }
        }
    }
}

/// What a worker knows of its own block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    takers: &'a [String],
    ends: &'a Ends,
}

/// Settles a block from what became of its messages. A worker passes what it knows; the rest is read.
///
/// # Errors
/// The table does not answer; the block's due row brings it again.
pub(crate) async fn settle(store: &Store, key: &Key, known: Option<Known<'_>>) -> Result<(), StoreError> {
    let Some(merchant) = yam_store::keys::merchant_of(&key.pk) else { return Ok(()) };
    let id = key.sk.strip_prefix(sk::BLOCKS).unwrap_or(&key.sk).to_owned();
    for _ in 0..TRIES {
        let Some(block) = store.table.get::<Block>(key, Read::Consistent).await? else { return Ok(()) };
        let now = store.clock.now();
        if known.is_none() && now < block.until {
            return Ok(());
        }
        let zero = Money::zero(block.reserved.currency());
        let (mut spent, mut open, mut left) = (zero, zero, Vec::new());
        for message in takers(store, &merchant, &id, &block, known).await? {
            let end = match known.and_then(|known| known.ends.get(&message)) {
                Some((block, end)) if *block == id => *end,
                Some(_) => MoneyEnd::Free,
                None => read_end(store, &merchant, &message, &id).await?,
            };
            match end {
                MoneyEnd::Free => {}
                MoneyEnd::Spent(cost) => spent = add(spent, cost)?,
                MoneyEnd::Open(price) => {
                    open = add(open, price)?;
                    left.push(message);
                }
            }
        }
        match put(store, &merchant, key, &block, (spent, open, left), now).await {
            Ok(()) => return Ok(()),
            Err(StoreError::Condition { .. } | StoreError::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::Conflict)
}

/// The messages that may hold money in a block.
async fn takers(
    store: &Store,
    merchant: &MerchantId,
    id: &str,
    block: &Block,
    known: Option<Known<'_>>,
) -> Result<Vec<String>, StoreError> {
    match (known, &block.span) {
        // One that took twice stands twice.
        (Some(known), _) => Ok(known.takers.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect()),
        (None, None) => Ok(block.messages.clone()),
        (None, Some((first, last))) => {
            let keys = notices::held_in(&store.table, merchant, id, (first, last)).await?;
            Ok(keys.into_iter().map(|key| key.sk).collect())
        }
    }
}

/// What a message's own record says of its money in this block.
async fn read_end(
    store: &Store,
    merchant: &MerchantId,
    message: &str,
    block: &str,
) -> Result<MoneyEnd, StoreError> {
    let key = of_merchant(merchant, message);
    let Some(intent) = Intent::<MessageWork>::load(&store.table, &key).await? else {
        return Ok(MoneyEnd::Free);
    };
    Ok(end_in(&intent, block))
}

/// As [`read_end`], of a message at hand.
pub(crate) fn end_in(intent: &Intent<MessageWork>, block: &str) -> MoneyEnd {
    match (intent.work.block.as_deref() == Some(block), intent.work.price) {
        (true, Some(price)) if MessageWork::is_open(intent) => MoneyEnd::Open(price),
        (true, _) => intent.work.cost.map_or(MoneyEnd::Free, MoneyEnd::Spent),
        _ => MoneyEnd::Free,
    }
}

async fn put(
    store: &Store,
    merchant: &MerchantId,
    key: &Key,
    block: &Block,
    (spent, open, left): (Money, Money, Vec<String>),
    now: Timestamp,
) -> Result<(), StoreError> {
    let broken = |error: &dyn std::fmt::Display| StoreError::Corrupt(format!("{}: {error}", key.sk));
    let rest = block.reserved.checked_sub(add(spent, open)?).map_err(|error| broken(&error))?;
    let balance_key = of_merchant(merchant, sk::BALANCE);
    let stored: Option<NoticeBalance> = store.table.get(&balance_key, Read::Consistent).await?;
    let Some(mut balance) = stored else { return Err(broken(&"there is no balance")) };
    let mut txn = Txn::new();
    if !spent.is_zero() || !rest.is_zero() {
        let charged = balance.account.charge(spent).and_then(|account| account.release(rest));
        balance.account = charged.map_err(|error| broken(&error))?;
        let rev = balance.rev;
        // Only a credit sets the alarm again: what a block gives back would ring it with every batch.
        balance.rev = rev.saturating_add(1);
        txn.replace("balance", &store.table, &balance_key, &balance, rev);
    }
    let old_row = due_row(Queue::Notify, block.until, key);
    if left.is_empty() {
        txn.delete_at("block", &store.table, key, block.rev);
        txn.delete("due row", &store.table, &old_row);
    } else {
        let until = later(now, OPEN).max(later(block.until, SignedDuration::from_secs(1)));
        txn.delete("old due row", &store.table, &old_row);
        let rev = block.rev.saturating_add(1);
        txn.replace(
            "block",
            &store.table,
            key,
            &Block { reserved: open, messages: left, span: None, until, rev },
            block.rev,
        );
        txn.upsert(
            "due row",
            &store.table,
            &due_row(Queue::Notify, until, key),
            &DueRow { held_until: None },
        );
    }
    txn.commit(&store.table).await
}

/// Whether what is missing is gone, or held by other workers.
fn short(account: &Account, need: Money) -> NoMoney {
    let all = account.balance.checked_add(account.reserved).and_then(|all| all.checked_sub(need));
    match all {
        Ok(rest) if !rest.is_negative() => NoMoney::Held,
        _ => NoMoney::Balance,
    }
}

/// Whether one block holds the money of two messages: a block that spans many is settled by reading all that stand
/// between its first and its last.
fn are_near(message: &str, other: &str) -> bool {
    match (sk::moment_of(message), sk::moment_of(other)) {
        (Some(a), Some(b)) => a.duration_since(b).abs() <= NEAR,
        _ => message == other,
    }
}

fn add(a: Money, b: Money) -> Result<Money, StoreError> {
    a.checked_add(b).map_err(|error| StoreError::Corrupt(format!("a block's money: {error}")))
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}
