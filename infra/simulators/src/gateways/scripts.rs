//! Returns and notices that go astray, by script (reliability F10; protocol section 9, "Common").

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::payment::State;
use super::{Gateway, Payment, WayBack, notices, vault};
use crate::error::Result;
use crate::state::Shared;
use crate::system::System;

/// What goes astray.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    /// The payer's way back.
    #[default]
    Return,
    /// What the gateway tells by itself.
    Notice,
}

/// How.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    Lost,
    /// A second one follows, sent by the simulator.
    Double,
    /// It comes after `seconds` of simulated time, sent by the simulator.
    Late,
    /// It carries the names of another payment.
    Swap,
    /// It claims what has not happened.
    Forge,
}

/// One script.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Script {
    pub(crate) mode: Mode,
    #[serde(default)]
    pub(crate) what: What,
    /// How often it happens; once if not given.
    #[serde(default = "once")]
    pub(crate) times: u32,
    /// For `late`: 25 minutes if not given.
    #[serde(default = "late")]
    pub(crate) seconds: u32,
    /// For `swap`: the other payment; the shop's newest if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) with: Option<String>,
    /// For `forge`: what is claimed.
    #[serde(default)]
    pub(crate) claim: Claim,
}

/// What a forged return claims.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Claim {
    #[default]
    Paid,
    Cancelled,
}

fn once() -> u32 {
    1
}

fn late() -> u32 {
    1_500
}

impl Script {
    /// When something late comes.
    pub(super) fn after(&self, now: Timestamp) -> Timestamp {
        now.checked_add(SignedDuration::from_secs(i64::from(self.seconds))).unwrap_or(Timestamp::MAX)
    }
}

/// Adds a script; they are used up in the order in which they came.
pub(crate) fn add(connection: &Connection, system: System, script: &Script) -> Result<()> {
    connection.execute(
        "INSERT INTO payment_scripts (system, value) VALUES (?1, ?2)",
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
    Ok(connection.execute("DELETE FROM payment_scripts WHERE system = ?1", [system.name()])?)
}

fn numbered(connection: &Connection, system: System) -> Result<Vec<(i64, Script)>> {
    let mut statement =
        connection.prepare_cached("SELECT id, value FROM payment_scripts WHERE system = ?1 ORDER BY id")?;
    let mut rows = statement.query([system.name()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push((row.get(0)?, serde_json::from_str(&row.get::<_, String>(1)?)?));
    }
    Ok(found)
}

/// Uses up one turn of the first script of this kind.
pub(super) fn take(connection: &Connection, system: System, what: What) -> Result<Option<Script>> {
    let found = numbered(connection, system)?.into_iter().find(|(_, script)| script.what == what);
    let Some((id, script)) = found else { return Ok(None) };
    if script.times <= 1 {
        connection.execute("DELETE FROM payment_scripts WHERE id = ?1", [id])?;
    } else {
        let rest = Script { times: script.times - 1, ..script.clone() };
        let value = serde_json::to_string(&rest)?;
        connection.execute("UPDATE payment_scripts SET value = ?2 WHERE id = ?1", (id, value))?;
    }
    Ok(Some(script))
}

/// The payment as somebody pretends it were.
pub(crate) fn pretend<G: Gateway>(
    shared: &Shared,
    payment: &Payment,
    claim: Claim,
    now: Timestamp,
) -> Result<Payment> {
    let mut pretended = payment.clone();
    if !pretended.detail.is_object() {
        pretended.detail = json!({});
    }
    pretended.detail["forged"] = json!(true);
    match claim {
        Claim::Paid => {
            pretended.reason = None;
            pretended.paid = Some(now);
            pretended.card.get_or_insert_with(|| super::card::DEMO.to_owned());
            G::pay(shared, &mut pretended, now)?;
        }
        Claim::Cancelled => pretended.end(State::Cancelled, now),
    }
    Ok(pretended)
}

/// Where the payer's browser goes; nowhere if the way back is lost or late.
pub(crate) fn way_back<G: Gateway>(
    shared: &Shared,
    connection: &Connection,
    payment: &Payment,
    script: Option<&Script>,
    now: Timestamp,
) -> Result<Option<WayBack>> {
    let way = G::way_back(shared, payment);
    let Some(script) = script else { return Ok(Some(way)) };
    match script.mode {
        Mode::Lost => Ok(None),
        Mode::Double => {
            notices::send_browser(shared, connection, payment, &way, now)?;
            Ok(Some(way))
        }
        Mode::Late => {
            notices::send_browser(shared, connection, payment, &way, script.after(now))?;
            Ok(None)
        }
        Mode::Swap => Ok(Some(swapped::<G>(shared, connection, payment, script.with.as_deref())?)),
        Mode::Forge => Ok(Some(G::way_back(shared, &pretend::<G>(shared, payment, script.claim, now)?))),
    }
}

/// The way back of this payment with the names of another.
pub(super) fn swapped<G: Gateway>(
    shared: &Shared,
    connection: &Connection,
    payment: &Payment,
    with: Option<&str>,
) -> Result<WayBack> {
    let other = match with {
        Some(name) => vault::find(connection, payment.system, name)?,
        None => vault::other_than(connection, payment)?,
    };
    let way = G::way_back(shared, payment);
    Ok(match other {
        Some(other) => WayBack { url: way.url, ..G::way_back(shared, &other) },
        None => way,
    })
}
