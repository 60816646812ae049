//! What the operators believe happened: the truth a hub is judged by.

use jiff::Timestamp;
use rusqlite::{Connection, Row};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::error::Result;
use crate::system::System;

/// One thing that was done.
pub(crate) struct Entry<'a> {
    pub(crate) system: System,
    pub(crate) kind: &'a str,
    pub(crate) account: &'a str,
    pub(crate) our_id: Option<&'a str>,
    pub(crate) its_id: Option<&'a str>,
    pub(crate) amount: Option<i64>,
    pub(crate) text_hash: &'a str,
    pub(crate) recipient: Option<&'a Value>,
    pub(crate) received: Timestamp,
    pub(crate) committed: Timestamp,
    pub(crate) detail: Value,
}

/// One request body that came in, executed or not.
pub(crate) struct Body<'a> {
    pub(crate) system: System,
    pub(crate) operation: &'a str,
    pub(crate) account: &'a str,
    pub(crate) our_id: Option<&'a str>,
    pub(crate) text_hash: &'a str,
    pub(crate) recipient: Option<&'a Value>,
    pub(crate) received: Timestamp,
}

/// Short name of a text's content.
pub(crate) fn text_hash(text: &[u8]) -> String {
    Sha256::digest(text).iter().fold(String::with_capacity(64), |mut hex, byte| {
        hex.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        hex.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        hex
    })
}

/// Writes an entry.
pub(crate) fn add(connection: &Connection, entry: &Entry<'_>) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO ledger (system, kind, account, our_id, its_id, amount, text_hash, recipient,
                                 received_ms, committed_ms, detail)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute((
            entry.system.name(),
            entry.kind,
            entry.account,
            entry.our_id,
            entry.its_id,
            entry.amount,
            entry.text_hash,
            entry.recipient.map(Value::to_string),
            entry.received.as_millisecond(),
            entry.committed.as_millisecond(),
            entry.detail.to_string(),
        ))?;
    Ok(())
}

/// Marks a parcel's entry as cancelled.
pub(crate) fn cancel(connection: &Connection, parcel: &str, at: Timestamp) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE ledger SET cancelled_ms = ?2
             WHERE its_id = ?1 AND kind = 'parcel' AND cancelled_ms IS NULL",
        )?
        .execute((parcel, at.as_millisecond()))?;
    Ok(())
}

/// Counts a body.
pub(crate) fn receive(connection: &Connection, body: &Body<'_>) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO bodies (system, operation, account, our_id, text_hash, recipient, received, first_ms, last_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?7)
             ON CONFLICT DO UPDATE SET received = received + 1, last_ms = ?7",
        )?
        .execute((
            body.system.name(),
            body.operation,
            body.account,
            body.our_id.unwrap_or(""),
            body.text_hash,
            body.recipient.unwrap_or(&Value::Null).to_string(),
            body.received.as_millisecond(),
        ))?;
    Ok(())
}

/// All entries of a system, oldest first.
pub(crate) fn entries(connection: &Connection, system: System) -> Result<Vec<Value>> {
    let mut statement = connection.prepare(
        "SELECT id, system, kind, account, our_id, its_id, amount, text_hash, recipient, received_ms,
                committed_ms, cancelled_ms, detail,
                (SELECT coalesce(sum(bodies.received), 0) FROM bodies
                 WHERE bodies.system = ledger.system AND bodies.account = ledger.account
                   AND CASE WHEN ledger.our_id IS NULL THEN bodies.text_hash = ledger.text_hash
                       ELSE bodies.our_id = ledger.our_id
                            AND (ledger.kind NOT IN ('ready', 'hold', 'cancel', 'taken', 'verified', 'settled',
                                                     'reversed', 'refunded', 'returned')
                                 OR bodies.text_hash = ledger.text_hash) END)
         FROM ledger ORDER BY id",
    )?;
    collect(&mut statement, system, |row| {
        Ok(json!({
            "id": row.get::<_, i64>(0)?,
            "system": row.get::<_, String>(1)?,
            "kind": row.get::<_, String>(2)?,
            "account": row.get::<_, Option<String>>(3)?,
            "our_id": row.get::<_, Option<String>>(4)?,
            "its_id": row.get::<_, Option<String>>(5)?,
            "amount": row.get::<_, Option<i64>>(6)?,
            "text_hash": row.get::<_, String>(7)?,
            "recipient": parsed(row.get::<_, Option<String>>(8)?),
            "received_at": moment(row.get(9)?),
            "committed_at": moment(row.get(10)?),
            "cancelled_at": row.get::<_, Option<i64>>(11)?.map(moment),
            "detail": parsed(row.get::<_, Option<String>>(12)?),
            "bodies_received": row.get::<_, i64>(13)?,
        }))
    })
}

/// All bodies of a system, executed or not.
pub(crate) fn bodies(connection: &Connection, system: System) -> Result<Vec<Value>> {
    let mut statement = connection.prepare(
        "SELECT operation, system, account, our_id, text_hash, recipient, received, first_ms, last_ms
         FROM bodies ORDER BY first_ms, text_hash",
    )?;
    collect(&mut statement, system, |row| {
        let our_id: String = row.get(3)?;
        Ok(json!({
            "operation": row.get::<_, String>(0)?,
            "system": row.get::<_, String>(1)?,
            "account": row.get::<_, String>(2)?,
            "our_id": (!our_id.is_empty()).then_some(our_id),
            "text_hash": row.get::<_, String>(4)?,
            "recipient": parsed(row.get::<_, Option<String>>(5)?),
            "received": row.get::<_, i64>(6)?,
            "first_at": moment(row.get(7)?),
            "last_at": moment(row.get(8)?),
        }))
    })
}

fn collect(
    statement: &mut rusqlite::Statement<'_>,
    system: System,
    shape: impl Fn(&Row<'_>) -> rusqlite::Result<Value>,
) -> Result<Vec<Value>> {
    let mut rows = statement.query([])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        let of: String = row.get(1)?;
        if of.parse().is_ok_and(|of| system.covers(of)) {
            items.push(shape(row)?);
        }
    }
    Ok(items)
}

/// A stored time as it is shown.
pub(crate) fn moment(ms: i64) -> String {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

fn parsed(text: Option<String>) -> Value {
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Value::Null)
}
