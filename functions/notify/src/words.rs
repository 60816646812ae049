//! Stable words of closed lists, as the table and the API have them.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The word of a value that is written as one.
pub(crate) fn of<T: Serialize>(value: &T) -> Option<String> {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => Some(word),
        _ => None,
    }
}

/// The value of a word.
pub(crate) fn read<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(Value::String(word.to_owned())).ok()
}
