//! Accounts and keys of an operator: in memory for every call, in the store for the next start.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::store::Store;
use crate::system::System;

/// Something with a name of its own.
pub(crate) trait Named: Serialize + DeserializeOwned {
    /// Unique among its kind.
    fn name(&self) -> &str;
}

/// All accounts or keys of a system.
pub(crate) struct Registry<T> {
    system: System,
    by_name: RwLock<BTreeMap<String, Arc<T>>>,
}

impl<T: Named> Registry<T> {
    /// Reads what is stored; seeds stand where nothing of their name was stored.
    pub(crate) fn load(store: &Store, system: System, seeds: Vec<T>) -> Result<Self> {
        let stored: Vec<T> = store.read(|connection| {
            let mut statement = connection.prepare("SELECT value FROM credentials WHERE system = ?1")?;
            let rows = statement.query_map([system.name()], |row| row.get::<_, String>(0))?;
            rows.map(|row| Ok(serde_json::from_str(&row?)?)).collect()
        })?;
        let by_name = seeds.into_iter().chain(stored).map(|item| (item.name().to_owned(), Arc::new(item)));
        Ok(Self { system, by_name: RwLock::new(by_name.collect()) })
    }

    /// The one of this name.
    pub(crate) fn get(&self, name: &str) -> Option<Arc<T>> {
        self.by_name.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Adds one or replaces it.
    pub(crate) fn put(&self, store: &Store, item: T) -> Result<()> {
        let value = serde_json::to_string(&item)?;
        store.write(|tx| {
            tx.execute(
                "INSERT INTO credentials (system, name, value) VALUES (?1, ?2, ?3)
                 ON CONFLICT (system, name) DO UPDATE SET value = ?3",
                (self.system.name(), item.name(), &value),
            )?;
            Ok(())
        })?;
        let mut by_name = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        by_name.insert(item.name().to_owned(), Arc::new(item));
        Ok(())
    }

    /// All, by name.
    pub(crate) fn list(&self) -> Vec<Arc<T>> {
        self.by_name.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}
