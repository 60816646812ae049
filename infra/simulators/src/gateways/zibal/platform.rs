//! The platform's refunds (section 2.3, "Refund"): a bearer token, results of their own.

use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::{Account, State, book, codes, ids, till, timers, vault};
use crate::error::Result;
use crate::gateways::json as read;
use crate::gateways::payment::minutes;
use crate::gateways::vault::Refund;
use crate::pipeline::{Answer, View};
use crate::system::System;

/// Nothing but a result of the platform's.
fn refused(result: i64, message: &str) -> Answer {
    read::ok(&json!({"status": 0, "result": result, "message": message}))
}

/// Whose token it is: 2 without one, 3 for a wrong one.
fn holder(view: &View<'_>) -> std::result::Result<std::sync::Arc<Account>, Answer> {
    let header = till::header_of(view.call, "authorization").unwrap_or_default();
    let token = header.strip_prefix("Bearer ").map(str::trim).unwrap_or_default();
    if token.is_empty() {
        return Err(refused(2, "api key not sent"));
    }
    let mut accounts = view.shared.gateways.zibal.accounts.list().into_iter();
    accounts
        .find(|account| account.access_token.as_deref() == Some(token))
        .ok_or_else(|| refused(3, "api key not found"))
}

/// Gives money back; with `tryReverse` the whole sale is undone while that is possible.
pub(super) fn refund(view: &View<'_>, connection: &Connection) -> Result<Answer> {
    let account = match holder(view) {
        Ok(account) => account,
        Err(answer) => return Ok(answer),
    };
    let members = read::members(&view.call.body).unwrap_or_default();
    let found = vault::by_id(connection, System::Zibal, &read::text(&members, "trackId"))?;
    let Some(mut payment) = found.filter(|payment| payment.account == account.merchant) else {
        return Ok(refused(6, "trackId invalid"));
    };
    let amount = if members.contains_key("amount") {
        read::number(&members, "amount").unwrap_or(0)
    } else {
        payment.left()
    };
    if amount < 1_000 {
        return Ok(refused(9, "amount must be at least 1,000"));
    }
    if payment.state != State::Verified || amount > payment.left() {
        return Ok(refused(11, "not enough to refund"));
    }
    let whole = amount == payment.amount;
    let in_time = payment.age(view.now) <= minutes(view.shared.gateways.zibal.settings().reverse_minutes);
    let reversed = members.get("tryReverse") == Some(&json!(true)) && whole && in_time;
    payment.refunded = payment.refunded.saturating_add(amount);
    if payment.left() == 0 {
        payment.end(if reversed { State::Reversed } else { State::Refunded }, view.now);
    }
    timers::keep(view.shared, connection, &payment)?;
    let refund = Refund {
        id: ids::number(10)?,
        our_id: String::new(),
        payment: payment.id.clone(),
        account: payment.account.clone(),
        amount,
        at: view.now,
        note: if reversed { "reversed" } else { "refunded" }.to_owned(),
    };
    vault::add_refund(connection, System::Zibal, &refund)?;
    let kind = if reversed { "reversed" } else { "refunded" };
    let detail = json!({"refund_id": refund.id});
    book::row_with(connection, &payment, kind, amount, &book::Cause::shop(view), detail)?;
    Ok(read::ok(&json!({"status": 1, "result": 1, "message": "ok", "data": {
        "reversed": reversed, "remaining": payment.left(), "split": [split(&refund)],
    }})))
}

/// `refund/inquiry` by `refundId` or `trackId`, and `refund/list`.
pub(super) fn refunds(view: &View<'_>, connection: &Connection) -> Result<Answer> {
    let account = match holder(view) {
        Ok(account) => account,
        Err(answer) => return Ok(answer),
    };
    let members: Map<String, Value> = read::members(&view.call.body).unwrap_or_default();
    let (id, track) = (read::text(&members, "refundId"), read::text(&members, "trackId"));
    let one = view.call.operation == "refund_inquiry";
    if one && id.is_empty() && track.is_empty() {
        return Ok(refused(6, "refundId or trackId is needed"));
    }
    let payment = Some(track.as_str()).filter(|track| !track.is_empty());
    let found: Vec<Value> = vault::refunds(connection, System::Zibal, payment)?
        .into_iter()
        .filter(|refund| refund.account == account.merchant && (id.is_empty() || refund.id == id))
        .filter(|refund| view.visible_until.is_none_or(|until| refund.at <= until))
        .map(|refund| {
            let mut shown = split(&refund);
            shown["trackId"] = codes::number(&refund.payment);
            shown["reversed"] = json!(refund.note == "reversed");
            shown
        })
        .collect();
    Ok(read::ok(&json!({"status": 1, "result": 1, "message": "ok", "data": found})))
}

fn split(refund: &Refund) -> Value {
    json!({
        "wageAmount": 0, "amount": refund.amount, "predictedTime": refund.at,
        "refundId": codes::number(&refund.id),
    })
}
