//! Answers and error codes (section 1.5).

use http::StatusCode;
use serde_json::{Value, json};

use crate::gateways::json;
use crate::pipeline::Answer;

/// Something done.
pub(super) fn done(data: &Value) -> Answer {
    json::ok(&json!({"data": data, "errors": []}))
}

/// An error; its HTTP status is not published, only that it is seldom 200.
pub(super) fn refused(code: i32) -> Answer {
    error(code, &json!([]), false)
}

/// The same, with `data` as an object.
pub(super) fn refused_as(code: i32, empty_object: bool) -> Answer {
    error(code, &json!([]), empty_object)
}

/// A member that is not right (-9).
pub(super) fn invalid(member: &str, text: &str) -> Answer {
    error(-9, &json!([{member: text}]), false)
}

fn error(code: i32, validations: &Value, empty_object: bool) -> Answer {
    let status = match code {
        -9 => StatusCode::UNPROCESSABLE_ENTITY,
        -10 | -11 | -15 | -62 => StatusCode::FORBIDDEN,
        -12 => StatusCode::TOO_MANY_REQUESTS,
        -54 => StatusCode::NOT_FOUND,
        _ => StatusCode::BAD_REQUEST,
    };
    let data = if empty_object { json!({}) } else { json!([]) };
    let errors = json!({"code": code, "message": message(code), "validations": validations});
    json::answer(status, &json!({"data": data, "errors": errors}))
}

fn message(code: i32) -> &'static str {
    match code {
        -9 => "The input params invalid, validation error.",
        -10 => "Terminal is not valid, please check merchant_id or ip address.",
        -11 => "Terminal is not active, please contact our support team.",
        -12 => "To many attempts, please try again later.",
        -14 => "The callback URL domain does not match the registered domain.",
        -15 => "Terminal user is suspend, please contact our support team.",
        -34 => "The sum of wages is over the total.",
        -35 => "The number of wage parts is over the maximum.",
        -36 => "A wage part is under the minimum.",
        -39 => "Wages have an error.",
        -40 => "Invalid extra params, expire_in is not valid.",
        -41 => "Maximum amount is 100,000,000 tomans.",
        -50 => "Session is not valid, amounts values is not the same.",
        -51 => "Session is not valid, session is not active paid try.",
        -53 => "Session is not this merchant_id session.",
        -54 => "Invalid authority.",
        -60 => "Session can not be reversed with bank.",
        -61 => "Session is not in success status.",
        -62 => "Terminal IP limit must be active.",
        -63 => "Maximum time for reverse this session is expired.",
        _ => "Oops, please contact our support team.",
    }
}
