//! `POST /v1/payments/confirm`: the money moves now.

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use serde_json::{Map, Value};

use super::{Account, Cause, Gateway, Payment, State, Toss, calls, json, row, shape, timers};
use crate::error::Result;
use crate::pipeline::{Answer, View};

/// Order and amount must be those the payer agreed to.
pub(super) fn confirm(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
    members: &Map<String, Value>,
) -> Result<Answer> {
    let (key, order) = (json::text(members, "paymentKey"), json::text(members, "orderId"));
    let amount = json::number(members, "amount");
    if key.is_empty() || order.is_empty() || amount.is_none() {
        return Ok(shape::error("INVALID_REQUEST"));
    }
    let Some(mut payment) = calls::own(connection, account, &key)? else {
        return Ok(shape::error("NOT_FOUND_PAYMENT_SESSION"));
    };
    let settings = view.shared.gateways.toss.settings();
    if payment.our_id != order || Some(payment.amount) != amount {
        return Ok(shape::error(&settings.mismatch_code));
    }
    match payment.state {
        State::Authenticated => {}
        State::Verified | State::Refunded | State::AwaitingDeposit => {
            return Ok(shape::error("ALREADY_PROCESSED_PAYMENT"));
        }
        _ => return Ok(shape::error("NOT_FOUND_PAYMENT_SESSION")),
    }
    if let Some(reason) = payment.reason.clone() {
        payment.end(State::Failed, view.now);
        timers::keep(view.shared, connection, &payment)?;
        Toss::announce(view.shared, connection, &payment, view.now)?;
        return Ok(shape::error(&reason));
    }
    if payment.text("method") == "virtual_account" {
        payment.state = State::AwaitingDeposit;
        payment.due = later(view.now, settings.deposit_hours);
        timers::keep(view.shared, connection, &payment)?;
    } else {
        take(view, connection, &mut payment)?;
    }
    Toss::announce(view.shared, connection, &payment, view.now)?;
    Ok(json::ok(&shape::payment(&payment)))
}

fn take(view: &View<'_>, connection: &Connection, payment: &mut Payment) -> Result<()> {
    payment.verify(view.now);
    timers::keep(view.shared, connection, payment)?;
    row(connection, payment, "taken", payment.amount, &Cause::shop(view))?;
    row(connection, payment, "verified", payment.amount, &Cause::shop(view))
}

fn later(now: Timestamp, hours: u32) -> Option<Timestamp> {
    now.checked_add(SignedDuration::from_hours(i64::from(hours))).ok()
}
