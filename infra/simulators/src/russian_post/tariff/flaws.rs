//! Answers gone wrong.

use http::StatusCode;
use serde_json::{Value, json};

use super::errors::{self, Wrong};
use super::query::Query;
use crate::delivery::HUGE;
use crate::pipeline::{Answer, Flaw};
use crate::twist::twisted;

const JSON: &str = "application/json;charset=utf-8";

pub(super) fn flawed(is_old: bool, flaw: Flaw, whole: Option<&Answer>) -> Answer {
    let ok = StatusCode::OK;
    match flaw {
        // No limit is published; this is what a server in front of it would say.
        Flaw::Quota => answer(StatusCode::TOO_MANY_REQUESTS, "text/plain", "Too Many Requests".to_owned()),
        Flaw::Code(code) => {
            let (nothing, wrongs) = (Query::read(b""), [Wrong { code: i64::from(code), about: "" }]);
            if is_old { errors::old_answer(&nothing, &wrongs) } else { errors::answer(&nothing, &wrongs) }
        }
        Flaw::Garbage => answer(ok, JSON, "{\"version_api\":2,\"pay\":4200,\"paynds\":".to_owned()),
        Flaw::WrongType => {
            let value: Value =
                whole.and_then(|answer| serde_json::from_slice(&answer.body).ok()).unwrap_or(Value::Null);
            answer(ok, "text/plain", twisted(value).to_string())
        }
        Flaw::Huge => answer(ok, JSON, json!({"version_api": 2, "name": "x".repeat(HUGE)}).to_string()),
    }
}

fn answer(status: StatusCode, content_type: &'static str, body: String) -> Answer {
    Answer { status, content_type, body: body.into() }
}
