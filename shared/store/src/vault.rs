//! Merchants' data keys: one per merchant, wrapped by the hub's key service and kept in the table.
//!
//! Credentials, webhook secrets, buyers' names and addresses are sealed with it, and so are rate ids
//! and cursors; a warm container asks the key service once per merchant.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};
use yam_domain::ids::MerchantId;
use yam_platform::IdGen;
use yam_platform::secrets::{Cipher, Context, SealError, Sealed, Sealer, Zeroizing};

use crate::error::StoreError;
use crate::keys::{Key, hub_key, of_merchant, sk};
use crate::table::{Read, Table};

/// Opens and makes merchants' data keys.
#[derive(Debug, Clone)]
pub struct Vault {
    table: Table,
    sealer: Sealer,
    ids: Arc<dyn IdGen>,
    opened: Arc<Mutex<HashMap<MerchantId, Cipher>>>,
}

/// The wrapped data key as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrappedKey {
    wrapped: Sealed,
}

const PURPOSE: &str = "data-key";
const OPENED_KEYS: usize = 1_000;

fn secret(error: SealError) -> StoreError {
    match error {
        SealError::Keys(reason) => StoreError::Unavailable(format!("key service: {reason}")),
        SealError::Broken => StoreError::Secret("a merchant's data key does not open".into()),
    }
}

impl Vault {
    /// Over the table and the hub's sealer.
    #[must_use]
    pub fn new(table: Table, sealer: Sealer, ids: Arc<dyn IdGen>) -> Self {
        Vault { table, sealer, ids, opened: Arc::default() }
    }

    /// Makes a data key for a new merchant; the caller stores it with the merchant.
    ///
    /// # Errors
    /// The key service did not answer.
    pub async fn new_key(&self, merchant: &MerchantId) -> Result<(Key, WrappedKey), StoreError> {
        let mut key = [0u8; 32];
        self.ids.fill(&mut key);
        let context = Context { owner: merchant.as_str(), purpose: PURPOSE };
        let wrapped = self.sealer.seal(context, &key).await.map_err(secret)?;
        Ok((of_merchant(merchant, sk::DATA_KEY), WrappedKey { wrapped }))
    }

    /// A merchant's cipher.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when table or key service do not answer, [`StoreError::Secret`] when
    /// the merchant has no key or it does not open.
    pub async fn cipher(&self, merchant: &MerchantId) -> Result<Cipher, StoreError> {
        if let Some(cipher) = self.cache().get(merchant) {
            return Ok(cipher.clone());
        }
        let stored: Option<WrappedKey> =
            self.table.get(&of_merchant(merchant, sk::DATA_KEY), Read::Consistent).await?;
        let stored = stored.ok_or_else(|| StoreError::Secret("the merchant has no data key".into()))?;
        let context = Context { owner: merchant.as_str(), purpose: PURPOSE };
        let key = self.sealer.open(context, &stored.wrapped).await.map_err(secret)?;
        let key: [u8; 32] =
            key.as_slice().try_into().map_err(|_| StoreError::Secret("data key of wrong length".into()))?;
        let cipher = Cipher::new(key);
        let mut cache = self.cache();
        if cache.len() >= OPENED_KEYS {
            cache.clear();
        }
        cache.insert(merchant.clone(), cipher.clone());
        Ok(cipher)
    }

    /// A key of the hub itself, made on first use: for hashes that several merchants' functions compare.
    ///
    /// # Errors
    /// As [`Vault::cipher`].
    pub async fn hub_key(&self, purpose: &'static str) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let at = hub_key(purpose);
        let context = Context { owner: "hub", purpose };
        let stored: Option<WrappedKey> = self.table.get(&at, Read::Consistent).await?;
        let stored = match stored {
            Some(stored) => stored,
            None => {
                let mut key = [0u8; 32];
                self.ids.fill(&mut key);
                let made = WrappedKey { wrapped: self.sealer.seal(context, &key).await.map_err(secret)? };
                self.table.put_new(&at, &made).await?.unwrap_or(made)
            }
        };
        self.sealer.open(context, &stored.wrapped).await.map_err(secret)
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, HashMap<MerchantId, Cipher>> {
        self.opened.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
