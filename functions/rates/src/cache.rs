//! Operators' answers: in the container first, then in a table item.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout, timeout_at};
use yam_carriers::OperatorRate;
use yam_domain::ids::{AccountId, MerchantId};
use yam_store::keys::{of_merchant, sk};
use yam_store::{Key, Read, Store};

/// An operator's answer as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) rates: Vec<OperatorRate>,
    /// Epoch seconds; also the item's time to live.
    pub(crate) expires_at: i64,
}

/// The container's part.
#[derive(Debug, Default)]
pub(crate) struct Cache(Mutex<HashMap<String, Kept>>);

const ENTRIES: usize = 20_000;
/// The table may save a call, but never costs the checkout its price by being slow.
const SLOW: Duration = Duration::from_millis(250);

impl Cache {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Kept>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// A fresh answer from the container.
    pub(crate) fn local(&self, key: &Key, now: Timestamp) -> Option<Vec<OperatorRate>> {
        let cache = self.lock();
        let kept = cache.get(&name(key))?;
        (kept.expires_at > now.as_second()).then(|| kept.rates.clone())
    }

    /// A fresh answer from the table; half a read unit.
    pub(crate) async fn shared(&self, store: &Store, key: &Key, until: Instant) -> Option<Vec<OperatorRate>> {
        let patience = until.min(Instant::now() + SLOW);
        let found = timeout_at(patience, store.table.get::<Kept>(key, Read::Eventual)).await.ok()?;
        let kept =
            found.inspect_err(|error| tracing::warn!(%error, "the price cache does not answer")).ok()??;
        if kept.expires_at <= store.clock.now().as_second() {
            return None;
        }
        self.remember(key, kept.clone());
        Some(kept.rates)
    }

    /// Keeps an answer in both places; one write unit.
    pub(crate) async fn keep(&self, store: &Store, key: &Key, rates: Vec<OperatorRate>, fresh: Duration) {
        let seconds = i64::try_from(fresh.as_secs()).unwrap_or(0);
        if seconds == 0 {
            return;
        }
        let kept = Kept { rates, expires_at: store.clock.now().as_second().saturating_add(seconds) };
        self.remember(key, kept.clone());
        match timeout(SLOW, store.table.put(key, &kept)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "a price could not be cached"),
            Err(_late) => tracing::warn!("a price was not cached: the table is slow"),
        }
    }

    fn remember(&self, key: &Key, kept: Kept) {
        let mut cache = self.lock();
        if cache.len() >= ENTRIES {
            cache.clear();
        }
        cache.insert(name(key), kept);
    }
}

fn name(key: &Key) -> String {
    format!("{}/{}", key.pk, key.sk)
}

/// Where an answer is kept: by account and the canonical form of the question.
pub(crate) fn key(merchant: &MerchantId, account: &AccountId, canonical: &str) -> Key {
    of_merchant(merchant, sk::quote(account.as_str(), canonical))
}
