//! What a gateway keeps in memory: its accounts and its switches.

use std::sync::Arc;

use super::Gateway;
use crate::error::Result;
use crate::registry::Registry;
use crate::store::Store;
use crate::switches::Switches;

/// Accounts and switches of one gateway.
pub(crate) struct Desk<G: Gateway> {
    pub(crate) accounts: Registry<G::Account>,
    pub(crate) switches: Switches<G::Settings>,
}

impl<G: Gateway> Desk<G> {
    pub(super) fn load(store: &Store) -> Result<Self> {
        Ok(Self {
            accounts: Registry::load(store, G::SYSTEM, G::seeds())?,
            switches: Switches::load(store, G::SYSTEM.name())?,
        })
    }

    pub(crate) fn settings(&self) -> Arc<G::Settings> {
        self.switches.get()
    }

    pub(crate) fn account(&self, name: &str) -> Option<Arc<G::Account>> {
        self.accounts.get(name)
    }
}

/// For members that are on if not said otherwise.
pub(crate) fn yes() -> bool {
    true
}
