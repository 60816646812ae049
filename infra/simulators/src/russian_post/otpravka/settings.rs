//! Switches of the sending service, for whatever the protocol leaves open.

use serde::{Deserialize, Serialize};

use crate::duplicates::Duplicates;

/// By which verb a batch is checked in: sources differ (sections 10 and 12).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verb {
    #[default]
    Any,
    Get,
    Post,
}

/// What removing an order from its batch does: the protocol does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Removal {
    /// The order is gone.
    #[default]
    Delete,
    /// It is back in the backlog.
    Return,
}

/// How the service behaves at present.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// By default an `order-num` may be used again.
    pub(crate) duplicate_policy: Duplicates,
    /// The code of an order that is rejected for it.
    pub(crate) duplicate_code: String,
    pub(crate) checkin_verb: Verb,
    /// The state of a batch that was checked in and whose items nobody has scanned.
    pub(crate) after_checkin: String,
    pub(crate) removal: Removal,
    /// How long an order made by version 1.0 shows no barcode.
    pub(crate) barcode_delay_seconds: u32,
    /// Whether searches also find what only begins with the query.
    pub(crate) fuzzy_search: bool,
    /// Whether the answer to a used-up quota is JSON.
    pub(crate) quota_json: bool,
    /// HTTP status of a balance that is too low (1024).
    pub(crate) balance_status: u16,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            duplicate_policy: Duplicates::IssueNew,
            duplicate_code: "UNDEFINED".to_owned(),
            checkin_verb: Verb::default(),
            after_checkin: "FROZEN".to_owned(),
            removal: Removal::default(),
            barcode_delay_seconds: 0,
            fuzzy_search: false,
            quota_json: true,
            balance_status: 400,
        }
    }
}
