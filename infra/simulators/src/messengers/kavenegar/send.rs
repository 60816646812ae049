//! Texts, patterns and calls.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::{Done, Kavenegar, entry};
use crate::error::Result;
use crate::gateways::ids;
use crate::messengers::account::{Moderation, Template};
use crate::messengers::course::{self, Order};
use crate::messengers::line::field;
use crate::messengers::{Account, Channel, encoding, vault};
use crate::pipeline::View;
use crate::system::System;

type Fields = HashMap<String, String>;

/// One text to one number.
struct Letter<'a> {
    channel: Channel,
    from: &'a str,
    to: &'a str,
    text: &'a str,
    local: Option<&'a str>,
    leave: Option<Timestamp>,
    template: Option<&'a str>,
}

/// A text to up to 200 numbers.
pub(super) fn send(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
    fields: &Fields,
) -> Result<Done> {
    let from = field(fields, "sender");
    let from = if from.is_empty() { account.first_sender().unwrap_or_default() } else { from };
    if !account.may_send_as(from) {
        return Ok(Err(412));
    }
    each(view, connection, account, fields, (Channel::Sms, from))
}

/// A text read aloud; needs no line.
pub(super) fn call(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
    fields: &Fields,
) -> Result<Done> {
    if field(fields, "repeat").parse::<u32>().is_ok_and(|repeat| repeat > 5) {
        return Ok(Err(400));
    }
    each(view, connection, account, fields, (Channel::Voice, ""))
}

fn each(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
    fields: &Fields,
    (channel, from): (Channel, &str),
) -> Result<Done> {
    let (receptors, text) = (field(fields, "receptor"), field(fields, "message"));
    if !fields.contains_key("receptor") || !fields.contains_key("message") {
        return Ok(Err(400));
    }
    let receptors: Vec<&str> = receptors.split(',').map(str::trim).filter(|to| !to.is_empty()).collect();
    let locals: Vec<&str> = field(fields, "localid").split(',').filter(|id| !id.is_empty()).collect();
    if receptors.is_empty() {
        return Ok(Err(406));
    }
    if receptors.len() > 200 {
        return Ok(Err(414));
    }
    if !locals.is_empty() && locals.len() != receptors.len() {
        return Ok(Err(419));
    }
    if locals.iter().any(|id| id.parse::<i64>().is_err()) {
        return Ok(Err(415));
    }
    let leave = match field(fields, "date") {
        "" | "0" => None,
        date => match date.parse().ok().and_then(|at| Timestamp::from_second(at).ok()) {
            Some(at) => Some(at),
            None => return Ok(Err(417)),
        },
    };
    let letters: Vec<Letter<'_>> = receptors
        .iter()
        .enumerate()
        .map(|(at, to)| Letter {
            channel,
            from,
            to,
            text,
            local: locals.get(at).copied(),
            leave,
            template: None,
        })
        .collect();
    post(view, connection, account, &letters)
}

/// Lists of equal length, each a number with its own line and text.
pub(super) fn array(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
    fields: &Fields,
) -> Result<Done> {
    let list = |name: &str| serde_json::from_str::<Vec<Value>>(field(fields, name)).ok();
    let (Some(to), Some(from), Some(texts)) = (list("receptor"), list("sender"), list("message")) else {
        return Ok(Err(400));
    };
    let locals = list("localmessageids").unwrap_or_default();
    if to.len() != from.len() || to.len() != texts.len() || !(locals.is_empty() || locals.len() == to.len()) {
        return Ok(Err(419));
    }
    if to.len() > 200 {
        return Ok(Err(414));
    }
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let rows: Vec<[String; 4]> = to
        .iter()
        .zip(&from)
        .zip(&texts)
        .enumerate()
        .map(|(at, ((to, from), body))| {
            [text(to), text(from), text(body), locals.get(at).map(text).unwrap_or_default()]
        })
        .collect();
    if rows.iter().any(|[_, from, ..]| !account.may_send_as(from)) {
        return Ok(Err(412));
    }
    let letters: Vec<Letter<'_>> = rows
        .iter()
        .map(|[to, from, text, local]| Letter {
            channel: Channel::Sms,
            from,
            to,
            text,
            local: Some(local.as_str()).filter(|local| !local.is_empty()),
            leave: None,
            template: None,
        })
        .collect();
    post(view, connection, account, &letters)
}

