//! Replies gone wrong.

use http::StatusCode;

use super::reply::plain_error;
use crate::delivery::HUGE;
use crate::pipeline::{Answer, Flaw};
use crate::xml::without_digits;

const XML: &str = "text/xml; charset=utf-8";

pub(super) fn flawed(flaw: Flaw, whole: Option<&Answer>) -> Answer {
    let bytes = || whole.map_or(&b""[..], |answer| &answer.body[..]);
    match flaw {
        Flaw::Quota => plain_error("ERR-131"),
        Flaw::Code(code) => plain_error(&format!("ERR-{code:03}")),
        Flaw::Garbage => raw(XML, garbage(bytes())),
        Flaw::WrongType => raw("text/plain", without_digits(bytes(), "하나")),
        Flaw::Huge => raw(XML, format!("<xsync><regiPoNm>{}</regiPoNm></xsync>", "0".repeat(HUGE))),
    }
}

fn raw(content_type: &'static str, body: String) -> Answer {
    Answer { status: StatusCode::OK, content_type, body: body.into() }
}

/// The right reply up to its middle, then no XML any more.
fn garbage(whole: &[u8]) -> String {
    let text = String::from_utf8_lossy(whole);
    let half: String = text.chars().take(text.chars().count() / 2).collect();
    format!("{half}<xsync\u{fffd}</regiNo>&&<")
}
