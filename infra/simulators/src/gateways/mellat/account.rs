//! Terminals and switches.

use serde::{Deserialize, Serialize};

use crate::gateways::desk::yes;
use crate::registry::Named;

/// A terminal with its login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Account {
    pub(crate) terminal: String,
    pub(super) username: String,
    pub(super) password: String,
    #[serde(default)]
    pub(super) title: String,
    /// The registered domain of callbacks (62) and referers; any if there is none.
    #[serde(default)]
    pub(super) domain: Option<String>,
    /// 21 if not.
    #[serde(default = "yes")]
    pub(super) active: bool,
    /// The hub's address is allowed (421 if not).
    #[serde(default = "yes")]
    pub(super) ip_allowed: bool,
    /// 19 above it.
    #[serde(default)]
    pub(super) max_amount: Option<i64>,
}

impl Account {
    /// The terminal that is there from the start.
    pub(super) fn demo() -> Self {
        Self {
            terminal: "1234".to_owned(),
            username: "demo".to_owned(),
            password: "demo".to_owned(),
            title: "فروشگاه نمونه".to_owned(),
            domain: None,
            active: true,
            ip_allowed: true,
            max_amount: None,
        }
    }
}

impl Named for Account {
    fn name(&self) -> &str {
        &self.terminal
    }
}

/// What becomes of a verified sale that nobody settles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unsettled {
    /// The bank settles it (guide 1.39).
    #[default]
    Settle,
    /// The money goes back (a third party's claim).
    Reverse,
    /// It is never deposited (guide 1.29).
    Keep,
}

/// What the guides leave open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// How long the page can be paid.
    pub(super) page_minutes: u32,
    pub(super) verify_minutes: u32,
    /// How long after verify a sale can be reversed.
    pub(super) reversal_minutes: u32,
    /// When `unsettled` strikes, after verify.
    pub(super) settle_minutes: u32,
    pub(super) unsettled: Unsettled,
    /// `0, REFID` as the guide prints it.
    pub(super) space: bool,
    /// Order and namespace of parameters matter.
    pub(super) strict: bool,
    /// `startpay.mellat` looks at the `Referer`.
    pub(super) check_referer: bool,
    /// The undocumented `bpSaleReferenceIdRequest` works.
    pub(super) sale_reference_lookup: bool,
    /// It answers `0,<SaleReferenceId>`; else the number alone.
    pub(super) sale_reference_pair: bool,
    /// 25 below it.
    pub(super) min_amount: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            page_minutes: 15,
            verify_minutes: 20,
            reversal_minutes: 180,
            settle_minutes: 180,
            unsettled: Unsettled::default(),
            space: false,
            strict: true,
            check_referer: false,
            sale_reference_lookup: true,
            sale_reference_pair: true,
            min_amount: 1_000,
        }
    }
}
