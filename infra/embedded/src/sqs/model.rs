//! Queues and messages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A queue as the template defines it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueDefinition {
    /// Name.
    pub name: String,
    /// How long a received message is hidden.
    pub visibility_seconds: i64,
    /// How long a new message is hidden.
    pub delay_seconds: i64,
    /// How long a message is kept.
    pub retention_seconds: i64,
    /// Where messages go that are received too often.
    pub redrive: Option<Redrive>,
}

impl QueueDefinition {
    /// A queue with SQS' defaults.
    #[must_use]
    pub fn named(name: &str) -> Self {
        QueueDefinition {
            name: name.to_owned(),
            visibility_seconds: 30,
            delay_seconds: 0,
            retention_seconds: 345_600,
            redrive: None,
        }
    }
}

/// A redrive policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redrive {
    /// Name of the dead-letter queue.
    pub dead_queue: String,
    /// Receives after which a message goes there.
    pub max_receives: u32,
}

/// A message attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Attribute {
    /// `String`, `Number` or `Binary`, with or without a label of one's own.
    pub data_type: String,
    /// Text or number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub string_value: Option<String>,
    /// Bytes in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binary_value: Option<String>,
}

impl Attribute {
    pub(super) fn size(&self) -> usize {
        let value = |v: &Option<String>| v.as_ref().map_or(0, String::len);
        self.data_type.len() + value(&self.string_value) + value(&self.binary_value)
    }
}

/// A message to send.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewMessage {
    /// Body.
    pub body: String,
    /// Attributes.
    pub attributes: BTreeMap<String, Attribute>,
    /// How long it is hidden; the queue's own delay without it.
    pub delay_seconds: Option<i64>,
}

impl NewMessage {
    pub(super) fn size(&self) -> usize {
        self.body.len() + self.attributes.iter().map(|(name, a)| name.len() + a.size()).sum::<usize>()
    }
}

/// A message handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Id the queue gave it.
    pub message_id: String,
    /// What deletes it.
    pub receipt: String,
    /// Body.
    pub body: String,
    /// Attributes.
    pub attributes: BTreeMap<String, Attribute>,
    /// When it was sent, in milliseconds.
    pub sent_ms: i64,
    /// When it was first received, in milliseconds.
    pub first_received_ms: i64,
    /// How often it was received, this time included.
    pub receive_count: u32,
}

/// A message that was received too often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeadLetter {
    /// Id the queue gave it.
    pub message_id: String,
    /// Body.
    pub body: String,
    /// Attributes.
    pub attributes: BTreeMap<String, Attribute>,
    /// When it was sent, in milliseconds.
    pub sent_ms: i64,
    /// How often it was received before it came here.
    pub receive_count: u32,
}

/// How many messages stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Can be received now.
    pub waiting: u64,
    /// Sent with a delay that is not over.
    pub delayed: u64,
    /// Received and neither deleted nor visible again.
    pub in_flight: u64,
    /// In the dead-letter queue.
    pub dead: u64,
}
