//! Clients of the tracking services.

use serde::{Deserialize, Serialize};

use crate::registry::Named;

/// What a client without a contract may ask in a day.
const FREE_CALLS: i64 = 100;

/// One client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Account {
    pub(crate) login: String,
    pub(crate) password: String,
    /// Only clients with a contract have batch access.
    #[serde(default)]
    pub(crate) contract: bool,
    /// Single calls a day; if not given, none limits a contract, and 100 all others.
    #[serde(default)]
    pub(crate) daily_calls: Option<i64>,
    /// Tickets a day; without end if not given.
    #[serde(default)]
    pub(crate) daily_tickets: Option<i64>,
}

impl Account {
    /// How many single calls a day it has.
    pub(crate) fn call_limit(&self) -> Option<i64> {
        self.daily_calls.or((!self.contract).then_some(FREE_CALLS))
    }
}

impl Named for Account {
    fn name(&self) -> &str {
        &self.login
    }
}

/// The clients that are there from the start.
pub(super) fn seeds() -> Vec<Account> {
    let account = |login: &str, password: &str, contract| Account {
        login: login.to_owned(),
        password: password.to_owned(),
        contract,
        daily_calls: None,
        daily_tickets: None,
    };
    vec![account("demo-track", "demo-pass", true), account("single-track", "single-pass", false)]
}
