//! Answers gone wrong.

use http::StatusCode;

use super::{GET_TICKET, batch, single, soap11, soap12};
use crate::delivery::HUGE;
use crate::pipeline::{Answer, Flaw};
use crate::xml::without_digits;

const XML: &str = "text/xml; charset=utf-8";

pub(super) fn flawed(operation: &str, is_batch: bool, flaw: Flaw, whole: Option<&Answer>) -> Answer {
    let wrapper = if operation == GET_TICKET { batch::TICKET } else { batch::RESPONSE };
    match flaw {
        Flaw::Quota if is_batch => batch::used_up(wrapper),
        Flaw::Quota => single::used_up(),
        Flaw::Code(code) if is_batch => soap11::refusal(wrapper, code),
        Flaw::Code(3) => single::bad_login(),
        // An outage that passes; the number itself is all right.
        Flaw::Code(_) => soap12::fault("Receiver", "Внутренняя ошибка сервиса", ""),
        Flaw::Garbage => raw(XML, garbage(whole)),
        Flaw::WrongType => {
            raw("text/plain", without_digits(whole.map_or(&b""[..], |answer| &answer.body[..]), "один"))
        }
        Flaw::Huge if is_batch => soap11::answer(wrapper, &format!("<value>{}</value>", "0".repeat(HUGE))),
        Flaw::Huge => soap12::answer(&format!("<huge>{}</huge>", "0".repeat(HUGE))),
    }
}

fn raw(content_type: &'static str, body: String) -> Answer {
    Answer { status: StatusCode::OK, content_type, body: body.into() }
}

/// The right answer up to its middle, then no XML any more.
fn garbage(whole: Option<&Answer>) -> String {
    let text = whole.map(|answer| String::from_utf8_lossy(&answer.body).into_owned()).unwrap_or_default();
    let half: String = text.chars().take(text.chars().count() / 2).collect();
    format!("{half}<ns3:Item Barcode=\u{fffd}</S:Body>&&<")
}
