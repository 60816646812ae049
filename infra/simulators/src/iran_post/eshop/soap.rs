//! SOAP 1.1 envelopes, answers and faults.

use http::StatusCode;

use crate::pipeline::Answer;
use crate::xml::escaped;

const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

/// The data-contract namespace; the real one is not known.
pub(crate) const CONTRACT: &str = "http://schemas.datacontract.org/2004/07/EbazaarPost.EShop";

/// A value inside an answer.
pub(crate) enum Value {
    Int(i64),
    Text(String),
    Object(Vec<(&'static str, Value)>),
    List(&'static str, Vec<Value>),
}

/// The answer of an operation. Members of an object are written in the order given.
pub(crate) fn answer(operation: &str, result: &Value) -> Answer {
    let mut inner = String::new();
    write(&mut inner, result);
    let namespace = match result {
        Value::Int(_) | Value::Text(_) => String::new(),
        _ => format!(" xmlns:a=\"{CONTRACT}\" xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\""),
    };
    envelope(
        StatusCode::OK,
        &format!(
            "<{operation}Response xmlns=\"http://tempuri.org/\"><{operation}Result{namespace}>{inner}\
             </{operation}Result></{operation}Response>"
        ),
    )
}

fn write(out: &mut String, value: &Value) {
    match value {
        Value::Int(number) => out.push_str(&number.to_string()),
        Value::Text(text) => out.push_str(&escaped(text)),
        Value::Object(members) => {
            for (name, value) in members {
                tagged(out, name, value);
            }
        }
        Value::List(name, items) => {
            for item in items {
                tagged(out, name, item);
            }
        }
    }
}

fn tagged(out: &mut String, name: &str, value: &Value) {
    if matches!(value, Value::Text(text) if text.is_empty()) {
        out.push_str(&format!("<a:{name}/>"));
        return;
    }
    out.push_str(&format!("<a:{name}>"));
    write(out, value);
    out.push_str(&format!("</a:{name}>"));
}

/// A SOAP fault, for messages the service could not read.
pub(crate) fn fault(code: &str, text: &str) -> Answer {
    envelope(
        StatusCode::INTERNAL_SERVER_ERROR,
        &format!(
            "<s:Fault><faultcode xmlns:a=\"http://schemas.microsoft.com/net/2005/12/windowscommunicationfoundation/dispatcher\">\
             a:{code}</faultcode><faultstring xml:lang=\"en-US\">{}</faultstring></s:Fault>",
            escaped(text)
        ),
    )
}

fn envelope(status: StatusCode, body: &str) -> Answer {
    let text = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{body}</s:Body></s:Envelope>"
    );
    Answer { status, content_type: CONTENT_TYPE, body: text.into() }
}
