//! What an answer changes: history, epochs, status, poll item and events of one parcel land in one
//! transaction under the parcel's revision, or not at all.

use std::time::Duration;

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use yam_domain::ids::{CarrierId, MerchantId};
use yam_domain::parcel::ParcelStatus;
use yam_domain::tracking::{
    CodMoney, Derived, DerivedChoices, DerivedSettings, Opened, Polling, Standing, Timeline, derive,
};
use yam_domain::waybill::WaybillNumber;
use yam_store::event::{Announcement, announce, record};
use yam_store::items::{CodState, Parcel, PollEnd, PollItem, PollPlace, Track, Tracked};
use yam_store::keys::{self, of_merchant, sk};
use yam_store::tracking::{leave, look_later};
use yam_store::{Read, StoreError, Txn};

use crate::office::{offset_of, zone_of};
use crate::outcome::Told;
use crate::{Tracking, money, told};

/// Attempts of one transaction against others.
const ATTEMPTS: u32 = 6;
/// How long money is waited for after a parcel's journey ended.
const MONEY: SignedDuration = SignedDuration::from_hours(45 * 24);

/// What an answer is applied with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner {
    /// Whether scans carry the operator's own time.
    pub(crate) dated: bool,
    /// Whether a change is followed by another look before the next round: where calls are free, parcels
    /// that move often move on soon.
    pub(crate) soon: bool,
}

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Applied {
    /// Stored.
    Stored {
        /// The journey is over and its money still under way.
        money_is_due: bool,
    },
    /// It was about a number the parcel no longer has, or that is not polled any more.
    Dropped,
}

