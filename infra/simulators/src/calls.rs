//! How many requests each operation saw, kept in memory and written along with effects.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::error::Result;
use crate::system::System;

/// Request counters.
pub(crate) struct Calls {
    inner: Mutex<HashMap<(System, String), Counts>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    received: i64,
    executed: i64,
    answered: i64,
    dirty: bool,
}

/// What happened to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Received,
    Executed,
    Answered,
}

impl Calls {
    /// Reads the counters.
    pub(crate) fn load(connection: &Connection) -> Result<Self> {
        let mut statement =
            connection.prepare("SELECT system, operation, received, executed, answered FROM calls")?;
        let rows = statement.query_map([], |row| {
            let counts =
                Counts { received: row.get(2)?, executed: row.get(3)?, answered: row.get(4)?, dirty: false };
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, counts))
        })?;
        let mut inner = HashMap::new();
        for row in rows {
            let (system, operation, counts) = row?;
            if let Ok(system) = system.parse() {
                inner.insert((system, operation), counts);
            }
        }
        Ok(Self { inner: Mutex::new(inner) })
    }

    /// Counts one step of one request.
    pub(crate) fn count(&self, system: System, operation: &str, step: Step) {
        let mut inner = self.lock();
        let counts = inner.entry((system, operation.to_owned())).or_default();
        let counter = match step {
            Step::Received => &mut counts.received,
            Step::Executed => &mut counts.executed,
            Step::Answered => &mut counts.answered,
        };
        *counter = counter.saturating_add(1);
        counts.dirty = true;
    }

    /// Writes what changed. If the transaction is rolled back, later writes make up for it.
    pub(crate) fn flush(&self, connection: &Connection) -> Result<()> {
        let mut inner = self.lock();
        for ((system, operation), counts) in inner.iter_mut().filter(|(_, counts)| counts.dirty) {
            connection
                .prepare_cached(
                    "INSERT INTO calls (system, operation, received, executed, answered) VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT (system, operation) DO UPDATE SET received = ?3, executed = ?4, answered = ?5",
                )?
                .execute((system.name(), operation, counts.received, counts.executed, counts.answered))?;
            counts.dirty = false;
        }
        Ok(())
    }

    /// The counters of a system, for its ledger.
    pub(crate) fn list(&self, system: System) -> Vec<Value> {
        let inner = self.lock();
        let mut rows: Vec<_> = inner.iter().filter(|((of, _), _)| system.covers(*of)).collect();
        rows.sort_by(|(a, _), (b, _)| (a.0.name(), &a.1).cmp(&(b.0.name(), &b.1)));
        rows.into_iter()
            .map(|((of, operation), counts)| {
                json!({
                    "system": of, "operation": operation, "received": counts.received,
                    "executed": counts.executed, "answered": counts.answered,
                })
            })
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(System, String), Counts>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
