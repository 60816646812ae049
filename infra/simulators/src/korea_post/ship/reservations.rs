//! Reservations: what has been registered, and what became of it (sections 3.4, 3.5 and 9.4).

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row};
use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::korea_post::kst;
use crate::store::{meta, set_meta};

/// The waybill of an order that was only a test.
pub(super) const TEST: &str = "TESTREGINOAPI";

/// What became of a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Live,
    /// Cancelled, with or without a replacement.
    Cancelled,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Cancelled => "cancelled",
        }
    }
}

/// One reservation.
#[derive(Debug, Clone)]
pub(crate) struct Reservation {
    pub(crate) id: i64,
    pub(crate) cust_no: String,
    pub(crate) appr_no: String,
    pub(crate) req_type: String,
    pub(crate) order_no: String,
    pub(crate) req_no: String,
    pub(crate) res_no: String,
    pub(crate) regi_no: String,
    /// The day of registration in Korea, `20250102`.
    pub(crate) day: String,
    /// `20250102103015`
    pub(crate) res_date: String,
    pub(crate) post: String,
    pub(crate) price: i64,
    /// Whether the shop has printed the label.
    pub(crate) printed: bool,
    pub(crate) state: State,
    pub(crate) committed: Timestamp,
}

/// The numbers a new reservation gets.
pub(super) struct Numbers {
    pub(super) req_no: String,
    pub(super) res_no: String,
    pub(super) regi_no: String,
    pub(super) day: String,
}

const SERIAL: &str = "korea_post_serial";

fn serial(connection: &Connection) -> Result<u64> {
    let serial = meta(connection, SERIAL)?.and_then(|serial| serial.parse().ok()).unwrap_or(0_u64) + 1;
    if serial > 9_999_999 {
        return Err(Error::Range("reservation serial"));
    }
    set_meta(connection, SERIAL, &serial.to_string())?;
    Ok(serial)
}

/// A new waybill number: there is no check digit anyone knows.
pub(super) fn waybill(connection: &Connection) -> Result<String> {
    Ok(format!("6{:012}", 12_300_000_000 + serial(connection)? * 7))
}

/// Numbers for an order; all of a customer's parcels of one day share the reservation number.
pub(super) fn numbers(connection: &Connection, cust_no: &str, now: Timestamp, test: bool) -> Result<Numbers> {
    let day = kst::format(now, kst::DAY);
    let known: Option<String> = connection
        .prepare_cached("SELECT res_no FROM korea_orders WHERE cust_no = ?1 AND day = ?2 LIMIT 1")?
        .query_row((cust_no, &day), |row| row.get(0))
        .optional()?;
    let number = serial(connection)?;
    Ok(Numbers {
        req_no: format!("{day}{number:010}"),
        res_no: known.unwrap_or_else(|| format!("{day}{number:08}")),
        regi_no: if test { TEST.to_owned() } else { waybill(connection)? },
        day,
    })
}

/// Adds a reservation; its `id` is not looked at.
pub(super) fn add(connection: &Connection, new: &Reservation) -> Result<()> {
    connection
        .prepare_cached(&format!(
            "INSERT INTO korea_orders ({}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            COLUMNS.trim_start_matches("id, ")
        ))?
        .execute((
            &new.cust_no,
            &new.appr_no,
            &new.req_type,
            &new.order_no,
            &new.req_no,
            &new.res_no,
            &new.regi_no,
            &new.day,
            &new.res_date,
            &new.post,
            new.price,
            new.printed,
            new.state.name(),
            new.committed.as_millisecond(),
        ))?;
    Ok(())
}

/// Ends a reservation.
pub(super) fn cancel(connection: &Connection, id: i64) -> Result<()> {
    connection
        .prepare_cached("UPDATE korea_orders SET state = ?2 WHERE id = ?1")?
        .execute((id, State::Cancelled.name()))?;
    Ok(())
}

/// All reservations of a customer's order, oldest first.
pub(super) fn of_order(connection: &Connection, cust_no: &str, order_no: &str) -> Result<Vec<Reservation>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM korea_orders WHERE cust_no = ?1 AND order_no = ?2 ORDER BY id"
    ))?;
    let rows = statement.query_map((cust_no, order_no), Reservation::read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The reservation of a waybill; of a test, which has no number of its own, the one applied for.
pub(super) fn of_application(
    connection: &Connection,
    regi_no: &str,
    req_no: &str,
) -> Result<Option<Reservation>> {
    let mut statement = connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM korea_orders WHERE regi_no = ?1 AND req_no = ?2"))?;
    Ok(statement.query_row((regi_no, req_no), Reservation::read).optional()?)
}

/// The reservation of a real waybill, whoever made it.
pub(crate) fn of_waybill(connection: &Connection, regi_no: &str) -> Result<Option<Reservation>> {
    let mut statement = connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM korea_orders WHERE regi_no = ?1 LIMIT 1"))?;
    Ok(statement.query_row([regi_no], Reservation::read).optional()?)
}

const COLUMNS: &str = "id, cust_no, appr_no, req_type, order_no, req_no, res_no, regi_no, day, res_date, post, \
                       price, printed, state, committed_ms";

impl Reservation {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            cust_no: row.get(1)?,
            appr_no: row.get(2)?,
            req_type: row.get(3)?,
            order_no: row.get(4)?,
            req_no: row.get(5)?,
            res_no: row.get(6)?,
            regi_no: row.get(7)?,
            day: row.get(8)?,
            res_date: row.get(9)?,
            post: row.get(10)?,
            price: row.get(11)?,
            printed: row.get(12)?,
            state: if row.get::<_, String>(13)? == "live" { State::Live } else { State::Cancelled },
            committed: Timestamp::from_millisecond(row.get(14)?).unwrap_or(Timestamp::UNIX_EPOCH),
        })
    }

    pub(crate) fn is_live(&self) -> bool {
        self.state == State::Live
    }

    pub(super) fn is_test(&self) -> bool {
        self.regi_no == TEST
    }

    /// As the control surface shows it.
    pub(crate) fn shown(&self) -> Value {
        json!({
            "account": self.cust_no, "our_id": self.order_no, "req_no": self.req_no, "res_no": self.res_no,
            "req_ymd": self.day, "price": self.price, "state": self.state.name(),
        })
    }
}
