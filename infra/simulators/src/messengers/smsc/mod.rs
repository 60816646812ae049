//! SMSC (protocol section 5.1): HTTP 200 always, `error_code` decides.

mod send;
mod status;

use std::collections::HashMap;
use std::sync::Arc;

use http::Method;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::course;
use super::line::{field, form_of};
use super::{Account, Channel, Desk, Message, Messenger, Messengers, State};
use crate::error::Result;
use crate::gateways::json as wire;
use crate::gateways::notices::{FORM, Notice};
use crate::pipeline::{Answer, Call, Flaw, Reach, View};
use crate::system::System;

/// The provider.
pub(crate) struct Smsc;

impl Messenger for Smsc {
    const SYSTEM: System = System::Smsc;

    fn desk(messengers: &Messengers) -> &Desk {
        &messengers.smsc
    }

    fn seeds() -> Vec<Account> {
        let senders = ["ROMASHKA", "YAM", "74951230000"];
        let demo = Account::seed("hub", "demo-pass", (1_000_000, 290, 550), &senders);
        vec![Account {
            api_key: Some("demo-smsc-key".to_owned()),
            receipt_secret: "cb-secret".to_owned(),
            ..demo
        }]
    }

    fn operation(method: &Method, path: &str) -> Option<&'static str> {
        if !matches!(*method, Method::GET | Method::POST) {
            return None;
        }
        match path {
            "sys/send.php" | "rest/send/" => Some("send"),
            "sys/status.php" => Some("status"),
            "sys/balance.php" => Some("balance"),
            "sys/senders.php" => Some("senders"),
            "sys/templates.php" => Some("templates"),
            _ => None,
        }
    }

    fn refined(operation: &'static str, call: &Call) -> &'static str {
        match operation {
            "send" if field(&fields(call), "call") == "1" => "call",
            "status" if field(&fields(call), "del") == "1" => "delete",
            _ => operation,
        }
    }

    fn reach(operation: &str) -> Reach {
        if matches!(operation, "send" | "call" | "delete") { Reach::Effect } else { Reach::Lookup }
    }

    fn work(view: &View<'_>, connection: &Connection) -> Result<Answer> {
        let fields = fields(view.call);
        let Some(account) = account(&view.shared.messengers, &fields) else {
            return Ok(refused(&fields, 2));
        };
        match view.call.operation.as_str() {
            "send" | "call" => Ok(match send::send(view, connection, &account, &fields)? {
                Ok(answer) => answer,
                Err(code) => refused(&fields, code),
            }),
            "status" => status::status(connection, &account, &fields),
            "delete" => Ok(match status::delete(view, connection, &account, &fields)? {
                Ok(answer) => answer,
                Err(code) => refused(&fields, code),
            }),
            "balance" => {
                let left = money(course::balance::<Self>(connection, &account)?);
                let mut answer = json!({"balance": left});
                if field(&fields, "cur") == "1" {
                    answer["currency"] = json!("RUR");
                }
                Ok(if field(&fields, "fmt") == "3" { wire::ok(&answer) } else { plain(left) })
            }
            "senders" => {
                let known = account.senders.iter().filter(|sender| account.may_send_as(&sender.name));
                let list: Vec<Value> = known.map(|sender| json!({"sender": sender.name})).collect();
                Ok(wire::ok(&json!(list)))
            }
            _ => {
                let known = account.templates.iter().zip(1..);
                let list: Vec<Value> = known
                    .map(|(it, id)| json!({"id": id, "name": it.name, "msg": it.text, "format": 0}))
                    .collect();
                Ok(wire::ok(&json!(list)))
            }
        }
    }

    fn owner(view: &View<'_>) -> Option<(String, String)> {
        let fields = fields(view.call);
        let account = account(&view.shared.messengers, &fields);
        Some((account.map_or(String::new(), |it| it.name.clone()), field(&fields, "id").to_owned()))
    }

    fn flawed(call: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer {
        wire::flawed(flaw, whole, |code| refused(&fields(call), code), 9)
    }

    /// A form, signed with MD5 of `id:phone:status:secret`.
    fn receipt(account: &Account, url: &str, message: &Message) -> Option<Notice> {
        let (status, err) = codes(message);
        let signed = format!("{}:{}:{status}:{}", message.id, message.to, account.receipt_secret);
        let body = format!(
            "id={}&phone={}&status={status}&err={err}&ts={}&cost={}&type={}&md5={:x}",
            message.id,
            message.to,
            message.changed.as_second(),
            money(message.price),
            kind(message),
            md5::compute(signed),
        );
        Some(Notice { post: true, url: url.to_owned(), content_type: FORM, body, expect: None })
    }
}

/// Parameters of query, form or JSON. What is not declared UTF-8 is taken for windows-1251: its letters
/// are lost.
fn fields(call: &Call) -> HashMap<String, String> {
    let mut fields = match wire::members(&call.body) {
        Some(members) => members.keys().map(|name| (name.clone(), wire::text(&members, name))).collect(),
        None => form_of(call),
    };
    let declared = field(&fields, "charset").eq_ignore_ascii_case("utf-8") || call.path.contains("/rest/");
    if !declared && let Some(text) = fields.get_mut("mes") {
        *text = text.bytes().map(|byte| if byte.is_ascii() { char::from(byte) } else { '?' }).collect();
    }
    fields
}

fn account(messengers: &Messengers, fields: &HashMap<String, String>) -> Option<Arc<Account>> {
    let key = field(fields, "apikey");
    let found = if key.is_empty() {
        let found = messengers.smsc.account(field(fields, "login"))?;
        let given = field(fields, "psw");
        let hashed = format!("{:x}", md5::compute(&found.secret));
        (given == found.secret || given == hashed).then_some(found)?
    } else {
        messengers.smsc.accounts.list().into_iter().find(|it| it.api_key.as_deref() == Some(key))?
    };
    (found.active && found.ip_allowed).then_some(found)
}

fn plain(text: String) -> Answer {
    Answer { status: http::StatusCode::OK, content_type: "text/plain; charset=utf-8", body: text.into() }
}

fn money(kopecks: i64) -> String {
    format!("{}{}.{:02}", if kopecks < 0 { "-" } else { "" }, kopecks.abs() / 100, kopecks.abs() % 100)
}

fn refused(fields: &HashMap<String, String>, code: i32) -> Answer {
    let text = match code {
        1 => "parameters error",
        2 => "authorise error",
        3 => "no money",
        4 => "IP temporarily blocked",
        5 => "invalid date format",
        6 => "message is denied",
        7 => "invalid phone format",
        8 => "message to this number cannot be delivered",
        _ => "duplicate request, wait a minute",
    };
    match field(fields, "fmt") {
        "3" => {
            let mut answer = json!({"error": text, "error_code": code});
            if !field(fields, "id").is_empty() {
                answer["id"] = json!(field(fields, "id"));
            }
            wire::ok(&answer)
        }
        "1" => plain(format!("0,-{code}")),
        _ => plain(format!("ERROR = {code} ({text})")),
    }
}

/// Status and error of a message.
fn codes(message: &Message) -> (i32, i32) {
    let code = |usual| message.code.unwrap_or(usual);
    match message.state {
        State::Accepted => (-1, 0),
        State::Sent => (0, 0),
        State::Delivered => (1, 0),
        State::Expired => (3, code(if message.channel == Channel::Voice { 237 } else { 6 })),
        State::Failed => (20, code(1)),
        State::Blocked => (23, code(253)),
        State::Busy => (0, 240),
        State::Machine => (20, code(242)),
        State::Cancelled => (-2, 0),
    }
}

fn kind(message: &Message) -> u8 {
    if message.channel == Channel::Voice { 7 } else { 0 }
}
