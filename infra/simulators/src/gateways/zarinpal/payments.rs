//! `verify`, `inquiry`, `unVerified`, `reverse` and the preview of the fee (sections 1.3 and 1.4).

use rusqlite::Connection;
use serde_json::{Value, json};

use super::{Asked, Payment, State, book, codes, request, timers, vault};
use crate::error::Result;
use crate::gateways::payment::minutes;
use crate::gateways::{card, json as read, local_time};
use crate::pipeline::Answer;
use crate::system::System;

/// The shop takes the money: 100, and 101 ever after.
pub(super) fn verify(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    let refused = |code| Ok(codes::refused_as(code, asked.settings().empty_object));
    let mut payment = match asked.payment(connection)? {
        Ok(payment) => payment,
        Err(code) => return refused(code),
    };
    if read::number(&asked.members, "amount") != payment.detail["told"].as_i64() {
        return refused(-50);
    }
    let view = asked.view;
    match payment.state {
        State::Paid => {
            payment.verify(view.now);
            timers::keep(view.shared, connection, &payment)?;
            book::row(connection, &payment, "verified", payment.amount, &book::Cause::shop(view))?;
            Ok(codes::done(&paid(&payment, 100, "Paid")))
        }
        State::Verified | State::Refunded => Ok(codes::done(&paid(&payment, 101, "Verified"))),
        State::Returned | State::Reversed => refused(asked.settings().returned_code),
        _ => refused(-51),
    }
}

fn paid(payment: &Payment, code: i32, message: &str) -> Value {
    let number = payment.card.as_deref().unwrap_or_default();
    let receipt = payment.receipt.as_deref().and_then(|receipt| receipt.parse::<i64>().ok());
    let sandbox = payment.id.starts_with('S');
    json!({
        "code": code, "message": message, "card_hash": card::hash(number).to_ascii_uppercase(),
        "card_pan": if sandbox { "999999******9999".to_owned() } else { card::masked(number, 6) },
        "ref_id": receipt, "fee_type": "Merchant", "fee": request::fee(payment.amount), "shaparak_fee": 1_200,
        "order_id": payment.our_id, "wages": null,
    })
}

/// What the gateway knows; not a proof of anything, as its documents say.
pub(super) fn inquiry(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    let payment = match asked.payment(connection)? {
        Ok(payment) => payment,
        Err(-54) if asked.settings().odd_inquiry => {
            return Ok(read::ok(&json!({"authority": ["Invalid authority.", "-54"]})));
        }
        Err(code) => return Ok(codes::refused(code)),
    };
    let status = match payment.state {
        State::Paid => "PAID",
        State::Verified => "VERIFIED",
        State::Returned | State::Reversed | State::Refunded => "REVERSED",
        State::Cancelled | State::Failed | State::Expired => "FAILED",
        _ => "IN_BANK",
    };
    Ok(codes::done(&json!({"status": status, "code": 100, "message": "Success"})))
}

/// The newest hundred that were paid and not verified.
pub(super) fn unverified(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    let until = asked.view.visible_until;
    let waiting = vault::newest(connection, System::Zarinpal, 100, |payment| {
        payment.account == asked.account.merchant_id
            && payment.clone().seen_at(until).is_some_and(|payment| payment.state == State::Paid)
    })?;
    let authorities: Vec<Value> = waiting
        .iter()
        .map(|payment| {
            json!({
                "authority": payment.id, "amount": payment.detail["told"], "callback_url": payment.callback,
                "referer": null, "date": local_time::tehran(payment.created, "%Y-%m-%d %H:%M:%S"),
            })
        })
        .collect();
    Ok(codes::done(&json!({"code": "100", "message": "Success", "authorities": authorities})))
}

/// Gives the whole sum back within half an hour of the payment.
pub(super) fn reverse(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    let mut payment = match asked.payment(connection)? {
        Ok(payment) => payment,
        Err(code) => return Ok(codes::refused(code)),
    };
    let view = asked.view;
    if !asked.account.reversible {
        return Ok(codes::refused(-62));
    }
    if !payment.holds_money() || payment.refunded > 0 {
        return Ok(codes::refused(-61));
    }
    if payment.age(view.now) > minutes(asked.settings().reverse_minutes) {
        return Ok(codes::refused(-63));
    }
    payment.end(State::Reversed, view.now);
    timers::keep(view.shared, connection, &payment)?;
    book::row(connection, &payment, "reversed", payment.amount, &book::Cause::shop(view))?;
    Ok(codes::done(&json!({"code": 100, "message": "Reversed"})))
}

/// What the gateway would keep of a sum.
pub(super) fn fee(asked: &Asked<'_>) -> Answer {
    let Some(amount) = read::number(&asked.members, "amount").filter(|amount| *amount >= 1_000) else {
        return codes::invalid("amount", "The amount must be at least 1000.");
    };
    codes::done(&json!({
        "code": 100, "message": "Success", "amount": amount, "fee": request::fee(amount), "fee_type": "Merchant",
        "suggested_amount": amount.saturating_add(request::fee(amount)),
    }))
}
