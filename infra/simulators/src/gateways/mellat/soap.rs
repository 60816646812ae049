//! SOAP 1.1 answers, faults, and answers gone wrong.

use http::StatusCode;

use crate::delivery::HUGE;
use crate::pipeline::{Answer, Flaw};
use crate::xml::{escaped, without_digits};

/// The service's namespace.
pub(super) const NAMESPACE: &str = "http://interfaces.core.sw.bps.com/";

const CONTENT_TYPE: &str = "text/xml;charset=UTF-8";

/// The one string an operation gives back.
pub(super) fn answer(operation: &str, value: &str) -> Answer {
    envelope(
        StatusCode::OK,
        &format!(
            "<ns2:{operation}Response xmlns:ns2=\"{NAMESPACE}\"><return>{}</return></ns2:{operation}Response>",
            escaped(value)
        ),
    )
}

/// A message that could not be read.
pub(super) fn fault(text: &str) -> Answer {
    envelope(
        StatusCode::INTERNAL_SERVER_ERROR,
        &format!(
            "<soap:Fault><faultcode>soap:Client</faultcode><faultstring>Unmarshalling Error: {}</faultstring></soap:Fault>",
            escaped(text)
        ),
    )
}

fn envelope(status: StatusCode, body: &str) -> Answer {
    let text = format!(
        "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>{body}</soap:Body></soap:Envelope>"
    );
    Answer { status, content_type: CONTENT_TYPE, body: text.into() }
}

/// 30 is what the bank says when it has too much to do.
pub(super) fn flawed(operation: &str, flaw: Flaw, whole: Option<&Answer>) -> Answer {
    match flaw {
        Flaw::Quota => answer(operation, "30"),
        Flaw::Code(code) => answer(operation, &code.to_string()),
        Flaw::Garbage => {
            let body =
                "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><ns2:";
            Answer { status: StatusCode::OK, content_type: CONTENT_TYPE, body: body.into() }
        }
        Flaw::WrongType => {
            let text = whole.map_or(&b""[..], |answer| &answer.body[..]);
            Answer {
                status: StatusCode::OK,
                content_type: "text/plain",
                body: without_digits(text, "یک").into(),
            }
        }
        Flaw::Huge => answer(operation, &"x".repeat(HUGE)),
    }
}
