//! How parcels come into buckets and leave them.

use jiff::Timestamp;
use yam_domain::ids::{CarrierId, MerchantId};
use yam_platform::queue::Queue;

use crate::error::StoreError;
use crate::items::{Bucket, Parcel, PollItem, PollOwner, PollPlace, Tracked};
use crate::keys::{self, of_merchant, sk};
use crate::store::Store;
use crate::table::{Page, Range, Read};
use crate::txn::Txn;

/// Has the tracking function look at a parcel at `at`: it starts, goes on or ends its tracking as the
/// parcel then says. One due row per parcel.
pub fn look_later(txn: &mut Txn, store: &Store, merchant: &MerchantId, parcel: &mut Parcel, at: Timestamp) {
    let key = of_merchant(merchant, sk::parcel(parcel.id.as_str()));
    let tracked = parcel.tracked.get_or_insert_with(Tracked::default);
    if let Some(old) = tracked.due_at.replace(at).filter(|old| *old != at) {
        txn.delete("old look", &store.table, &keys::due_row(Queue::Tracking, old, &key));
    }
    let row = keys::due_row(Queue::Tracking, at, &key);
    txn.upsert("look", &store.table, &row, &serde_json::Map::new());
}

/// Ends the polling of a parcel: its poll item goes in the same transaction.
pub fn leave(txn: &mut Txn, store: &Store, merchant: &MerchantId, parcel: &mut Parcel) {
    let place = parcel.tracked.as_mut().and_then(|tracked| tracked.place.take());
    if let (Some(place), Some(code)) = (place, &parcel.tracking_code) {
        txn.delete("poll item", &store.table, &keys::poll_item(parcel.carrier, &place, merchant, code));
    }
}

/// The next free place in the owner's buckets: they fill up to `cap`, then the next opens. 2 write
/// units. A place that is not used after all stays empty.
///
/// # Errors
/// The table does not answer.
pub async fn take_place(
    store: &Store,
    carrier: CarrierId,
    owner: PollOwner,
    cap: u32,
    cadence_s: i64,
) -> Result<PollPlace, StoreError> {
    let number = store.table.next_number(&keys::bucket_counter(carrier, &owner)).await?;
    let place = PollPlace { owner, bucket: bucket_of(number, cap) };
    let key = keys::bucket(carrier, &place);
    let spread = u64::from(keys::hash_of(&format!("{}{}", key.pk, key.sk)));
    let registered = Bucket {
        carrier,
        place: place.clone(),
        cadence_s,
        phase_s: i64::try_from(spread).unwrap_or(0) % cadence_s.max(1),
        last_slot: 0,
        asleep: false,
        wakes: 0,
        cursor: None,
        trouble: None,
    };
    store.table.put_new(&key, &registered).await?;
    Ok(place)
}

/// The bucket of an owner that is filling, which new parcels come into. Half a read unit.
///
/// # Errors
/// The table does not answer.
pub async fn newest_bucket(
    store: &Store,
    carrier: CarrierId,
    owner: &PollOwner,
    cap: u32,
) -> Result<u32, StoreError> {
    #[derive(serde::Deserialize)]
    struct Counter {
        last_number: u64,
    }
    let found: Option<Counter> =
        store.table.get(&keys::bucket_counter(carrier, owner), Read::Eventual).await?;
    Ok(found.map_or(0, |counter| bucket_of(counter.last_number, cap)))
}

/// The bucket of an owner's so-manieth parcel, counted from one.
fn bucket_of(number: u64, cap: u32) -> u32 {
    u32::try_from(number.saturating_sub(1) / u64::from(cap.max(1))).unwrap_or(u32::MAX)
}

/// A page of a bucket. Half a read unit for some 50 parcels.
///
/// # Errors
/// The table does not answer.
pub async fn poll_page(
    store: &Store,
    carrier: CarrierId,
    place: &PollPlace,
    after: Option<String>,
    read: Read,
) -> Result<Page<PollItem>, StoreError> {
    let range =
        Range { pk: keys::poll_partition(carrier, place), prefix: "", after, backwards: false, limit: 1_000 };
    store.table.query_lenient(range, read).await
}
