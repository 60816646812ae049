//! What the hub's own parcels teach about ways, and what is made of it (D3).
//!
//! Lessons are gathered in memory while parcels are brought up to date and written once per invocation: they
//! are statistics, so a crash may lose some. What was read is kept for an hour.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use yam_domain::ids::CarrierId;
use yam_domain::tracking::dwell::{
    DwellEstimate, DwellLesson, DwellLevel, DwellStats, dwell_keys, legs, lessons,
};
use yam_domain::tracking::{History, Office, Standing};
use yam_store::tracking::{experience, teach};
use yam_store::{Store, StoreError};

/// How long experience that was read is used.
const FRESH: SignedDuration = SignedDuration::from_hours(1);
/// Ways kept in memory; more are read again.
const KEPT: usize = 4_000;

/// Experience of a container.
#[derive(Debug, Default)]
pub(crate) struct Dwells {
    read: Mutex<HashMap<String, (Timestamp, DwellStats)>>,
    gathered: Mutex<BTreeMap<String, Vec<DwellLesson>>>,
}

impl Dwells {
    /// How long a parcel of this standing may be expected to be silent; the prior table's word where it is not
    /// silent at all.
    pub(crate) async fn estimate(
        &self,
        store: &Store,
        carrier: CarrierId,
        standing: &Standing,
        destination: Option<&Office>,
    ) -> Result<DwellEstimate, StoreError> {
        if standing.left_sorting_at.is_none() {
            return Ok(DwellEstimate::prior(carrier));
        }
        let now = store.clock.now();
        let mut levels: Vec<(DwellLevel, DwellStats)> = Vec::new();
        for (level, key) in dwell_keys(carrier, standing.left_sorting_office.as_ref(), destination) {
            levels.push((level, self.stats(store, key, now).await?));
        }
        Ok(DwellEstimate::learned(carrier, levels.iter().map(|(level, stats)| (*level, stats)), now))
    }

    async fn stats(&self, store: &Store, key: String, now: Timestamp) -> Result<DwellStats, StoreError> {
        let fresh = |read_at: &Timestamp| now.duration_since(*read_at) < FRESH;
        let known = lock(&self.read).get(&key).filter(|(at, _)| fresh(at)).map(|(_, stats)| stats.clone());
        if let Some(stats) = known {
            return Ok(stats);
        }
        let stats = match experience(store, &key).await {
            Ok(found) => found.unwrap_or_default(),
            // Counters of another version: as if nothing had been learned.
            Err(StoreError::Corrupt(why)) => {
                tracing::warn!(way = %key, %why, "the experience of a way cannot be read");
                DwellStats::default()
            }
            Err(error) => return Err(error),
        };
        let mut read = lock(&self.read);
        if read.len() >= KEPT {
            read.clear();
        }
        read.insert(key, (now, stats.clone()));
        Ok(stats)
    }

    /// Takes down what a change of a history teaches. Call once per stored change.
    pub(crate) fn gather(
        &self,
        carrier: CarrierId,
        before: &History,
        after: &History,
        destination: Option<&Office>,
    ) {
        let new = lessons(&legs(before), &legs(after));
        if new.is_empty() {
            return;
        }
        let mut gathered = lock(&self.gathered);
        for lesson in new {
            let (DwellLesson::Departed { origin, .. } | DwellLesson::Settled { origin, .. }) = &lesson;
            for (_, key) in dwell_keys(carrier, origin.as_ref(), destination) {
                gathered.entry(key).or_default().push(lesson.clone());
            }
        }
    }

    /// Writes what was gathered.
    pub(crate) async fn write(&self, store: &Store) {
        let gathered = std::mem::take(&mut *lock(&self.gathered));
        let writes = gathered.iter().map(|(key, lessons)| teach(store, key, lessons));
        let written = futures_util::future::join_all(writes).await;
        let lost = written.iter().filter(|result| result.is_err()).count();
        if lost > 0 {
            tracing::warn!(lost, "what parcels taught about their ways was not stored");
        }
    }
}

/// A panic of another task leaves the counters as they are: whole or a little old.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
