//! Switches of the operator.

use serde::{Deserialize, Serialize};

/// How single access answers about a number that nobody has scanned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UnknownNumber {
    /// An empty list.
    #[default]
    Empty,
    /// `OperationHistoryFault`.
    Fault,
}

/// How the operator behaves at present.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) unknown: UnknownNumber,
    /// How long a ticket's answer takes.
    pub(crate) ticket_minutes: u32,
    /// How long it is kept from then on.
    pub(crate) ticket_hours: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { unknown: UnknownNumber::default(), ticket_minutes: 15, ticket_hours: 32 }
    }
}
