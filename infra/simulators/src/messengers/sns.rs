//! Amazon SNS (protocol section 4.2): a form in, XML out; a number is all a publisher hears.

use std::collections::HashMap;

use http::{Method, StatusCode};
use rusqlite::Connection;
use serde_json::json;

use super::course::{self, Order};
use super::line::{field, form_of};
use super::{Account, Channel, Desk, Messenger, Messengers, encoding};
use crate::delivery::HUGE;
use crate::error::Result;
use crate::gateways::ids;
use crate::pipeline::{Answer, Call, Flaw, Reach, View};
use crate::system::System;
use crate::xml::escaped;

/// The provider.
pub(crate) struct Sns;

const NAMESPACE: &str = "http://sns.amazonaws.com/doc/2010-03-31/";
/// The account every signature belongs to: signatures are not checked, only that there is one.
const ACCOUNT: &str = "aws";

impl Messenger for Sns {
    const SYSTEM: System = System::Sns;

    fn desk(messengers: &Messengers) -> &Desk {
        &messengers.sns
    }

    fn seeds() -> Vec<Account> {
        vec![Account::seed(ACCOUNT, "", (10_000_000, 4_000, 0), &["ROMASHKA", "YAM"])]
    }

    fn operation(method: &Method, path: &str) -> Option<&'static str> {
        (*method == Method::POST && path.is_empty()).then_some("Publish")
    }

    fn refined(operation: &'static str, call: &Call) -> &'static str {
        if field(&form_of(call), "Action") == "GetSMSAttributes" { "GetSMSAttributes" } else { operation }
    }

    fn reach(operation: &str) -> Reach {
        if operation == "Publish" { Reach::Effect } else { Reach::Lookup }
    }

    fn work(view: &View<'_>, connection: &Connection) -> Result<Answer> {
        let fields = form_of(view.call);
        let signed = view.call.headers.iter().any(|(name, _)| name == "authorization");
        let found = view.shared.messengers.sns.account(ACCOUNT).filter(|account| account.active && signed);
        let Some(account) = found else {
            return Ok(refused(403, "AuthorizationError", "not authorized to perform: SNS:Publish"));
        };
        if view.call.operation == "GetSMSAttributes" {
            return Ok(settings());
        }
        if field(&fields, "Action") != "Publish" || field(&fields, "Version") != "2010-03-31" {
            return Ok(refused(400, "InvalidAction", "The action or version is not known"));
        }
        let (to, text) = (field(&fields, "PhoneNumber"), field(&fields, "Message"));
        let attributes = attributes(&fields);
        let sender = attributes.get("AWS.SNS.SMS.SenderID").map_or("", String::as_str);
        let from = attributes.get("AWS.MM.SMS.OriginationNumber").map_or(sender, String::as_str);
        let kind = attributes.get("AWS.SNS.SMS.SMSType").map_or("Promotional", String::as_str);
        let bad = |what: &str| Ok(refused(400, "InvalidParameter", &format!("Invalid parameter: {what}")));
        if !is_number(to) {
            return bad("PhoneNumber");
        }
        if text.is_empty() || text.len() > 1_600 {
            return bad("Message");
        }
        if !sender.is_empty() && !is_sender(sender) {
            return bad("AWS.SNS.SMS.SenderID");
        }
        if !matches!(kind, "Promotional" | "Transactional") {
            return bad("AWS.SNS.SMS.SMSType");
        }
        if course::is_throttled::<Self>(view, connection, &account)? {
            return Ok(refused(429, "Throttled", "Rate exceeded"));
        }
        let parts = encoding::parts(text);
        let order = Order {
            id: ids::uuid()?,
            our_id: None,
            channel: Channel::Sms,
            from: if from.is_empty() { "NOTICE" } else { from },
            to,
            subject: None,
            text,
            html: None,
            parts,
            price: account.price * i64::from(parts),
            leave: None,
            extra: json!({"type": kind, "opted_out": account.is_stopped(to)}),
        };
        let message = course::accept::<Self>(view, connection, &account, order)?;
        Ok(xml(
            200,
            format!(
                "<PublishResponse xmlns=\"{NAMESPACE}\"><PublishResult><MessageId>{}</MessageId></PublishResult>\
                 <ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></PublishResponse>",
                message.id,
                ids::uuid()?
            ),
        ))
    }

    fn owner(_: &View<'_>) -> Option<(String, String)> {
        Some((ACCOUNT.to_owned(), String::new()))
    }

    fn flawed(_: &Call, flaw: Flaw, _: Option<&Answer>) -> Answer {
        match flaw {
            Flaw::Quota => refused(429, "Throttled", "Rate exceeded"),
            Flaw::Code(403) => refused(403, "AuthorizationError", "not authorized to perform: SNS:Publish"),
            Flaw::Code(400) => refused(400, "OptedOut", "The phone number has opted out"),
            Flaw::Code(_) => refused(500, "InternalError", "Internal error"),
            Flaw::Garbage => xml(200, "<PublishResponse><PublishResult><MessageId>5d0c".to_owned()),
            Flaw::WrongType => xml(200, "<PublishResponse><PublishResult/></PublishResponse>".to_owned()),
            Flaw::Huge => xml(200, format!("<PublishResponse>{}</PublishResponse>", " ".repeat(HUGE))),
        }
    }
}

fn xml(status: u16, body: String) -> Answer {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Answer { status, content_type: "text/xml", body: body.into() }
}

/// The account's settings; the protocol names them, and the answer's frame is that of all answers of this API.
fn settings() -> Answer {
    xml(
        200,
        format!(
            "<GetSMSAttributesResponse xmlns=\"{NAMESPACE}\"><GetSMSAttributesResult><attributes><entry>\
             <key>MonthlySpendLimit</key><value>1</value></entry></attributes></GetSMSAttributesResult>\
             <ResponseMetadata><RequestId>11111111-0000-5000-8000-000000000002</RequestId></ResponseMetadata>\
             </GetSMSAttributesResponse>"
        ),
    )
}

fn refused(status: u16, code: &str, message: &str) -> Answer {
    let kind = if status < 500 { "Sender" } else { "Receiver" };
    xml(
        status,
        format!(
            "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>{kind}</Type><Code>{code}</Code>\
             <Message>{}</Message></Error><RequestId>11111111-0000-5000-8000-000000000001</RequestId>\
             </ErrorResponse>",
            escaped(message)
        ),
    )
}

fn is_number(to: &str) -> bool {
    let digits = to.strip_prefix('+').unwrap_or(to);
    (2..=15).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0')
}

/// Letters, digits and hyphens, one letter at least.
fn is_sender(name: &str) -> bool {
    (1..=11).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && name.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// `MessageAttributes.entry.N` by name.
fn attributes(fields: &HashMap<String, String>) -> HashMap<&str, String> {
    (1..=10)
        .map_while(|n| {
            let name = fields.get(&format!("MessageAttributes.entry.{n}.Name"))?;
            let value = fields.get(&format!("MessageAttributes.entry.{n}.Value.StringValue"))?;
            Some((name.as_str(), value.clone()))
        })
        .collect()
}
