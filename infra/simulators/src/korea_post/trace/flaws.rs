//! Answers gone wrong.

use http::StatusCode;

use super::gateway;
use crate::delivery::HUGE;
use crate::korea_post::keys::Service;
use crate::korea_post::sheet::Sheet;
use crate::pipeline::{Answer, Flaw};
use crate::xml::without_digits;

const XML: &str = "text/xml; charset=utf-8";

pub(super) fn flawed(service: Option<Service>, flaw: Flaw, whole: Option<&Answer>) -> Answer {
    let is_portal = service == Some(Service::Portal);
    match flaw {
        Flaw::Quota if is_portal => portal_error("ERR-131"),
        Flaw::Quota => gateway::failure(gateway::USED_UP),
        Flaw::Code(code) if is_portal => portal_error(&format!("ERR-{code:03}")),
        Flaw::Code(code) => gateway::failure(code),
        Flaw::Garbage => raw(XML, garbage(whole)),
        Flaw::WrongType => {
            raw("text/plain", without_digits(whole.map_or(&b""[..], |answer| &answer.body[..]), "하나"))
        }
        Flaw::Huge => raw(XML, format!("<trace><eventnm>{}</eventnm></trace>", "0".repeat(HUGE))),
    }
}

fn portal_error(code: &str) -> Answer {
    let mut sheet = Sheet::new(false, false);
    sheet.open("error");
    sheet.leaf("error_code", code);
    sheet.leaf("message", "");
    sheet.close("error");
    sheet.answer()
}

fn raw(content_type: &'static str, body: String) -> Answer {
    Answer { status: StatusCode::OK, content_type, body: body.into() }
}

/// The right answer up to its middle, then no XML any more.
fn garbage(whole: Option<&Answer>) -> String {
    let text = whole.map(|answer| String::from_utf8_lossy(&answer.body).into_owned()).unwrap_or_default();
    let half: String = text.chars().take(text.chars().count() / 2).collect();
    format!("{half}<trace\u{fffd}</itemlist>&&<")
}
