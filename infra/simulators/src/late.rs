//! Work that is done after its caller has been cut off.
//!
//! It is kept in the store and done before the next look at anything it could change, with the time
//! at which it was due: to every observer it happened then.

use std::sync::atomic::Ordering;

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

use crate::calls::Step;
use crate::clock::real_now;
use crate::error::Result;
use crate::faults::{Delivery, WaitFor};
use crate::gateways::timers;
use crate::messengers;
use crate::pipeline::{Call, View};
use crate::state::Shared;

/// Keeps a call for later.
pub(crate) fn postpone(
    shared: &Shared,
    connection: &Connection,
    call: &Call,
    after: SignedDuration,
    clock: WaitFor,
) -> Result<()> {
    let base = match clock {
        WaitFor::Real => real_now(),
        WaitFor::Sim => shared.clock.now(),
    };
    let later = |moment: Timestamp| moment.checked_add(after).unwrap_or(Timestamp::MAX).as_millisecond();
    connection.execute(
        "INSERT INTO late (system, operation, account, path, headers, body, received_ms, commit_ms, due_ms, sim_clock)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        (
            call.system.name(),
            &call.operation,
            &call.account,
            &call.path,
            serde_json::to_string(&call.headers)?,
            call.body.as_ref(),
            call.received.as_millisecond(),
            later(call.received),
            later(base),
            clock == WaitFor::Sim,
        ),
    )?;
    Ok(())
}

/// Says that something waits, after its commit.
pub(crate) fn armed(shared: &Shared) {
    shared.late_waiting.store(true, Ordering::SeqCst);
}

/// Does what has come due: late work, and what payments and messages do by themselves.
pub(crate) fn settle(shared: &Shared) -> Result<()> {
    land(shared)?;
    timers::settle(shared)?;
    messengers::timers::settle(shared)
}

fn land(shared: &Shared) -> Result<()> {
    if !shared.late_waiting.load(Ordering::SeqCst) {
        return Ok(());
    }
    let (real, sim) = (real_now().as_millisecond(), shared.clock.now().as_millisecond());
    shared.store.write(|tx| {
        for (id, call, committed) in due(tx, real, sim)? {
            tx.execute("DELETE FROM late WHERE id = ?1", [id])?;
            let wire = shared.wire(call.system);
            let now = Timestamp::from_millisecond(committed).unwrap_or(call.received);
            let view = View {
                shared,
                call: &call,
                now,
                visible_until: None,
                policy: None,
                delivery: &Delivery::Silence,
            };
            wire.work(&view, tx)?;
            shared.calls.count(call.system, &call.operation, Step::Executed);
        }
        shared.calls.flush(tx)?;
        let left: i64 = tx.query_row("SELECT count(*) FROM late", [], |row| row.get(0))?;
        shared.late_waiting.store(left > 0, Ordering::SeqCst);
        Ok(())
    })
}

fn due(connection: &Connection, real: i64, sim: i64) -> Result<Vec<(i64, Call, i64)>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, system, operation, account, path, headers, body, received_ms, commit_ms FROM late
         WHERE due_ms <= CASE WHEN sim_clock THEN ?2 ELSE ?1 END ORDER BY due_ms, id",
    )?;
    let mut rows = statement.query((real, sim))?;
    let mut calls = Vec::new();
    while let Some(row) = rows.next()? {
        let Ok(system) = row.get::<_, String>(1)?.parse() else { continue };
        let call = Call {
            system,
            operation: row.get(2)?,
            account: row.get(3)?,
            path: row.get(4)?,
            headers: serde_json::from_str(&row.get::<_, String>(5)?)?,
            body: row.get::<_, Vec<u8>>(6)?.into(),
            received: Timestamp::from_millisecond(row.get(7)?).unwrap_or(Timestamp::UNIX_EPOCH),
        };
        calls.push((row.get(0)?, call, row.get(8)?));
    }
    Ok(calls)
}
