//! Merchants' choices about states that follow from time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use yam_domain::ids::MerchantId;
use yam_domain::tracking::DerivedChoices;
use yam_store::keys::{of_merchant, sk};
use yam_store::{Read, Store, StoreError};

/// How long choices that were read hold.
const FRESH: SignedDuration = SignedDuration::from_mins(1);
/// Merchants kept in memory.
const KEPT: usize = 10_000;

/// What was read of them.
#[derive(Debug, Default)]
pub(crate) struct Choices(Mutex<HashMap<MerchantId, (Timestamp, DerivedChoices)>>);

impl Choices {
    /// A merchant's choices, at most a minute old.
    pub(crate) async fn of(
        &self,
        store: &Store,
        merchant: &MerchantId,
    ) -> Result<DerivedChoices, StoreError> {
        let now = store.clock.now();
        let known = self.known(merchant, now);
        if let Some(known) = known {
            return Ok(known);
        }
        let key = of_merchant(merchant, sk::TRACKING);
        let chosen: DerivedChoices = store.table.get(&key, Read::Eventual).await?.unwrap_or_default();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= KEPT {
            all.clear();
        }
        all.insert(merchant.clone(), (now, chosen.clone()));
        Ok(chosen)
    }

    fn known(&self, merchant: &MerchantId, now: Timestamp) -> Option<DerivedChoices> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (read_at, chosen) = all.get(merchant)?;
        (now.duration_since(*read_at) < FRESH).then(|| chosen.clone())
    }
}
