//! `verify` and `inquiry` (section 2.3). The amount is not sent: the caller compares.

use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::request::merchant;
use super::{Payment, State, book, card, codes, present, timers, vault};
use crate::error::Result;
use crate::gateways::{json as read, local_time};
use crate::pipeline::{Answer, View};
use crate::system::System;

/// The merchant's payment of this `trackId`, as it is or as it seems.
fn payment(
    view: &View<'_>,
    connection: &Connection,
    members: &Map<String, Value>,
) -> Result<std::result::Result<Payment, i64>> {
    let account = match merchant(view, members) {
        Ok(account) => account,
        Err(code) => return Ok(Err(code)),
    };
    let found = vault::by_id(connection, System::Zibal, &read::text(members, "trackId"))?;
    let own = found.filter(|payment| payment.account == account.merchant);
    Ok(own.and_then(|payment| payment.seen_at(view.visible_until)).ok_or(203))
}

/// The merchant takes the money: 100, and 201 ever after.
pub(super) fn verify(view: &View<'_>, connection: &Connection) -> Result<Answer> {
    let members = read::members(&view.call.body).unwrap_or_default();
    let mut payment = match payment(view, connection, &members)? {
        Ok(payment) => payment,
        Err(code) => return Ok(codes::result(code)),
    };
    let settings = view.shared.gateways.zibal.settings();
    match payment.state {
        State::Paid => {
            payment.verify(view.now);
            timers::keep(view.shared, connection, &payment)?;
            book::row(connection, &payment, "verified", payment.amount, &book::Cause::shop(view))?;
            Ok(read::ok(&details(&payment, 100, settings.numeric_ref)))
        }
        State::Verified if settings.repeat_details => {
            Ok(read::ok(&details(&payment, 201, settings.numeric_ref)))
        }
        State::Verified => Ok(codes::result(201)),
        _ => Ok(codes::result(202)),
    }
}

/// All that is known of a payment; `status` always.
pub(super) fn inquiry(view: &View<'_>, connection: &Connection) -> Result<Answer> {
    let members = read::members(&view.call.body).unwrap_or_default();
    let payment = match payment(view, connection, &members)? {
        Ok(payment) => payment,
        Err(code) => return Ok(codes::result(code)),
    };
    let mut answer = details(&payment, 100, view.shared.gateways.zibal.settings().numeric_ref);
    answer["createdAt"] = json!(local(payment.created));
    answer["verifiedAt"] = json!(payment.verified.map(local));
    answer["wage"] = payment.detail["feeMode"].as_i64().map_or(json!(0), |mode| json!(mode));
    answer["shaparakFee"] = payment.detail["shaparakFee"].clone();
    answer["multiplexingInfos"] = match &payment.detail["multiplexingInfos"] {
        Value::Array(parts) => json!(parts),
        _ => json!([]),
    };
    Ok(read::ok(&answer))
}

fn details(payment: &Payment, result: i64, numeric_ref: bool) -> Value {
    let receipt = payment.receipt.as_deref();
    json!({
        "paidAt": payment.paid.map(local),
        "cardNumber": payment.card.as_deref().filter(|_| payment.paid.is_some()).map(|number| card::masked(number, 4)),
        "status": codes::status(payment),
        "amount": payment.amount,
        "refNumber": receipt.map(|receipt| if numeric_ref { codes::number(receipt) } else { json!(receipt) }),
        "description": present(payment.text("description")),
        "orderId": present(&payment.our_id),
        "result": result,
        "message": codes::message(result),
    })
}

/// Without a zone, as it stands in the samples; Tehran's time is assumed.
fn local(at: Timestamp) -> String {
    local_time::tehran(at, "%Y-%m-%dT%H:%M:%S.%6f")
}
