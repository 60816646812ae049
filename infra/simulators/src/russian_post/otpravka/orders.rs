//! Orders: in the backlog, in a batch, deleted (sections 4.4 and 4.5).

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row};
use serde_json::{Value, json};

use crate::error::Result;
use crate::store::{meta, set_meta};

/// One order.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) id: i64,
    pub(crate) account: String,
    pub(crate) order_num: String,
    pub(crate) barcode: String,
    /// The batch it is in; none in the backlog.
    pub(crate) batch: Option<String>,
    pub(crate) mail_type: String,
    pub(crate) mail_category: String,
    pub(crate) mass: i64,
    /// Kopecks, tax included.
    pub(crate) rate: i64,
    /// As it was given, with the rates.
    pub(crate) value: Value,
    pub(crate) committed: Timestamp,
    pub(crate) handed_over: Option<Timestamp>,
    pub(crate) deleted: Option<Timestamp>,
}

const COLUMNS: &str = "id, account, order_num, barcode, batch, mail_type, mail_category, mass, rate, value, \
                       committed_ms, handed_over_ms, deleted_ms";
const SERIAL: &str = "otpravka_order";
/// Ids have nine digits from the first on.
const FIRST: i64 = 100_000_000;

/// The id of a new order.
pub(super) fn next_id(connection: &Connection) -> Result<i64> {
    let id = meta(connection, SERIAL)?.and_then(|serial| serial.parse().ok()).unwrap_or(FIRST) + 1;
    set_meta(connection, SERIAL, &id.to_string())?;
    Ok(id)
}

/// Adds an order.
pub(super) fn add(connection: &Connection, order: &Order) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO otpravka_orders (id, account, order_num, barcode, batch, mail_type, mail_category, mass,
                                          rate, value, committed_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute((
            order.id,
            &order.account,
            &order.order_num,
            &order.barcode,
            &order.batch,
            &order.mail_type,
            &order.mail_category,
            order.mass,
            order.rate,
            order.value.to_string(),
            order.committed.as_millisecond(),
        ))?;
    Ok(())
}

/// Writes what an edit may change.
pub(super) fn change(connection: &Connection, order: &Order) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE otpravka_orders SET order_num = ?2, mail_type = ?3, mail_category = ?4, mass = ?5, rate = ?6,
                                        value = ?7 WHERE id = ?1",
        )?
        .execute((
            order.id,
            &order.order_num,
            &order.mail_type,
            &order.mail_category,
            order.mass,
            order.rate,
            order.value.to_string(),
        ))?;
    Ok(())
}

/// Puts an order into a batch, or back into the backlog.
pub(super) fn put(connection: &Connection, id: i64, batch: Option<&str>) -> Result<()> {
    connection.prepare_cached("UPDATE otpravka_orders SET batch = ?2 WHERE id = ?1")?.execute((id, batch))?;
    Ok(())
}

/// Marks an order as deleted.
pub(super) fn delete(connection: &Connection, id: i64, at: Timestamp) -> Result<()> {
    connection
        .prepare_cached("UPDATE otpravka_orders SET deleted_ms = ?2 WHERE id = ?1")?
        .execute((id, at.as_millisecond()))?;
    Ok(())
}

/// Notes that the orders of a batch were announced as handed over.
pub(super) fn hand_over(connection: &Connection, account: &str, batch: &str, at: Timestamp) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE otpravka_orders SET handed_over_ms = ?3
             WHERE account = ?1 AND batch = ?2 AND deleted_ms IS NULL",
        )?
        .execute((account, batch, at.as_millisecond()))?;
    Ok(())
}

fn list(connection: &Connection, account: &str, condition: &str, value: &str) -> Result<Vec<Order>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM otpravka_orders
         WHERE account = ?1 AND deleted_ms IS NULL AND {condition} ORDER BY id"
    ))?;
    let rows = statement.query_map((account, value), Order::read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A client's order that is not deleted.
pub(super) fn get(connection: &Connection, account: &str, id: i64) -> Result<Option<Order>> {
    Ok(list(connection, account, "id = CAST(?2 AS INTEGER)", &id.to_string())?.pop())
}

/// A client's orders of this number.
pub(super) fn numbered(connection: &Connection, account: &str, order_num: &str) -> Result<Vec<Order>> {
    list(connection, account, "order_num = ?2", order_num)
}

/// A client's orders whose number or barcode this is, or with `fuzzy` begins so.
pub(super) fn search(connection: &Connection, account: &str, query: &str, fuzzy: bool) -> Result<Vec<Order>> {
    let condition = if fuzzy {
        "(substr(order_num, 1, length(?2)) = ?2 OR barcode = ?2)"
    } else {
        "(order_num = ?2 OR barcode = ?2)"
    };
    list(connection, account, condition, query)
}

/// A client's orders in a batch.
pub(super) fn in_batch(connection: &Connection, account: &str, batch: &str) -> Result<Vec<Order>> {
    list(connection, account, "batch = ?2", batch)
}

/// A client's orders in the backlog that belong to a group.
pub(super) fn in_group(connection: &Connection, account: &str, group: &str) -> Result<Vec<Order>> {
    list(connection, account, "batch IS NULL AND json_extract(value, '$.\"group-name\"') = ?2", group)
}

/// The order of an item, whoever made it, deleted ones too.
pub(crate) fn of_barcode(connection: &Connection, barcode: &str) -> Result<Option<Order>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM otpravka_orders WHERE barcode = ?1 ORDER BY id DESC LIMIT 1"
    ))?;
    Ok(statement.query_row([barcode], Order::read).optional()?)
}

impl Order {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let moment = |ms: i64| Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
        Ok(Self {
            id: row.get(0)?,
            account: row.get(1)?,
            order_num: row.get(2)?,
            barcode: row.get(3)?,
            batch: row.get(4)?,
            mail_type: row.get(5)?,
            mail_category: row.get(6)?,
            mass: row.get(7)?,
            rate: row.get(8)?,
            value: serde_json::from_str(&row.get::<_, String>(9)?).unwrap_or(Value::Null),
            committed: moment(row.get(10)?),
            handed_over: row.get::<_, Option<i64>>(11)?.map(moment),
            deleted: row.get::<_, Option<i64>>(12)?.map(moment),
        })
    }

    /// Whether a look-up that sees things only up to then sees it.
    pub(super) fn is_visible(&self, until: Option<Timestamp>) -> bool {
        until.is_none_or(|until| self.committed <= until)
    }

    /// Whether something is collected on delivery.
    pub(super) fn is_cod(&self) -> bool {
        self.mail_category.ends_with("CASH_ON_DELIVERY")
    }

    /// As the control surface shows it.
    pub(crate) fn shown(&self) -> Value {
        json!({
            "account": self.account, "our_id": self.order_num, "result_id": self.id, "batch": self.batch,
            "handed_over_at": self.handed_over, "deleted_at": self.deleted, "order": self.value,
        })
    }
}
