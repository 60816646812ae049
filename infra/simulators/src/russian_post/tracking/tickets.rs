//! Tickets for answers that are prepared later.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension};

use crate::error::{Error, Result};
use crate::russian_post::offices::MOSCOW;

/// A ticket as it is kept. The answer is not: the item's rows tell what they told at `ready`.
pub(super) struct Ticket {
    pub(super) ready: Timestamp,
    codes: String,
}

impl Ticket {
    /// The numbers asked about, as they were given.
    pub(super) fn codes(&self) -> impl Iterator<Item = &str> {
        self.codes.lines()
    }
}

/// Issues a ticket; its id is the time in Moscow to the millisecond and the login in capitals.
pub(super) fn issue(
    connection: &Connection,
    login: &str,
    codes: &[&str],
    (now, ready): (Timestamp, Timestamp),
) -> Result<String> {
    let codes = codes.join("\n");
    // A second ticket of the same millisecond takes the next one.
    for later in 0..1_000 {
        let at = now.checked_add(SignedDuration::from_millis(later)).unwrap_or(now);
        let moscow = MOSCOW.to_datetime(at);
        let stamp = moscow.strftime("%Y%m%d%H%M%S");
        let id = format!("{stamp}{:03}{}", moscow.millisecond(), login.to_uppercase());
        let added = connection
            .prepare_cached(
                "INSERT INTO tickets (id, login, ready_ms, codes) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (id) DO NOTHING",
            )?
            .execute((&id, login, ready.as_millisecond(), &codes))?;
        if added == 1 {
            return Ok(id);
        }
    }
    Err(Error::Range("tickets of one second"))
}

/// A client's own ticket.
pub(super) fn find(connection: &Connection, id: &str, login: &str) -> Result<Option<Ticket>> {
    let mut statement =
        connection.prepare_cached("SELECT ready_ms, codes FROM tickets WHERE id = ?1 AND login = ?2")?;
    let ticket = statement.query_row((id, login), |row| {
        let ready = Timestamp::from_millisecond(row.get(0)?).unwrap_or(Timestamp::MAX);
        Ok(Ticket { ready, codes: row.get(1)? })
    });
    Ok(ticket.optional()?)
}

/// Forgets what was asked by tickets whose answers were ready before this moment; their ids stay.
pub(super) fn forget(connection: &Connection, before: Timestamp) -> Result<()> {
    connection
        .prepare_cached("UPDATE tickets SET codes = '' WHERE ready_ms < ?1 AND codes <> ''")?
        .execute([before.as_millisecond()])?;
    Ok(())
}
