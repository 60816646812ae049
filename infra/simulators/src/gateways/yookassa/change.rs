//! `capture` and `cancel` of held money.

use http::StatusCode;
use rusqlite::Connection;
use serde_json::{Map, Value};

use super::create::{amount, invalid};
use super::{Account, Cause, Gateway, Payment, State, YooKassa, json, row, shape, timers, vault};
use crate::error::Result;
use crate::pipeline::{Answer, View};
use crate::system::System;

/// The shop's payment, or 404.
pub(super) fn own(connection: &Connection, account: &Account, id: &str) -> Result<Option<Payment>> {
    let found = vault::by_id(connection, System::YooKassa, id)?;
    Ok(found.filter(|payment| payment.account == account.shop_id))
}

pub(super) fn not_found(member: &str) -> Answer {
    shape::error(StatusCode::NOT_FOUND, "not_found", "The object was not found", member)
}

fn wrong_state() -> Answer {
    let text = "The payment is not in the status waiting_for_capture";
    shape::error(StatusCode::BAD_REQUEST, "invalid_request", text, "")
}

/// Takes held money, or a part of it; the rest goes back.
pub(super) fn capture(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
    id: &str,
    members: &Map<String, Value>,
) -> Result<Answer> {
    let Some(mut payment) = own(connection, account, id)? else { return Ok(not_found("payment_id")) };
    if payment.state != State::Paid {
        return Ok(wrong_state());
    }
    let wanted = match members.get("amount") {
        None => Some(payment.amount),
        told => amount(told).filter(|amount| *amount <= payment.amount),
    };
    let Some(wanted) = wanted else { return Ok(invalid("amount")) };
    let rest = payment.amount - wanted;
    payment.amount = wanted;
    payment.verify(view.now);
    timers::keep(view.shared, connection, &payment)?;
    row(connection, &payment, "verified", wanted, &Cause::shop(view))?;
    if rest > 0 {
        row(connection, &payment, "returned", rest, &Cause::gateway(view.now))?;
    }
    YooKassa::announce(view.shared, connection, &payment, view.now)?;
    Ok(json::ok(&shape::payment(&payment)))
}

/// Gives held money back.
pub(super) fn cancel(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
    id: &str,
) -> Result<Answer> {
    let Some(mut payment) = own(connection, account, id)? else { return Ok(not_found("payment_id")) };
    if payment.state != State::Paid {
        return Ok(wrong_state());
    }
    payment.end(State::Reversed, view.now);
    timers::keep(view.shared, connection, &payment)?;
    row(connection, &payment, "reversed", payment.amount, &Cause::shop(view))?;
    YooKassa::announce(view.shared, connection, &payment, view.now)?;
    Ok(json::ok(&shape::payment(&payment)))
}
