//! Terminals and switches.

use serde::{Deserialize, Serialize};

use crate::gateways::desk::yes;
use crate::registry::Named;

/// A terminal: its number is the credential, beside the caller's address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Account {
    pub(crate) terminal: String,
    #[serde(default)]
    pub(super) title: String,
    /// The registered domain of callbacks; any if there is none.
    #[serde(default)]
    pub(super) domain: Option<String>,
    /// -104 if not.
    #[serde(default = "yes")]
    pub(super) active: bool,
    /// The hub's address is registered (8, -106 if not).
    #[serde(default = "yes")]
    pub(super) ip_allowed: bool,
    /// A discount terminal: so much less is taken from each card.
    #[serde(default)]
    pub(super) discount: Option<i64>,
    /// A terminal whose money is divided: `Wage` comes back.
    #[serde(default)]
    pub(super) split: bool,
}

impl Account {
    /// The terminal that is there from the start.
    pub(super) fn demo() -> Self {
        Self {
            terminal: "2015".to_owned(),
            title: "فروشگاه نمونه".to_owned(),
            domain: None,
            active: true,
            ip_allowed: true,
            discount: None,
            split: false,
        }
    }
}

impl Named for Account {
    fn name(&self) -> &str {
        &self.terminal
    }
}

/// What the guides leave open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    pub(super) verify_minutes: u32,
    pub(super) reverse_minutes: u32,
    /// A used `ResNum` gets no second token.
    pub(super) unique_res_num: bool,
    /// Any terminal may verify any `RefNum`, so that stolen ones can be tried.
    pub(super) any_terminal: bool,
    /// `Rrn` instead of `RRN` in the callback.
    pub(super) rrn_mixed_case: bool,
    /// Pages are refused without a `Referer` (guide 3.6).
    pub(super) check_referer: bool,
    /// The code of a reversal that cannot be; unpublished.
    pub(super) reverse_failed_code: i32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            verify_minutes: 30,
            reverse_minutes: 50,
            unique_res_num: true,
            any_terminal: true,
            rrn_mixed_case: false,
            check_referer: false,
            reverse_failed_code: -2,
        }
    }
}
