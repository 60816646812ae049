//! What a provider keeps in memory: its accounts and its switches.

use std::sync::Arc;

use super::{Account, Messenger, Settings};
use crate::error::Result;
use crate::registry::Registry;
use crate::store::Store;
use crate::switches::Switches;

/// Accounts and switches of one provider.
pub(crate) struct Desk {
    pub(crate) accounts: Registry<Account>,
    pub(crate) switches: Switches<Settings>,
}

impl Desk {
    pub(super) fn load<M: Messenger>(store: &Store) -> Result<Self> {
        Ok(Self {
            accounts: Registry::load(store, M::SYSTEM, M::seeds())?,
            switches: Switches::load(store, M::SYSTEM.name())?,
        })
    }

    pub(crate) fn settings(&self) -> Arc<Settings> {
        self.switches.get()
    }

    pub(crate) fn account(&self, name: &str) -> Option<Arc<Account>> {
        self.accounts.get(name)
    }
}
