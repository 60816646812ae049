//! JSON answers, whole and gone wrong.

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::delivery::HUGE;
use crate::pipeline::{Answer, Flaw};
use crate::twist::twisted;

const JSON: &str = "application/json; charset=utf-8";

/// Any JSON.
pub(crate) fn answer(status: StatusCode, value: &Value) -> Answer {
    Answer { status, content_type: JSON, body: value.to_string().into() }
}

/// Any JSON with status 200.
pub(crate) fn ok(value: &Value) -> Answer {
    answer(StatusCode::OK, value)
}

/// A body's members, if it is an object.
pub(crate) fn members(body: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(body).ok()
}

/// A member as text: a string, or a number as it is written.
pub(crate) fn text(body: &Map<String, Value>, name: &str) -> String {
    match body.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// A member as a whole number, which some clients write as a string.
pub(crate) fn number(body: &Map<String, Value>, name: &str) -> Option<i64> {
    match body.get(name)? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// The flaws that look alike in all JSON; the others are the gateway's.
pub(crate) fn flawed(
    flaw: Flaw,
    whole: Option<&Answer>,
    refused: impl FnOnce(i32) -> Answer,
    busy: i32,
) -> Answer {
    match flaw {
        Flaw::Quota => refused(busy),
        Flaw::Code(code) => refused(code),
        Flaw::Garbage => {
            Answer { status: StatusCode::OK, content_type: JSON, body: "{\"result\":100,\"data\":{\"".into() }
        }
        Flaw::WrongType => {
            let value =
                whole.and_then(|answer| serde_json::from_slice(&answer.body).ok()).unwrap_or_default();
            Answer {
                status: StatusCode::OK,
                content_type: "text/plain",
                body: twisted(value).to_string().into(),
            }
        }
        Flaw::Huge => ok(&json!({"data": {}, "message": "x".repeat(HUGE)})),
    }
}
