//! Joining receipts to their messages.

use serde::{Deserialize, Serialize};

use super::message::MessageReceipt;

/// Leads from a provider's id to the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageId {
    /// Sort key of the message's intent.
    pub intent: String,
    /// Epoch seconds after which it may be forgotten.
    pub expires_at: i64,
}

/// A receipt that came before its message's outcome was stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlyReceipt {
    /// What it says.
    pub receipt: MessageReceipt,
    /// Epoch seconds after which it may be forgotten.
    pub expires_at: i64,
}
