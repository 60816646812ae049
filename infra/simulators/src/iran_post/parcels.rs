//! Parcels: registration, status and look-up.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row};
use serde_json::{Value, json};

use super::accounts::Account;
use super::codes::Pay;
use super::scan::Scan;
use super::tariff::{Price, Service};
use super::{billing, status};
use crate::dossier::{self, Kind};
use crate::error::{Error, Result};
use crate::ledger;
use crate::store::{meta, set_meta};
use crate::system::System;

/// What is to be registered, checked and priced.
pub(crate) struct Order<'a> {
    pub(crate) system: System,
    pub(crate) account: &'a Account,
    pub(crate) our_id: Option<&'a str>,
    pub(crate) city: u32,
    pub(crate) service: Service,
    pub(crate) pay: Pay,
    pub(crate) weight: i64,
    pub(crate) goods: i64,
    pub(crate) price: Price,
    pub(crate) recipient: &'a Value,
    pub(crate) text_hash: &'a str,
    pub(crate) received: Timestamp,
    pub(crate) now: Timestamp,
}

/// A registered parcel.
#[derive(Debug, Clone)]
pub(crate) struct Parcel {
    pub(crate) code: String,
    pub(crate) account: String,
    pub(crate) our_id: Option<String>,
    pub(crate) shenase: String,
    pub(crate) city: u32,
    pub(crate) service: String,
    pub(crate) pay: String,
    pub(crate) weight: i64,
    pub(crate) goods: i64,
    pub(crate) postage: i64,
    pub(crate) vat: i64,
    pub(crate) collect: i64,
    pub(crate) status: i64,
    pub(crate) ready_date: Option<String>,
    pub(crate) recipient: Value,
    pub(crate) committed: i64,
}

const SERIAL: &str = "iran_post_serial";

/// Registers a parcel; the same content twice makes two parcels.
pub(crate) fn register(connection: &Connection, order: &Order<'_>) -> Result<(String, String)> {
    let serial: u32 = meta(connection, SERIAL)?.and_then(|serial| serial.parse().ok()).unwrap_or(0) + 1;
    if serial > 999_999_999 {
        return Err(Error::Range("parcel serial"));
    }
    set_meta(connection, SERIAL, &serial.to_string())?;
    let shop = order.account.shop_code.min(99_999);
    let code = format!("{shop:05}{:05}1{serial:09}", order.city);
    let shenase = format!("IR{serial:08X}");
    let collect = order.pay.collected(order.goods, order.price.postage.saturating_add(order.price.vat));
    connection
        .prepare_cached(
            "INSERT INTO parcels (code, account, system, our_id, shenase, city, service, pay, weight, goods,
                                  postage, vat, collect, status, recipient, committed_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 0, ?14, ?15)",
        )?
        .execute((
            &code,
            &order.account.username,
            order.system.name(),
            order.our_id,
            &shenase,
            order.city,
            order.service.name(),
            order.pay.name(),
            order.weight,
            order.goods,
            order.price.postage,
            order.price.vat,
            collect,
            order.recipient.to_string(),
            order.now.as_millisecond(),
        ))?;
    tell(connection, &code, status::WAITING_FOR_SHOP, order.now)?;
    ledger::add(
        connection,
        &ledger::Entry {
            system: order.system,
            kind: "parcel",
            account: &order.account.username,
            our_id: order.our_id,
            its_id: Some(&code),
            amount: Some(order.goods),
            text_hash: order.text_hash,
            recipient: Some(order.recipient),
            received: order.received,
            committed: order.now,
            detail: json!({
                "city": order.city, "service": order.service.name(), "pay": order.pay.name(),
                "weight_g": order.weight, "postage": order.price.postage, "vat": order.price.vat,
                "collect": collect, "shenase": shenase,
            }),
        },
    )?;
    Ok((code, shenase))
}

/// A shop's parcel, if it was there at `visible_until`.
pub(crate) fn find(
    connection: &Connection,
    account: &str,
    code: &str,
    visible_until: Option<Timestamp>,
) -> Result<Option<Parcel>> {
    let parcel = by_code(connection, code)?;
    Ok(parcel.filter(|parcel| parcel.account == account && parcel.visible(visible_until)))
}

/// A shop's parcel by the shop's own id.
pub(crate) fn find_by_our_id(
    connection: &Connection,
    account: &str,
    our_id: &str,
    visible_until: Option<Timestamp>,
) -> Result<Option<Parcel>> {
    let mut statement = connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM parcels WHERE account = ?1 AND our_id = ?2"))?;
    let parcel = statement.query_row((account, our_id), Parcel::read).optional()?;
    Ok(parcel.filter(|parcel| parcel.visible(visible_until)))
}

/// Any shop's parcel.
pub(crate) fn by_code(connection: &Connection, code: &str) -> Result<Option<Parcel>> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM parcels WHERE code = ?1"))?;
    Ok(statement.query_row([code], Parcel::read).optional()?)
}

/// Moves a parcel by the shop's own doing.
pub(crate) fn set_status(connection: &Connection, parcel: &Parcel, to: i64, at: Timestamp) -> Result<()> {
    tell(connection, &parcel.code, to, at)?;
    follow(connection, parcel, to, at)
}

/// What follows from a scan; money that the postman has banked and the post has paid makes a bill.
pub(crate) fn follow(connection: &Connection, parcel: &Parcel, to: i64, at: Timestamp) -> Result<()> {
    put_status(connection, &parcel.code, to)?;
    if to == status::CANCELLED {
        ledger::cancel(connection, &parcel.code, at)?;
    }
    if to == status::COD_SETTLED {
        billing::settle(connection, parcel, at)?;
    }
    Ok(())
}

/// Writes the status that the shop's services tell.
pub(crate) fn put_status(connection: &Connection, code: &str, to: i64) -> Result<()> {
    connection.prepare_cached("UPDATE parcels SET status = ?2 WHERE code = ?1")?.execute((code, to))?;
    Ok(())
}

fn tell(connection: &Connection, code: &str, status: i64, at: Timestamp) -> Result<()> {
    dossier::add(connection, (System::IranPost, code, Kind::Scan), (at, at), &Scan::of(status))?;
    Ok(())
}

/// Notes the day the shop will have the parcel ready.
pub(crate) fn set_ready_date(connection: &Connection, code: &str, date: Option<&str>) -> Result<()> {
    connection.prepare_cached("UPDATE parcels SET ready_date = ?2 WHERE code = ?1")?.execute((code, date))?;
    Ok(())
}

const COLUMNS: &str =
    "code, account, our_id, shenase, city, service, pay, weight, goods, postage, vat, collect,
                       status, ready_date, recipient, committed_ms";

impl Parcel {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            code: row.get(0)?,
            account: row.get(1)?,
            our_id: row.get(2)?,
            shenase: row.get(3)?,
            city: row.get(4)?,
            service: row.get(5)?,
            pay: row.get(6)?,
            weight: row.get(7)?,
            goods: row.get(8)?,
            postage: row.get(9)?,
            vat: row.get(10)?,
            collect: row.get(11)?,
            status: row.get(12)?,
            ready_date: row.get(13)?,
            recipient: serde_json::from_str(&row.get::<_, String>(14)?).unwrap_or(Value::Null),
            committed: row.get(15)?,
        })
    }

    /// Whether a look-up that sees things only up to then sees it.
    pub(crate) fn visible(&self, until: Option<Timestamp>) -> bool {
        until.is_none_or(|until| self.committed <= until.as_millisecond())
    }
}
