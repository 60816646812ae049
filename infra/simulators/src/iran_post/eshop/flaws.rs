//! SOAP answers gone wrong.

use http::StatusCode;

use super::errors;
use super::soap::{self, Value};
use crate::delivery::HUGE;
use crate::pipeline::{Answer, Flaw};
use crate::xml::without_digits;

pub(super) fn flawed(operation: &str, flaw: Flaw, whole: Option<&Answer>) -> Answer {
    match flaw {
        Flaw::Quota => soap::answer(operation, &refused(operation, errors::NO_GATEWAY)),
        Flaw::Code(code) => soap::answer(operation, &refused(operation, i64::from(code))),
        Flaw::Garbage => xml("text/xml; charset=utf-8", garbage(operation)),
        Flaw::WrongType => {
            let text = whole.map_or(&b""[..], |answer| &answer.body[..]);
            xml("text/plain", without_digits(text, "یک"))
        }
        Flaw::Huge => {
            let padding = "x".repeat(HUGE);
            let body = format!(
                "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><{operation}Response>\
                 <Description>{padding}</Description></{operation}Response></s:Body></s:Envelope>"
            );
            xml("text/xml; charset=utf-8", body)
        }
    }
}

fn xml(content_type: &'static str, body: String) -> Answer {
    Answer { status: StatusCode::OK, content_type, body: body.into() }
}

/// The operation's own shape with nothing in it but the code.
fn refused(operation: &str, code: i64) -> Value {
    let description = || ("Description", Value::Text(errors::text(code).to_owned()));
    match operation {
        "AddParcel" | "AddParcelWithDiscount" => Value::Object(vec![
            description(),
            ("ErrorCode", Value::Int(code)),
            ("ParcelCode", Value::Text(String::new())),
            ("PostDeliveryPrice", Value::Int(0)),
            ("VatTax", Value::Int(0)),
        ]),
        "GetDeliveryPrice" | "DeliveryMultiPrice" => Value::Object(vec![
            description(),
            ("ErrorCode", Value::Int(code)),
            ("PostDeliveryPrice", Value::Int(0)),
            ("VatTax", Value::Int(0)),
        ]),
        "ReadyToShip" => Value::Object(vec![description(), ("ErrorCode", Value::Int(code))]),
        "AddStuff" | "EditStuffPrice" | "EditStuffWeight" | "GetStatus" => Value::Int(code),
        _ => Value::List("Item", Vec::new()),
    }
}

/// Looks like success up to the point where it is no XML any more.
fn garbage(operation: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><{operation}Response>\
         <{operation}Result><a:ErrorCode>0</a:Err\u{fffd}orCode><a:ParcelCode>12</s:Body>&&<"
    )
}
