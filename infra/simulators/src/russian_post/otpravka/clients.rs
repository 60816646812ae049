//! Clients of the sending service, by their application token (section 4.1).

use serde::{Deserialize, Serialize};

use crate::registry::Named;
use crate::russian_post::pricing::routes;

/// One client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Client {
    /// `Authorization: AccessToken <token>`
    pub(crate) token: String,
    /// `X-User-Authorization: Basic base64(login:password)`
    pub(crate) login: String,
    pub(crate) password: String,
    /// As the sender is printed.
    #[serde(default = "sender")]
    pub(crate) sender: String,
    /// Offices it may hand items over at.
    #[serde(default = "moscow")]
    pub(crate) points: Vec<String>,
    /// Calls a day until midnight in Moscow; without end if null.
    #[serde(default = "daily")]
    pub(crate) daily: Option<i64>,
    /// Whether its settings have a number for money orders: without one nothing is collected.
    #[serde(default = "yes")]
    pub(crate) cod: bool,
    /// Kinds of items it may send; all if empty.
    #[serde(default)]
    pub(crate) mail_types: Vec<String>,
    /// Kopecks on its account; only with `work_with_balance` is anything taken from them.
    #[serde(default)]
    pub(crate) balance: i64,
    #[serde(default)]
    pub(crate) work_with_balance: bool,
    /// Off the list prices.
    #[serde(default)]
    pub(crate) discount_percent: u8,
    /// Whether it is shut out (403).
    #[serde(default)]
    pub(crate) blocked: bool,
}

fn sender() -> String {
    "ООО ПРИМЕР".to_owned()
}

fn moscow() -> Vec<String> {
    vec!["101000".to_owned()]
}

fn daily() -> Option<i64> {
    Some(100_000)
}

fn yes() -> bool {
    true
}

impl Client {
    /// What is wrong with it, if anything.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        if self.points.is_empty() || !self.points.iter().all(|point| routes::exists(point)) {
            return Some("points needs indexes of offices that exist");
        }
        (self.discount_percent > 100).then_some("discount_percent is at most 100")
    }

    /// The office items go from unless another is named.
    pub(super) fn first_point(&self) -> &str {
        self.points.first().map(String::as_str).unwrap_or_default()
    }
}

impl Named for Client {
    fn name(&self) -> &str {
        &self.token
    }
}

/// The clients that are there from the start.
pub(crate) fn seeds() -> Vec<Client> {
    let client = |token: &str, login: &str| Client {
        token: token.to_owned(),
        login: login.to_owned(),
        password: "demo-pass".to_owned(),
        sender: sender(),
        points: vec!["101000".to_owned(), "190000".to_owned()],
        daily: daily(),
        cod: true,
        mail_types: Vec::new(),
        balance: 0,
        work_with_balance: false,
        discount_percent: 0,
        blocked: false,
    };
    vec![
        client("demo-otpravka-token", "demo-send"),
        Client { daily: Some(1_000), cod: false, ..client("small-otpravka-token", "small-send") },
        Client { blocked: true, ..client("blocked-otpravka-token", "blocked-send") },
    ]
}
