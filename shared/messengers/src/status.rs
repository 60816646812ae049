//! Where a message stands, in one language for all providers (notification notes, section 8).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::cost::Cost;

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// The provider has it.
    Accepted,
    /// The operator or the recipient's mail server has it, or is being tried.
    Sent,
    /// It arrived; a call was answered.
    Delivered,
    /// It did not arrive this time; another day it may.
    Undelivered,
    /// It cannot arrive.
    Failed,
    /// The recipient or a stop list refuses it.
    Blocked,
    /// It was cancelled, or stopped by the account's owner.
    Cancelled,
    /// The provider does not know, or does not know any more.
    Unknown,
}

impl DeliveryState {
    /// Whether the provider will say nothing more.
    #[must_use]
    pub const fn is_final(self) -> bool {
        !matches!(self, DeliveryState::Accepted | DeliveryState::Sent | DeliveryState::Unknown)
    }
}

/// Why a message did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// No such number, subscriber or address.
    NoSuchRecipient,
    /// The phone is off or out of reach.
    Unreachable,
    /// Busy, or the call was declined.
    Busy,
    /// Nobody answered.
    NoAnswer,
    /// A machine answered.
    Machine,
    /// The inbox or the handset is full.
    Full,
    /// The handset or the service cannot take it.
    Handset,
    /// Its time was over.
    Expired,
    /// The recipient wants none of it.
    OptedOut,
    /// A filter took it for spam, or the operator's policy.
    Filtered,
    /// Our sender name or number.
    Sender,
    /// Our account: money, contract, limits, hours.
    Account,
    /// No way to that network.
    NoRoute,
    /// Our text or file.
    Content,
    /// Not told.
    Other,
}

/// What a look-up or a receipt says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Where it stands.
    pub state: DeliveryState,
    /// Why it did not arrive.
    pub cause: Option<Cause>,
    /// The provider's own code, e.g. `20/237`.
    pub code: String,
    /// The protocol's meaning of the code.
    pub meaning: String,
    /// When, by the provider.
    pub at: Option<Timestamp>,
    /// What it cost.
    pub cost: Option<Cost>,
    /// Parts of a text message.
    pub segments: Option<u32>,
}

impl Status {
    pub(crate) fn new(
        state: DeliveryState,
        cause: Option<Cause>,
        code: impl ToString,
        meaning: impl Into<String>,
    ) -> Self {
        let (code, meaning) = (code.to_string(), meaning.into());
        Status { state, cause, code, meaning, at: None, cost: None, segments: None }
    }
}

/// A message a provider has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The provider's id; ours where it takes ours.
    pub provider_id: String,
    /// The group the message is in, where there is one.
    pub group_id: Option<String>,
    /// Where it stands already.
    pub state: DeliveryState,
    /// Parts of a text message, as told.
    pub segments: Option<u32>,
    /// Length of a call in seconds, as told.
    pub seconds: Option<u32>,
    /// What it costs, as told.
    pub cost: Option<Cost>,
    /// What is left in the account, as told.
    pub balance: Option<Cost>,
}

impl Sent {
    pub(crate) fn bare(provider_id: String) -> Self {
        Sent {
            provider_id,
            group_id: None,
            state: DeliveryState::Accepted,
            segments: None,
            seconds: None,
            cost: None,
            balance: None,
        }
    }
}

/// What an account has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// The money.
    pub money: Cost,
    /// Points or credit beside it, which pay too.
    pub extra: Option<Cost>,
}

/// What a message would cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// The whole message.
    pub cost: Cost,
    /// Parts of a text message; seconds of a call.
    pub units: Option<u32>,
}
