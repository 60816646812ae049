//! What the errors of both wires mean (protocol notes, sections 1.4, 1.5, 2.3 and 2.4).
//!
//! A spent quota comes under the same error as a wrong password; only its text tells them apart.

use crate::errors::error;
use crate::outcome::RefusalKind;
use crate::tracker::{TrackOutcome, words};

use super::RETRY_AFTER;

const WRONG_LOGIN: &str = "the login or the password of the tracking API is wrong";

/// An `ErrorTypeID` of the batch wire with its `ErrorName`.
///
/// 12 is about a code (nothing known), 17 about a ticket (deleted): both are "nothing there". 2, 18, 20 and
/// 22 would be mistakes of ours, 16 is one of theirs; asking again is all that can be done.
pub(super) fn by_id<T>(id: &str, told: &str) -> TrackOutcome<T> {
    let id = id.trim();
    let described = || format!("error {}: {}", words(id), words(told));
    match id {
        _ if is_quota(told) => TrackOutcome::Quota { words: words(told) },
        "3" => TrackOutcome::Denied(error(id, told, WRONG_LOGIN, RefusalKind::Credentials)),
        "6" => TrackOutcome::NotYet { retry_after: RETRY_AFTER },
        "12" | "17" => TrackOutcome::NotFound,
        "21" => TrackOutcome::BadCode(described()),
        _ => TrackOutcome::Failed(described()),
    }
}

/// `Превышен лимит количества запросов`
fn is_quota(told: &str) -> bool {
    told.to_lowercase().contains("лимит")
}

/// A text of a SOAP fault that says what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// `Reason/Text`, `faultstring`.
    Text,
    /// `AuthorizationFaultReason`
    Authorization,
    /// `OperationHistoryFaultReason`
    History,
    /// `LanguageFaultReason`
    Language,
}

impl Part {
    /// The part that an element of this local name holds.
    pub(super) fn of(name: &str) -> Option<Self> {
        match name {
            "Text" | "faultstring" => Some(Part::Text),
            "AuthorizationFaultReason" => Some(Part::Authorization),
            "OperationHistoryFaultReason" => Some(Part::History),
            "LanguageFaultReason" => Some(Part::Language),
            _ => None,
        }
    }
}

/// A SOAP fault, as far as it was told.
#[derive(Debug, Default)]
pub(super) struct Fault {
    seen: bool,
    text: String,
    detail: Option<(Part, String)>,
    id: Option<String>,
}

impl Fault {
    /// There is one.
    pub(super) fn begin(&mut self) {
        self.seen = true;
    }

    /// One of its texts.
    pub(super) fn add(&mut self, part: Part, text: &str) {
        if part == Part::Text {
            self.text = words(text);
        } else {
            self.detail = Some((part, words(text)));
        }
    }

    /// `ErrorID` of the money-order service.
    pub(super) fn identify(&mut self, id: &str) {
        self.seen = true;
        self.id = Some(words(id));
    }

    /// What it means; none when there is no fault.
    ///
    /// The history fault's reason tells a wrong format from the rest; a number it does not find is no error
    /// of ours (protocol notes, section 1.4).
    pub(super) fn outcome<T>(&self) -> Option<TrackOutcome<T>> {
        if !self.seen {
            return None;
        }
        let detail = self.detail.as_ref().map_or("", |(_, detail)| detail.as_str());
        let told = if detail.is_empty() { self.text.clone() } else { detail.to_owned() };
        let all = format!("{} {detail}", self.text).to_lowercase();
        let part = self.detail.as_ref().map(|(part, _)| *part);
        let login = |told: &str| {
            let code = self.id.as_deref().unwrap_or("authorization");
            TrackOutcome::Denied(error(code, told, WRONG_LOGIN, RefusalKind::Credentials))
        };
        Some(match (part, self.id.as_deref()) {
            _ if is_quota(&all) => TrackOutcome::Quota { words: told },
            (Some(Part::Authorization), _) | (_, Some("InvalidLoginOrPassword")) => login(&told),
            (_, Some("BarcodeIsNull")) => TrackOutcome::BadCode("BarcodeIsNull".into()),
            (_, Some(id)) => TrackOutcome::Failed(format!("{id} {told}").trim_end().to_owned()),
            _ if all.contains("внутренняя ошибка") || all.contains("internal") => {
                TrackOutcome::Failed(told)
            }
            (Some(Part::History), None) if is_bad_format(&all) => TrackOutcome::BadCode(told),
            (Some(Part::History), None) => TrackOutcome::NotFound,
            (None, None) if all.contains("авторизаци") => login(&told),
            (Some(Part::Language | Part::Text) | None, None) => {
                TrackOutcome::Failed(format!("SOAP fault: {told}"))
            }
        })
    }
}

