//! The queues in SQLite. Every function runs inside a transaction of the queue thread.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::error::SqsError;
use super::model::{Counts, DeadLetter, NewMessage, QueueDefinition, Received};

type Result<T> = std::result::Result<T, SqsError>;

/// Sets the file up and makes visible what was in flight when it was left.
pub(super) fn prepare(connection: &Connection) -> Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch(include_str!("schema.sql"))?;
    connection.execute("UPDATE messages SET in_flight = 0, visible_ms = 0 WHERE in_flight = 1", [])?;
    Ok(())
}

pub(super) fn declare(c: &Connection, definition: &QueueDefinition) -> Result<()> {
    let redrive = definition.redrive.as_ref();
    let mut insert = c.prepare_cached(
        "INSERT INTO queues (name, visibility_ms, delay_ms, retention_ms, dead_queue, max_receives)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (name) DO UPDATE SET visibility_ms = ?2, delay_ms = ?3, retention_ms = ?4,
             dead_queue = ?5, max_receives = ?6",
    )?;
    insert.execute(params![
        definition.name,
        definition.visibility_seconds.saturating_mul(1000),
        definition.delay_seconds.saturating_mul(1000),
        definition.retention_seconds.saturating_mul(1000),
        redrive.map(|r| r.dead_queue.as_str()),
        redrive.map(|r| r.max_receives),
    ])?;
    Ok(())
}

struct Queue {
    visibility_ms: i64,
    delay_ms: i64,
    retention_ms: i64,
    dead_queue: Option<String>,
    max_receives: Option<u32>,
}

fn queue(c: &Connection, name: &str) -> Result<Queue> {
    let mut select = c.prepare_cached(
        "SELECT visibility_ms, delay_ms, retention_ms, dead_queue, max_receives FROM queues WHERE name = ?1",
    )?;
    let found = select
        .query_row([name], |row| {
            Ok(Queue {
                visibility_ms: row.get(0)?,
                delay_ms: row.get(1)?,
                retention_ms: row.get(2)?,
                dead_queue: row.get(3)?,
                max_receives: row.get(4)?,
            })
        })
        .optional()?;
    found.ok_or_else(|| SqsError::QueueDoesNotExist(name.to_owned()))
}

pub(super) fn exists(c: &Connection, name: &str) -> Result<()> {
    queue(c, name).map(|_| ())
}

pub(super) fn send(
    c: &Connection,
    now: i64,
    name: &str,
    messages: &[NewMessage],
    ids: &[String],
) -> Result<()> {
    let queue = queue(c, name)?;
    let mut insert = c.prepare_cached(
        "INSERT INTO messages (queue, message_id, body, attributes, sent_ms, visible_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (message, id) in messages.iter().zip(ids) {
        let delay = message.delay_seconds.map_or(queue.delay_ms, |s| s.saturating_mul(1000));
        let attributes = serde_json::to_string(&message.attributes).map_err(internal)?;
        insert.execute(params![name, id, message.body, attributes, now, now.saturating_add(delay)])?;
    }
    Ok(())
}

pub(super) fn receive(
    c: &Connection,
    now: i64,
    name: &str,
    max: usize,
    visibility_ms: Option<i64>,
) -> Result<Vec<Received>> {
    let queue = queue(c, name)?;
    expire(c, now, name, &queue)?;
    redrive(c, now, name, &queue)?;
    let mut select = c.prepare_cached(
        "SELECT id, message_id, body, attributes, sent_ms, first_received_ms, receives FROM messages
         WHERE queue = ?1 AND visible_ms <= ?2 ORDER BY visible_ms, id LIMIT ?3",
    )?;
    let limit = i64::try_from(max).unwrap_or(i64::MAX);
    let found = select.query_map(params![name, now, limit], |row| found(row, now))?;
    let found: Vec<(i64, Received)> = found.collect::<rusqlite::Result<_>>()?;
    let mut hide = c.prepare_cached(
        "UPDATE messages SET in_flight = 1, visible_ms = ?2, receives = receives + 1,
             first_received_ms = coalesce(first_received_ms, ?3) WHERE id = ?1",
    )?;
    let until = now.saturating_add(visibility_ms.unwrap_or(queue.visibility_ms));
    for (id, _) in &found {
        hide.execute(params![id, until, now])?;
    }
    Ok(found.into_iter().map(|(_, message)| message).collect())
}

fn found(row: &Row<'_>, now: i64) -> rusqlite::Result<(i64, Received)> {
    let (id, receives): (i64, u32) = (row.get(0)?, row.get(6)?);
    let attributes: String = row.get(3)?;
    let received = Received {
        message_id: row.get(1)?,
        // Tied to this receive: an older one no longer deletes.
        receipt: format!("{id}.{}", receives + 1),
        body: row.get(2)?,
        attributes: serde_json::from_str(&attributes).unwrap_or_default(),
        sent_ms: row.get(4)?,
        first_received_ms: row.get::<_, Option<i64>>(5)?.unwrap_or(now),
        receive_count: receives + 1,
    };
    Ok((id, received))
}

/// Messages that were received too often go to the dead letters when they would be received again.
fn redrive(c: &Connection, now: i64, name: &str, queue: &Queue) -> Result<()> {
    let (Some(dead), Some(max)) = (&queue.dead_queue, queue.max_receives) else { return Ok(()) };
    let mut update = c.prepare_cached(
        "UPDATE messages SET queue = ?3, visible_ms = ?2, in_flight = 0
         WHERE queue = ?1 AND visible_ms <= ?2 AND receives >= ?4",
    )?;
    let moved = update.execute(params![name, now, dead, max])?;
    if moved > 0 {
        tracing::warn!(queue = name, messages = moved, "messages went to the dead letters");
    }
    Ok(())
}

