//! Switches of prices and routes.

use serde::{Deserialize, Serialize};

/// How prices stand at present.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// Tax; by the date if null.
    pub(crate) vat_percent: Option<u8>,
    /// All prices in percent of the table.
    pub(crate) level_percent: u16,
    /// Heads of indexes to which nothing goes at present (1372).
    pub(crate) closed: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { vat_percent: None, level_percent: 100, closed: Vec::new() }
    }
}

impl Settings {
    /// Whether a route is closed.
    pub(crate) fn is_closed(&self, to: &str) -> bool {
        self.closed.iter().any(|head| !head.is_empty() && to.starts_with(head.as_str()))
    }
}
