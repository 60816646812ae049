//! A shop is promised its waybill within a time: who waits longer is heard of (S3-04, S3-20).

use yam_domain::parcel::RegistrationState;
use yam_domain::release::promise;
use yam_store::event::{announce, record};
use yam_store::items::Parcel;
use yam_store::keys::merchant_of;
use yam_store::watch::{unwatch, watch_on, watch_row};
use yam_store::{Key, Read, Store, StoreError, Txn};

use crate::book::event_data;

/// Looks at a parcel whose watch came due: warns, then alarms, and forgets the row of one that has its waybill.
/// Repeated after a crash at any point.
pub(crate) async fn look(store: &Store, key: &Key) -> Result<(), StoreError> {
    let Some(merchant) = merchant_of(&key.pk) else { return Ok(()) };
    let parcel: Option<Parcel> = store.table.get(key, Read::Consistent).await?;
    let now = store.clock.now();
    let Some(mut parcel) = parcel else { return Ok(()) };
    let Some(watch) = parcel.watch.filter(|watch| watch.due_at <= now) else { return Ok(()) };
    let waits =
        matches!(parcel.registration, RegistrationState::Registering | RegistrationState::OutcomeUnknown);
    let Some(promise) = promise(parcel.carrier).filter(|_| waits) else {
        return match watch_row(&merchant, &parcel) {
            Some(row) => store.table.delete(&row).await,
            None => Ok(()),
        };
    };
    let waited = now.duration_since(watch.since);
    let late = waited >= promise.alarm_after;
    let mut txn = Txn::new();
    let mut announcements = Vec::new();
    if late {
        unwatch(&mut txn, store, &merchant, &mut parcel);
        parcel.note(now, "hub", format!("no waybill for {} minutes", waited.as_mins()));
        let (sequence, data) = (parcel.sequence, event_data(&parcel));
        announcements.push(record(&mut txn, store, &merchant, "parcel.delayed", sequence, data));
    } else {
        watch_on(&mut txn, store, &merchant, &mut parcel, watch.since, promise.alarm_after);
    }
    let rev = parcel.rev;
    parcel.rev = rev.saturating_add(1);
    txn.replace("parcel", &store.table, key, &parcel, rev);
    txn.commit(&store.table).await?;
    let metric = if late { "RegistrationLate" } else { "RegistrationSlow" };
    store.metrics.count(now, metric, &[("carrier", parcel.carrier.as_str())]);
    announce(store, &announcements, "watch").await
}
