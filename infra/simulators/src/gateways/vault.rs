//! Payments, refunds and idempotency keys in the store.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Params};
use serde::{Deserialize, Serialize};

use super::payment::Payment;
use crate::error::Result;
use crate::system::System;

/// Adds a payment or writes it anew.
pub(crate) fn save(connection: &Connection, payment: &Payment) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO payments (system, id, account, our_id, receipt, due_ms, value)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (system, id) DO UPDATE SET receipt = ?5, due_ms = ?6, value = ?7",
        )?
        .execute((
            payment.system.name(),
            &payment.id,
            &payment.account,
            &payment.our_id,
            &payment.receipt,
            payment.due.map(Timestamp::as_millisecond),
            serde_json::to_string(payment)?,
        ))?;
    Ok(())
}

/// The payment of this gateway id.
pub(crate) fn by_id(connection: &Connection, system: System, id: &str) -> Result<Option<Payment>> {
    one(connection, "SELECT value FROM payments WHERE system = ?1 AND id = ?2", (system.name(), id))
}

/// The payment whose money has this name.
pub(crate) fn by_receipt(connection: &Connection, system: System, receipt: &str) -> Result<Option<Payment>> {
    one(connection, "SELECT value FROM payments WHERE system = ?1 AND receipt = ?2", (system.name(), receipt))
}

/// The newest payment of a shop's own number.
pub(crate) fn by_order(
    connection: &Connection,
    system: System,
    account: &str,
    our_id: &str,
) -> Result<Option<Payment>> {
    one(
        connection,
        "SELECT value FROM payments WHERE system = ?1 AND account = ?2 AND our_id = ?3
         ORDER BY serial DESC LIMIT 1",
        (system.name(), account, our_id),
    )
}

/// The payment of any of its names: id, receipt, or the shop's own number.
pub(crate) fn find(connection: &Connection, system: System, name: &str) -> Result<Option<Payment>> {
    one(
        connection,
        "SELECT value FROM payments WHERE system = ?1 AND (id = ?2 OR receipt = ?2 OR our_id = ?2)
         ORDER BY id = ?2 DESC, serial DESC LIMIT 1",
        (system.name(), name),
    )
}

/// The newest payment of the same shop beside this one.
pub(crate) fn other_than(connection: &Connection, payment: &Payment) -> Result<Option<Payment>> {
    one(
        connection,
        "SELECT value FROM payments WHERE system = ?1 AND account = ?2 AND id <> ?3
         ORDER BY serial DESC LIMIT 1",
        (payment.system.name(), &payment.account, &payment.id),
    )
}

fn one(connection: &Connection, query: &str, params: impl Params) -> Result<Option<Payment>> {
    let text: Option<String> =
        connection.prepare_cached(query)?.query_row(params, |row| row.get(0)).optional()?;
    Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
}

/// The newest payments of a gateway, at most `limit` that `keep` lets through.
pub(crate) fn newest(
    connection: &Connection,
    system: System,
    limit: usize,
    keep: impl Fn(&Payment) -> bool,
) -> Result<Vec<Payment>> {
    let mut statement =
        connection.prepare_cached("SELECT value FROM payments WHERE system = ?1 ORDER BY serial DESC")?;
    let mut rows = statement.query([system.name()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let payment: Payment = serde_json::from_str(&row.get::<_, String>(0)?)?;
        if keep(&payment) {
            found.push(payment);
            if found.len() >= limit {
                break;
            }
        }
    }
    Ok(found)
}

/// The first payment of any gateway with which something happens by itself at or before `now`.
pub(crate) fn first_due(connection: &Connection, now: Timestamp) -> Result<Option<Payment>> {
    one(
        connection,
        "SELECT value FROM payments WHERE due_ms <= ?1 ORDER BY due_ms, serial LIMIT 1",
        [now.as_millisecond()],
    )
}

/// When something happens by itself next.
pub(crate) fn next_due(connection: &Connection) -> Result<Option<i64>> {
    Ok(connection
        .prepare_cached("SELECT min(due_ms) FROM payments WHERE due_ms IS NOT NULL")?
        .query_row([], |row| row.get(0))?)
}

/// Money on its way back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Refund {
    pub(crate) id: String,
    /// The shop's own number for the refund.
    pub(crate) our_id: String,
    /// The payment's gateway id.
    pub(crate) payment: String,
    pub(crate) account: String,
    pub(crate) amount: i64,
    pub(crate) at: Timestamp,
    pub(crate) note: String,
}

/// Adds a refund.
pub(crate) fn add_refund(connection: &Connection, system: System, refund: &Refund) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO refunds (system, id, payment, our_id, value) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute((
            system.name(),
            &refund.id,
            &refund.payment,
            &refund.our_id,
            serde_json::to_string(refund)?,
        ))?;
    Ok(())
}

/// A refund by its id or by the shop's own number.
pub(crate) fn refund(connection: &Connection, system: System, name: &str) -> Result<Option<Refund>> {
    let text: Option<String> = connection
        .prepare_cached(
            "SELECT value FROM refunds WHERE system = ?1 AND (id = ?2 OR our_id = ?2)
             ORDER BY id = ?2 DESC, serial DESC LIMIT 1",
        )?
        .query_row((system.name(), name), |row| row.get(0))
        .optional()?;
    Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
}

/// The refunds of a payment, or of all, oldest first.
pub(crate) fn refunds(connection: &Connection, system: System, payment: Option<&str>) -> Result<Vec<Refund>> {
    let mut statement = connection.prepare_cached(
        "SELECT value FROM refunds WHERE system = ?1 AND (?2 IS NULL OR payment = ?2) ORDER BY serial",
    )?;
    let mut rows = statement.query((system.name(), payment))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(serde_json::from_str(&row.get::<_, String>(0)?)?);
    }
    Ok(found)
}

/// What a call under an idempotency key was answered.
pub(crate) struct Kept {
    pub(crate) request: String,
    pub(crate) answer: String,
}

/// Whose key it is.
pub(crate) struct Key<'a> {
    pub(crate) system: System,
    pub(crate) account: &'a str,
    pub(crate) key: &'a str,
}

/// The answer under a key that is not older than `life`.
pub(crate) fn recall(
    connection: &Connection,
    key: &Key<'_>,
    now: Timestamp,
    life: SignedDuration,
) -> Result<Option<Kept>> {
    let since = now.checked_sub(life).unwrap_or(Timestamp::MIN).as_millisecond();
    Ok(connection
        .prepare_cached(
            "SELECT request, answer FROM payment_keys
             WHERE system = ?1 AND account = ?2 AND key = ?3 AND at_ms > ?4",
        )?
        .query_row((key.system.name(), key.account, key.key, since), |row| {
            Ok(Kept { request: row.get(0)?, answer: row.get(1)? })
        })
        .optional()?)
}

/// Keeps an answer under a key.
pub(crate) fn remember(connection: &Connection, key: &Key<'_>, kept: &Kept, now: Timestamp) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO payment_keys (system, account, key, request, answer, at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (system, account, key) DO UPDATE SET request = ?4, answer = ?5, at_ms = ?6",
        )?
        .execute((
            key.system.name(),
            key.account,
            key.key,
            &kept.request,
            &kept.answer,
            now.as_millisecond(),
        ))?;
    Ok(())
}
