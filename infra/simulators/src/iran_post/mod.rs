//! Iran Post (شرکت ملی پست): one operator behind three wires.

pub(crate) mod accounts;
pub(crate) mod billing;
mod carrier;
pub(crate) mod codes;
pub(crate) mod eshop;
mod history;
pub(crate) mod jalali;
mod journey;
mod network;
pub(crate) mod parcels;
pub(crate) mod places;
pub(crate) mod postal_code;
pub(crate) mod products;
pub(crate) mod rest;
mod scan;
pub(crate) mod settings;
pub(crate) mod status;
pub(crate) mod tariff;
pub(crate) mod tracking;

use std::sync::Arc;

use accounts::Accounts;
use places::Places;
use settings::Settings;

use crate::error::Result;
use crate::store::Store;
use crate::switches::Switches;

/// The operator's standing data; parcels and products live in the store.
pub(crate) struct IranPost {
    pub(crate) places: Places,
    pub(crate) accounts: Accounts,
    pub(crate) tokens: rest::tokens::Tokens,
    settings: Switches<Settings>,
}

impl IranPost {
    /// Reads accounts, tokens and settings, and seeds the demo accounts.
    pub(crate) fn load(store: &Store) -> Result<Self> {
        Ok(Self {
            places: Places::load()?,
            accounts: Accounts::load(store)?,
            tokens: rest::tokens::Tokens::load(store)?,
            settings: Switches::load(store, "iran_post_settings")?,
        })
    }

    /// The present switches.
    pub(crate) fn settings(&self) -> Arc<Settings> {
        self.settings.get()
    }
}
