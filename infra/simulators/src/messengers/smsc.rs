//! SMSC (protocol section 5.1): HTTP 200 always, `error_code` decides.

use std::collections::HashMap;
use std::sync::Arc;

use http::Method;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::course::{self, Order};
use super::line::{field, form_of};
use super::{Account, Channel, Desk, Message, Messenger, Messengers, State, encoding, vault};
use crate::error::Result;
use crate::gateways::ids;
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
        if operation == "send" && field(&fields(call), "call") == "1" { "call" } else { operation }
    }

    fn reach(operation: &str) -> Reach {
        if matches!(operation, "send" | "call") { Reach::Effect } else { Reach::Lookup }
    }

    fn work(view: &View<'_>, connection: &Connection) -> Result<Answer> {
        let fields = fields(view.call);
        let Some(account) = account(&view.shared.messengers, &fields) else {
            return Ok(refused(&fields, 2));
        };
        match view.call.operation.as_str() {
            "send" | "call" => Ok(match send(view, connection, &account, &fields)? {
                Ok(answer) => answer,
                Err(code) => refused(&fields, code),
            }),
            "status" => status(connection, &account, &fields),
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

/// A number as SMSC keeps it: eleven digits and more, Russian ones put right.
fn phone(given: &str) -> Option<String> {
    let digits: String = given.chars().filter(char::is_ascii_digit).collect();
    let digits = match (given.trim().starts_with('+'), digits.len(), digits.as_bytes().first()) {
        (false, 11, Some(b'8')) => format!("7{}", digits.get(1..)?),
        (false, 10, Some(_)) => format!("7{digits}"),
        _ => digits,
    };
    (11..=15).contains(&digits.len()).then_some(digits)
}

fn is_id(id: &str) -> bool {
    match id.parse::<i64>() {
        Ok(number) => (1..=2_147_483_647).contains(&number),
        Err(_) => {
            (1..=40).contains(&id.len())
                && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        }
    }
}

/// `0<unix time>` and `+<minutes>`; 5 for all else.
fn leave(time: &str, now: Timestamp) -> std::result::Result<Option<Timestamp>, i32> {
    if time.is_empty() || time == "0" {
        return Ok(None);
    }
    let at = match time.strip_prefix('+') {
        Some(minutes) => {
            let minutes: u32 = minutes.parse().map_err(|_| 5)?;
            now.checked_add(SignedDuration::from_mins(i64::from(minutes))).ok()
        }
        None => time.strip_prefix('0').and_then(|at| Timestamp::from_second(at.parse().ok()?).ok()),
    };
    at.map(Some).ok_or(5)
}

/// Ring time, redial interval and attempts within their ranges; seconds and attempts may be left out.
fn is_param(param: &str) -> bool {
    let ranges = [10..=35, 10..=3_600, 1..=9];
    param.is_empty()
        || param.split(',').count() <= ranges.len()
            && param.split(',').zip(ranges).all(|(part, range)| {
                part.is_empty() || part.parse().is_ok_and(|part: u32| range.contains(&part))
            })
}

fn send(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
    fields: &HashMap<String, String>,
) -> Result<std::result::Result<Answer, i32>> {
    let (text, from, id) = (field(fields, "mes"), field(fields, "sender"), field(fields, "id"));
    let voice = field(fields, "call") == "1";
    let channel = if voice { Channel::Voice } else { Channel::Sms };
    if text.trim().is_empty() || text.chars().count() > 1_000 || !(id.is_empty() || is_id(id)) {
        return Ok(Err(1));
    }
    if voice && !is_param(field(fields, "param")) {
        return Ok(Err(1));
    }
    if !from.is_empty() && !account.may_send_as(from) {
        return Ok(Err(6));
    }
    let given = field(fields, "phones").split([',', ';']).filter(|phone| !phone.trim().is_empty());
    let Some(phones) = given.map(phone).collect::<Option<Vec<_>>>().filter(|phones| !phones.is_empty())
    else {
        return Ok(Err(7));
    };
    if phones.iter().any(|phone| account.is_stopped(phone)) {
        return Ok(Err(8));
    }
    let leave = match leave(field(fields, "time"), view.now) {
        Ok(leave) => leave,
        Err(code) => return Ok(Err(code)),
    };
    // A synthetic voice says about twelve letters a second; calls are priced one by one.
    let letters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    let (count, price) = if voice {
        (letters.div_ceil(12).max(5), account.call_price)
    } else {
        let parts = encoding::parts(text);
        (parts, account.price * i64::from(parts))
    };
    let total = price * i64::try_from(phones.len()).unwrap_or(i64::MAX);
    let cost = field(fields, "cost");
    if cost == "1" {
        return Ok(Ok(wire::ok(&json!({"cost": money(total), "cnt": count}))));
    }
    for phone in &phones {
        let same = course::sameness(channel, phone, text);
        if course::is_repeated::<Smsc>(view, connection, account, &same)? {
            return Ok(Err(9));
        }
    }
    if course::is_throttled::<Smsc>(view, connection, account)? {
        return Ok(Err(9));
    }
    if course::balance::<Smsc>(connection, account)? < total {
        return Ok(Err(3));
    }
    let number = if id.is_empty() { ids::number(9)? } else { id.to_owned() };
    let from = if from.is_empty() { account.first_sender().unwrap_or("SMSC.RU") } else { from };
    for phone in &phones {
        let order = Order {
            id: number.clone(),
            our_id: Some(id).filter(|id| !id.is_empty()),
            channel,
            from,
            to: phone,
            subject: None,
            text,
            html: None,
            parts: count,
            price,
            leave,
            extra: json!({"voice": field(fields, "voice"), "param": field(fields, "param")}),
        };
        course::accept::<Smsc>(view, connection, account, order)?;
    }
    let left = money(course::balance::<Smsc>(connection, account)?);
    let shown = number.parse::<i64>().map_or(json!(number), |number| json!(number));
    let all = count * u32::try_from(phones.len()).unwrap_or(1);
    let mut answer = json!({"id": shown, "cnt": all});
    if matches!(cost, "2" | "3") {
        answer["cost"] = json!(money(total));
    }
    if cost == "3" {
        answer["balance"] = json!(left);
    }
    Ok(Ok(match field(fields, "fmt") {
        "3" => wire::ok(&answer),
        "1" => plain(format!("{number},{all},{},{left}", money(total))),
        _ => plain(format!("OK - {all} SMS, ID - {number}")),
    }))
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

/// Moscow's time.
fn moscow(at: Timestamp) -> String {
    at.to_zoned(TimeZone::fixed(Offset::constant(3))).strftime("%d.%m.%Y %H:%M:%S").to_string()
}

fn status(connection: &Connection, account: &Account, fields: &HashMap<String, String>) -> Result<Answer> {
    let (phones, numbers) = (field(fields, "phone"), field(fields, "id"));
    let several = numbers.contains(',') || phones.contains(',');
    let mut list = Vec::new();
    for (given, id) in phones.split(',').zip(numbers.split(',')).filter(|(phone, _)| !phone.is_empty()) {
        let to = phone(given);
        let found = vault::by_id(connection, System::Smsc, id, to.as_deref())?;
        list.push(match found.filter(|message| message.account == account.name) {
            Some(message) => shown(&message, field(fields, "all")),
            None => json!({"status": -3, "last_date": "", "last_timestamp": 0, "err": 0}),
        });
    }
    if list.is_empty() {
        return Ok(refused(fields, 1));
    }
    Ok(wire::ok(&if several { json!(list) } else { list.swap_remove(0) }))
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
