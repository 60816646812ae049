//! Accounts and switches: alike at all providers, though each uses only what its protocol has.

use serde::{Deserialize, Serialize};

use crate::gateways::desk::yes;
use crate::registry::Named;

/// An account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Account {
    /// Login, API id, API key or access key id: what names the account on the wire.
    pub(crate) name: String,
    /// Password or secret; unused where the name is the whole credential.
    #[serde(default)]
    pub(crate) secret: String,
    /// SMSC's other credential.
    #[serde(default)]
    pub(super) api_key: Option<String>,
    /// Money at the start, in kopecks, rial, won or hundred-thousandths of a dollar.
    #[serde(default)]
    pub(super) balance: i64,
    /// Of one part of a text message or one mail, in the same unit.
    #[serde(default)]
    pub(super) price: i64,
    /// Of one call.
    #[serde(default)]
    pub(super) call_price: i64,
    /// Names, numbers and addresses that may be sent from.
    #[serde(default)]
    pub(super) senders: Vec<Sender>,
    /// Patterns that may be sent by.
    #[serde(default)]
    pub(super) templates: Vec<Template>,
    /// Recipients that want nothing from this account.
    #[serde(default)]
    pub(super) stop_list: Vec<String>,
    /// Where receipts go; the provider's setting without it.
    #[serde(default)]
    pub(super) receipt_url: Option<String>,
    /// What receipts are signed with, where they are.
    #[serde(default)]
    pub(super) receipt_secret: String,
    #[serde(default = "yes")]
    pub(super) active: bool,
    /// The hub's address is on the account's list.
    #[serde(default = "yes")]
    pub(super) ip_allowed: bool,
}

/// How far the provider's moderation has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Moderation {
    Pending,
    #[default]
    Approved,
    Rejected,
}

/// A sender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sender {
    pub(super) name: String,
    #[serde(default)]
    pub(super) state: Moderation,
}

/// A pattern: its tokens stand in the text as `%token`, `%token2`, `%token10`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Template {
    pub(super) name: String,
    pub(super) text: String,
    #[serde(default)]
    pub(super) state: Moderation,
}

impl Account {
    /// An account with money and senders.
    pub(super) fn seed(name: &str, secret: &str, money: (i64, i64, i64), senders: &[&str]) -> Self {
        let sender = |name: &&str| Sender { name: (*name).to_owned(), state: Moderation::Approved };
        Self {
            name: name.to_owned(),
            secret: secret.to_owned(),
            balance: money.0,
            price: money.1,
            call_price: money.2,
            senders: senders.iter().map(sender).collect(),
            active: true,
            ip_allowed: true,
            ..Self::default()
        }
    }

    /// Whether this sender may be used.
    pub(super) fn may_send_as(&self, name: &str) -> bool {
        self.senders.iter().any(|sender| sender.name == name && sender.state == Moderation::Approved)
    }

    /// The sender used when none is named.
    pub(super) fn first_sender(&self) -> Option<&str> {
        let approved = self.senders.iter().find(|sender| sender.state == Moderation::Approved)?;
        Some(&approved.name)
    }

    /// Whether the recipient wants nothing.
    pub(super) fn is_stopped(&self, recipient: &str) -> bool {
        self.stop_list.iter().any(|stopped| stopped == recipient)
    }
}

impl Named for Account {
    fn name(&self) -> &str {
        &self.name
    }
}

/// A provider's switches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// How long a message is on its way.
    pub(super) delivery_seconds: u32,
    /// How many messages a minute an account may send; without end if not given.
    pub(super) per_minute: Option<u32>,
    /// Whether the last two digits of a number decide what becomes of it (section 11).
    pub(super) outcomes_by_number: bool,
    /// Where receipts of accounts go that name no address of their own.
    pub(super) receipt_url: Option<String>,
    /// How long the same text to the same number is a repetition, where the provider has such a brake.
    pub(super) brake_seconds: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            delivery_seconds: 3,
            per_minute: None,
            outcomes_by_number: false,
            receipt_url: None,
            brake_seconds: 60,
        }
    }
}
