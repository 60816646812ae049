//! A parcel's way into its bucket: woken by its due row, this does what the parcel says now.

use jiff::{SignedDuration, Timestamp};
use yam_carriers::{Account, Way};
use yam_domain::ids::MerchantId;
use yam_domain::parcel::{ParcelStatus, RegistrationState};
use yam_domain::tracking::{Epochs, History};
use yam_domain::waybill::WaybillNumber;
use yam_platform::queue::Queue;
use yam_store::items::{
    AccountState, CarrierAccount, Parcel, PollEnd, PollItem, PollOwner, PollPlace, Track, Tracked, Usage,
};
use yam_store::keys::{self, merchant_of, merchant_partition, of_merchant, sk};
use yam_store::tracking::{look_later, take_place, wake};
use yam_store::{Key, Read, StoreError, Txn};

use crate::Tracking;
use crate::bucket::{Member, cap_of};

/// Looks again after this whether an account has come.
const WITHOUT_ACCOUNT: SignedDuration = SignedDuration::from_hours(6);

impl Tracking {
    /// Looks at a parcel whose due row came: puts it where it is polled, polls it once, and forgets the
    /// row. Repeated after a crash at any point.
    pub(crate) async fn look(&self, key: &Key) -> Result<(), StoreError> {
        let Some(merchant) = merchant_of(&key.pk) else { return Ok(()) };
        let parcel: Option<Parcel> = self.store.table.get(key, Read::Consistent).await?;
        let now = self.store.clock.now();
        let Some(parcel) = parcel else { return Ok(()) };
        let due = parcel.tracked.as_ref().and_then(|tracked| tracked.due_at);
        if due.is_none_or(|at| at > now) {
            return Ok(());
        }
        let place = match &parcel.tracked {
            Some(Tracked { place: Some(place), .. }) => Some(place.clone()),
            _ if wanted(&parcel) => match self.begin(&merchant, key, parcel.clone()).await? {
                Begun::In(place) => Some(place),
                Begun::Over => None,
                Begun::Later => return Ok(()),
            },
            _ => None,
        };
        if let (Some(place), Some(code)) = (&place, &parcel.tracking_code) {
            wake(&self.store, parcel.carrier, place).await?;
            self.store.hooks.pass("K4", "look")?;
            // As if nothing had been told: whatever comes is looked at closely.
            let member = Member { merchant, code: code.clone(), item: PollItem::default() };
            self.one(parcel.carrier, place, &member).await?;
        }
        self.forget_row(key).await
    }

    /// Puts a parcel into a bucket.
    async fn begin(&self, merchant: &MerchantId, key: &Key, mut parcel: Parcel) -> Result<Begun, StoreError> {
        let Some(code) = parcel.tracking_code.clone() else { return Ok(Begun::Over) };
        let at = of_merchant(merchant, sk::track(parcel.carrier.as_str(), code.as_str()));
        let known: Option<Track> = self.store.table.get(&at, Read::Consistent).await?;
        // A number that was taken from this parcel and given back has to be looked at again: the parcel begins anew.
        let over = parcel.whereabouts.is_final();
        if over && known.as_ref().is_some_and(|t| t.ended == Some(PollEnd::Final) && t.parcel == parcel.id) {
            return Ok(Begun::Over);
        }
        let now = self.store.clock.now();
        let rev = parcel.rev;
        parcel.rev = rev.saturating_add(1);
        let mut txn = Txn::new();
        let (owner, cap, pace) = match self.owner_of(merchant, &parcel).await? {
            Ok(found) => found,
            Err(words) => {
                let later = now.saturating_add(WITHOUT_ACCOUNT).unwrap_or(Timestamp::MAX);
                parcel.tracked.get_or_insert_with(Tracked::default).suspended = Some(words);
                look_later(&mut txn, &self.store, merchant, &mut parcel, later);
                txn.replace("parcel", &self.store.table, key, &parcel, rev);
                txn.commit(&self.store.table).await?;
                return Ok(Begun::Later);
            }
        };
        let cadence = self.cadences.or(pace, parcel.carrier).as_secs();
        let place = take_place(&self.store, parcel.carrier, owner, cap, cadence).await?;
        self.count_use(merchant, &parcel, &code).await?;
        let track = match known.clone() {
            Some(known) => Track { parcel: parcel.id.clone(), ended: None, ..known },
            None => Track {
                parcel: parcel.id.clone(),
                carrier: parcel.carrier,
                code: code.clone(),
                since: now,
                known: false,
                ended: None,
                history: History::default(),
                epochs: Epochs::default(),
                destination: None,
                money: Vec::new(),
                looked_at: None,
                next_eval_at: None,
                rev: 0,
            },
        };
        let track = Track { rev: track.rev.saturating_add(1), ..track };
        match &known {
            Some(known) => txn.replace("track", &self.store.table, &at, &track, known.rev),
            None => txn.insert("track", &self.store.table, &at, &track),
        }
        // No fingerprint: the first answer counts as news.
        let poll_key = keys::poll_item(parcel.carrier, &place, merchant, &code);
        txn.upsert("poll item", &self.store.table, &poll_key, &PollItem::default());
        let tracked = parcel.tracked.get_or_insert_with(Tracked::default);
        tracked.place = Some(place.clone());
        tracked.suspended = None;
        if parcel.whereabouts == ParcelStatus::AwaitingCode {
            parcel.whereabouts = ParcelStatus::Registered;
        }
        txn.replace("parcel", &self.store.table, key, &parcel, rev);
        self.store.hooks.pass("K0", "look")?;
        txn.commit(&self.store.table).await?;
        self.store.hooks.pass("K1", "look")?;
        Ok(Begun::In(place))
    }

