//! Emptying sparse buckets: a bucket costs a claim and a page however few parcels are left in it.

use yam_domain::ids::CarrierId;
use yam_domain::waybill::WaybillNumber;
use yam_store::items::{Parcel, PollItem, PollPlace, Track};
use yam_store::keys::{self, of_merchant, sk};
use yam_store::tracking::{look_later, newest_bucket, take_place};
use yam_store::{Read, StoreError, Txn};

use crate::Tracking;
use crate::bucket::Member;
use crate::message::Poll;

/// Looks whether to move only every so many slots: the question costs half a read unit.
const EVERY: i64 = 16;
/// A bucket is sparse when not one place in so many is taken.
const SPARSE: usize = 10;
/// Parcels moved in one go.
const AT_ONCE: usize = 25;

impl Tracking {
    /// Moves parcels of a sparse bucket into the owner's newest one, some at a time. The caller has claimed
    /// the slot.
    pub(crate) async fn thin_out(
        &self,
        poll: &Poll,
        cap: u32,
        cadence_s: i64,
        members: &[Member],
    ) -> Result<(), StoreError> {
        let room = usize::try_from(cap).unwrap_or(usize::MAX);
        let sparse = members.len().saturating_mul(SPARSE) < room;
        if poll.after.is_some() || poll.slot.rem_euclid(EVERY) != 0 || !sparse {
            return Ok(());
        }
        let PollPlace { owner, bucket } = &poll.place;
        if newest_bucket(&self.store, poll.carrier, owner, cap).await? <= *bucket {
            return Ok(());
        }
        for member in members.iter().take(AT_ONCE) {
            let place = take_place(&self.store, poll.carrier, owner.clone(), cap, cadence_s).await?;
            match self.move_over(poll.carrier, &poll.place, place, member).await {
                // It was changed meanwhile: the next time.
                Ok(()) | Err(StoreError::Conflict | StoreError::Condition { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        tracing::info!(bucket, left = members.len().saturating_sub(AT_ONCE), "a sparse bucket is emptied");
        Ok(())
    }

    /// Delete, put and parcel in one transaction: a parcel is always in exactly one bucket (T2). The due row
    /// wakes the bucket it came into.
    async fn move_over(
        &self,
        carrier: CarrierId,
        from: &PollPlace,
        to: PollPlace,
        Member { merchant, code, .. }: &Member,
    ) -> Result<(), StoreError> {
        let table = &self.store.table;
        let old = keys::poll_item(carrier, from, merchant, code);
        let track = of_merchant(merchant, sk::track(carrier.as_str(), code.as_str()));
        let Some(track) = table.get::<Track>(&track, Read::Consistent).await? else { return Ok(()) };
        let key = of_merchant(merchant, sk::parcel(track.parcel.as_str()));
        let parcel: Option<Parcel> = table.get(&key, Read::Consistent).await?;
        let now: Option<PollItem> = table.get(&old, Read::Consistent).await?;
        let (Some(mut parcel), Some(now)) = (parcel, now) else { return Ok(()) };
        if !stands_at(&parcel, from, code) {
            return Ok(());
        }
        let rev = parcel.rev;
        parcel.rev = rev.saturating_add(1);
        let new = keys::poll_item(carrier, &to, merchant, code);
        if let Some(tracked) = parcel.tracked.as_mut() {
            tracked.place = Some(to);
        }
        let mut txn = Txn::new();
        txn.delete("poll item", table, &old);
        txn.upsert("moved poll item", table, &new, &now);
        look_later(&mut txn, &self.store, merchant, &mut parcel, self.store.clock.now());
        txn.replace("parcel", table, &key, &parcel, rev);
        txn.commit(table).await
    }
}

fn stands_at(parcel: &Parcel, place: &PollPlace, code: &WaybillNumber) -> bool {
    let here = parcel.tracked.as_ref().and_then(|tracked| tracked.place.as_ref()) == Some(place);
    here && parcel.tracking_code.as_ref() == Some(code)
}
