//! Merchants and switches.

use serde::{Deserialize, Serialize};

use crate::gateways::desk::yes;
use crate::registry::Named;

/// A merchant: `merchant_id` in the body is the whole credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Account {
    pub(crate) merchant_id: String,
    #[serde(default)]
    pub(super) title: String,
    /// The registered domain of callbacks (-14); any if there is none.
    #[serde(default)]
    pub(super) domain: Option<String>,
    /// -11 if not.
    #[serde(default = "yes")]
    pub(super) active: bool,
    /// -15 if so.
    #[serde(default)]
    pub(super) suspended: bool,
    /// The hub's address is allowed (-10 if not).
    #[serde(default = "yes")]
    pub(super) ip_allowed: bool,
    /// An allow-list of addresses is set, without which nothing is reversed (-62).
    #[serde(default = "yes")]
    pub(super) reversible: bool,
    /// Payments are verified by the gateway itself, unless a request says otherwise.
    #[serde(default)]
    pub(super) auto_verify: bool,
    /// The bearer token of refunds.
    #[serde(default)]
    pub(super) access_token: Option<String>,
}

impl Account {
    /// The merchant that is there from the start.
    pub(super) fn demo() -> Self {
        Self {
            title: "فروشگاه نمونه".to_owned(),
            access_token: Some("demo-zarinpal-token".to_owned()),
            ..Self::sandbox("11111111-2222-4333-8444-555555555555".to_owned())
        }
    }

    /// A merchant as the sandbox takes it: any.
    pub(super) fn sandbox(merchant_id: String) -> Self {
        Self {
            merchant_id,
            title: String::new(),
            domain: None,
            active: true,
            suspended: false,
            ip_allowed: true,
            reversible: true,
            auto_verify: false,
            access_token: None,
        }
    }

    /// Why it may do nothing at present.
    pub(super) fn problem(&self) -> Option<i32> {
        match (self.ip_allowed, self.active, self.suspended) {
            (false, ..) => Some(-10),
            (_, false, _) => Some(-11),
            (.., true) => Some(-15),
            _ => None,
        }
    }
}

impl Named for Account {
    fn name(&self) -> &str {
        &self.merchant_id
    }
}

/// What the documents leave open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// How long the page can be paid.
    pub(super) page_minutes: u32,
    /// After how long unverified money goes back; unpublished.
    pub(super) verify_minutes: u32,
    pub(super) reverse_minutes: u32,
    /// Verify's code once the money went back; unpublished.
    pub(super) returned_code: i32,
    /// The sandbox: any UUID is a merchant, authorities begin with S.
    pub(super) sandbox: bool,
    /// `data` of an error is `{}` instead of `[]`.
    pub(super) empty_object: bool,
    /// Inquiry about a bad authority answers in the odd shape that was seen once.
    pub(super) odd_inquiry: bool,
    /// `Status=ok|nok`.
    pub(super) lower_case_status: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            page_minutes: 30,
            verify_minutes: 30,
            reverse_minutes: 30,
            returned_code: -51,
            sandbox: false,
            empty_object: false,
            odd_inquiry: false,
            lower_case_status: false,
        }
    }
}
