//! Notices: a payment's new status, and deposits.

use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::json;

use super::{Payment, State, Toss, local_time, shape};
use crate::error::Result;
use crate::gateways::notices::{Notice, send};
use crate::state::Shared;

/// Notices write their time without an offset (section 13).
const PLAIN: &str = "%Y-%m-%dT%H:%M:%S.%6f";

fn url(shared: &Shared, payment: &Payment) -> Option<String> {
    shared.gateways.toss.account(&payment.account)?.webhook_url.clone()
}

/// `PAYMENT_STATUS_CHANGED`, with the whole payment.
pub(super) fn status(
    shared: &Shared,
    connection: &Connection,
    payment: &Payment,
    at: Timestamp,
) -> Result<()> {
    let Some(url) = url(shared, payment) else { return Ok(()) };
    if payment.state == State::Open {
        return Ok(());
    }
    send::<Toss>(shared, connection, payment, at, |payment| {
        let body = json!({
            "eventType": "PAYMENT_STATUS_CHANGED", "createdAt": local_time::seoul(at, PLAIN),
            "data": shape::payment(payment),
        });
        Ok(Notice::json(&url, &body))
    })
}

/// `DEPOSIT_CALLBACK` is flat; `secret` is the payment's.
pub(super) fn deposit(
    shared: &Shared,
    connection: &Connection,
    payment: &Payment,
    at: Timestamp,
) -> Result<()> {
    let Some(url) = url(shared, payment) else { return Ok(()) };
    send::<Toss>(shared, connection, payment, at, |payment| {
        let secret = if payment.flag("forged") { "guessed" } else { payment.text("secret") };
        let body = json!({
            "createdAt": local_time::seoul(at, PLAIN), "secret": secret, "status": shape::status(payment),
            "transactionKey": payment.receipt, "orderId": payment.our_id,
        });
        Ok(Notice::json(&url, &body))
    })
}
