//! What the simulators send by themselves: notices of the gateways, and returns that no browser makes.

use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::scripts::{self, Mode, What};
use super::{Gateway, Payment, WayBack};
use crate::error::Result;
use crate::ledger::moment;
use crate::state::Shared;
use crate::system::System;

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// Something to be sent.
#[derive(Debug, Clone)]
pub(super) struct Letter {
    pub(super) id: i64,
    pub(super) system: System,
    pub(super) post: bool,
    pub(super) url: String,
    pub(super) content_type: String,
    pub(super) body: String,
    /// The one body that counts as taken; any 2xx without it.
    pub(super) expect: Option<String>,
    pub(super) attempts: u32,
    /// A gateway's notice is sent again until it is taken, a browser goes once.
    pub(super) repeats: bool,
}

/// A notice as its gateway writes it.
pub(crate) struct Notice {
    pub(crate) post: bool,
    pub(crate) url: String,
    pub(crate) content_type: &'static str,
    pub(crate) body: String,
    pub(crate) expect: Option<String>,
}

impl Notice {
    /// A JSON body.
    pub(crate) fn json(url: &str, body: &Value) -> Self {
        let (url, body) = (url.to_owned(), body.to_string());
        Self { post: true, url, content_type: "application/json; charset=utf-8", body, expect: None }
    }

    /// By form or by link.
    pub(super) fn form(way: &WayBack, expect: String) -> Self {
        Self { post: way.post, url: way.target(), content_type: FORM, body: way.body(), expect: Some(expect) }
    }
}

/// Puts a gateway's notice on its way, unless a script has other plans with it. `again` writes the
/// notice anew for what a script pretends.
pub(super) fn send<G: Gateway>(
    shared: &Shared,
    connection: &Connection,
    payment: &Payment,
    at: Timestamp,
    write: impl Fn(&Payment) -> Result<Notice>,
) -> Result<()> {
    let plain = write(payment)?;
    // A pretended payment comes from a script or the control surface already.
    let script = match payment.flag("forged") {
        true => None,
        false => scripts::take(connection, payment.system, What::Notice)?,
    };
    let Some(script) = script else { return put(shared, connection, payment, &plain, at, true) };
    match script.mode {
        Mode::Lost => Ok(()),
        Mode::Double => {
            put(shared, connection, payment, &plain, at, true)?;
            put(shared, connection, payment, &plain, at, true)
        }
        Mode::Late => put(shared, connection, payment, &plain, script.after(at), true),
        Mode::Swap => {
            let other = super::vault::other_than(connection, payment)?.unwrap_or_else(|| payment.clone());
            put(shared, connection, payment, &write(&other)?, at, true)
        }
        Mode::Forge => {
            let pretended = scripts::pretend::<G>(shared, payment, script.claim, at)?;
            put(shared, connection, payment, &write(&pretended)?, at, true)
        }
    }
}

/// Makes a return in the browser's stead.
pub(crate) fn send_browser(
    shared: &Shared,
    connection: &Connection,
    payment: &Payment,
    way: &WayBack,
    at: Timestamp,
) -> Result<()> {
    let (url, body) = (way.target(), way.body());
    let notice = Notice { post: way.post, url, content_type: FORM, body, expect: None };
    put(shared, connection, payment, &notice, at, false)
}

fn put(
    shared: &Shared,
    connection: &Connection,
    payment: &Payment,
    notice: &Notice,
    at: Timestamp,
    repeats: bool,
) -> Result<()> {
    post(shared, connection, (payment.system, &payment.id), notice, at, repeats)
}

/// Puts a notice about anything of a system's on its way.
pub(crate) fn post(
    shared: &Shared,
    connection: &Connection,
    (system, about): (System, &str),
    notice: &Notice,
    at: Timestamp,
    repeats: bool,
) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO notices (system, payment, post, url, content_type, body, expect, attempts, repeats,
                                  due_ms, state, log)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9, 'waiting', '[]')",
        )?
        .execute((
            system.name(),
            about,
            notice.post,
            &notice.url,
            notice.content_type,
            &notice.body,
            &notice.expect,
            repeats,
            at.as_millisecond(),
        ))?;
    shared.gateways.postman.expect(at);
    Ok(())
}

/// What is to be sent now, oldest first.
pub(super) fn due(connection: &Connection, now: Timestamp) -> Result<Vec<Letter>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, system, post, url, content_type, body, expect, attempts, repeats FROM notices
         WHERE due_ms <= ?1 ORDER BY due_ms, id LIMIT 200",
    )?;
    let mut rows = statement.query([now.as_millisecond()])?;
    let mut letters = Vec::new();
    while let Some(row) = rows.next()? {
        let Ok(system) = row.get::<_, String>(1)?.parse() else { continue };
        letters.push(Letter {
            id: row.get(0)?,
            system,
            post: row.get(2)?,
            url: row.get(3)?,
            content_type: row.get(4)?,
            body: row.get(5)?,
            expect: row.get(6)?,
            attempts: row.get(7)?,
            repeats: row.get(8)?,
        });
    }
    Ok(letters)
}

/// When something is to be sent next.
pub(super) fn next_due(connection: &Connection) -> Result<Option<i64>> {
    Ok(connection
        .prepare_cached("SELECT min(due_ms) FROM notices WHERE due_ms IS NOT NULL")?
        .query_row([], |row| row.get(0))?)
}

/// Writes down how an attempt went, and when the next one is.
pub(super) fn tried(
    connection: &Connection,
    letter: &Letter,
    state: &str,
    attempt: &Value,
    next: Option<Timestamp>,
) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE notices SET attempts = attempts + 1, state = ?2, due_ms = ?3,
                                log = json_insert(log, '$[#]', json(?4)) WHERE id = ?1",
        )?
        .execute((letter.id, state, next.map(Timestamp::as_millisecond), attempt.to_string()))?;
    Ok(())
}

/// All that was or will be sent for a gateway, oldest first.
pub(crate) fn list(connection: &Connection, system: System) -> Result<Vec<Value>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, payment, post, url, body, state, attempts, repeats, due_ms, log FROM notices
         WHERE system = ?1 ORDER BY id",
    )?;
    let mut rows = statement.query([system.name()])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        let log: Value = serde_json::from_str(&row.get::<_, String>(9)?)?;
        items.push(json!({
            "id": row.get::<_, i64>(0)?, "payment": row.get::<_, String>(1)?,
            "kind": if row.get::<_, bool>(7)? { "notice" } else { "return" },
            "method": if row.get::<_, bool>(2)? { "POST" } else { "GET" },
            "url": row.get::<_, String>(3)?, "body": row.get::<_, String>(4)?,
            "state": row.get::<_, String>(5)?, "attempts": row.get::<_, i64>(6)?,
            "next_at": row.get::<_, Option<i64>>(8)?.map(moment), "log": log,
        }));
    }
    Ok(items)
}
