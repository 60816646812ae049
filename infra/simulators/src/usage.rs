//! Daily quotas: how many calls of an account were taken from them, and how many came after the last.
//!
//! A call is counted before it is answered. Accounts without a quota are not counted and write nothing.

use jiff::Timestamp;
use jiff::tz::Offset;
use rusqlite::{Connection, OptionalExtension};
use serde_json::{Value, json};

use crate::error::Result;
use crate::system::System;

/// Whose calls of which service are counted.
pub(crate) struct Meter<'a> {
    pub(crate) system: System,
    pub(crate) account: &'a str,
    pub(crate) service: &'a str,
    /// Calls a day; without end if there is none.
    pub(crate) limit: Option<i64>,
    /// Where midnight is.
    pub(crate) zone: Offset,
}

/// Takes one call from the day's quota; `false` if there is none left.
pub(crate) fn take(connection: &Connection, meter: &Meter<'_>, now: Timestamp) -> Result<bool> {
    let Some(limit) = meter.limit else { return Ok(true) };
    let day = meter.zone.to_datetime(now).date().to_string();
    let key = (meter.system.name(), meter.account, meter.service, day.as_str());
    let used = used(connection, meter, now)?;
    let granted = used < limit;
    connection
        .prepare_cached(
            "INSERT INTO usage (system, account, service, day, used, refused) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (system, account, service, day)
             DO UPDATE SET used = used + ?5, refused = refused + ?6",
        )?
        .execute((key.0, key.1, key.2, key.3, i64::from(granted), i64::from(!granted)))?;
    Ok(granted)
}

/// How many calls were taken from the day's quota.
pub(crate) fn used(connection: &Connection, meter: &Meter<'_>, now: Timestamp) -> Result<i64> {
    let day = meter.zone.to_datetime(now).date().to_string();
    let used = connection
        .prepare_cached(
            "SELECT used FROM usage WHERE system = ?1 AND account = ?2 AND service = ?3 AND day = ?4",
        )?
        .query_row((meter.system.name(), meter.account, meter.service, day), |row| row.get(0))
        .optional()?;
    Ok(used.unwrap_or(0))
}

/// All counts of a system, oldest day first.
pub(crate) fn list(connection: &Connection, system: System) -> Result<Vec<Value>> {
    let mut statement = connection.prepare(
        "SELECT system, account, service, day, used, refused FROM usage ORDER BY day, account, service",
    )?;
    let mut rows = statement.query([])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        let of: String = row.get(0)?;
        if of.parse().is_ok_and(|of| system.covers(of)) {
            items.push(json!({
                "system": of, "account": row.get::<_, String>(1)?, "service": row.get::<_, String>(2)?,
                "day": row.get::<_, String>(3)?, "used": row.get::<_, i64>(4)?,
                "refused": row.get::<_, i64>(5)?,
            }));
        }
    }
    Ok(items)
}
