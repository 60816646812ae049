//! Merchants and switches.

use serde::{Deserialize, Serialize};

use crate::gateways::desk::yes;
use crate::registry::Named;

/// A merchant: the word in the body is the whole credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Account {
    pub(crate) merchant: String,
    #[serde(default)]
    pub(super) title: String,
    /// The registered domain of callbacks (106); any if there is none.
    #[serde(default)]
    pub(super) domain: Option<String>,
    /// 103 if not.
    #[serde(default = "yes")]
    pub(super) active: bool,
    /// The hub's address is registered (115 if not).
    #[serde(default = "yes")]
    pub(super) ip_allowed: bool,
    /// The bearer token of the platform, for refunds.
    #[serde(default)]
    pub(super) access_token: Option<String>,
}

/// The public sandbox merchant and one of its own.
pub(super) fn seeds() -> Vec<Account> {
    let account = |merchant: &str, title: &str, token: Option<&str>| Account {
        merchant: merchant.to_owned(),
        title: title.to_owned(),
        domain: None,
        active: true,
        ip_allowed: true,
        access_token: token.map(str::to_owned),
    };
    vec![
        account("zibal", "درگاه آزمایشی", None),
        account("demo-zibal", "فروشگاه نمونه", Some("demo-zibal-token")),
    ]
}

impl Named for Account {
    fn name(&self) -> &str {
        &self.merchant
    }
}

/// What the documents leave open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// How long the page can be paid.
    pub(super) page_minutes: u32,
    /// After how long unverified money goes back; found in no source, assumed.
    pub(super) verify_minutes: u32,
    /// How long `tryReverse` undoes the sale itself.
    pub(super) reverse_minutes: u32,
    /// 113 above it.
    pub(super) max_amount: i64,
    /// Whether `result` 201 comes with the payment's details; sources disagree.
    pub(super) repeat_details: bool,
    /// `refNumber` is a number instead of a string.
    pub(super) numeric_ref: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            page_minutes: 30,
            verify_minutes: 10,
            reverse_minutes: 30,
            max_amount: 2_000_000_000,
            repeat_details: false,
            numeric_ref: false,
        }
    }
}
