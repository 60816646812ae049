//! Texts and calls.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use serde_json::json;

use super::{Smsc, money, plain};
use crate::error::Result;
use crate::gateways::ids;
use crate::gateways::json as wire;
use crate::messengers::course::{self, Order};
use crate::messengers::line::field;
use crate::messengers::{Account, Channel, encoding};
use crate::pipeline::{Answer, View};

/// A number as SMSC keeps it: eleven digits and more, Russian ones put right; with a plus as it is.
pub(super) fn phone(given: &str) -> Option<String> {
    let plus = given.trim().starts_with('+');
    let digits: String = given.chars().filter(char::is_ascii_digit).collect();
    let digits = match (plus, digits.len(), digits.as_bytes().first()) {
        (false, 11, Some(b'8')) => format!("7{}", digits.get(1..)?),
        (false, 10, Some(_)) => format!("7{digits}"),
        _ => digits,
    };
    let least = if plus { 8 } else { 11 };
    (least..=15).contains(&digits.len()).then_some(digits)
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

/// One text to many numbers under one number of the client's.
pub(super) fn send(
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
