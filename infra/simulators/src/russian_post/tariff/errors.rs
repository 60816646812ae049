//! What is wrong with a question (section 5, the appendix of codes).

use http::StatusCode;
use serde_json::{Value, json};

use super::query::Query;
use crate::pipeline::Answer;

/// One error: its code and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) code: i64,
    pub(super) about: &'static str,
}

pub(super) const MISSING: i64 = 1_201;
pub(super) const BAD_SERVICE: i64 = 1_202;
pub(super) const BAD_DATE: i64 = 1_203;
pub(super) const BAD_OBJECT: i64 = 1_205;
pub(super) const NO_INDEX: i64 = 1_207;
pub(super) const BAD_COUNTRY: i64 = 1_210;
pub(super) const NO_NUMBER: i64 = 1_366;
pub(super) const NO_AIR: i64 = 1_370;
pub(super) const CLOSED: i64 = 1_372;
pub(super) const OUT_OF_RANGE: i64 = 1_376;
pub(super) const BAD_WEIGHT: i64 = 2_003;
pub(super) const BAD_SUM: i64 = 2_011;

/// The words of a code; they are ours.
fn text(code: i64) -> &'static str {
    match code {
        1_101 => "Не задан обязательный выбор",
        1_200 => "Неверное значение параметра",
        MISSING => "Не задан параметр",
        BAD_SERVICE => "Услуга не предоставляется",
        BAD_DATE => "Неверная дата или время",
        BAD_OBJECT => "Неверный объект расчета",
        NO_INDEX => "Индекс не существует",
        1_209 => "Невозможно рассчитать маршрут",
        BAD_COUNTRY => "Неверная страна",
        NO_NUMBER => "Значение не является числом",
        NO_AIR => "Авиадоставка невозможна",
        1_371 => "Наземная доставка невозможна",
        CLOSED => "Направление закрыто",
        1_373 => "Тариф недоступен",
        1_375 => "Доставка не осуществляется",
        1_376..=1_379 => "Значение вне допустимых пределов",
        BAD_WEIGHT => "Недопустимый вес",
        BAD_SUM => "Недопустимая сумма",
        _ => "Внутренняя ошибка",
    }
}

/// 0 internal, 1 tariff, 2 terms, 3 general.
fn kind(code: i64) -> i64 {
    match code {
        1_380 | 1_387 | 5_000 | 5_999 => 0,
        MISSING | NO_NUMBER | BAD_DATE => 3,
        1_375 => 2,
        _ => 1,
    }
}

impl Wrong {
    fn message(&self) -> String {
        if self.about.is_empty() {
            text(self.code).to_owned()
        } else {
            format!("{} {}", text(self.code), self.about)
        }
    }
}

/// The second version's failure: 400, unless the caller wants errors as successes.
pub(super) fn answer(query: &Query, wrongs: &[Wrong]) -> Answer {
    let errors: Vec<Value> = wrongs
        .iter()
        .map(|wrong| json!({"msg": wrong.message(), "code": wrong.code, "type": kind(wrong.code)}))
        .collect();
    let status = if query.get("errorcode") == "0" { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let mut body = json!({"version_api": 2, "errors": errors});
    if let Ok(object) = query.get("object").parse::<i64>() {
        body["id"] = json!(object);
    }
    Answer { status, content_type: "application/json;charset=utf-8", body: body.to_string().into() }
}

/// The first version's: always 200, as plain text.
pub(super) fn old_answer(query: &Query, wrongs: &[Wrong]) -> Answer {
    let body = json!({
        "caption": "Ошибки тарификации", "data": query.echoed(),
        "error": wrongs.iter().map(Wrong::message).collect::<Vec<_>>(),
        "errors": wrongs.iter().map(|wrong| json!({"msg": wrong.message(), "code": wrong.code})).collect::<Vec<_>>(),
    });
    Answer { status: StatusCode::OK, content_type: "text/plain;charset=utf-8", body: body.to_string().into() }
}
