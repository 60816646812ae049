//! The faults that are set, in the order they were set.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use super::random::Random;
use super::{Early, Fault, Mode, Plan, Spec};
use crate::error::Result;
use crate::pipeline::Reach;
use crate::store::Store;
use crate::system::System;

/// All faults; kept in the store, so that they outlive a restart.
pub(crate) struct Book {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    faults: Vec<Fault>,
    random: HashMap<i64, Random>,
}

impl Book {
    /// Reads what is set.
    pub(crate) fn load(connection: &Connection) -> Result<Self> {
        let mut statement = connection.prepare("SELECT value FROM faults ORDER BY id")?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
        let mut faults = Vec::new();
        for row in rows {
            faults.push(serde_json::from_str(&row?)?);
        }
        Ok(Self { inner: Mutex::new(Inner { faults, random: HashMap::new() }) })
    }

    /// Sets a fault.
    pub(crate) fn add(&self, store: &Store, system: System, spec: Spec) -> Result<Fault> {
        let mut inner = self.lock();
        let id = inner.faults.iter().map(|fault| fault.id).max().unwrap_or(0) + 1;
        let fault = Fault { id, system, remaining: spec.initial_times(), hits: 0, spec };
        store.write(|tx| save(tx, &fault))?;
        inner.faults.push(fault.clone());
        Ok(fault)
    }

    /// The faults set on this system or on one that covers it.
    pub(crate) fn list(&self, system: System) -> Vec<Fault> {
        let inner = self.lock();
        inner.faults.iter().filter(|fault| related(system, fault.system)).cloned().collect()
    }

    /// Takes all faults of this system away.
    pub(crate) fn clear(&self, store: &Store, system: System) -> Result<usize> {
        let mut inner = self.lock();
        let gone: Vec<i64> =
            inner.faults.iter().filter(|fault| related(system, fault.system)).map(|fault| fault.id).collect();
        store.write(|tx| {
            for id in &gone {
                tx.execute("DELETE FROM faults WHERE id = ?1", [id])?;
            }
            Ok(())
        })?;
        inner.faults.retain(|fault| !gone.contains(&fault.id));
        inner.random.retain(|id, _| !gone.contains(id));
        Ok(gone.len())
    }

    /// Takes the faults that hit this call: the first that matches, and any blindness or policy beside it.
    pub(crate) fn strike(
        &self,
        store: &Store,
        system: System,
        operation: &str,
        reach: Reach,
    ) -> Result<Plan> {
        let mut inner = self.lock();
        if inner.faults.is_empty() {
            return Ok(Plan::clean());
        }
        let (mut main, mut blind, mut policy) = (None, None, None);
        let mut changed = Vec::new();
        let Inner { faults, random } = &mut *inner;
        for fault in faults.iter_mut() {
            let (slot, concerned) = match fault.spec.mode {
                Mode::BlindLookup => (&mut blind, reach == Reach::Lookup),
                Mode::DuplicatePolicy => (&mut policy, reach == Reach::Effect),
                _ => (&mut main, true),
            };
            let fits =
                slot.is_none() && fault.early().is_none() && concerned && fault.matches(system, operation);
            if fits && hit(fault, random) {
                changed.push(fault.clone());
                *slot = Some(fault.spec.clone());
            }
        }
        keep(store, &changed)?;
        let policy = policy.and_then(|spec| spec.policy);
        Ok(Plan { policy, ..Plan::new(main, blind.as_ref()) })
    }

    /// Takes the fault that hits this call before its body is read.
    pub(crate) fn strike_early(
        &self,
        store: &Store,
        system: System,
        operation: &str,
    ) -> Result<Option<Early>> {
        let mut inner = self.lock();
        let Inner { faults, random } = &mut *inner;
        for fault in faults.iter_mut() {
            let Some(early) = fault.early() else { continue };
            if fault.matches(system, operation) && hit(fault, random) {
                keep(store, std::slice::from_ref(fault))?;
                return Ok(Some(early));
            }
        }
        Ok(None)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts the hit, unless chance spares the call.
fn hit(fault: &mut Fault, random: &mut HashMap<i64, Random>) -> bool {
    if let Some(chance) = fault.spec.probability {
        let seed = fault.spec.seed.unwrap_or_else(|| fault.id.unsigned_abs());
        if !random.entry(fault.id).or_insert_with(|| Random::new(seed)).chance(chance) {
            return false;
        }
    }
    fault.hits = fault.hits.saturating_add(1);
    if let Some(remaining) = &mut fault.remaining {
        *remaining = remaining.saturating_sub(1);
    }
    true
}

/// Faults without end are not written at each hit: nothing of them would be lost.
fn keep(store: &Store, hit: &[Fault]) -> Result<()> {
    if hit.iter().all(|fault| fault.remaining.is_none()) {
        return Ok(());
    }
    store.write(|tx| hit.iter().try_for_each(|fault| save(tx, fault)))
}

fn related(asked: System, fault: System) -> bool {
    asked.covers(fault) || fault.covers(asked)
}

fn save(connection: &Connection, fault: &Fault) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO faults (id, value) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET value = ?2",
        )?
        .execute((fault.id, serde_json::to_string(fault)?))?;
    Ok(())
}
