//! Shops and switches.

use std::sync::Arc;

use base64::Engine as _;
use serde::{Deserialize, Serialize};

use super::till;
use crate::gateways::desk::yes;
use crate::pipeline::View;
use crate::registry::Named;

/// A shop with its secret key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Account {
    pub(crate) shop_id: String,
    pub(super) secret_key: String,
    #[serde(default)]
    pub(super) title: String,
    /// Where notices go; none are sent without it.
    #[serde(default)]
    pub(super) webhook_url: Option<String>,
    /// A test shop: payments are marked so.
    #[serde(default = "yes")]
    pub(super) test: bool,
}

impl Account {
    /// The shop that is there from the start.
    pub(super) fn demo() -> Self {
        Self {
            shop_id: "100001".to_owned(),
            secret_key: "test_demo_secret".to_owned(),
            title: "Пример".to_owned(),
            webhook_url: None,
            test: true,
        }
    }
}

impl Named for Account {
    fn name(&self) -> &str {
        &self.shop_id
    }
}

/// The shop that signed a call.
pub(super) fn of(view: &View<'_>) -> Option<Arc<Account>> {
    let header = till::header_of(view.call, "authorization")?;
    let login =
        base64::engine::general_purpose::STANDARD.decode(header.strip_prefix("Basic ")?.trim()).ok()?;
    let login = String::from_utf8(login).ok()?;
    let (shop, secret) = login.split_once(':')?;
    view.shared.gateways.yookassa.account(shop).filter(|account| account.secret_key == secret)
}

/// What the documents leave open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// How long the page can be paid.
    pub(super) page_minutes: u32,
    /// How long held money waits for its capture.
    pub(super) hold_hours: u32,
    /// The notice is sent before the payer returns.
    pub(super) notice_first: bool,
    /// A refund of a part needs a receipt.
    pub(super) partial_needs_receipt: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { page_minutes: 60, hold_hours: 168, notice_first: false, partial_needs_receipt: false }
    }
}
