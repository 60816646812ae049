//! The registry of buckets and their slots.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use yam_domain::ids::CarrierId;

use crate::error::{StoreError, other};
use crate::items::{Bucket, PollPlace};
use crate::keys;
use crate::store::Store;
use crate::table::{Page, Range, Read, key_item};

/// Partitions over which one operator's buckets spread.
pub const BUCKET_SHARDS: u32 = 4;

/// A bucket and the slot it is to be polled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The bucket.
    pub bucket: Bucket,
    /// Number of the slot: so many cadences since 1970.
    pub slot: i64,
}

/// The slot of a bucket at a time: it begins `phase_s` into each cadence.
#[must_use]
pub fn slot_at(now: Timestamp, cadence_s: i64, phase_s: i64) -> i64 {
    now.as_second().saturating_sub(phase_s).div_euclid(cadence_s.max(1))
}

/// A page of one shard of the registry. Half a read unit for some 20 buckets.
///
/// # Errors
/// The table does not answer.
pub async fn bucket_page(
    store: &Store,
    carrier: CarrierId,
    shard: u32,
    after: Option<String>,
) -> Result<Page<Bucket>, StoreError> {
    let pk = keys::bucket_partition(carrier, shard);
    let range = Range { pk, prefix: "", after, backwards: false, limit: 200 };
    store.table.query_lenient(range, Read::Eventual).await
}

/// The buckets of one shard that have a slot which nobody has claimed.
///
/// # Errors
/// The table does not answer.
pub async fn buckets_of(store: &Store, carrier: CarrierId, shard: u32) -> Result<Vec<Slot>, StoreError> {
    let now = store.clock.now();
    let mut due = Vec::new();
    let mut after = None;
    loop {
        let page = bucket_page(store, carrier, shard, after).await?;
        for (_, bucket) in page.items {
            let slot = slot_at(now, bucket.cadence_s, bucket.phase_s);
            if slot > bucket.last_slot && !bucket.asleep {
                due.push(Slot { bucket, slot });
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(due);
        }
    }
}

/// Claims a slot for a message: of overlapping ticks one gets it, and after a crash the same message
/// again. 1 write unit, also when lost. Answers with the bucket as it is now.
///
/// # Errors
/// The table does not answer.
pub async fn claim_slot(
    store: &Store,
    carrier: CarrierId,
    place: &PollPlace,
    slot: i64,
    message: &str,
) -> Result<Option<Bucket>, StoreError> {
    let key = keys::bucket(carrier, place);
    let number = AttributeValue::N(slot.to_string());
    let claimed = store
        .table
        .client
        .update_item()
        .table_name(&store.table.name)
        .set_key(Some(key_item(&key)))
        .update_expression("SET last_slot = :slot, claimed_by = :message")
        .condition_expression("last_slot < :slot OR (last_slot = :slot AND claimed_by = :message)")
        .expression_attribute_values(":slot", number)
        .expression_attribute_values(":message", AttributeValue::S(message.to_owned()))
        .send()
        .await;
    match claimed {
        Ok(_) => store.table.get(&key, Read::Consistent).await,
        Err(error) if error.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => {
            Ok(None)
        }
        Err(error) => Err(other(error)),
    }
}

/// Has a bucket polled at another pace from now on; nothing is written when it is its pace already.
///
/// # Errors
/// The table does not answer.
pub async fn set_pace(store: &Store, bucket: &Bucket, cadence_s: i64) -> Result<(), StoreError> {
    if bucket.cadence_s == cadence_s || cadence_s < 1 {
        return Ok(());
    }
    let phase_s = bucket.phase_s.rem_euclid(cadence_s);
    let number = |n: i64| AttributeValue::N(n.to_string());
    let update = store
        .table
        .client
        .update_item()
        .table_name(&store.table.name)
        .set_key(Some(key_item(&keys::bucket(bucket.carrier, &bucket.place))))
        .update_expression("SET cadence_s = :cadence, phase_s = :phase, last_slot = :slot")
        .expression_attribute_values(":cadence", number(cadence_s))
        .expression_attribute_values(":phase", number(phase_s))
        .expression_attribute_values(":slot", number(slot_at(store.clock.now(), cadence_s, phase_s)));
    update.send().await.map_err(other)?;
    Ok(())
}

/// Wakes a bucket that somebody came into. 1 write unit.
///
/// # Errors
/// The table does not answer.
pub async fn wake(store: &Store, carrier: CarrierId, place: &PollPlace) -> Result<(), StoreError> {
    let woken = store
        .table
        .client
        .update_item()
        .table_name(&store.table.name)
        .set_key(Some(key_item(&keys::bucket(carrier, place))))
        .update_expression("REMOVE asleep ADD wakes :one")
        .expression_attribute_values(":one", AttributeValue::N("1".into()))
        .send()
        .await;
    woken.map_err(other)?;
    Ok(())
}

/// Puts a bucket to sleep in which a consistent read saw nobody, unless somebody came since `seen`.
///
/// # Errors
/// The table does not answer.
pub async fn sleep(store: &Store, seen: &Bucket) -> Result<(), StoreError> {
    let slept = store
        .table
        .client
        .update_item()
        .table_name(&store.table.name)
        .set_key(Some(key_item(&keys::bucket(seen.carrier, &seen.place))))
        .update_expression("SET asleep = :yes")
        .condition_expression("wakes = :wakes")
        .expression_attribute_values(":yes", AttributeValue::Bool(true))
        .expression_attribute_values(":wakes", AttributeValue::N(seen.wakes.to_string()))
        .send()
        .await;
    match slept {
        Ok(_) => Ok(()),
        Err(error) if error.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => {
            Ok(())
        }
        Err(error) => Err(other(error)),
    }
}

/// Notes how a round ended: where it stopped, and what the operator complained of. Nothing is written
/// when nothing changed.
///
/// # Errors
/// The table does not answer.
pub async fn told_trouble(
    store: &Store,
    before: &Bucket,
    cursor: Option<String>,
    trouble: Option<String>,
) -> Result<(), StoreError> {
    let trouble = trouble.map(|words| words.chars().take(300).collect::<String>());
    if before.cursor == cursor && before.trouble == trouble {
        return Ok(());
    }
    let mut sets = Vec::new();
    let mut removes = Vec::new();
    let mut update = store
        .table
        .client
        .update_item()
        .table_name(&store.table.name)
        .set_key(Some(key_item(&keys::bucket(before.carrier, &before.place))));
    for (name, value) in [("cursor", cursor), ("trouble", trouble)] {
        match value {
            Some(text) => {
                sets.push(format!("#{name} = :{name}"));
                update = update.expression_attribute_values(format!(":{name}"), AttributeValue::S(text));
            }
            None => removes.push(format!("#{name}")),
        }
        update = update.expression_attribute_names(format!("#{name}"), name);
    }
    let mut expression = String::new();
    if !sets.is_empty() {
        expression.push_str(&format!("SET {} ", sets.join(", ")));
    }
    if !removes.is_empty() {
        expression.push_str(&format!("REMOVE {}", removes.join(", ")));
    }
    update.update_expression(expression.trim()).send().await.map_err(other)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_begins_at_its_phase() {
        let at = |s: i64| Timestamp::from_second(s).unwrap();
        for (now, phase, slot) in [(0, 0, 0), (3_599, 0, 0), (3_600, 0, 1), (3_600, 1, 0), (3_601, 1, 1)] {
            assert_eq!(slot_at(at(now), 3_600, phase), slot, "{now} {phase}");
        }
    }
}
