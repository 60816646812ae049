//! What became of a message, with all that is known of it if asked.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::send::phone;
use super::{codes, kind, money, refused};
use crate::error::Result;
use crate::gateways::json as wire;
use crate::messengers::line::field;
use crate::messengers::{Account, Message, State, vault};
use crate::pipeline::{Answer, View};
use crate::system::System;

/// Moscow's time.
fn moscow(at: Timestamp) -> String {
    at.to_zoned(TimeZone::fixed(Offset::constant(3))).strftime("%d.%m.%Y %H:%M:%S").to_string()
}

/// One object, or a list for lists.
pub(super) fn status(
    connection: &Connection,
    account: &Account,
    fields: &HashMap<String, String>,
) -> Result<Answer> {
    let (phones, numbers) = (field(fields, "phone"), field(fields, "id"));
    let several = numbers.contains(',') || phones.contains(',');
    let mut list = Vec::new();
    for (given, id) in phones.split(',').zip(numbers.split(',')).filter(|(phone, _)| !phone.is_empty()) {
        let to = phone(given);
        let found = vault::by_id(connection, System::Smsc, id, to.as_deref())?;
        let own = |message: &Message| message.account == account.name && message.extra["deleted"] != true;
        list.push(match found.filter(own) {
            Some(message) => shown(&message, field(fields, "all")),
            None => json!({"status": -3, "last_date": "", "last_timestamp": 0, "err": 0}),
        });
    }
    if list.is_empty() {
        return Ok(refused(fields, 1));
    }
    Ok(wire::ok(&if several { json!(list) } else { list.swap_remove(0) }))
}

/// Deletes one message that waits; it is not known any more and not charged. Code 5 if it has left.
pub(super) fn delete(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
    fields: &HashMap<String, String>,
) -> Result<std::result::Result<Answer, i32>> {
    let (to, id) = (phone(field(fields, "phone")), field(fields, "id"));
    let found = vault::by_id(connection, System::Smsc, id, to.as_deref())?;
    let Some(mut message) = found.filter(|message| message.account == account.name) else {
        return Ok(Err(5));
    };
    if message.state != State::Accepted {
        return Ok(Err(5));
    }
    message.state = State::Cancelled;
    message.changed = view.now;
    message.steps.clear();
    merge(&mut message.extra, json!({"deleted": true}));
    vault::update(connection, &message)?;
    vault::spend(connection, System::Smsc, &account.name, -message.price)?;
    Ok(Ok(wire::ok(&json!({"id": id, "phone": message.to}))))
}

fn shown(message: &Message, all: &str) -> Value {
    let (status, err) = codes(message);
    let mut shown = json!({
        "status": status, "last_date": moscow(message.changed), "last_timestamp": message.changed.as_second(),
        "flag": kind(message), "err": err,
    });
    if matches!(all, "1" | "2") {
        let name = match status {
            1 => "Доставлено",
            0 => "Передано оператору",
            -1 => "Ожидает отправки",
            3 => "Просрочено",
            _ => "Невозможно доставить",
        };
        let more = json!({
            "send_date": moscow(message.sent), "send_timestamp": message.sent.as_second(), "phone": message.to,
            "cost": money(message.price), "sender_id": message.from, "status_name": name,
            "message": message.text, "mccmnc": "25001", "type": kind(message), "sms_cnt": message.parts,
        });
        merge(&mut shown, more);
    }
    if all == "2" {
        merge(&mut shown, json!({"country": "Россия", "operator": "Test", "region": "Москва"}));
    }
    shown
}

fn merge(into: &mut Value, more: Value) {
    if let (Some(into), Value::Object(more)) = (into.as_object_mut(), more) {
        into.extend(more);
    }
}
