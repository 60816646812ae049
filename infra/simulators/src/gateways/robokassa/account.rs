//! Shops and switches.

use serde::{Deserialize, Serialize};

use super::signature::Algorithm;
use crate::registry::Named;

/// A shop as its cabinet has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Account {
    pub(crate) login: String,
    pub(super) password1: String,
    pub(super) password2: String,
    /// Signs refunds.
    #[serde(default)]
    pub(super) password3: String,
    /// The pair of `IsTest=1`; the usual pair if empty.
    #[serde(default)]
    pub(super) test_password1: String,
    #[serde(default)]
    pub(super) test_password2: String,
    #[serde(default)]
    pub(super) hash: Algorithm,
    /// Where notices go; none are sent without it.
    #[serde(default)]
    pub(super) result_url: Option<String>,
    /// Notices are links instead of forms.
    #[serde(default)]
    pub(super) result_by_get: bool,
    #[serde(default)]
    pub(super) success_url: Option<String>,
    #[serde(default)]
    pub(super) success_by_post: bool,
    #[serde(default)]
    pub(super) fail_url: Option<String>,
    #[serde(default)]
    pub(super) fail_by_post: bool,
}

impl Account {
    /// The shop that is there from the start: the protocol's own test vectors hold for it.
    pub(super) fn demo() -> Self {
        Self {
            login: "demo".to_owned(),
            password1: "pass1_demo".to_owned(),
            password2: "pass2_demo".to_owned(),
            password3: "pass3_demo".to_owned(),
            test_password1: "test1_demo".to_owned(),
            test_password2: "test2_demo".to_owned(),
            hash: Algorithm::Md5,
            result_url: None,
            result_by_get: false,
            success_url: None,
            success_by_post: false,
            fail_url: None,
            fail_by_post: false,
        }
    }

    pub(super) fn first(&self, test: bool) -> &str {
        if test && !self.test_password1.is_empty() { &self.test_password1 } else { &self.password1 }
    }

    pub(super) fn second(&self, test: bool) -> &str {
        if test && !self.test_password2.is_empty() { &self.test_password2 } else { &self.password2 }
    }
}

impl Named for Account {
    fn name(&self) -> &str {
        &self.login
    }
}

/// What the documents leave open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// How long the page can be paid, if the shop does not say.
    pub(super) page_minutes: u32,
    /// The notice is sent before the payer returns.
    pub(super) result_first: bool,
    /// `OutSum` of the notice has six digits behind the point, else two.
    pub(super) six_decimals: bool,
    /// How long a refund is `processing`.
    pub(super) refund_minutes: u32,
    /// Refunds show as state 60; in reality they may never.
    pub(super) refunds_shown: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            page_minutes: 60,
            result_first: false,
            six_decimals: true,
            refund_minutes: 5,
            refunds_shown: false,
        }
    }
}
