//! REST answers gone wrong.

use http::StatusCode;
use serde_json::{Value, json};

use super::TOKEN;
use super::envelope::{Refused, answer, errors, json_answer, result_text};
use crate::delivery::HUGE;
use crate::pipeline::{Answer, Call, Flaw};
use crate::twist::twisted;

pub(super) fn flawed(call: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer {
    match flaw {
        Flaw::Quota => answer(Err(Refused(-1))),
        Flaw::Code(code) => refused(call, i64::from(code)),
        Flaw::Garbage => raw(
            "application/json; charset=utf-8",
            "{\"ResCode\":0,\"ResMsg\":\"ok\",\"Data\":[{\"".to_owned(),
        ),
        Flaw::WrongType => raw("text/plain", wrong_typed(whole)),
        Flaw::Huge => {
            let padding = "x".repeat(HUGE);
            json_answer(StatusCode::OK, &json!({"ResCode": 0, "ResMsg": padding, "Data": []}))
        }
    }
}

fn raw(content_type: &'static str, body: String) -> Answer {
    Answer { status: StatusCode::OK, content_type, body: body.into() }
}

/// A code of the token call, of the envelope, or of the items.
fn refused(call: &Call, code: i64) -> Answer {
    if call.operation == TOKEN {
        return json_answer(StatusCode::BAD_REQUEST, &json!({"error": code.to_string()}));
    }
    if code < 1000 {
        return answer(Err(Refused(code)));
    }
    let items: Value = serde_json::from_slice(&call.body).unwrap_or(Value::Null);
    let refuse = |item: &Value| json!({"ClientOrderId": item.get("ClientOrderId"), "ParcelCode": null, "Shenase": null, "Errors": errors(&[code])});
    match items.as_array() {
        Some(items) => answer(Ok(items.iter().map(refuse).collect())),
        None => {
            json_answer(StatusCode::OK, &json!({"ResCode": code, "ResMsg": result_text(code), "Data": null}))
        }
    }
}

fn wrong_typed(whole: Option<&Answer>) -> String {
    let value = whole.and_then(|answer| serde_json::from_slice(&answer.body).ok()).unwrap_or(Value::Null);
    twisted(value).to_string()
}
