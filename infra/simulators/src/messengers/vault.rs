//! Messages and spent money in the store.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Params};

use super::Message;
use crate::error::Result;
use crate::system::System;

/// Adds a message. `same` is equal for what the provider takes for the same message.
pub(super) fn insert(connection: &Connection, message: &Message, same: &str) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO messages (system, id, account, our_id, channel, recipient, same, sent_ms, due_ms, value)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute((
            message.system.name(),
            &message.id,
            &message.account,
            &message.our_id,
            message.channel.name(),
            &message.to,
            same,
            message.sent.as_millisecond(),
            message.due().map(Timestamp::as_millisecond),
            serde_json::to_string(message)?,
        ))?;
    Ok(())
}

/// Writes a message anew.
pub(super) fn update(connection: &Connection, message: &Message) -> Result<()> {
    connection.prepare_cached("UPDATE messages SET due_ms = ?2, value = ?3 WHERE serial = ?1")?.execute((
        message.serial,
        message.due().map(Timestamp::as_millisecond),
        serde_json::to_string(message)?,
    ))?;
    Ok(())
}

/// The newest message of this number and, where a number names several, to this recipient.
pub(crate) fn by_id(
    connection: &Connection,
    system: System,
    id: &str,
    to: Option<&str>,
) -> Result<Option<Message>> {
    let found = many(
        connection,
        "SELECT serial, value FROM messages
         WHERE system = ?1 AND id = ?2 AND (?3 IS NULL OR recipient = ?3) ORDER BY serial DESC LIMIT 1",
        (system.name(), id, to),
    )?;
    Ok(found.into_iter().next())
}

/// The first message of a client's own number.
pub(super) fn by_our_id(
    connection: &Connection,
    system: System,
    account: &str,
    our_id: &str,
) -> Result<Option<Message>> {
    let found = many(
        connection,
        "SELECT serial, value FROM messages
         WHERE system = ?1 AND account = ?2 AND our_id = ?3 ORDER BY serial LIMIT 1",
        (system.name(), account, our_id),
    )?;
    Ok(found.into_iter().next())
}

/// All messages of a system, or of all, oldest first.
pub(crate) fn list(connection: &Connection, system: Option<System>) -> Result<Vec<Message>> {
    let name = system.map(System::name);
    many(
        connection,
        "SELECT serial, value FROM messages WHERE ?1 IS NULL OR system = ?1 ORDER BY sent_ms, serial",
        [name],
    )
}

/// The message whose time came first.
pub(super) fn first_due(connection: &Connection, now: Timestamp) -> Result<Option<Message>> {
    let found = many(
        connection,
        "SELECT serial, value FROM messages WHERE due_ms <= ?1 ORDER BY due_ms, serial LIMIT 1",
        [now.as_millisecond()],
    )?;
    Ok(found.into_iter().next())
}

/// When something happens next.
pub(super) fn next_due(connection: &Connection) -> Result<Option<i64>> {
    Ok(connection
        .prepare_cached("SELECT min(due_ms) FROM messages WHERE due_ms IS NOT NULL")?
        .query_row([], |row| row.get(0))?)
}

/// Whether the same was sent since a moment.
pub(super) fn was_sent(
    connection: &Connection,
    system: System,
    account: &str,
    same: &str,
    since: Timestamp,
) -> Result<bool> {
    Ok(connection
        .prepare_cached(
            "SELECT 1 FROM messages WHERE system = ?1 AND account = ?2 AND same = ?3 AND sent_ms > ?4",
        )?
        .exists((system.name(), account, same, since.as_millisecond()))?)
}

/// How many messages an account sent since a moment.
pub(super) fn count_since(
    connection: &Connection,
    system: System,
    account: &str,
    since: Timestamp,
) -> Result<i64> {
    Ok(connection
        .prepare_cached("SELECT count(*) FROM messages WHERE system = ?1 AND account = ?2 AND sent_ms > ?3")?
        .query_row((system.name(), account, since.as_millisecond()), |row| row.get(0))?)
}

/// What an account has spent.
pub(super) fn spent(connection: &Connection, system: System, account: &str) -> Result<i64> {
    let found = connection
        .prepare_cached("SELECT spent FROM message_spending WHERE system = ?1 AND account = ?2")?
        .query_row((system.name(), account), |row| row.get(0))
        .optional()?;
    Ok(found.unwrap_or(0))
}

/// Takes money, or gives it back.
pub(super) fn spend(connection: &Connection, system: System, account: &str, amount: i64) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO message_spending (system, account, spent) VALUES (?1, ?2, ?3)
             ON CONFLICT (system, account) DO UPDATE SET spent = spent + ?3",
        )?
        .execute((system.name(), account, amount))?;
    Ok(())
}

fn many(connection: &Connection, query: &str, parameters: impl Params) -> Result<Vec<Message>> {
    let mut statement = connection.prepare_cached(query)?;
    let mut rows = statement.query(parameters)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let mut message: Message = serde_json::from_str(&row.get::<_, String>(1)?)?;
        message.serial = row.get(0)?;
        found.push(message);
    }
    Ok(found)
}