fn is_bad_format(told: &str) -> bool {
    told.contains("формат данных запроса не соответствует")
        || told.contains("format of the request data is invalid")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind<T>(outcome: &TrackOutcome<T>) -> &'static str {
        match outcome {
            TrackOutcome::Answer(_) => "answer",
            TrackOutcome::NotFound => "not found",
            TrackOutcome::NotYet { .. } => "not yet",
            TrackOutcome::Quota { .. } => "quota",
            TrackOutcome::Denied(_) => "denied",
            TrackOutcome::Maintenance(_) => "maintenance",
            TrackOutcome::Failed(_) => "failed",
            TrackOutcome::ShapeChanged(_) => "shape",
            TrackOutcome::BadCode(_) => "bad code",
        }
    }

    #[test]
    fn error_ids_are_what_the_table_says() {
        for (id, told, expected) in [
            ("2", "", "failed"),
            ("3", "Ошибка авторизации", "denied"),
            ("3", "Ошибка авторизации: Превышен лимит количества запросов", "quota"),
            ("6", "Ответ не готов", "not yet"),
            ("12", "Сообщение не найдено", "not found"),
            ("12", "Нет информации по отправлению", "not found"),
            ("16", "Внутренняя ошибка", "failed"),
            ("17", "", "not found"),
            ("18", "", "failed"),
            ("20", "", "failed"),
            ("21", "", "bad code"),
            ("22", "", "failed"),
            ("99", "", "failed"),
            ("", "", "failed"),
        ] {
            assert_eq!(kind(&by_id::<()>(id, told)), expected, "{id} {told}");
        }
    }

    #[test]
    fn faults_are_told_apart_by_their_detail_and_text() {
        let fault = |text: &str, detail: Option<(Part, &str)>| {
            let mut fault = Fault::default();
            fault.begin();
            fault.add(Part::Text, text);
            if let Some((part, detail)) = detail {
                fault.add(part, detail);
            }
            kind(&fault.outcome::<()>().unwrap())
        };
        let limit = "Превышен лимит количества запросов";
        let format = "Формат данных запроса не соответствует установленному в регламенте обмена";
        assert_eq!(fault("Ошибка авторизации", Some((Part::Authorization, limit))), "quota");
        assert_eq!(fault("Ошибка авторизации", Some((Part::Authorization, "Ошибка авторизации"))), "denied");
        assert_eq!(fault("Ошибка авторизации", None), "denied");
        assert_eq!(fault("x", Some((Part::History, format))), "bad code");
        assert_eq!(
            fault("x", Some((Part::History, "The format of the request data is invalid"))),
            "bad code"
        );
        assert_eq!(fault("x", Some((Part::History, "Отправление не найдено"))), "not found");
        assert_eq!(fault("Внутренняя ошибка сервиса", Some((Part::History, ""))), "failed");
        assert_eq!(fault("Внутренняя ошибка сервиса", None), "failed");
        assert_eq!(fault("x", Some((Part::Language, "y"))), "failed");
        assert_eq!(kind(&Fault::default().outcome::<()>().unwrap_or(TrackOutcome::Answer(()))), "answer");
    }

    #[test]
    fn faults_of_the_money_order_service_have_ids() {
        for (id, expected) in [
            ("InvalidLoginOrPassword", "denied"),
            ("BarcodeIsNull", "bad code"),
            ("InternalServiceError", "failed"),
        ] {
            let mut fault = Fault::default();
            fault.identify(id);
            assert_eq!(kind(&fault.outcome::<()>().unwrap()), expected, "{id}");
        }
    }
}
