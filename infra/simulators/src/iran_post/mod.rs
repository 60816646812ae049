//! Iran Post (شرکت ملی پست): one operator behind two wires.

pub(crate) mod accounts;
pub(crate) mod billing;
pub(crate) mod codes;
pub(crate) mod eshop;
pub(crate) mod jalali;
pub(crate) mod parcels;
pub(crate) mod places;
pub(crate) mod postal_code;
pub(crate) mod products;
pub(crate) mod rest;
pub(crate) mod settings;
pub(crate) mod status;
pub(crate) mod tariff;
pub(crate) mod tracking;

use std::sync::{PoisonError, RwLock};

use accounts::Accounts;
use places::Places;
use settings::Settings;

use crate::error::Result;
use crate::store::Store;

/// The operator's standing data; parcels and products live in the store.
pub(crate) struct IranPost {
    pub(crate) places: Places,
    pub(crate) accounts: Accounts,
    pub(crate) tokens: rest::tokens::Tokens,
    settings: RwLock<Settings>,
}

impl IranPost {
    /// Reads accounts, tokens and settings, and seeds the demo accounts.
    pub(crate) fn load(store: &Store) -> Result<Self> {
        Ok(Self {
            places: Places::load()?,
            accounts: Accounts::load(store)?,
            tokens: rest::tokens::Tokens::load(store)?,
            settings: RwLock::new(settings::load(store)?),
        })
    }

    /// The present switches.
    pub(crate) fn settings(&self) -> Settings {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes the switches, in the store first.
    pub(crate) fn change_settings(&self, store: &Store, settings: Settings) -> Result<()> {
        store.write(|tx| {
            settings::save(tx, &settings)?;
            // Within the transaction: whoever works in one reads the switches after taking the store.
            *self.settings.write().unwrap_or_else(PoisonError::into_inner) = settings;
            Ok(())
        })
    }
}