    /// Whose credential polls a parcel, how many parcels its buckets hold, and the pace the shop chose for
    /// them, if it did; or why nobody can.
    async fn owner_of(
        &self,
        merchant: &MerchantId,
        parcel: &Parcel,
    ) -> Result<Result<(PollOwner, u32, Option<u16>), String>, StoreError> {
        let Some(tracker) = self.trackers.get(parcel.carrier) else {
            return Ok(Err("this hub does not track parcels of that operator".to_owned()));
        };
        let pk = merchant_partition(merchant);
        let stored: Vec<(Key, CarrierAccount)> =
            self.store.table.query_all(&pk, sk::ACCOUNTS, Read::Consistent).await?;
        let mut stored: Vec<CarrierAccount> = stored
            .into_iter()
            .map(|(_, account)| account)
            .filter(|a| a.carrier == parcel.carrier && a.account_state != AccountState::CredentialsWrong)
            .collect();
        // The account that registered it knows most of it.
        stored.sort_by_key(|account| account.id != parcel.account);
        let cipher = self.store.vault.cipher(merchant).await?;
        let mut closed = None;
        for account in stored {
            let Ok(account): Result<Account, _> = yam_accounts::opened(&cipher, merchant, account) else {
                continue;
            };
            match tracker.access(Some(&account.settings)).way {
                Way::Closed(why) => closed = Some(why),
                way => {
                    let pace = account.settings.track_every_minutes;
                    return Ok(Ok((PollOwner::Account(merchant.clone(), account.id), cap_of(way), pace)));
                }
            }
        }
        Ok(match tracker.access(None).way {
            Way::Closed(why) => Err(closed.unwrap_or(why).to_owned()),
            way => Ok((PollOwner::Hub, cap_of(way), None)),
        })
    }

    /// Counts a distinct number once a month, for the bill (S1-18).
    async fn count_use(
        &self,
        merchant: &MerchantId,
        parcel: &Parcel,
        code: &WaybillNumber,
    ) -> Result<(), StoreError> {
        let now = self.store.clock.now();
        let month = now.strftime("%Y-%m").to_string();
        let key = of_merchant(merchant, sk::usage(&month, parcel.carrier.as_str(), code.as_str()));
        self.store.table.put_new(&key, &Usage { first: now, parcel: parcel.id.clone() }).await?;
        Ok(())
    }

    async fn forget_row(&self, key: &Key) -> Result<(), StoreError> {
        let parcel: Option<Parcel> = self.store.table.get(key, Read::Consistent).await?;
        let now = self.store.clock.now();
        let Some(mut parcel) = parcel else { return Ok(()) };
        let due = parcel.tracked.as_mut().and_then(|t| t.due_at.take_if(|at| *at <= now));
        let Some(due) = due else { return Ok(()) };
        let rev = parcel.rev;
        parcel.rev = rev.saturating_add(1);
        let mut txn = Txn::new();
        txn.replace("parcel", &self.store.table, key, &parcel, rev);
        txn.delete("look", &self.store.table, &keys::due_row(Queue::Tracking, due, key));
        txn.commit(&self.store.table).await
    }
}

/// What came of beginning.
enum Begun {
    /// It is polled there.
    In(PollPlace),
    /// There is nothing to poll.
    Over,
    /// Nobody can poll it now; it is looked at again.
    Later,
}

fn wanted(parcel: &Parcel) -> bool {
    let stopped = parcel.tracked.as_ref().is_some_and(|t| t.stopped);
    parcel.tracking_code.is_some() && !stopped && parcel.registration != RegistrationState::Cancelled
}
