//! `POST /refunds`.

use http::StatusCode;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::change::{not_found, own};
use super::create::{amount, invalid};
use super::{Account, State, YooKassa, book, ids, json as read, notices, shape, till, timers, vault};
use crate::error::Result;
use crate::gateways::vault::Refund;
use crate::pipeline::{Answer, View};
use crate::system::System;

/// Gives money back, whole or in part; it succeeds at once.
pub(super) fn create(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
    members: &Map<String, Value>,
) -> Result<Answer> {
    let id = read::text(members, "payment_id");
    let Some(mut payment) = own(connection, account, &id)? else { return Ok(not_found("payment_id")) };
    let Some(wanted) = amount(members.get("amount")) else { return Ok(invalid("amount")) };
    if payment.state != State::Verified || wanted > payment.left() {
        let text = "The refund amount exceeds the amount that can be refunded";
        return Ok(shape::error(StatusCode::BAD_REQUEST, "invalid_request", text, "amount"));
    }
    let settings = view.shared.gateways.yookassa.settings();
    if settings.partial_needs_receipt && wanted < payment.amount && !members.contains_key("receipt") {
        return Ok(invalid("receipt"));
    }
    payment.refunded = payment.refunded.saturating_add(wanted);
    if payment.left() == 0 {
        payment.end(State::Refunded, view.now);
    }
    timers::keep(view.shared, connection, &payment)?;
    let refund = Refund {
        id: ids::uuid()?,
        our_id: till::header_of(view.call, super::idempotence::HEADER).unwrap_or_default().to_owned(),
        payment: payment.id.clone(),
        account: payment.account.clone(),
        amount: wanted,
        at: view.now,
        note: read::text(members, "description"),
    };
    vault::add_refund(connection, System::YooKassa, &refund)?;
    let detail = json!({"refund_id": refund.id});
    book::row_with(connection, &payment, "refunded", wanted, &book::Cause::shop(view), detail)?;
    if let Some(url) = &account.webhook_url {
        notices::send::<YooKassa>(view.shared, connection, &payment, view.now, |_| {
            Ok(notices::Notice::json(url, &shape::notification("refund.succeeded", &shape::refund(&refund))))
        })?;
    }
    Ok(read::ok(&shape::refund(&refund)))
}
