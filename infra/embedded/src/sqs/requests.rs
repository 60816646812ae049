//! Requests of the SQS JSON protocol and their limits.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::SqsError;
use super::model::{Attribute, NewMessage};

/// Bytes of a message and of a batch, attributes included.
const MAX_BYTES: usize = 1024 * 1024;
const MAX_ENTRIES: usize = 10;
const MAX_ATTRIBUTES: usize = 10;
const MAX_DELAY: i64 = 900;
const MAX_VISIBILITY: i64 = 43_200;

pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, SqsError> {
    serde_json::from_slice(body).map_err(|e| SqsError::Serialization(e.to_string()))
}

/// The last part of a queue's address is its name.
pub(super) fn queue_name(url: &str) -> Result<String, SqsError> {
    match url.rsplit('/').next() {
        Some(name) if !name.is_empty() => Ok(name.to_owned()),
        _ => Err(SqsError::MissingParameter("QueueUrl")),
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OfQueue {
    #[serde(default)]
    pub(super) queue_url: String,
    #[serde(default)]
    pub(super) attribute_names: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ByName {
    pub(super) queue_name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Send {
    #[serde(default)]
    pub(super) queue_url: String,
    #[serde(flatten)]
    pub(super) message: Message,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Message {
    #[serde(default)]
    message_body: String,
    #[serde(default)]
    delay_seconds: Option<i64>,
    #[serde(default)]
    message_attributes: BTreeMap<String, Attribute>,
}

impl Message {
    /// Checks what is checked of each message by itself.
    pub(super) fn check(self) -> Result<NewMessage, SqsError> {
        if self.message_body.is_empty() {
            return Err(SqsError::MissingParameter("MessageBody"));
        }
        if !self.message_body.chars().all(is_allowed) {
            return Err(SqsError::InvalidMessageContents);
        }
        bounds("DelaySeconds", self.delay_seconds, 0, MAX_DELAY)?;
        if self.message_attributes.len() > MAX_ATTRIBUTES {
            let text =
                format!("Number of message attributes exceeds the allowed maximum [{MAX_ATTRIBUTES}].");
            return Err(SqsError::InvalidParameterValue(text));
        }
        for (name, attribute) in &self.message_attributes {
            let kind = attribute.data_type.split('.').next().unwrap_or_default();
            let filled = match kind {
                "String" | "Number" => attribute.string_value.as_ref().is_some_and(|v| !v.is_empty()),
                "Binary" => attribute.binary_value.as_ref().is_some_and(|v| !v.is_empty()),
                _ => false,
            };
            if !filled {
                let text =
                    format!("The message attribute '{name}' must contain a type and a matching value.");
                return Err(SqsError::InvalidParameterValue(text));
            }
        }
        let message = NewMessage {
            body: self.message_body,
            attributes: self.message_attributes,
            delay_seconds: self.delay_seconds,
        };
        if message.size() > MAX_BYTES {
            let text = format!(
                "One or more parameters are invalid. Reason: Message must be shorter than {MAX_BYTES} bytes."
            );
            return Err(SqsError::InvalidParameterValue(text));
        }
        Ok(message)
    }
}

fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Batch<T> {
    #[serde(default)]
    pub(super) queue_url: String,
    #[serde(default = "Vec::new")]
    pub(super) entries: Vec<Entry<T>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Entry<T> {
    pub(super) id: String,
    #[serde(flatten)]
    pub(super) what: T,
}

impl<T> Batch<T> {
    /// Checks what is checked of a batch as a whole.
    pub(super) fn check(&self) -> Result<(), SqsError> {
        if self.entries.is_empty() {
            return Err(SqsError::EmptyBatchRequest);
        }
        if self.entries.len() > MAX_ENTRIES {
            return Err(SqsError::TooManyEntriesInBatchRequest(self.entries.len()));
        }
        let mut seen = BTreeSet::new();
        for Entry { id, .. } in &self.entries {
            let fine = (1..=80).contains(&id.len())
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
            if !fine {
                return Err(SqsError::InvalidBatchEntryId);
            }
            if !seen.insert(id) {
                return Err(SqsError::BatchEntryIdsNotDistinct(id.clone()));
            }
        }
        Ok(())
    }
}

impl Batch<Message> {
    pub(super) fn check_size(&self) -> Result<(), SqsError> {
        let of = |m: &Message| {
            let attributes = m.message_attributes.iter().map(|(n, a)| n.len() + a.size()).sum::<usize>();
            m.message_body.len() + attributes
        };
        match self.entries.iter().map(|e| of(&e.what)).sum::<usize>() {
            bytes if bytes > MAX_BYTES => Err(SqsError::BatchRequestTooLong(bytes)),
            _ => Ok(()),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Receive {
    #[serde(default)]
    pub(super) queue_url: String,
    #[serde(default)]
    pub(super) max_number_of_messages: Option<i64>,
    #[serde(default)]
    pub(super) visibility_timeout: Option<i64>,
    #[serde(default)]
    pub(super) wait_time_seconds: Option<i64>,
    #[serde(default)]
    pub(super) attribute_names: Vec<String>,
    #[serde(default)]
    pub(super) message_system_attribute_names: Vec<String>,
    #[serde(default)]
    pub(super) message_attribute_names: Vec<String>,
}

impl Receive {
    pub(super) fn check(&self) -> Result<(), SqsError> {
        bounds("MaxNumberOfMessages", self.max_number_of_messages, 1, 10)?;
        bounds("VisibilityTimeout", self.visibility_timeout, 0, MAX_VISIBILITY)?;
        bounds("WaitTimeSeconds", self.wait_time_seconds, 0, 20)
    }

    pub(super) fn wants_system(&self, name: &str) -> bool {
        let mut asked = self.attribute_names.iter().chain(&self.message_system_attribute_names);
        asked.any(|asked| asked == "All" || asked == name)
    }

    pub(super) fn wants(&self, name: &str) -> bool {
        self.message_attribute_names.iter().any(|asked| match asked.strip_suffix(".*") {
            Some(prefix) => name.starts_with(prefix),
            None => asked == "All" || asked == ".*" || asked == name,
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Delete {
    #[serde(default)]
    pub(super) queue_url: String,
    #[serde(flatten)]
    pub(super) receipt: Receipt,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Receipt {
    #[serde(default)]
    pub(super) receipt_handle: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ChangeVisibility {
    #[serde(default)]
    pub(super) queue_url: String,
    #[serde(default)]
    pub(super) receipt_handle: String,
    pub(super) visibility_timeout: i64,
}

impl ChangeVisibility {
    pub(super) fn check(&self) -> Result<(), SqsError> {
        bounds("VisibilityTimeout", Some(self.visibility_timeout), 0, MAX_VISIBILITY)
    }
}

fn bounds(name: &str, value: Option<i64>, min: i64, max: i64) -> Result<(), SqsError> {
    match value {
        Some(value) if !(min..=max).contains(&value) => Err(SqsError::InvalidParameterValue(format!(
            "Value {value} for parameter {name} is invalid. Reason: Must be between {min} and {max}, if provided."
        ))),
        _ => Ok(()),
    }
}