/// A text by an approved pattern; a call if asked for, or if the number is in the fixed network.
pub(super) fn lookup(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
    fields: &Fields,
) -> Result<Done> {
    let (to, name) = (field(fields, "receptor"), field(fields, "template"));
    if to.is_empty() || name.is_empty() {
        return Ok(Err(400));
    }
    let known = account.templates.iter().find(|it| it.name == name && it.state == Moderation::Approved);
    let Some(template) = known else { return Ok(Err(424)) };
    let voice = match (field(fields, "type"), field(fields, "token")) {
        ("call", token) if !token.bytes().all(|byte| byte.is_ascii_digit()) => return Ok(Err(428)),
        ("call", _) => true,
        ("" | "sms", _) => !to.starts_with("09") && to.starts_with('0') && !to.starts_with("00"),
        _ => return Ok(Err(400)),
    };
    let text = match filled(template, fields) {
        Ok(text) => text,
        Err(code) => return Ok(Err(code)),
    };
    let letter = Letter {
        channel: if voice { Channel::Voice } else { Channel::Sms },
        from: account.first_sender().unwrap_or_default(),
        to,
        text: &text,
        local: None,
        leave: None,
        template: Some(name),
    };
    post(view, connection, account, &[letter])
}

/// Tokens and how many blanks they may have.
const TOKENS: [(&str, usize); 5] =
    [("token20", 8), ("token10", 5), ("token3", 0), ("token2", 0), ("token", 0)];

fn filled(template: &Template, fields: &Fields) -> std::result::Result<String, i32> {
    let mut text = template.text.clone();
    if field(fields, "token").is_empty() {
        return Err(400);
    }
    for (name, blanks) in TOKENS {
        let (mark, value) = (format!("%{name}"), field(fields, name));
        let wrong = |c: char| matches!(c, '\n' | '\r' | '_' | '-');
        if value.chars().count() > 100 || value.matches(' ').count() > blanks || value.contains(wrong) {
            return Err(431);
        }
        match (text.contains(&mark), value.is_empty()) {
            (true, true) => return Err(432),
            (true, false) => text = text.replace(&mark, value),
            (false, _) => {}
        }
    }
    Ok(text)
}

/// A mobile or fixed number of Iran in any usual form, as `0…`, or a foreign one with `00`.
fn receptor(given: &str) -> Option<String> {
    let digits = given.trim_start_matches('+');
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let national = digits.strip_prefix("0098").or_else(|| digits.strip_prefix("98")).unwrap_or(digits);
    if national.starts_with("00") {
        return (8..=17).contains(&national.len()).then(|| national.to_owned());
    }
    let national = national.strip_prefix('0').unwrap_or(national);
    (national.len() == 10).then(|| format!("0{national}"))
}

fn post(view: &View<'_>, connection: &Connection, account: &Account, letters: &[Letter<'_>]) -> Result<Done> {
    let (mut total, mut known) = (0, Vec::new());
    for letter in letters {
        if letter.text.is_empty() || letter.text.chars().count() > 900 {
            return Ok(Err(413));
        }
        if receptor(letter.to).is_none() {
            return Ok(Err(411));
        }
        let first = match letter.local {
            Some(local) => vault::by_our_id(connection, System::Kavenegar, &account.name, local)?,
            None => None,
        };
        if first.is_none() {
            total += price(account, letter);
        }
        known.push(first);
    }
    // What is known already costs nothing, and is no further message.
    if known.iter().any(Option::is_none) {
        if course::is_throttled::<Kavenegar>(view, connection, account)? {
            return Ok(Err(451));
        }
        if course::balance::<Kavenegar>(connection, account)? < total {
            return Ok(Err(418));
        }
    }
    let mut entries = Vec::new();
    for letter in letters {
        entries.push(one(view, connection, account, letter)?);
    }
    Ok(Ok(json!(entries)))
}

fn price(account: &Account, letter: &Letter<'_>) -> i64 {
    match letter.channel {
        Channel::Voice => account.call_price,
        _ => account.price * i64::from(encoding::parts(letter.text)),
    }
}

/// A repeated `localid` brings the first message back and sends nothing.
fn one(view: &View<'_>, connection: &Connection, account: &Account, letter: &Letter<'_>) -> Result<Value> {
    if let Some(local) = letter.local
        && let Some(known) = vault::by_our_id(connection, System::Kavenegar, &account.name, local)?
    {
        return Ok(entry(&known));
    }
    let voice = letter.channel == Channel::Voice;
    let letters = u32::try_from(letter.text.chars().count()).unwrap_or(u32::MAX);
    let to = receptor(letter.to).unwrap_or_else(|| letter.to.to_owned());
    let order = Order {
        id: ids::number(9)?,
        our_id: letter.local,
        channel: letter.channel,
        from: letter.from,
        to: &to,
        subject: None,
        text: letter.text,
        html: None,
        parts: if voice { letters.div_ceil(12).max(5) } else { encoding::parts(letter.text) },
        price: price(account, letter),
        leave: letter.leave,
        extra: json!({"template": letter.template}),
    };
    Ok(entry(&course::accept::<Kavenegar>(view, connection, account, order)?))
}
