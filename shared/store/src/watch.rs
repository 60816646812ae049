//! Looking after registrations whose waybill a shop is promised within a time (S3-04): a due row on the parcel,
//! put with the registration and moved on once, from the warning to the alarm.

use jiff::{SignedDuration, Timestamp};
use yam_domain::ids::MerchantId;
use yam_platform::queue::Queue;

use crate::items::{Parcel, Watch};
use crate::keys::{self, Key, of_merchant, sk};
use crate::store::Store;
use crate::txn::Txn;

/// Begins to look after a parcel, first after `first`; the caller writes the parcel in the same transaction. A
/// watch that was there ends.
pub fn watch(
    txn: &mut Txn,
    store: &Store,
    merchant: &MerchantId,
    parcel: &mut Parcel,
    first: SignedDuration,
) {
    let now = store.clock.now();
    look_at(txn, store, merchant, parcel, Watch { since: now, due_at: after(now, first) });
}

/// Looks again when the parcel will have waited for `waited`.
pub fn watch_on(
    txn: &mut Txn,
    store: &Store,
    merchant: &MerchantId,
    parcel: &mut Parcel,
    since: Timestamp,
    waited: SignedDuration,
) {
    look_at(txn, store, merchant, parcel, Watch { since, due_at: after(since, waited) });
}

/// Ends the watch.
pub fn unwatch(txn: &mut Txn, store: &Store, merchant: &MerchantId, parcel: &mut Parcel) {
    if let Some(old) = parcel.watch.take() {
        txn.delete("watch", &store.table, &row(merchant, parcel, old.due_at));
    }
}

/// The due row of a watch.
#[must_use]
pub fn watch_row(merchant: &MerchantId, parcel: &Parcel) -> Option<Key> {
    parcel.watch.map(|watch| row(merchant, parcel, watch.due_at))
}

fn look_at(txn: &mut Txn, store: &Store, merchant: &MerchantId, parcel: &mut Parcel, watch: Watch) {
    if parcel.watch.is_some_and(|old| old.due_at != watch.due_at) {
        unwatch(txn, store, merchant, parcel);
    }
    parcel.watch = Some(watch);
    let row = row(merchant, parcel, watch.due_at);
    txn.upsert("watch", &store.table, &row, &serde_json::Map::new());
}

fn row(merchant: &MerchantId, parcel: &Parcel, at: Timestamp) -> Key {
    keys::due_row(Queue::Dispatch, at, &of_merchant(merchant, sk::parcel(parcel.id.as_str())))
}

fn after(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}
