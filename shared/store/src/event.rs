//! Events and the transactional outbox.
//!
//! A state change and its event are one transaction. The event item is kept for `GET /v1/events`; the
//! outbox row says that the queue has not been told yet.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use yam_domain::ids::MerchantId;
use yam_platform::queue::Queue;

use crate::error::StoreError;
use crate::keys::{self, Key, of_merchant, sk};
use crate::message::Message;
use crate::store::Store;
use crate::table::{Range, Read};
use crate::txn::Txn;

/// Something that happened, as webhooks tell it. Holds no buyers' data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Type, e.g. `parcel.registered`.
    #[serde(rename = "kind")]
    pub kind: String,
    /// When.
    pub at: Timestamp,
    /// Grows per object: a receiver that keeps the highest is never set back.
    pub sequence: u64,
    /// The object, full state.
    pub data: Value,
    /// Epoch seconds after which it may be forgotten.
    pub expires_at: i64,
}

/// Says that a queue has not been told of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// Merchant of the event.
    pub m: MerchantId,
    /// Sort key of the event.
    pub e: String,
    /// The notices are to be told too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub n: bool,
}

/// The queues that are told of an event: shops hear of everything, the notices of what people may be told.
#[must_use]
pub fn targets(kind: &str) -> &'static [Queue] {
    if for_people(kind) { &[Queue::Sync, Queue::Notify] } else { &[Queue::Sync] }
}

/// What the rules of notices can ask for (`yam_domain::notice::Kind`).
fn for_people(kind: &str) -> bool {
    matches!(
        kind,
        "parcel.registered"
            | "parcel.status_changed"
            | "payment_link.created"
            | "account.on_hold"
            | "account.messenger_stopped"
            | "account.balance_low"
    ) || kind.starts_with("payment.")
}

/// How long events can be read and replayed (30 days).
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// An event written and not yet told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    event: Key,
    row: Key,
    targets: &'static [Queue],
}

/// Adds an event and its outbox row to a transaction.
pub fn record(
    txn: &mut Txn,
    store: &Store,
    merchant: &MerchantId,
    kind: &str,
    sequence: u64,
    data: Value,
) -> Announcement {
    let now = store.clock.now();
    let id = store.ids.ordered(now);
    let event = of_merchant(merchant, sk::event(&id));
    let row = keys::outbox_row(Queue::Sync, now, &event);
    let expires_at = now.saturating_add(KEPT).unwrap_or(Timestamp::MAX).as_second();
    let value = Event { kind: kind.to_owned(), at: now, sequence, data, expires_at };
    txn.insert("event", &store.table, &event, &value);
    let targets = targets(kind);
    let outbox = OutboxRow { m: merchant.clone(), e: event.sk.clone(), n: targets.contains(&Queue::Notify) };
    txn.upsert("outbox row", &store.table, &row, &outbox);
    Announcement { event, row, targets }
}

/// Tells the queues of events whose transaction has committed, and forgets their outbox rows. A failure
/// is left to the sweep, which tells all of them again: doubles are harmless.
///
/// # Errors
/// Only a crash point of a test.
pub async fn announce(store: &Store, announcements: &[Announcement], kind: &str) -> Result<(), StoreError> {
    if announcements.is_empty() {
        return Ok(());
    }
    store.hooks.pass("K5", kind)?;
    for queue in [Queue::Sync, Queue::Notify] {
        let events = announcements.iter().filter(|a| a.targets.contains(&queue)).map(|a| &a.event);
        let bodies = Message::bodies(events);
        if bodies.is_empty() {
            continue;
        }
        if let Err(error) = store.queues.send(queue, &bodies).await {
            tracing::warn!(%error, "events are left to the outbox sweep");
            return Ok(());
        }
    }
    store.hooks.pass("K6", kind)?;
    for announcement in announcements {
        if let Err(error) = store.table.delete(&announcement.row).await {
            tracing::warn!(%error, "an outbox row stays; its event will be told twice");
        }
    }
    Ok(())
}

/// What a sweep found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Events told.
    pub told: usize,
    /// Age of the oldest row in seconds.
    pub oldest_s: i64,
}

/// Rows younger than this are still being told inline.
const INLINE: SignedDuration = SignedDuration::from_secs(30);

/// Tells the queues of events left behind, oldest first; a row that cannot be read is skipped and
/// counted, not waited for.
///
/// # Errors
/// The table does not answer.
pub async fn sweep(store: &Store, queue: Queue, shard: u32, limit: usize) -> Result<Swept, StoreError> {
    let now = store.clock.now();
    let mut swept = Swept::default();
    let mut after = None;
    let pk = keys::outbox_partition(queue, shard);
    while swept.told < limit {
        let range = Range { pk: pk.clone(), prefix: "", after, backwards: false, limit: 50 };
        let page = query_rows(store, range).await?;
        let mut young = false;
        let mut rows = Vec::new();
        for (key, row) in page.0 {
            let written = keys::time_of(&key.sk).unwrap_or(now);
            let age = now.duration_since(written);
            if age < INLINE {
                young = true;
                break;
            }
            swept.oldest_s = swept.oldest_s.max(age.as_secs());
            rows.push((key, of_merchant(&row.m, row.e), row.n));
        }
        let all = Message::bodies(rows.iter().map(|(_, event, _)| event));
        let notices = Message::bodies(rows.iter().filter(|row| row.2).map(|(_, event, _)| event));
        for (queue, bodies) in [(queue, all), (Queue::Notify, notices)] {
            if let Err(error) = store.queues.send(queue, &bodies).await {
                return Err(StoreError::Unavailable(error.to_string()));
            }
        }
        swept.told += rows.len();
        for (row, _, _) in rows {
            store.table.delete(&row).await?;
        }
        after = page.1;
        if young || after.is_none() {
            break;
        }
    }
    Ok(swept)
}

async fn query_rows(
    store: &Store,
    range: Range<'_>,
) -> Result<(Vec<(Key, OutboxRow)>, Option<String>), StoreError> {
    let page = store.table.query_lenient(range, Read::Eventual).await?;
    Ok((page.items, page.next))
}