fn expire(c: &Connection, now: i64, name: &str, queue: &Queue) -> Result<()> {
    let mut delete = c.prepare_cached("DELETE FROM messages WHERE queue = ?1 AND sent_ms < ?2")?;
    let gone = delete.execute(params![name, now.saturating_sub(queue.retention_ms)])?;
    if gone > 0 {
        tracing::warn!(queue = name, messages = gone, "messages were older than the queue keeps them");
    }
    Ok(())
}

/// The message and the receive a receipt stands for.
fn parse_receipt(receipt: &str) -> Result<(i64, u32)> {
    let parts = receipt.split_once('.').and_then(|(id, n)| Some((id.parse().ok()?, n.parse().ok()?)));
    parts.ok_or(SqsError::ReceiptHandleIsInvalid)
}

/// As in SQS, deleting what is gone or was received again since is no error and does nothing.
pub(super) fn delete(c: &Connection, name: &str, receipt: &str) -> Result<()> {
    let (id, receives) = parse_receipt(receipt)?;
    let mut delete =
        c.prepare_cached("DELETE FROM messages WHERE id = ?1 AND queue = ?2 AND receives = ?3")?;
    delete.execute(params![id, name, receives])?;
    Ok(())
}

pub(super) fn change_visibility(
    c: &Connection,
    now: i64,
    name: &str,
    receipt: &str,
    visibility_ms: i64,
) -> Result<()> {
    let (id, receives) = parse_receipt(receipt)?;
    let mut update = c.prepare_cached(
        "UPDATE messages SET visible_ms = ?5, in_flight = ?6
         WHERE id = ?1 AND queue = ?2 AND receives = ?3 AND in_flight = 1 AND visible_ms > ?4",
    )?;
    let until = now.saturating_add(visibility_ms);
    match update.execute(params![id, name, receives, now, until, visibility_ms > 0])? {
        0 => Err(SqsError::MessageNotInflight),
        _ => Ok(()),
    }
}

pub(super) fn counts(c: &Connection, now: i64, name: &str) -> Result<Counts> {
    let queue = queue(c, name)?;
    expire(c, now, name, &queue)?;
    let mut select = c.prepare_cached(
        "SELECT count(*) FILTER (WHERE visible_ms <= ?2),
                count(*) FILTER (WHERE visible_ms > ?2 AND in_flight = 0),
                count(*) FILTER (WHERE visible_ms > ?2 AND in_flight = 1)
         FROM messages WHERE queue = ?1",
    )?;
    let mut counts = select.query_row(params![name, now], |row| {
        Ok(Counts { waiting: row.get(0)?, delayed: row.get(1)?, in_flight: row.get(2)?, dead: 0 })
    })?;
    if let Some(dead) = &queue.dead_queue {
        let mut select = c.prepare_cached("SELECT count(*) FROM messages WHERE queue = ?1")?;
        counts.dead = select.query_row([dead], |row| row.get(0))?;
    }
    Ok(counts)
}

pub(super) fn next_visible_at(c: &Connection, name: &str) -> Result<Option<i64>> {
    exists(c, name)?;
    let mut select = c.prepare_cached("SELECT min(visible_ms) FROM messages WHERE queue = ?1")?;
    Ok(select.query_row([name], |row| row.get(0))?)
}

pub(super) fn dead_letters(c: &Connection, name: &str, limit: usize) -> Result<Vec<DeadLetter>> {
    let Some(dead) = queue(c, name)?.dead_queue else { return Ok(Vec::new()) };
    let mut select = c.prepare_cached(
        "SELECT message_id, body, attributes, sent_ms, receives FROM messages
         WHERE queue = ?1 ORDER BY id LIMIT ?2",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let letters = select.query_map(params![dead, limit], |row| {
        let attributes: String = row.get(2)?;
        Ok(DeadLetter {
            message_id: row.get(0)?,
            body: row.get(1)?,
            attributes: serde_json::from_str(&attributes).unwrap_or_default(),
            sent_ms: row.get(3)?,
            receive_count: row.get(4)?,
        })
    })?;
    Ok(letters.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn purge(c: &Connection, name: &str) -> Result<()> {
    exists(c, name)?;
    c.prepare_cached("DELETE FROM messages WHERE queue = ?1")?.execute([name])?;
    Ok(())
}

/// What `GetQueueAttributes` tells besides the counts.
pub(super) fn settings(c: &Connection, name: &str) -> Result<Vec<(&'static str, String)>> {
    let queue = queue(c, name)?;
    let mut settings = vec![
        ("VisibilityTimeout", (queue.visibility_ms / 1000).to_string()),
        ("DelaySeconds", (queue.delay_ms / 1000).to_string()),
        ("MessageRetentionPeriod", (queue.retention_ms / 1000).to_string()),
        ("QueueArn", arn(name)),
    ];
    if let (Some(dead), Some(max)) = (queue.dead_queue, queue.max_receives) {
        let policy = serde_json::json!({ "deadLetterTargetArn": arn(&dead), "maxReceiveCount": max });
        settings.push(("RedrivePolicy", policy.to_string()));
    }
    Ok(settings)
}

fn arn(name: &str) -> String {
    format!("arn:aws:sqs:us-east-1:{}:{name}", super::ACCOUNT)
}

fn internal(error: serde_json::Error) -> SqsError {
    SqsError::Internal(error.to_string())
}
