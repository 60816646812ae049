//! Switches of the operator.

use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::tariff::Table;
use crate::error::Result;
use crate::store::{Store, meta, set_meta};

/// How the operator behaves at present.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// Which tariff is in force.
    pub(crate) tariff: Table,
    /// SOAP as strict as WCF: out-of-order members are dropped, a missing SOAPAction is a fault.
    pub(crate) strict: bool,
    /// Every REST call is over its rate.
    pub(crate) rate_limited: bool,
    /// The public tracking page asks for four digits.
    pub(crate) captcha: bool,
}

const KEY: &str = "iran_post_settings";

pub(crate) fn load(store: &Store) -> Result<Settings> {
    match store.read(|connection| meta(connection, KEY))? {
        Some(text) => Ok(serde_json::from_str(&text)?),
        None => Ok(Settings::default()),
    }
}

pub(crate) fn save(connection: &Connection, settings: &Settings) -> Result<()> {
    set_meta(connection, KEY, &serde_json::to_string(settings)?)
}
