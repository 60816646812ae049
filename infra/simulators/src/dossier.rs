//! What the posts know of a code beyond their own registrations: scans, facts, money orders.
//!
//! Nothing is overwritten. A scan that vanishes gets an end, an edited one an end and a successor, so
//! that what was visible at any moment can be asked at any later one.

use jiff::Timestamp;
use rusqlite::Connection;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::system::System;

/// What a row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Something happened to the parcel, in the post's own codes.
    Scan,
    /// Something happened to the money collected for it.
    MoneyOrder,
    /// What the parcel is; the newest row holds.
    Facts,
    /// The code is another parcel's new number; the row holds the number it is filed under.
    Alias,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Scan => "scan",
            Self::MoneyOrder => "money_order",
            Self::Facts => "facts",
            Self::Alias => "alias",
        }
    }
}

/// A row with its value read.
#[derive(Debug, Clone)]
pub(crate) struct Kept<T> {
    pub(crate) id: i64,
    /// When it happened.
    pub(crate) at: Timestamp,
    /// When the post's services began to show it, and when they ceased to.
    pub(crate) visible: Timestamp,
    pub(crate) gone: Option<Timestamp>,
    pub(crate) value: T,
}

struct Row {
    id: i64,
    kind: String,
    at: i64,
    visible: i64,
    gone: Option<i64>,
    value: String,
}

/// All rows of one code, in the order in which things happened.
pub(crate) struct Dossier {
    /// The number under which the parcel is filed.
    pub(crate) code: String,
    rows: Vec<Row>,
}

impl Dossier {
    /// Reads a code's rows, or those of the parcel that has it as a newer number.
    pub(crate) fn read(connection: &Connection, carrier: System, code: &str) -> Result<Self> {
        let dossier = Self { code: code.to_owned(), rows: rows(connection, carrier, code)? };
        match dossier.latest::<String>(Kind::Alias)? {
            Some(filed) => Ok(Self { rows: rows(connection, carrier, &filed)?, code: filed }),
            None => Ok(dossier),
        }
    }

    /// Whether anything of this kind was ever said.
    pub(crate) fn has(&self, kind: Kind) -> bool {
        self.rows.iter().any(|row| row.kind == kind.name())
    }

    /// Everything of a kind, also what has vanished or is not visible yet.
    pub(crate) fn all<T: DeserializeOwned>(&self, kind: Kind) -> Result<Vec<Kept<T>>> {
        self.rows.iter().filter(|row| row.kind == kind.name()).map(Row::read).collect()
    }

    /// What is shown at a moment.
    pub(crate) fn shown<T: DeserializeOwned>(&self, kind: Kind, asked: Timestamp) -> Result<Vec<Kept<T>>> {
        let asked = asked.as_millisecond();
        let shown = |row: &&Row| {
            row.kind == kind.name() && row.visible <= asked && row.gone.is_none_or(|gone| gone > asked)
        };
        self.rows.iter().filter(shown).map(Row::read).collect()
    }

    /// The value said last, if nothing took it back.
    pub(crate) fn latest<T: DeserializeOwned>(&self, kind: Kind) -> Result<Option<T>> {
        let rows = self.rows.iter().filter(|row| row.kind == kind.name() && row.gone.is_none());
        rows.max_by_key(|row| row.id).map(|row| Ok(serde_json::from_str(&row.value)?)).transpose()
    }
}

impl Row {
    fn read<T: DeserializeOwned>(&self) -> Result<Kept<T>> {
        Ok(Kept {
            id: self.id,
            at: moment(self.at),
            visible: moment(self.visible),
            gone: self.gone.map(moment),
            value: serde_json::from_str(&self.value)?,
        })
    }
}

fn moment(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn rows(connection: &Connection, carrier: System, code: &str) -> Result<Vec<Row>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, kind, at_ms, visible_ms, gone_ms, value FROM dossiers
         WHERE carrier = ?1 AND code = ?2 ORDER BY at_ms, id",
    )?;
    let rows = statement.query_map((carrier.name(), code), |row| {
        Ok(Row {
            id: row.get(0)?,
            kind: row.get(1)?,
            at: row.get(2)?,
            visible: row.get(3)?,
            gone: row.get(4)?,
            value: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Adds a row, visible from `visible` on, and gives its id.
pub(crate) fn add<T: Serialize>(
    connection: &Connection,
    (carrier, code, kind): (System, &str, Kind),
    (at, visible): (Timestamp, Timestamp),
    value: &T,
) -> Result<i64> {
    connection
        .prepare_cached(
            "INSERT INTO dossiers (carrier, code, kind, at_ms, visible_ms, value) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute((
            carrier.name(),
            code,
            kind.name(),
            at.as_millisecond(),
            visible.as_millisecond(),
            serde_json::to_string(value)?,
        ))?;
    Ok(connection.last_insert_rowid())
}

/// Ends a scan that is still shown, or still to be; `false` if there is none of this id.
pub(crate) fn vanish(
    connection: &Connection,
    carrier: System,
    code: &str,
    id: i64,
    at: Timestamp,
) -> Result<bool> {
    let changed = connection
        .prepare_cached(
            "UPDATE dossiers SET gone_ms = ?4
             WHERE id = ?3 AND carrier = ?1 AND code = ?2 AND kind = 'scan' AND gone_ms IS NULL",
        )?
        .execute((carrier.name(), code, id, at.as_millisecond()))?;
    Ok(changed == 1)
}
