//! Settings of an operator: in memory for every call, in the store for the next start.

use std::sync::{Arc, PoisonError, RwLock};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::store::{Store, meta, set_meta};

/// One set of switches.
pub(crate) struct Switches<T> {
    key: &'static str,
    present: RwLock<Arc<T>>,
}

impl<T: Default + Serialize + DeserializeOwned> Switches<T> {
    /// Reads them under their stored name.
    pub(crate) fn load(store: &Store, key: &'static str) -> Result<Self> {
        let present = match store.read(|connection| meta(connection, key))? {
            Some(text) => serde_json::from_str(&text)?,
            None => T::default(),
        };
        Ok(Self { key, present: RwLock::new(Arc::new(present)) })
    }

    /// As they are.
    pub(crate) fn get(&self) -> Arc<T> {
        Arc::clone(&self.present.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes them, in the store first.
    pub(crate) fn change(&self, store: &Store, to: T) -> Result<()> {
        let text = serde_json::to_string(&to)?;
        store.write(|tx| {
            set_meta(tx, self.key, &text)?;
            // Within the transaction: whoever works in one reads the switches after taking the store.
            *self.present.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(to);
            Ok(())
        })
    }
}
