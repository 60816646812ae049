//! A message a provider accepted.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::scripts::Receipt;
use crate::system::System;

/// How it reaches a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Channel {
    Sms,
    Voice,
    Email,
    /// A Kakao notice.
    Kakao,
}

impl Channel {
    /// The name in the outbox.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Voice => "voice",
            Self::Email => "email",
            Self::Kakao => "kakao",
        }
    }
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    Accepted,
    /// At the operator.
    Sent,
    Delivered,
    Failed,
    Expired,
    /// The recipient or the operator does not want it.
    Blocked,
    /// Nobody took the call; more attempts may follow.
    Busy,
    /// A machine took the call.
    Machine,
    Cancelled,
}

impl State {
    /// Whether it can still change.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::Accepted | Self::Sent | Self::Busy)
    }
}

/// What happens next by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Step {
    pub(crate) at: Timestamp,
    pub(crate) state: State,
}

/// One message to one recipient.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Message {
    #[serde(default)]
    pub(crate) serial: i64,
    pub(crate) system: System,
    /// The provider's number.
    pub(crate) id: String,
    pub(crate) account: String,
    /// The client's own number.
    pub(crate) our_id: Option<String>,
    pub(crate) channel: Channel,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) subject: Option<String>,
    pub(crate) text: String,
    pub(crate) html: Option<String>,
    /// Parts of a text message, seconds of a call.
    pub(crate) parts: u32,
    pub(crate) price: i64,
    pub(crate) state: State,
    /// The provider's own code for the state, if a script has one.
    pub(crate) code: Option<i32>,
    pub(crate) sent: Timestamp,
    pub(crate) changed: Timestamp,
    pub(crate) steps: Vec<Step>,
    pub(crate) receipt: Receipt,
    pub(crate) receipt_seconds: u32,
    /// What only this provider has.
    pub(crate) extra: Value,
}

impl Message {
    /// When something happens next.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        self.steps.first().map(|step| step.at)
    }
}
