//! SOAP 1.2 answers and faults, with the prefixes that the service really uses.

use http::StatusCode;

use crate::envelope;
use crate::pipeline::Answer;
use crate::xml::escaped;

/// Request and record elements, and fault reasons.
pub(super) const DATA: &str = "http://russianpost.org/operationhistory/data";
/// Money-order events.
pub(super) const MONEY: &str = "http://www.russianpost.org/RTM/DataExchangeESPP/Data";
const ENVELOPE: &str = "http://www.w3.org/2003/05/soap-envelope";
const CONTENT_TYPE: &str = "application/soap+xml; charset=utf-8";

/// The content of a body, with its own namespaces.
pub(super) fn answer(body: &str) -> Answer {
    let text = format!(
        "<?xml version='1.0' encoding='UTF-8'?><S:Envelope xmlns:S=\"{ENVELOPE}\"><S:Body>{body}</S:Body></S:Envelope>"
    );
    Answer { status: StatusCode::OK, content_type: CONTENT_TYPE, body: text.into() }
}

/// A fault: its code, its reason and the element in its detail.
pub(super) fn fault(code: &str, reason: &str, detail: &str) -> Answer {
    let detail = if detail.is_empty() { String::new() } else { format!("<S:Detail>{detail}</S:Detail>") };
    let text = format!(
        "<S:Envelope xmlns:S=\"{ENVELOPE}\"><S:Body><S:Fault><S:Code><S:Value>S:{code}</S:Value></S:Code>\
         <S:Reason><S:Text xml:lang=\"ru\">{}</S:Text></S:Reason>{detail}</S:Fault></S:Body></S:Envelope>",
        escaped(reason)
    );
    Answer { status: StatusCode::INTERNAL_SERVER_ERROR, content_type: CONTENT_TYPE, body: text.into() }
}

/// A fault whose detail is a reason in the service's own namespace.
pub(super) fn declared(name: &str, reason: &str, text: &str) -> Answer {
    let detail = format!("<ns3:{name} xmlns:ns3=\"{DATA}\">{}</ns3:{name}>", escaped(text));
    fault("Receiver", reason, &detail)
}

/// The fault for what is no message, no SOAP 1.2 or no operation of this service.
pub(super) fn unreadable(body: &[u8]) -> Answer {
    match envelope::open(body) {
        Err(problem) => fault("Sender", &problem, ""),
        Ok(message) if message.version != ENVELOPE => {
            fault("VersionMismatch", "Couldn't create SOAP message. Expecting Envelope in SOAP 1.2.", "")
        }
        Ok(message) => {
            let text = format!(
                "Cannot find dispatch method for {{{}}}{}",
                message.operation.namespace, message.operation.name
            );
            fault("Sender", &text, "")
        }
    }
}

/// Whether a message is SOAP 1.2.
pub(super) fn is_version(version: &str) -> bool {
    version == ENVELOPE
}
