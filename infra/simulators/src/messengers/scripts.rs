//! What becomes of coming messages, by script (section 11; reliability, receipts that go astray).

use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::{Channel, State};
use crate::error::Result;
use crate::system::System;

/// How a message ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    #[default]
    Delivered,
    Failed,
    Expired,
    Blocked,
    /// Handed over, and never heard of again.
    Silent,
    /// Busy at first, then delivered.
    Busy,
    /// Nobody answers to the end.
    Unanswered,
    Machine,
}

impl Outcome {
    /// The states it goes through after it was handed over.
    pub(super) fn states(self) -> &'static [State] {
        match self {
            Self::Delivered => &[State::Delivered],
            Self::Failed => &[State::Failed],
            Self::Expired => &[State::Expired],
            Self::Blocked => &[State::Blocked],
            Self::Silent => &[],
            Self::Busy => &[State::Busy, State::Delivered],
            Self::Unanswered => &[State::Busy, State::Expired],
            Self::Machine => &[State::Machine],
        }
    }
}

/// How its receipt comes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Receipt {
    #[default]
    Once,
    /// Before the answer of the call that sends the message.
    First,
    Double,
    /// After `receipt_seconds` more of simulated time.
    Late,
    Lost,
    /// An older state follows it.
    Reversed,
}

/// One script.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Script {
    #[serde(default)]
    pub(crate) outcome: Outcome,
    /// The provider's own code of the outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<i32>,
    /// How long the message is on its way; the provider's setting without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seconds: Option<u32>,
    #[serde(default)]
    pub(crate) receipt: Receipt,
    /// For `late`: an hour if not given.
    #[serde(default = "hour")]
    pub(crate) receipt_seconds: u32,
    /// Only messages to this recipient, as the provider writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<Channel>,
    /// How often it happens; once if not given.
    #[serde(default = "once")]
    pub(crate) times: u32,
}

fn once() -> u32 {
    1
}

fn hour() -> u32 {
    3_600
}

impl Script {
    /// What happens without any script.
    pub(super) fn usual() -> Self {
        Self {
            outcome: Outcome::Delivered,
            code: None,
            seconds: None,
            receipt: Receipt::Once,
            receipt_seconds: hour(),
            to: None,
            channel: None,
            times: 1,
        }
    }

    /// By the last two digits of a number.
    pub(super) fn by_number(number: &str) -> Self {
        let outcome = match number.get(number.len().saturating_sub(2)..) {
            Some("01") => Outcome::Silent,
            Some("02") => Outcome::Failed,
            Some("03") => Outcome::Blocked,
            Some("08") => Outcome::Busy,
            Some("09") => Outcome::Machine,
            _ => Outcome::Delivered,
        };
        Self { outcome, ..Self::usual() }
    }
}

/// Adds a script; they are used up in the order in which they came.
pub(crate) fn add(connection: &Connection, system: System, script: &Script) -> Result<()> {
    connection.execute(
        "INSERT INTO message_scripts (system, value) VALUES (?1, ?2)",
        (system.name(), serde_json::to_string(script)?),
    )?;
    Ok(())
}

/// The scripts that wait.
pub(crate) fn list(connection: &Connection, system: System) -> Result<Vec<Script>> {
    Ok(numbered(connection, system)?.into_iter().map(|(_, script)| script).collect())
}

/// Takes all scripts away.
pub(crate) fn clear(connection: &Connection, system: System) -> Result<usize> {
    Ok(connection.execute("DELETE FROM message_scripts WHERE system = ?1", [system.name()])?)
}

fn numbered(connection: &Connection, system: System) -> Result<Vec<(i64, Script)>> {
    let mut statement =
        connection.prepare_cached("SELECT id, value FROM message_scripts WHERE system = ?1 ORDER BY id")?;
    let mut rows = statement.query([system.name()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push((row.get(0)?, serde_json::from_str(&row.get::<_, String>(1)?)?));
    }
    Ok(found)
}

/// Uses up one turn of the first script that fits.
pub(super) fn take(
    connection: &Connection,
    system: System,
    to: &str,
    channel: Channel,
) -> Result<Option<Script>> {
    let fits = |script: &Script| {
        script.to.as_deref().is_none_or(|wanted| wanted == to)
            && script.channel.is_none_or(|wanted| wanted == channel)
    };
    let found = numbered(connection, system)?.into_iter().find(|(_, script)| fits(script));
    let Some((id, script)) = found else { return Ok(None) };
    if script.times <= 1 {
        connection.execute("DELETE FROM message_scripts WHERE id = ?1", [id])?;
    } else {
        let rest = Script { times: script.times - 1, ..script.clone() };
        let value = serde_json::to_string(&rest)?;
        connection.execute("UPDATE message_scripts SET value = ?2 WHERE id = ?1", (id, value))?;
    }
    Ok(Some(script))
}
