//! JSON of the right shape and of wrong types.

use serde_json::{Value, json};

/// Numbers become words, words numbers, lists objects.
pub(crate) fn twisted(value: Value) -> Value {
    match value {
        Value::Number(_) => json!("many"),
        Value::String(_) => json!(1.5),
        Value::Bool(_) => json!([]),
        Value::Null => json!({}),
        Value::Array(items) => {
            json!({"items": items.into_iter().map(twisted).collect::<Vec<_>>()})
        }
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(name, value)| (name, twisted(value))).collect())
        }
    }
}
