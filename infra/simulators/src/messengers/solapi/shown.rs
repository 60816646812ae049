//! What became of messages and groups.

use rusqlite::Connection;
use serde_json::{Map, Value, json};

use http::StatusCode;

use super::{code, group_of, refused, words};
use crate::error::Result;
use crate::gateways::json as wire;
use crate::messengers::line::{field, form_of};
use crate::messengers::{Account, Message, State, vault};
use crate::pipeline::{Answer, View};
use crate::system::System;

fn own(connection: &Connection, account: &Account) -> Result<Vec<Message>> {
    let all = vault::list(connection, Some(System::Solapi))?;
    Ok(all.into_iter().filter(|message| message.account == account.name).collect())
}

/// By number, group or recipient; an object by number.
pub(super) fn list(view: &View<'_>, connection: &Connection, account: &Account) -> Result<Answer> {
    let fields = form_of(view.call);
    let wanted = |name: &str, value: &str| {
        let asked = field(&fields, name);
        asked.is_empty() || asked == value
    };
    let limit = field(&fields, "limit").parse().unwrap_or(20_usize).clamp(1, 500);
    let found = own(connection, account)?.into_iter().filter(|message| {
        let group = message.extra["group"].as_str().unwrap_or_default();
        wanted("messageId", &message.id) && wanted("groupId", group) && wanted("to", &message.to)
    });
    let list: Map<String, Value> =
        found.take(limit).map(|message| (message.id.clone(), shown(&message))).collect();
    Ok(wire::ok(&json!({"startKey": null, "nextKey": null, "limit": limit, "messageList": list})))
}

fn shown(message: &Message) -> Value {
    let code = code(message);
    let status = match message.state {
        State::Accepted => "PENDING",
        State::Sent | State::Busy => "SENDING",
        _ => "COMPLETE",
    };
    json!({
        "messageId": message.id, "groupId": message.extra["group"], "accountId": message.account,
        "type": message.extra["type"], "to": message.to, "from": message.from, "text": message.text,
        "subject": message.subject, "country": "82", "status": status, "statusCode": code.to_string(),
        "reason": words(code), "networkCode": "45005", "customFields": message.extra["tags"],
        "dateCreated": message.sent.to_string(), "dateUpdated": message.changed.to_string(),
    })
}

/// A group's counts.
pub(super) fn group(view: &View<'_>, connection: &Connection, account: &Account) -> Result<Answer> {
    let name = group_of(view);
    let mut messages = own(connection, account)?;
    messages.retain(|message| message.extra["group"] == name.as_str());
    if messages.is_empty() {
        return Ok(refused(StatusCode::NOT_FOUND, "ResourceNotFound", "there is no such group"));
    }
    let count = |is: fn(&Message) -> bool| messages.iter().filter(|message| is(message)).count();
    let pending = count(|message| message.state.is_open());
    let status = if pending > 0 { "SENDING" } else { "COMPLETE" };
    Ok(wire::ok(&json!({
        "groupId": name, "status": status, "accountId": account.name, "count": {
            "total": messages.len(), "sentPending": pending,
            "sentSuccess": count(|message| message.state == State::Delivered),
            "sentFailed": count(|message| !message.state.is_open() && message.state != State::Delivered),
        },
    })))
}
