//! Texts, calls and Kakao notices, alone or in a group.

use http::StatusCode;
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::{Solapi, refused, words};
use crate::error::Result;
use crate::gateways::ids;
use crate::gateways::json as wire;
use crate::messengers::account::Moderation;
use crate::messengers::course::{self, Order};
use crate::messengers::{Account, Channel, Message, encoding};
use crate::pipeline::{Answer, View};

/// A message's number: kind, time in Korea, and fifteen characters of chance.
pub(super) fn number(kind: &str, now: Timestamp) -> Result<String> {
    let at = now.to_zoned(TimeZone::fixed(Offset::constant(9))).strftime("%Y%m%d%H%M%S").to_string();
    Ok(format!("{kind}{at}{}", ids::random(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 15)?))
}

/// `POST /messages/v4/send`.
pub(super) fn one(view: &View<'_>, connection: &Connection, account: &Account) -> Result<Answer> {
    let body = wire::members(&view.call.body).unwrap_or_default();
    let Some(message) = body.get("message").and_then(Value::as_object) else { return Ok(unreadable()) };
    let group = number("G4V", view.now)?;
    let strict = body.get("strict").and_then(Value::as_bool).unwrap_or(false);
    let frame = Frame { group: &group, strict, leave: None };
    let mut answer = message_of(view, connection, account, message, &frame)?;
    answer["accountId"] = json!(account.name);
    Ok(wire::ok(&answer))
}

/// `POST /messages/v4/send-many/detail`: a group, of which some may fail.
pub(super) fn many(view: &View<'_>, connection: &Connection, account: &Account) -> Result<Answer> {
    let body = wire::members(&view.call.body).unwrap_or_default();
    let messages = body.get("messages").and_then(Value::as_array).cloned().unwrap_or_default();
    if messages.is_empty() || messages.len() > 10_000 {
        return Ok(unreadable());
    }
    let scheduled = wire::text(&body, "scheduledDate");
    let leave = match scheduled.parse() {
        Ok(at) => Some(at),
        Err(_) if scheduled.is_empty() => None,
        Err(_) => return Ok(unreadable()),
    };
    let doubles = body.get("allowDuplicates").and_then(Value::as_bool).unwrap_or(false);
    let strict = body.get("strict").and_then(Value::as_bool).unwrap_or(false);
    let group = number("G4V", view.now)?;
    let frame = Frame { group: &group, strict, leave };
    let (mut failed, mut done, mut seen) = (Vec::new(), Vec::new(), Vec::new());
    for message in messages.iter().filter_map(Value::as_object) {
        let to = wire::text(message, "to");
        let answer = if !doubles && seen.contains(&to) {
            failure(1026, message, &group)
        } else {
            message_of(view, connection, account, message, &frame)?
        };
        seen.push(to);
        if answer["statusCode"] == "2000" { done.push(answer) } else { failed.push(answer) }
    }
    let count = json!({
        "total": messages.len(), "sentTotal": 0, "sentFailed": 0, "sentSuccess": 0, "sentPending": 0,
        "sentReplacement": 0, "refund": 0, "registeredFailed": failed.len(), "registeredSuccess": done.len(),
    });
    let status = if leave.is_some() { "SCHEDULED" } else { "SENDING" };
    let info = json!({
        "groupId": group, "status": status, "count": count, "accountId": account.name, "balance": {"sum": 0},
        "point": {"sum": 0}, "dateCreated": view.now.to_string(), "scheduledDate": leave.map(|at| at.to_string()),
    });
    let plain = !super::path_of(view.call).ends_with("/detail");
    if plain {
        return Ok(wire::ok(&info));
    }
    let mut answer = json!({"failedMessageList": failed, "groupInfo": info});
    if body.get("showMessageList") == Some(&json!(true)) {
        answer["messageList"] = json!(done);
    }
    Ok(wire::ok(&answer))
}

fn unreadable() -> Answer {
    refused(StatusCode::BAD_REQUEST, "ValidationError", "the body has no message that can be read")
}

/// What all messages of a call have.
struct Frame<'a> {
    group: &'a str,
    strict: bool,
    leave: Option<Timestamp>,
}

fn failure(code: i32, message: &Map<String, Value>, group: &str) -> Value {
    json!({
        "groupId": group, "messageId": "", "statusCode": code.to_string(), "statusMessage": words(code),
        "to": wire::text(message, "to"), "from": wire::text(message, "from"), "type": wire::text(message, "type"),
        "country": "82", "customFields": message.get("customFields"),
    })
}

