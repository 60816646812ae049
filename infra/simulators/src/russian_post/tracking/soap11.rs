//! SOAP 1.1 answers, errors inside them, and faults.

use http::StatusCode;

use crate::envelope;
use crate::pipeline::Answer;
use crate::xml::escaped;

/// Items, operations and errors of items.
pub(super) const ITEMS: &str = "http://fclient.russianpost.org";
const ENVELOPE: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

/// An operation's answer, without prefix: its content stands in no namespace.
pub(super) fn answer(wrapper: &str, content: &str) -> Answer {
    wrapped(
        StatusCode::OK,
        &format!(
            "<ns2:{wrapper} xmlns:ns2=\"{}\" xmlns:ns3=\"{ITEMS}\">{content}</ns2:{wrapper}>",
            super::BATCH
        ),
    )
}

/// An error of the whole request.
pub(super) fn refusal(wrapper: &str, error: i32) -> Answer {
    refusal_with(wrapper, error, name(error))
}

/// The same in other words.
pub(super) fn refusal_with(wrapper: &str, error: i32, text: &str) -> Answer {
    answer(wrapper, &format!("<error ErrorTypeID=\"{error}\" ErrorName=\"{}\"/>", escaped(text)))
}

/// The words beside an error. Only those of 3 and 12 are known, the others are ours.
pub(super) fn name(error: i32) -> &'static str {
    match error {
        2 => "Запрос не соответствует протоколу",
        3 => "Ошибка авторизации",
        6 => "Ответ ещё не готов",
        12 => "Сообщение не найдено",
        16 => "Внутренняя ошибка сервиса",
        17 => "Ответ устарел и удалён",
        18 => "Превышено максимальное количество отправлений в запросе",
        20 => "Неверный язык",
        21 => "Слишком длинный идентификатор отправления",
        22 => "Слишком длинное имя файла",
        _ => "Неизвестная ошибка",
    }
}

/// The fault for what is no message, no SOAP 1.1 or no operation of this service.
pub(super) fn unreadable(body: &[u8]) -> Answer {
    let (code, text) = match envelope::open(body) {
        Err(problem) => ("Client", problem),
        Ok(message) if message.version != ENVELOPE => {
            ("VersionMismatch", "Couldn't create SOAP message. Expecting Envelope in SOAP 1.1.".to_owned())
        }
        Ok(message) => {
            let operation = message.operation;
            (
                "Client",
                format!("Cannot find dispatch method for {{{}}}{}", operation.namespace, operation.name),
            )
        }
    };
    wrapped(
        StatusCode::INTERNAL_SERVER_ERROR,
        &format!(
            "<S:Fault><faultcode>S:{code}</faultcode><faultstring>{}</faultstring></S:Fault>",
            escaped(&text)
        ),
    )
}

fn wrapped(status: StatusCode, body: &str) -> Answer {
    let text = format!("<S:Envelope xmlns:S=\"{ENVELOPE}\"><S:Body>{body}</S:Body></S:Envelope>");
    Answer { status, content_type: CONTENT_TYPE, body: text.into() }
}

/// Whether a message is SOAP 1.1.
pub(super) fn is_version(version: &str) -> bool {
    version == ENVELOPE
}
