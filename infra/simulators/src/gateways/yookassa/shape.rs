//! Payments, refunds, notices and errors as they stand on the wire.

use http::StatusCode;
use serde_json::{Value, json};

use super::{Payment, State, json as read};
use crate::gateways::face::decimal;
use crate::gateways::vault::Refund;
use crate::pipeline::Answer;

fn roubles(kopecks: i64) -> Value {
    json!({"value": decimal(kopecks, 2), "currency": "RUB"})
}

pub(super) fn status(payment: &Payment) -> &'static str {
    match payment.state {
        State::Verified | State::Settled | State::Refunded => "succeeded",
        State::Paid => "waiting_for_capture",
        State::Open | State::Authenticated | State::AwaitingDeposit => "pending",
        _ => "canceled",
    }
}

/// What the shop is told about a payment, if anything.
pub(super) fn event(payment: &Payment) -> Option<&'static str> {
    match (payment.state, status(payment)) {
        (State::Refunded, _) | (_, "pending") => None,
        (_, "succeeded") => Some("payment.succeeded"),
        (_, "waiting_for_capture") => Some("payment.waiting_for_capture"),
        _ => Some("payment.canceled"),
    }
}

pub(super) fn payment(payment: &Payment) -> Value {
    let paid = matches!(payment.state, State::Paid | State::Verified | State::Refunded);
    let done = matches!(payment.state, State::Verified | State::Refunded);
    let mut shown = json!({
        "id": payment.id, "status": status(payment), "paid": paid, "amount": roubles(payment.amount),
        "created_at": payment.created, "description": payment.text("description"),
        "metadata": payment.detail["metadata"], "test": payment.flag("test"), "refundable": done && payment.left() > 0,
        "recipient": {"account_id": payment.account, "gateway_id": "1"},
    });
    if payment.state == State::Open {
        let url = format!("{}/yookassa/payer/{}", payment.text("base"), payment.id);
        shown["confirmation"] =
            json!({"type": "redirect", "confirmation_url": url, "return_url": payment.callback});
    }
    if let Some(number) = payment.card.as_deref() {
        shown["payment_method"] = json!({
            "type": "bank_card", "id": payment.id, "saved": false,
            "title": format!("Bank card *{}", number.get(12..).unwrap_or_default()),
            "card": {
                "first6": number.get(..6), "last4": number.get(12..), "expiry_month": "12",
                "expiry_year": "2030", "card_type": "Mir",
            },
        });
    }
    if payment.state == State::Paid {
        shown["expires_at"] = json!(payment.due);
    }
    if done {
        shown["captured_at"] = json!(payment.verified);
        shown["refunded_amount"] = roubles(payment.refunded);
    }
    if let Some((party, reason)) = cancellation(payment) {
        shown["cancellation_details"] = json!({"party": party, "reason": reason});
    }
    shown
}

fn cancellation(payment: &Payment) -> Option<(&'static str, &str)> {
    match payment.state {
        State::Failed | State::Cancelled => {
            Some(("payment_network", payment.reason.as_deref().unwrap_or("general_decline")))
        }
        State::Expired => Some(("yoo_money", "expired_on_confirmation")),
        State::Returned => Some(("yoo_money", "expired_on_capture")),
        State::Reversed => Some(("merchant", "canceled_by_merchant")),
        _ => None,
    }
}

pub(super) fn refund(refund: &Refund) -> Value {
    json!({
        "id": refund.id, "payment_id": refund.payment, "status": "succeeded", "created_at": refund.at,
        "amount": roubles(refund.amount), "description": refund.note,
    })
}

pub(super) fn notification(event: &str, object: &Value) -> Value {
    json!({"type": "notification", "event": event, "object": object})
}

pub(super) fn error(status: StatusCode, code: &str, description: &str, parameter: &str) -> Answer {
    let mut body = json!({"type": "error", "id": "00000000-0000-4000-8000-000000000000", "code": code, "description": description});
    if !parameter.is_empty() {
        body["parameter"] = json!(parameter);
    }
    read::answer(status, &body)
}

/// An error by its HTTP status.
pub(super) fn error_of(code: i32) -> Answer {
    let status = u16::try_from(code).ok().and_then(|code| StatusCode::from_u16(code).ok());
    let status = status.filter(|status| !status.is_success()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let word = match status.as_u16() {
        401 => "invalid_credentials",
        403 => "forbidden",
        404 => "not_found",
        429 => "too_many_requests",
        500.. => "internal_server_error",
        _ => "invalid_request",
    };
    error(status, word, "simulated", "")
}
