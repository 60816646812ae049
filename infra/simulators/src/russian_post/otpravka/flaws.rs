//! Answers gone wrong.

use http::StatusCode;
use serde_json::{Value, json};

use super::reply;
use crate::delivery::HUGE;
use crate::pipeline::{Answer, Call, Flaw};
use crate::twist::twisted;

const JSON: &str = "application/json;charset=UTF-8";

pub(super) fn flawed(call: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer {
    match flaw {
        Flaw::Quota => reply::used_up(true),
        Flaw::Code(code) => coded(call, code),
        Flaw::Garbage => raw(JSON, garbage(whole)),
        Flaw::WrongType => {
            let value: Value =
                whole.and_then(|answer| serde_json::from_slice(&answer.body).ok()).unwrap_or(Value::Null);
            raw("text/plain", twisted(value).to_string())
        }
        Flaw::Huge => reply::ok(&json!({"desc": "x".repeat(HUGE)})),
    }
}

/// An HTTP status where it is one, else a code of the service's own failures.
fn coded(call: &Call, code: i32) -> Answer {
    match u16::try_from(code)
        .ok()
        .filter(|code| matches!(code, 400..=599))
        .and_then(|code| StatusCode::from_u16(code).ok())
    {
        Some(status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)) => reply::shut_out(status),
        Some(StatusCode::NOT_FOUND) => reply::not_found("Resource", &call.path),
        Some(status) => reply::failure(status, "1002", "Ошибка", "INTERNAL_ERROR"),
        None => {
            let (code, status) = (code.to_string(), StatusCode::INTERNAL_SERVER_ERROR);
            reply::failure(status, &code, "Ошибка", "INTERNAL_ERROR")
        }
    }
}

fn raw(content_type: &'static str, body: String) -> Answer {
    Answer { status: StatusCode::OK, content_type, body: body.into() }
}

/// The right answer up to its middle, then no JSON any more.
fn garbage(whole: Option<&Answer>) -> String {
    let text = whole.map(|answer| String::from_utf8_lossy(&answer.body).into_owned()).unwrap_or_default();
    let half: String = text.chars().take(text.chars().count() / 2).collect();
    format!("{half}{{\"orders\":[\u{fffd}")
}
