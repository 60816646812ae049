//! What leaves on the wire once the work is done, or not done.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};

use crate::calls::Step;
use crate::connection::Cut;
use crate::faults::Delivery;
use crate::pipeline::{Answer, Call, Flaw, Wire};
use crate::state::Shared;

/// Turns an answer into what its fault makes of it.
pub(crate) async fn deliver(
    shared: &Arc<Shared>,
    wire: &dyn Wire,
    call: &Call,
    delivery: Delivery,
    answer: Option<Answer>,
) -> Response {
    let whole = |answer: Option<Answer>| match answer {
        Some(answer) => {
            let headers = wire.headers(call, &answer);
            let mut response = answer.into_response();
            response.headers_mut().extend(headers);
            response
        }
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    };
    let flawed = |flaw| wire.flawed(call, flaw, answer.as_ref()).into_response();
    match delivery {
        Delivery::Whole | Delivery::EmptyNumber => {
            shared.calls.count(call.system, &call.operation, Step::Answered);
            whole(answer)
        }
        Delivery::After(wait) => {
            sleep(wait).await;
            shared.calls.count(call.system, &call.operation, Step::Answered);
            whole(answer)
        }
        Delivery::Hold(wait) => {
            sleep(wait).await;
            cut(Cut::Silent)
        }
        Delivery::Reset => cut(Cut::Reset),
        Delivery::Silence => cut(Cut::Silent),
        Delivery::AtByte(0) => cut(Cut::Silent),
        Delivery::AtByte(bytes) => with_cut(whole(answer), Cut::AfterBytes(bytes)),
        Delivery::Truncated(bytes) => {
            let length = answer.as_ref().map_or(0, |answer| answer.body.len());
            let half = u64::try_from(length / 2).unwrap_or(u64::MAX);
            with_cut(whole(answer), Cut::AfterBodyBytes(bytes.unwrap_or(half)))
        }
        Delivery::Status { status, location } => http_status(status, location.as_deref()),
        Delivery::Garbage => flawed(Flaw::Garbage),
        Delivery::Quota => flawed(Flaw::Quota),
        Delivery::Code(code) => flawed(Flaw::Code(code)),
        Delivery::WrongType => flawed(Flaw::WrongType),
        Delivery::Huge => flawed(Flaw::Huge),
        Delivery::Html => text("text/html; charset=utf-8", LOGIN_PAGE.to_owned()),
        Delivery::Maintenance => wire.maintenance().into_response(),
        Delivery::EntityBomb => text("text/xml; charset=utf-8", entity_bomb()),
    }
}

/// A response that only says how to cut the connection. Without our own server it is a plain 502.
pub(crate) fn cut(cut: Cut) -> Response {
    with_cut((StatusCode::BAD_GATEWAY, "cut by a fault").into_response(), cut)
}

fn with_cut(mut response: Response, cut: Cut) -> Response {
    response.extensions_mut().insert(cut);
    response
}

async fn sleep(wait: Duration) {
    tokio::time::sleep(wait).await;
}

fn http_status(status: u16, location: Option<&str>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = if status.is_success() || status.is_redirection() { "" } else { "<h1>Server Error</h1>" };
    let mut response = (status, body).into_response();
    if let Some(location) = location.and_then(|location| HeaderValue::from_str(location).ok()) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

fn text(content_type: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(Bytes::from(body)));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Longer than any answer a client should be willing to hold.
pub(crate) const HUGE: usize = 11 * 1024 * 1024;

const LOGIN_PAGE: &str = "<!DOCTYPE html>\n<html lang=\"fa\" dir=\"rtl\"><head><title>ورود به شبکه</title></head>\
<body><form method=\"post\" action=\"/login\"><input name=\"user\"><input name=\"pass\" type=\"password\">\
<button>ورود</button></form></body></html>\n";

fn entity_bomb() -> String {
    let mut body = String::from("<?xml version=\"1.0\"?>\n<!DOCTYPE lolz [\n <!ENTITY lol \"lol\">\n");
    for level in 1..=9 {
        let below = if level == 1 { String::from("lol") } else { format!("lol{}", level - 1) };
        let _ = writeln!(body, " <!ENTITY lol{level} \"{}\">", format!("&{below};").repeat(10));
    }
    body.push_str("]>\n<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>&lol9;</s:Body></s:Envelope>");
    body
}
