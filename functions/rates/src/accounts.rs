//! A merchant's accounts and shipping methods, kept for a minute in a warm container.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use yam_carriers::account::Account;
use yam_domain::enrolment::takes_orders;
use yam_domain::ids::MerchantId;
use yam_platform::secrets::Cipher;
use yam_store::items::{CarrierAccount, ShippingMethod};
use yam_store::keys::{merchant_partition, sk};
use yam_store::{Key, Read, Store, StoreError};

/// What a merchant can be quoted with.
#[derive(Debug)]
pub(crate) struct Merchants {
    /// Accounts that may be used, opened.
    pub(crate) accounts: Vec<Account>,
    /// Shipping methods; empty means every service of every account.
    pub(crate) methods: Vec<ShippingMethod>,
    /// The merchant's cipher.
    pub(crate) cipher: Cipher,
}

/// The cache.
#[derive(Debug)]
pub(crate) struct Accounts {
    kept: Duration,
    known: Mutex<HashMap<MerchantId, (Arc<Merchants>, Timestamp)>>,
}

const KNOWN: usize = 1_000;

impl Accounts {
    pub(crate) fn new(kept: Duration) -> Self {
        Accounts { kept, known: Mutex::default() }
    }

    /// The merchant's accounts; two queries when not known.
    pub(crate) async fn of(
        &self,
        store: &Store,
        merchant: &MerchantId,
    ) -> Result<Arc<Merchants>, StoreError> {
        let now = store.clock.real_now();
        if let Some((known, since)) = self.lock().get(merchant) {
            let age = Duration::try_from(now.duration_since(*since)).unwrap_or(Duration::ZERO);
            if age < self.kept {
                return Ok(known.clone());
            }
        }
        let loaded = Arc::new(load(store, merchant).await?);
        let mut known = self.lock();
        if known.len() >= KNOWN {
            known.clear();
        }
        known.insert(merchant.clone(), (loaded.clone(), now));
        Ok(loaded)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<MerchantId, (Arc<Merchants>, Timestamp)>> {
        self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

async fn load(store: &Store, merchant: &MerchantId) -> Result<Merchants, StoreError> {
    let pk = merchant_partition(merchant);
    let cipher = store.vault.cipher(merchant).await?;
    let stored: Vec<(Key, CarrierAccount)> = store.table.query_all(&pk, sk::ACCOUNTS, Read::Eventual).await?;
    let methods: Vec<(Key, ShippingMethod)> = store.table.query_all(&pk, sk::METHODS, Read::Eventual).await?;
    let usable =
        stored.into_iter().map(|(_, a)| a).filter(|a| takes_orders(a.is_reviewed(), a.account_state));
    let accounts = usable.filter_map(|account| open(&cipher, merchant, account)).collect();
    let methods = methods.into_iter().map(|(_, m)| m).filter(|m| m.enabled).collect();
    Ok(Merchants { accounts, methods, cipher })
}

/// An account that cannot be opened is left out and logged: the others still quote.
fn open(cipher: &Cipher, merchant: &MerchantId, stored: CarrierAccount) -> Option<Account> {
    let failed =
        |error: &yam_accounts::AccountError| tracing::error!(%error, "a carrier account is left out");
    yam_accounts::opened(cipher, merchant, stored).inspect_err(failed).ok()
}
