//! The token call (section 4).

use rusqlite::Connection;
use serde_json::{Value, json};

use super::{Payment, book, ids, json as read, minutes, timers, vault};
use crate::error::Result;
use crate::gateways::way_back;
use crate::pipeline::{Answer, View};
use crate::system::System;

/// No token.
pub(super) fn refused(code: i32) -> Answer {
    let text = match code {
        5 => "پارامترهای ارسالی نامعتبر است",
        8 => "آدرس سرور پذیرنده نامعتبر است",
        12 => "ترمینال یافت نشد",
        21 => "خطای سیاست تسهیم",
        _ => "خطا",
    };
    read::ok(&json!({"status": -1, "errorCode": code.to_string(), "errorDesc": text}))
}

/// Opens a payment.
pub(super) fn create(view: &View<'_>, connection: &Connection) -> Result<Answer> {
    let members = read::members(&view.call.body).unwrap_or_default();
    let text = |name: &str| read::text(&members, name);
    let desk = &view.shared.gateways.sep;
    if !text("action").eq_ignore_ascii_case("token") {
        return Ok(refused(5));
    }
    let Some(account) = desk.account(&text("TerminalId")) else { return Ok(refused(12)) };
    if !account.ip_allowed {
        return Ok(refused(8));
    }
    if !account.active {
        return Ok(refused(12));
    }
    let (res_num, callback) = (text("ResNum"), text("RedirectUrl"));
    let amount = read::number(&members, "Amount").filter(|amount| *amount > 0);
    let Some(amount) = amount.filter(|_| !res_num.is_empty()) else { return Ok(refused(5)) };
    if !way_back::may_return_to(&callback, account.domain.as_deref()) {
        return Ok(refused(5));
    }
    let extras_fit = (1..=4).all(|at| text(&format!("ResNum{at}")).chars().count() <= 50);
    let used = vault::by_order(connection, System::Sep, &account.terminal, &res_num)?.is_some();
    if !extras_fit || (used && desk.settings().unique_res_num) {
        return Ok(refused(5));
    }
    let hashes = text("HashedCardNumber");
    let hashes: Vec<&str> =
        hashes.split([';', ',', '|']).map(str::trim).filter(|hash| !hash.is_empty()).collect();
    if hashes.len() > 10 {
        return Ok(refused(5));
    }
    let wage = read::number(&members, "Wage");
    if wage.is_some_and(|wage| wage < 0 || wage > amount) {
        return Ok(refused(21));
    }
    let open = Payment::open(System::Sep, ids::random(ids::HEX, 32)?, view.now, minutes(life(&members)));
    let payment = Payment {
        account: account.terminal.clone(),
        our_id: res_num,
        amount,
        callback,
        detail: json!({
            "shop": account.title, "mobile": text("CellNumber"), "card_hashes": hashes,
            "wage": wage.filter(|_| account.split),
            "affective": account.discount.map(|discount| amount.saturating_sub(discount).max(0)),
        }),
        ..open
    };
    timers::keep(view.shared, connection, &payment)?;
    book::row(connection, &payment, "request", payment.amount, &book::Cause::shop(view))?;
    Ok(read::ok(&json!({"status": 1, "token": payment.id})))
}

/// Between 20 and 3,600 minutes; others are clamped, not refused (section 13).
fn life(members: &serde_json::Map<String, Value>) -> u32 {
    let told = read::number(members, "TokenExpiryInMin").unwrap_or(20);
    u32::try_from(told.clamp(20, 3_600)).unwrap_or(20)
}
