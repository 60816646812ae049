//! `POST /v1/payments/{paymentKey}/cancel`: the whole sum or a part.

use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::{Account, Gateway, State, Toss, book, calls, ids, json as read, shape, timers, vault};
use crate::error::Result;
use crate::gateways::vault::Refund;
use crate::pipeline::{Answer, View};
use crate::system::System;

pub(super) fn cancel(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
    key: &str,
    members: &Map<String, Value>,
) -> Result<Answer> {
    let reason = read::text(members, "cancelReason");
    if reason.is_empty() || reason.chars().count() > 200 {
        return Ok(shape::error("INVALID_REQUEST"));
    }
    let Some(mut payment) = calls::own(connection, account, key)? else {
        return Ok(shape::error("NOT_FOUND_PAYMENT"));
    };
    match payment.state {
        State::Verified => {}
        State::AwaitingDeposit => {
            payment.end(State::Cancelled, view.now);
            timers::keep(view.shared, connection, &payment)?;
            Toss::announce(view.shared, connection, &payment, view.now)?;
            return Ok(read::ok(&shape::payment(&payment)));
        }
        State::Refunded | State::Cancelled => return Ok(shape::error("ALREADY_CANCELED_PAYMENT")),
        _ => return Ok(shape::error("NOT_CANCELABLE_PAYMENT")),
    }
    let told = members.contains_key("cancelAmount");
    let amount = if told { read::number(members, "cancelAmount") } else { Some(payment.left()) };
    let Some(amount) = amount.filter(|amount| *amount > 0 && *amount <= payment.left()) else {
        return Ok(shape::error("NOT_CANCELABLE_AMOUNT"));
    };
    // Money that came by transfer goes back by transfer.
    let receiver = members.get("refundReceiveAccount").and_then(Value::as_object);
    let complete = |receiver: &Map<String, Value>| {
        ["bank", "accountNumber", "holderName"].iter().all(|name| !read::text(receiver, name).is_empty())
    };
    if payment.text("method") == "virtual_account" && !receiver.is_some_and(complete) {
        return Ok(shape::error("INVALID_REFUND_ACCOUNT_INFO"));
    }
    let transaction = ids::random(ids::HEX, 32)?.to_ascii_uppercase();
    payment.refunded = payment.refunded.saturating_add(amount);
    let item = json!({
        "cancelAmount": amount, "cancelReason": reason, "taxFreeAmount": 0, "refundableAmount": payment.left(),
        "canceledAt": super::local_time::seoul(view.now, "%Y-%m-%dT%H:%M:%S+09:00"),
        "transactionKey": transaction, "cancelStatus": "DONE",
    });
    match payment.detail.get_mut("cancels").and_then(Value::as_array_mut) {
        Some(cancels) => cancels.push(item),
        None => payment.detail["cancels"] = json!([item]),
    }
    if payment.left() == 0 {
        payment.end(State::Refunded, view.now);
    }
    timers::keep(view.shared, connection, &payment)?;
    let refund = Refund {
        id: transaction,
        our_id: String::new(),
        payment: payment.id.clone(),
        account: payment.account.clone(),
        amount,
        at: view.now,
        note: reason,
    };
    vault::add_refund(connection, System::Toss, &refund)?;
    let detail = json!({"refund_id": refund.id});
    book::row_with(connection, &payment, "refunded", amount, &book::Cause::shop(view), detail)?;
    Toss::announce(view.shared, connection, &payment, view.now)?;
    Ok(read::ok(&shape::payment(&payment)))
}
