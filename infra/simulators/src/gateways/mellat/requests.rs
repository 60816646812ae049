//! The three pay requests (section 3, "Parameters in order").

use rusqlite::Connection;
use serde_json::json;

use super::operations::Asked;
use super::{Payment, book, ids, minutes, timers, vault};
use crate::error::Result;
use crate::gateways::way_back;
use crate::system::System;

pub(super) const PAY: &[&str] =
    &["orderId", "amount", "localDate", "localTime", "additionalData", "callBackUrl", "payerId"];
pub(super) const DYNAMIC: &[&str] = &[
    "orderId",
    "amount",
    "localDate",
    "localTime",
    "additionalData",
    "callBackUrl",
    "payerId",
    "subServiceId",
];
pub(super) const CUMULATIVE: &[&str] =
    &["orderId", "amount", "localDate", "localTime", "additionalData", "callBackUrl"];

/// Opens a sale: `0,REFID`, or a code alone.
pub(super) fn create(asked: &Asked<'_>, connection: &Connection) -> Result<String> {
    let settings = asked.view.shared.gateways.mellat.settings();
    if let Some(code) = problem(asked, settings.min_amount) {
        return Ok(code.to_string());
    }
    let order = asked.long("orderId").to_string();
    if vault::by_order(connection, System::Mellat, &asked.account.terminal, &order)?.is_some() {
        return Ok("41".to_owned());
    }
    let view = asked.view;
    let open =
        Payment::open(System::Mellat, ids::random(ids::MIXED, 20)?, view.now, minutes(settings.page_minutes));
    let payment = Payment {
        account: asked.account.terminal.clone(),
        our_id: order,
        amount: asked.long("amount"),
        callback: asked.text("callBackUrl").to_owned(),
        detail: json!({
            "description": asked.text("additionalData"), "shop": asked.account.title,
            "payerId": asked.text("payerId"), "mobileNo": asked.text("mobileNo"),
        }),
        ..open
    };
    timers::keep(view.shared, connection, &payment)?;
    book::row(connection, &payment, "request", payment.amount, &book::Cause::shop(view))?;
    Ok(format!("0,{}{}", if settings.space { " " } else { "" }, payment.id))
}

fn problem(asked: &Asked<'_>, min_amount: i64) -> Option<i32> {
    let amount = asked.long("amount");
    if amount < min_amount {
        return Some(25);
    }
    if asked.account.max_amount.is_some_and(|max| amount > max) {
        return Some(19);
    }
    let (date, time) = (asked.text("localDate"), asked.text("localTime"));
    let compact = format!("{date} {time}");
    let told = jiff::civil::DateTime::strptime("%Y%m%d %H%M%S", &compact);
    if date.len() != 8 || time.len() != 6 || told.is_err() {
        return Some(35);
    }
    if asked.text("additionalData").chars().count() > 1_000 || asked.long("orderId") <= 0 {
        return Some(32);
    }
    let callback = asked.text("callBackUrl");
    if !way_back::may_return_to(callback, asked.account.domain.as_deref()) {
        return Some(62);
    }
    let cumulative = asked.element.name == "bpCumulativeDynamicPayRequest";
    (cumulative && !adds_up(asked.text("additionalData"), amount)).then_some(25)
}

/// Rows `subService,amount,payerId`, at most ten, that make the amount.
fn adds_up(rows: &str, amount: i64) -> bool {
    let rows: Vec<&str> = rows.split(';').map(str::trim).filter(|row| !row.is_empty()).collect();
    let parts: Option<Vec<i64>> = rows.iter().map(|row| row.split(',').nth(1)?.trim().parse().ok()).collect();
    let sum = parts.map(|parts| parts.into_iter().fold(0_i64, i64::saturating_add));
    rows.len() <= 10 && sum == Some(amount)
}
