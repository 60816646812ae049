//! Answers, and the shapes errors have (section 4.6).

use http::StatusCode;
use serde_json::{Value, json};

use crate::pipeline::Answer;

const JSON: &str = "application/json;charset=UTF-8";

/// Any JSON.
pub(super) fn json(status: StatusCode, value: &Value) -> Answer {
    Answer { status, content_type: JSON, body: value.to_string().into() }
}

/// JSON of a success.
pub(super) fn ok(value: &Value) -> Answer {
    json(StatusCode::OK, value)
}

/// A failure as a whole.
pub(super) fn failure(status: StatusCode, code: &str, text: &str, sub_code: &str) -> Answer {
    json(status, &json!({"code": code, "desc": text, "sub-code": sub_code}))
}

/// Nothing has this name.
pub(super) fn not_found(what: &str, name: &str) -> Answer {
    let text = format!("Instance {what} not found for params: {name}");
    failure(StatusCode::NOT_FOUND, "1001", &text, "RESOURCE_NOT_FOUND")
}

/// Something broke, or the body has the wrong shape.
pub(super) fn broken(why: &str) -> Answer {
    failure(StatusCode::INTERNAL_SERVER_ERROR, "1002", why, "INTERNAL_ERROR")
}

/// The caller is not who it says it is, or may not call. The body is not known.
pub(super) fn shut_out(status: StatusCode) -> Answer {
    json(status, &json!({"status": "ERROR", "message": "Ошибка авторизации"}))
}

/// The day's calls are used up; the body is JSON or is not.
pub(super) fn used_up(as_json: bool) -> Answer {
    let (status, message) = (over_quota(), "Превышен лимит обращений к API");
    if as_json {
        return json(status, &json!({"status": "ERROR", "message": message}));
    }
    let page = format!("<html><body><h1>509 Bandwidth Limit Exceeded</h1>{message}</body></html>");
    Answer { status, content_type: "text/html;charset=UTF-8", body: page.into() }
}

fn over_quota() -> StatusCode {
    StatusCode::from_u16(509).unwrap_or(StatusCode::TOO_MANY_REQUESTS)
}

/// The words of an order's error. Only the first is the operator's.
pub(super) fn description(code: &str) -> String {
    match code {
        "EMPTY_INDEX_TO" => "Почтовый индекс не указан".to_owned(),
        "NOT_FOUND" => "Отправление не найдено".to_owned(),
        "RESTRICTED_MAIL_CATEGORY" => "Недоступная категория отправления".to_owned(),
        "NOT_INSURED_PAYMENT" => "Наложенный платеж больше объявленной ценности".to_owned(),
        "PAST_DUE_DATE" => "Дата сдачи прошла".to_owned(),
        "READONLY_STATE" => "Партия не может быть изменена".to_owned(),
        _ if code.starts_with("EMPTY_") => format!("Не указано значение: {}", &code[6..]),
        _ if code.starts_with("ILLEGAL_") => format!("Неверное значение: {}", &code[8..]),
        _ => code.to_owned(),
    }
}

/// An item of `errors` in the answers of batches and removals.
pub(super) fn item_error(code: &str, position: usize) -> Value {
    json!({
        "error-code": code, "error-description": description(code), "error-details": description(code),
        "position": position,
    })
}

/// Successes and errors of one call; what there is none of is left out.
pub(super) fn lists(lists: &[(&str, &Vec<Value>)]) -> Answer {
    let present = lists.iter().filter(|(_, list)| !list.is_empty());
    ok(&Value::Object(present.map(|(name, list)| ((*name).to_owned(), json!(list))).collect()))
}
