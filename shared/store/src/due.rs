//! Due work: rows sorted by time, released to their queue when they come due.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use yam_platform::queue::Queue;

use crate::error::{StoreError, other};
use crate::keys::{self, Key};
use crate::message::Message;
use crate::store::Store;
use crate::table::{key_item, key_of};

/// While its key is with the queue a row is held this long; afterwards it is released again.
const HELD: SignedDuration = SignedDuration::from_secs(180);

/// What a release did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Released {
    /// Rows released.
    pub rows: usize,
    /// Age of the oldest released row in seconds: how late the hub is.
    pub oldest_s: i64,
    /// Whether more is due than one call releases.
    pub more: bool,
}

/// Releases what has come due in one shard: reads from the partition's start up to now, sends keys to
/// the queue, and holds the rows. Only the final outcome of an intent deletes its row. Running twice at
/// once is harmless: a key that is sent twice meets a claim.
///
/// # Errors
/// Table or queue do not answer; what was not released is released by the next tick.
pub async fn release(store: &Store, queue: Queue, shard: u32, limit: usize) -> Result<Released, StoreError> {
    let now = store.clock.now();
    let mut released = Released::default();
    let mut after: Option<String> = None;
    loop {
        let (rows, next) = due_rows(store, queue, shard, now, after.take()).await?;
        if !rows.is_empty() {
            send_and_hold(store, queue, now, &rows).await?;
            released.rows += rows.len();
            for row in &rows {
                let at = keys::time_of(&row.sk).unwrap_or(now);
                released.oldest_s = released.oldest_s.max(now.duration_since(at).as_secs());
            }
        }
        match next {
            None => return Ok(released),
            Some(_) if released.rows >= limit => return Ok(Released { more: true, ..released }),
            Some(next) => after = Some(next),
        }
    }
}

async fn due_rows(
    store: &Store,
    queue: Queue,
    shard: u32,
    now: Timestamp,
    after: Option<String>,
) -> Result<(Vec<Key>, Option<String>), StoreError> {
    let pk = keys::due_partition(queue, shard);
    let upto = format!("{}~", keys::time_prefix(now));
    let mut query = store
        .table
        .client
        .query()
        .table_name(&store.table.name)
        .key_condition_expression("pk = :pk AND sk <= :upto")
        .filter_expression("attribute_not_exists(held_until) OR held_until <= :now")
        .projection_expression("pk, sk")
        .expression_attribute_values(":pk", AttributeValue::S(pk.clone()))
        .expression_attribute_values(":upto", AttributeValue::S(upto))
        .expression_attribute_values(":now", AttributeValue::N(now.as_millisecond().to_string()))
        .limit(100);
    if let Some(sk) = after {
        query = query.set_exclusive_start_key(Some(key_item(&Key { pk, sk })));
    }
    let answer = query.send().await.map_err(other)?;
    let next = answer.last_evaluated_key.map(|item| key_of(&item)).transpose()?.map(|key| key.sk);
    let rows = answer.items.unwrap_or_default();
    Ok((rows.iter().map(key_of).collect::<Result<_, _>>()?, next))
}

async fn send_and_hold(store: &Store, queue: Queue, now: Timestamp, rows: &[Key]) -> Result<(), StoreError> {
    let (intents, broken): (Vec<_>, Vec<_>) =
        rows.iter().partition(|row| keys::intent_of_due_row(&row.sk).is_some());
    for row in broken {
        tracing::error!(row.sk = %row.sk, "a due row that points nowhere is held back");
    }
    let intents: Vec<Key> = intents.iter().filter_map(|row| keys::intent_of_due_row(&row.sk)).collect();
    let sent = store.queues.send(queue, &Message::bodies(&intents)).await;
    sent.map_err(|e| StoreError::Unavailable(e.to_string()))?;
    let held_until = now.saturating_add(HELD).unwrap_or(Timestamp::MAX).as_millisecond();
    for row in rows {
        let held = store
            .table
            .client
            .update_item()
            .table_name(&store.table.name)
            .set_key(Some(key_item(row)))
            .update_expression("SET held_until = :until")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":until", AttributeValue::N(held_until.to_string()))
            .send()
            .await;
        match held {
            Ok(_) => {}
            // Already worked on and gone: just what was wanted.
            Err(error)
                if error.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => {}
            Err(error) => return Err(other(error)),
        }
    }
    Ok(())
}

/// Deletes a row that was released and woke nobody; one that was set again since then stays. 1 write unit.
///
/// # Errors
/// The table does not answer; the row is released again.
pub async fn forget(store: &Store, row: &Key) -> Result<(), StoreError> {
    let gone = store
        .table
        .client
        .delete_item()
        .table_name(&store.table.name)
        .set_key(Some(key_item(row)))
        .condition_expression("attribute_exists(held_until)")
        .send()
        .await;
    match gone {
        Ok(_) => Ok(()),
        Err(error) if error.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => {
            Ok(())
        }
        Err(error) => Err(other(error)),
    }
}
