//! Ledger rows of payments: `request`, `taken`, `verified`, `settled`, `reversed`, `refunded`, `returned`.

use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::payment::Payment;
use crate::error::Result;
use crate::ledger::{self, Entry, text_hash};
use crate::pipeline::View;

/// Who made a row, and by what.
pub(crate) struct Cause<'a> {
    pub(crate) by: &'static str,
    pub(crate) body: &'a [u8],
    pub(crate) received: Timestamp,
    pub(crate) at: Timestamp,
}

impl<'a> Cause<'a> {
    /// A call of the shop's.
    pub(crate) fn shop(view: &'a View<'_>) -> Self {
        Self { by: "shop", body: &view.call.body, received: view.call.received, at: view.now }
    }

    /// The payer's decision.
    pub(crate) fn payer(at: Timestamp) -> Self {
        Self { by: "payer", body: b"", received: at, at }
    }

    /// The gateway itself, since a time has passed.
    pub(crate) fn gateway(at: Timestamp) -> Self {
        Self { by: "gateway", body: b"", received: at, at }
    }
}

/// Writes a row about a payment.
pub(crate) fn row(
    connection: &Connection,
    payment: &Payment,
    kind: &str,
    amount: i64,
    cause: &Cause<'_>,
) -> Result<()> {
    row_with(connection, payment, kind, amount, cause, json!({}))
}

/// Writes a row with more to say.
pub(crate) fn row_with(
    connection: &Connection,
    payment: &Payment,
    kind: &str,
    amount: i64,
    cause: &Cause<'_>,
    mut detail: Value,
) -> Result<()> {
    if let Some(members) = detail.as_object_mut() {
        members.insert("by".to_owned(), json!(cause.by));
        members.insert("receipt".to_owned(), json!(payment.receipt));
        members.insert("currency".to_owned(), json!(payment.currency));
    }
    ledger::add(
        connection,
        &Entry {
            system: payment.system,
            kind,
            account: &payment.account,
            our_id: Some(&payment.our_id),
            its_id: Some(&payment.id),
            amount: Some(amount),
            text_hash: &text_hash(cause.body),
            recipient: None,
            received: cause.received,
            committed: cause.at,
            detail,
        },
    )
}

/// Counts the body of a shop's call.
pub(crate) fn body(view: &View<'_>, connection: &Connection, account: &str, our_id: &str) -> Result<()> {
    ledger::receive(
        connection,
        &ledger::Body {
            system: view.call.system,
            operation: &view.call.operation,
            account,
            our_id: Some(our_id),
            text_hash: &text_hash(&view.call.body),
            recipient: None,
            received: view.call.received,
        },
    )
}
