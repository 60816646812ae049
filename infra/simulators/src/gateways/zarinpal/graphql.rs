//! Refunds days later: the mutation `AddRefund` (section 1, "refund").
//!
//! What a `session_id` is, is not published; here authority and `ref_id` both are.

use http::StatusCode;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::{State, book, ids, till, timers, vault};
use crate::error::Result;
use crate::gateways::json as read;
use crate::gateways::vault::Refund;
use crate::pipeline::{Answer, View};
use crate::system::System;

const METHODS: [&str; 2] = ["PAYA", "CARD"];
const REASONS: [&str; 4] = ["CUSTOMER_REQUEST", "DUPLICATE_TRANSACTION", "SUSPICIOUS_TRANSACTION", "OTHER"];

/// `AddRefund(session_id, amount, description, method, reason)`, with its arguments as variables.
pub(super) fn refund(view: &View<'_>, connection: &Connection) -> Result<Answer> {
    let token = till::header_of(view.call, "authorization").and_then(|value| value.strip_prefix("Bearer "));
    let desk = &view.shared.gateways.zarinpal;
    let holder = desk
        .accounts
        .list()
        .into_iter()
        .find(|account| token.is_some_and(|token| account.access_token.as_deref() == Some(token.trim())));
    let Some(account) = holder else {
        return Ok(read::answer(StatusCode::UNAUTHORIZED, &errors("Unauthenticated.")));
    };
    let body = read::members(&view.call.body).unwrap_or_default();
    if !read::text(&body, "query").contains("AddRefund") {
        return Ok(read::ok(&errors("Cannot query this field.")));
    }
    let variables = body.get("variables").and_then(Value::as_object).cloned().unwrap_or_default();
    if let Some(problem) = problem(&variables) {
        return Ok(read::ok(&errors(problem)));
    }
    let amount = read::number(&variables, "amount").unwrap_or(0);
    let found = vault::find(connection, System::Zarinpal, &read::text(&variables, "session_id"))?;
    let Some(mut payment) = found.filter(|payment| payment.account == account.merchant_id) else {
        return Ok(read::ok(&errors("session not found.")));
    };
    if payment.state != State::Verified || amount > payment.left() {
        return Ok(read::ok(&errors("session can not be refunded.")));
    }
    payment.refunded = payment.refunded.saturating_add(amount);
    if payment.left() == 0 {
        payment.end(State::Refunded, view.now);
    }
    timers::keep(view.shared, connection, &payment)?;
    let refund = Refund {
        id: ids::number(9)?,
        our_id: String::new(),
        payment: payment.id.clone(),
        account: payment.account.clone(),
        amount,
        at: view.now,
        note: read::text(&variables, "description"),
    };
    vault::add_refund(connection, System::Zarinpal, &refund)?;
    let detail = json!({"refund_id": refund.id});
    book::row_with(connection, &payment, "refunded", amount, &book::Cause::shop(view), detail)?;
    Ok(read::ok(&json!({"data": {"resource": {
        "terminal_id": "1", "id": refund.id, "amount": amount,
        "timeline": {"refund_amount": amount, "refund_time": view.now, "refund_status": "PENDING"},
    }}})))
}

fn problem(variables: &Map<String, Value>) -> Option<&'static str> {
    let text = |name: &str| read::text(variables, name);
    if read::number(variables, "amount").is_none_or(|amount| amount <= 0) {
        return Some("The amount is invalid.");
    }
    if !METHODS.contains(&text("method").as_str()) {
        return Some("The selected method is invalid.");
    }
    let reason = text("reason");
    (!reason.is_empty() && !REASONS.contains(&reason.as_str())).then_some("The selected reason is invalid.")
}

fn errors(message: &str) -> Value {
    json!({"errors": [{"message": message}], "data": null})
}