/// Type, channel and price in messages of the account.
fn kind(
    message: &Map<String, Value>,
    length: usize,
) -> std::result::Result<(&'static str, Channel, i64), i32> {
    let subject = wire::text(message, "subject");
    match wire::text(message, "type").as_str() {
        "" if message.contains_key("kakaoOptions") => Ok(("ATA", Channel::Kakao, 1)),
        "" if length > 90 || !subject.is_empty() => Ok(("LMS", Channel::Sms, 2)),
        "" => Ok(("SMS", Channel::Sms, 1)),
        "SMS" if !subject.is_empty() => Err(1013),
        "SMS" if length > 90 => Err(1031),
        "SMS" => Ok(("SMS", Channel::Sms, 1)),
        "LMS" => Ok(("LMS", Channel::Sms, 2)),
        "ATA" => Ok(("ATA", Channel::Kakao, 1)),
        "VOICE" => Ok(("VOICE", Channel::Voice, 0)),
        _ => Err(1025),
    }
}

fn is_digits(text: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn message_of(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
    message: &Map<String, Value>,
    frame: &Frame<'_>,
) -> Result<Value> {
    match checked(view, connection, account, message, frame)? {
        Ok(accepted) => Ok(json!({
            "groupId": frame.group, "messageId": accepted.id, "statusCode": "2000",
            "statusMessage": words(2000), "to": accepted.to, "from": accepted.from,
            "type": accepted.extra["type"], "country": "82", "customFields": accepted.extra["tags"],
        })),
        Err(code) => Ok(failure(code, message, frame.group)),
    }
}

fn checked(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
    message: &Map<String, Value>,
    frame: &Frame<'_>,
) -> Result<std::result::Result<Message, i32>> {
    let (to, from, text) =
        (wire::text(message, "to"), wire::text(message, "from"), wire::text(message, "text"));
    if to.is_empty() || from.is_empty() || text.is_empty() && !message.contains_key("kakaoOptions") {
        return Ok(Err(1010));
    }
    if !is_digits(&to, 8..=11) || !is_digits(&from, 8..=11) {
        return Ok(Err(1011));
    }
    let length = match (encoding::euc_kr_length(&text), frame.strict) {
        (Some(length), _) => length,
        (None, true) => return Ok(Err(1029)),
        // What EUC-KR does not have is mangled.
        (None, false) => text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum(),
    };
    let sent: String = match frame.strict {
        true => text.clone(),
        false => text.chars().map(|c| if fits(c) { c } else { '?' }).collect(),
    };
    let (kind, channel, factor) = match kind(message, length) {
        Ok(kind) => kind,
        Err(code) => return Ok(Err(code)),
    };
    let subject = wire::text(message, "subject");
    if encoding::euc_kr_length(&subject).unwrap_or(usize::MAX) > 40 {
        return Ok(Err(1014));
    }
    if length > 2_000 {
        return Ok(Err(1031));
    }
    if !account.may_send_as(&from) {
        return Ok(Err(1062));
    }
    if account.is_stopped(&to) {
        return Ok(Err(1061));
    }
    if channel == Channel::Kakao && !is_approved(account, message) {
        return Ok(Err(1025));
    }
    let price = if channel == Channel::Voice { account.call_price } else { account.price * factor };
    if course::balance::<Solapi>(connection, account)? < price {
        return Ok(Err(1030));
    }
    let order = Order {
        id: number("M4V", view.now)?,
        our_id: None,
        channel,
        from: &from,
        to: &to,
        subject: Some(subject.as_str()).filter(|subject| !subject.is_empty()),
        text: &sent,
        html: None,
        parts: 1,
        price,
        leave: frame.leave,
        extra: json!({
            "fallback": !text.is_empty() && message.get("kakaoOptions").is_some_and(|it| it["disableSms"] != true),
            "group": frame.group, "type": kind, "scheduled": frame.leave.is_some(),
            "tags": message.get("customFields").cloned().unwrap_or_else(|| json!({})),
        }),
    };
    Ok(Ok(course::accept::<Solapi>(view, connection, account, order)?))
}

fn fits(c: char) -> bool {
    encoding::euc_kr_length(c.encode_utf8(&mut [0; 4])).is_some()
}

/// A notice needs a channel and an approved pattern.
fn is_approved(account: &Account, message: &Map<String, Value>) -> bool {
    let Some(options) = message.get("kakaoOptions").and_then(Value::as_object) else { return false };
    let name = wire::text(options, "templateId");
    !wire::text(options, "pfId").is_empty()
        && account.templates.iter().any(|it| it.name == name && it.state == Moderation::Approved)
}
