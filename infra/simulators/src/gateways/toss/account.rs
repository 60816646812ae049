//! Shops and switches.

use serde::{Deserialize, Serialize};

use crate::registry::Named;

/// A shop with its pair of keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Account {
    pub(crate) mid: String,
    /// For the browser.
    pub(super) client_key: String,
    /// For the server.
    pub(super) secret_key: String,
    #[serde(default)]
    pub(super) title: String,
    /// Where notices go; none are sent without it.
    #[serde(default)]
    pub(super) webhook_url: Option<String>,
}

impl Account {
    /// The shop that is there from the start.
    pub(super) fn demo() -> Self {
        Self {
            mid: "tosspayments".to_owned(),
            client_key: "test_ck_demo000000".to_owned(),
            secret_key: "test_sk_demo000000".to_owned(),
            title: "예시 상점".to_owned(),
            webhook_url: None,
        }
    }
}

impl Named for Account {
    fn name(&self) -> &str {
        &self.mid
    }
}

/// What the documents leave open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// How long the page can be paid.
    pub(super) page_minutes: u32,
    /// How long the shop has to confirm.
    pub(super) confirm_minutes: u32,
    /// How long a virtual account waits for its deposit.
    pub(super) deposit_hours: u32,
    /// The error of a confirmation with another amount or order; unknown.
    pub(super) mismatch_code: String,
    /// The notice is sent before the payer returns.
    pub(super) notice_first: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            page_minutes: 30,
            confirm_minutes: 10,
            deposit_hours: 168,
            mismatch_code: "FORBIDDEN_REQUEST".to_owned(),
            notice_first: false,
        }
    }
}
