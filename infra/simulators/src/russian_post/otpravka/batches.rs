//! Batches: orders of one kind that are handed over together (section 4.5).

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row};
use serde_json::{Value, json};

use super::door::Asked;
use super::orders::{self, Order};
use crate::error::Result;
use crate::post::find;
use crate::russian_post::RussianPost;
use crate::store::{meta, set_meta};

/// The first state, in which everything may still change.
pub(super) const CREATED: &str = "CREATED";
const ARCHIVED: &str = "ARCHIVED";

/// One batch.
#[derive(Debug, Clone)]
pub(super) struct Batch {
    pub(super) name: String,
    pub(super) account: String,
    status: String,
    status_at: Timestamp,
    pub(super) mail_type: String,
    pub(super) mail_category: String,
    pub(super) postoffice: String,
    /// `2025-03-14`
    pub(super) sending_date: String,
    pub(super) archived: bool,
}

const COLUMNS: &str =
    "name, account, status, status_ms, mail_type, mail_category, postoffice, sending_date, archived";
const SERIAL: &str = "otpravka_batch";
/// Names are numbers; the first ones were used before anyone called.
const FIRST: u32 = 23;

/// Opens a batch for orders like this one.
pub(super) fn open(connection: &Connection, order: &Order, date: &str, now: Timestamp) -> Result<Batch> {
    let number = meta(connection, SERIAL)?.and_then(|serial| serial.parse().ok()).unwrap_or(FIRST) + 1;
    set_meta(connection, SERIAL, &number.to_string())?;
    let batch = Batch {
        name: number.to_string(),
        account: order.account.clone(),
        status: CREATED.to_owned(),
        status_at: now,
        mail_type: order.mail_type.clone(),
        mail_category: order.mail_category.clone(),
        postoffice: order.postoffice().to_owned(),
        sending_date: date.to_owned(),
        archived: false,
    };
    connection
        .prepare_cached(&format!(
            "INSERT INTO otpravka_batches ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0)"
        ))?
        .execute((
            &batch.name,
            &batch.account,
            &batch.status,
            now.as_millisecond(),
            &batch.mail_type,
            &batch.mail_category,
            &batch.postoffice,
            &batch.sending_date,
        ))?;
    Ok(batch)
}

/// A client's batch.
pub(super) fn get(connection: &Connection, account: &str, name: &str) -> Result<Option<Batch>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM otpravka_batches WHERE account = ?1 AND name = ?2"
    ))?;
    Ok(statement.query_row((account, name), Batch::read).optional()?)
}

/// A client's batches, archived or not, oldest first.
pub(super) fn all(connection: &Connection, account: &str, archived: bool) -> Result<Vec<Batch>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM otpravka_batches WHERE account = ?1 AND archived = ?2 ORDER BY CAST(name AS INTEGER)"
    ))?;
    let rows = statement.query_map((account, archived), Batch::read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Moves a batch on.
pub(super) fn set_status(connection: &Connection, batch: &Batch, status: &str, at: Timestamp) -> Result<()> {
    connection
        .prepare_cached("UPDATE otpravka_batches SET status = ?2, status_ms = ?3 WHERE name = ?1")?
        .execute((&batch.name, status, at.as_millisecond()))?;
    Ok(())
}

/// Changes the day on which it is handed over.
pub(super) fn set_date(connection: &Connection, batch: &Batch, date: &str) -> Result<()> {
    connection
        .prepare_cached("UPDATE otpravka_batches SET sending_date = ?2 WHERE name = ?1")?
        .execute((&batch.name, date))?;
    Ok(())
}

/// Puts a batch into the archive, or takes it out.
pub(super) fn set_archived(connection: &Connection, batch: &Batch, archived: bool) -> Result<()> {
    connection
        .prepare_cached("UPDATE otpravka_batches SET archived = ?2 WHERE name = ?1")?
        .execute((&batch.name, archived))?;
    Ok(())
}

/// A batch without orders is none.
pub(super) fn close_if_empty(connection: &Connection, account: &str, name: &str) -> Result<()> {
    if orders::in_batch(connection, account, name)?.is_empty() {
        connection
            .prepare_cached("DELETE FROM otpravka_batches WHERE account = ?1 AND name = ?2")?
            .execute((account, name))?;
    }
    Ok(())
}

/// The present state: a checked-in batch is accepted with the first scan of acceptance, and sent with any
/// later one.
pub(super) fn status(asked: &Asked<'_>, connection: &Connection, batch: &Batch) -> Result<String> {
    if batch.archived {
        return Ok(ARCHIVED.to_owned());
    }
    if batch.is_open() {
        return Ok(batch.status.clone());
    }
    let mut status = batch.status.as_str();
    for order in orders::in_batch(connection, &batch.account, &batch.name)?.iter().take(MOST_LOOKED_AT) {
        let found = find::<RussianPost>(asked.view.shared, connection, &order.barcode, asked.view.now)?;
        if found.scans.iter().any(|seen| matches!(seen.scan.kind, 2..=12)) {
            return Ok("SENT".to_owned());
        }
        if found.scans.iter().any(|seen| seen.scan.kind == 1) {
            status = "ACCEPTED";
        }
    }
    Ok(status.to_owned())
}

const MOST_LOOKED_AT: usize = 20;

/// A batch as it is shown.
pub(super) fn shown(asked: &Asked<'_>, connection: &Connection, batch: &Batch) -> Result<Value> {
    let orders = orders::in_batch(connection, &batch.account, &batch.name)?;
    let sum = |of: fn(&Order) -> i64| orders.iter().map(of).sum::<i64>();
    Ok(json!({
        "batch-name": batch.name, "batch-status": status(asked, connection, batch)?,
        "batch-status-date": batch.status_at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        "mail-type": batch.mail_type, "mail-category": batch.mail_category, "shipment-count": orders.len(),
        "shipment-mass": sum(|order| order.mass),
        "shipment-mass-rate-sum": sum(|order| order.value["mass-rate"].as_i64().unwrap_or(0)),
        "shipment-total-rate-sum": sum(|order| order.value["total-rate-wo-vat"].as_i64().unwrap_or(0)),
        "shipment-total-vat-rate-sum": sum(|order| order.value["total-vat"].as_i64().unwrap_or(0)),
        "list-number-date": batch.sending_date, "postoffice-code": batch.postoffice, "transport-type": "SURFACE",
    }))
}

impl Batch {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            name: row.get(0)?,
            account: row.get(1)?,
            status: row.get(2)?,
            status_at: Timestamp::from_millisecond(row.get(3)?).unwrap_or(Timestamp::UNIX_EPOCH),
            mail_type: row.get(4)?,
            mail_category: row.get(5)?,
            postoffice: row.get(6)?,
            sending_date: row.get(7)?,
            archived: row.get(8)?,
        })
    }

    /// Whether it may still change.
    pub(super) fn is_open(&self) -> bool {
        self.status == CREATED && !self.archived
    }

    /// Whether an order belongs in it.
    pub(super) fn suits(&self, order: &Order) -> Result<(), &'static str> {
        if self.mail_type != order.mail_type {
            Err("DIFFERENT_MAIL_TYPE")
        } else if self.mail_category != order.mail_category {
            Err("DIFFERENT_MAIL_CATEGORY")
        } else if self.postoffice != order.postoffice() {
            Err("DIFFERENT_POSTCODE")
        } else {
            Ok(())
        }
    }
}

impl Order {
    /// The office it goes from.
    pub(super) fn postoffice(&self) -> &str {
        self.value["postoffice-code"].as_str().unwrap_or_default()
    }
}