impl Tracking {
    /// Applies what was told of a parcel. Whoever was faster wins.
    pub(crate) async fn apply(
        &self,
        merchant: &MerchantId,
        carrier: CarrierId,
        code: &WaybillNumber,
        told: &Told,
        manner: Manner,
    ) -> Result<Applied, StoreError> {
        let choices = self.choices.of(&self.store, merchant).await?;
        for attempt in 0..ATTEMPTS {
            let track_key = of_merchant(merchant, sk::track(carrier.as_str(), code.as_str()));
            let track: Option<Track> = self.store.table.get(&track_key, Read::Consistent).await?;
            let Some(track) = track else { return Ok(Applied::Dropped) };
            let parcel_key = of_merchant(merchant, sk::parcel(track.parcel.as_str()));
            let parcel: Option<Parcel> = self.store.table.get(&parcel_key, Read::Consistent).await?;
            let Some(parcel) = parcel else { return Ok(Applied::Dropped) };
            let place = parcel.tracked.as_ref().and_then(|tracked| tracked.place.clone());
            let Some(place) = place.filter(|_| parcel.tracking_code.as_ref() == Some(code)) else {
                return Ok(Applied::Dropped);
            };
            let before = Before { parcel, track, place };
            let change = self.change(&before, told, manner.dated, &choices).await?;
            let money_is_due = change.waits_for_money();
            let after = (change.track.history.clone(), change.track.destination.clone());
            let (txn, announcements) = self.writes(merchant, &before, change, manner);
            self.store.hooks.pass("K4", "apply")?;
            match txn.commit(&self.store.table).await {
                Ok(()) => {
                    self.dwells.gather(carrier, &before.track.history, &after.0, after.1.as_ref());
                    announce(&self.store, &announcements, "apply").await?;
                    return Ok(Applied::Stored { money_is_due });
                }
                Err(StoreError::Conflict | StoreError::Condition { .. }) => {
                    let spread = self.store.ids.number() % 20;
                    tokio::time::sleep(Duration::from_millis((10_u64 << attempt) + spread)).await;
                }
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Conflict)
    }

    async fn change(
        &self,
        before: &Before,
        told: &Told,
        dated: bool,
        choices: &DerivedChoices,
    ) -> Result<Change, StoreError> {
        let now = self.store.clock.now();
        let mut track = before.track.clone();
        learn(&mut track, told, dated, now);
        let timeline = Timeline::of(track.carrier, &track.history);
        let polling = Polling {
            since: track.since,
            // This very answer.
            last_good_at: Some(now),
            cadence: self.cadences.of(track.carrier),
            known: track.known,
        };
        let standing = timeline.standing();
        let office = standing.arrived_office.as_ref().or(standing.office.as_ref());
        let usual = DerivedSettings::for_carrier(track.carrier, zone_of(track.carrier, office));
        let settings = choices.over(track.carrier, usual);
        let destination = track.destination.as_ref();
        let dwell = self.dwells.estimate(&self.store, track.carrier, standing, destination).await?;
        let derived = derive(standing, now, &polling, &settings, Some(&dwell));
        let opened = track.epochs.update(&timeline, Some(&derived), now);

        let mut parcel = before.parcel.clone();
        parcel.whereabouts = derived.status;
        let tracked = parcel.tracked.take().unwrap_or_default();
        parcel.tracked = Some(shown(tracked, standing, &derived, offset_of(track.carrier, office)));
        let mut money = Vec::new();
        if let Some(cod) = parcel.cod {
            let (after, events) = money::step(cod, &track.money, parcel.whereabouts);
            parcel.cod = Some(after);
            money = events;
        }
        let over = self.is_over(&parcel, &derived, now);
        if over {
            track.ended = Some(PollEnd::Final);
        }
        // A journey that ended without its money is asked about every day, for some weeks.
        let waits = parcel.whereabouts.is_final() && !over;
        let tomorrow = now.saturating_add(SignedDuration::from_hours(24)).ok().filter(|_| waits);
        track.next_eval_at = derived.next_news_at.into_iter().chain(tomorrow).min();
        Ok(Change { parcel, track, opened, money, over, now })
    }

    /// Is there nothing more to be asked: the journey ended, and so did the money's?
    fn is_over(&self, parcel: &Parcel, derived: &Derived, now: Timestamp) -> bool {
        let money_is_due =
            parcel.cod.is_some_and(|cod| !matches!(cod.state, CodState::PaidOut | CodState::Returned));
        let waited = derived.since.is_some_and(|since| now.duration_since(since) >= MONEY);
        parcel.whereabouts.is_final() && (!money_is_due || waited)
    }

    fn writes(
        &self,
        merchant: &MerchantId,
        before: &Before,
        change: Change,
        manner: Manner,
    ) -> (Txn, Vec<Announcement>) {
        let Change { mut parcel, mut track, opened, money, over, now } = change;
        let mut txn = Txn::new();
        let mut announcements = Vec::new();
        let table = &self.store.table;
        let status_changed = parcel.whereabouts != before.parcel.whereabouts;
        if parcel.whereabouts == ParcelStatus::Unknown && status_changed {
            let carrier = parcel.carrier.as_str();
            self.store.metrics.count(now, "TrackingCodeUnknown", &[("carrier", carrier)]);
        }
        let mut tell = |txn: &mut Txn, parcel: &mut Parcel, kind: &str, change: Option<&Opened>| {
            parcel.sequence = parcel.sequence.saturating_add(1);
            let data = told::data(parcel, &track, change, now);
            announcements.push(record(txn, &self.store, merchant, kind, parcel.sequence, data));
        };
        // Every parcel begins as registered, and whoever had it registered was told (`parcel.registered`): that the
        // post says so too is a change only where it ends another status.
        let ended_another = status_changed && parcel.whereabouts == ParcelStatus::Registered;
        let is_change = |change: &&Opened| ended_another || change.status != ParcelStatus::Registered;
        let changes: Vec<&Opened> = opened.iter().filter(is_change).collect();
        for &change in &changes {
            tell(&mut txn, &mut parcel, "parcel.status_changed", Some(change));
        }
        // A scan was withdrawn, say: back to an earlier status, which is no news but must be known.
        if changes.is_empty() && status_changed {
            tell(&mut txn, &mut parcel, "parcel.status_changed", None);
        }
        for kind in money {
            tell(&mut txn, &mut parcel, kind, None);
        }
        let code = track.code.clone();
        if manner.soon && !over && !opened.is_empty() {
            let third = self.cadences.of(parcel.carrier).as_secs() / 3;
            let soon = now.saturating_add(SignedDuration::from_secs(third)).unwrap_or(Timestamp::MAX);
            look_later(&mut txn, &self.store, merchant, &mut parcel, soon);
        }
        if over {
            // Derived from the parcel as it was: the place is taken out of the new one.
            leave(&mut txn, &self.store, merchant, &mut parcel);
        } else {
            let print =
                if manner.dated { track.history.fingerprint() } else { track.history.present_fingerprint() };
            let item = PollItem {
                h: (!track.history.is_empty()).then_some(print),
                n: track.next_eval_at.map(Timestamp::as_second),
            };
            let key = keys::poll_item(parcel.carrier, &before.place, merchant, &code);
            txn.put("poll item", table, &key, &item, Some(("attribute_exists(pk)", &[])));
        }
        let parcel_key = of_merchant(merchant, sk::parcel(parcel.id.as_str()));
        let track_key = of_merchant(merchant, sk::track(parcel.carrier.as_str(), code.as_str()));
        // Also an unchanged parcel is written: its revision is what two workers meet at.
        parcel.rev = before.parcel.rev.saturating_add(1);
        txn.replace("parcel", table, &parcel_key, &parcel, before.parcel.rev);
        track.rev = before.track.rev.saturating_add(1);
        txn.replace("track", table, &track_key, &track, before.track.rev);
        (txn, announcements)
    }
}

/// What stood in the table.
struct Before {
    parcel: Parcel,
    track: Track,
    place: PollPlace,
}

/// What is to stand there.
struct Change {
    parcel: Parcel,
    track: Track,
    opened: Vec<Opened>,
    money: Vec<&'static str>,
    over: bool,
    now: Timestamp,
}

impl Change {
    fn waits_for_money(&self) -> bool {
        self.parcel.whereabouts.is_final() && !self.over
    }
}

/// Takes into the track what was told.
fn learn(track: &mut Track, told: &Told, dated: bool, now: Timestamp) {
    let snapshot = match told {
        Told::Snapshot(snapshot) => snapshot,
        Told::Money(money) => return learn_money(track, money),
        Told::NotKnown => {
            track.looked_at = Some(now);
            return;
        }
    };
    if dated {
        track.history.apply(snapshot, now);
    } else {
        track.history.apply_present(snapshot, now);
    }
    track.known |= snapshot.known;
    track.looked_at = Some(now);
    if snapshot.destination.is_some() {
        track.destination.clone_from(&snapshot.destination);
    }
    learn_money(track, &snapshot.money);
}

fn learn_money(track: &mut Track, money: &[CodMoney]) {
    for word in money {
        if !track.money.contains(word) {
            track.money.push(*word);
        }
    }
}

/// What the parcel shows of where it stands.
fn shown(tracked: Tracked, standing: &Standing, derived: &Derived, offset: Offset) -> Tracked {
    let waits = derived.waiting_days.and(standing.arrived_at);
    let office = standing.office.as_ref();
    Tracked {
        since: derived.since,
        reason: standing.reason,
        office: office.and_then(|o| o.name.clone().or_else(|| o.index.clone())),
        waits_since: waits.map(|at| offset.to_datetime(at).date()),
        offset_min: offset.seconds() / 60,
        storage_deadline: derived.storage_deadline,
        probability: derived.probability,
        ..tracked
    }
}
