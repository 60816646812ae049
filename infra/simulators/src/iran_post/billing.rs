//! Money the post has paid out to shops.

use jiff::Timestamp;
use rusqlite::Connection;

use super::parcels::Parcel;
use super::tariff::REGISTRATION_FEE;
use crate::error::Result;

/// One settled parcel.
pub(crate) struct Bill {
    pub(crate) id: i64,
    pub(crate) code: String,
    pub(crate) goods: i64,
    pub(crate) postage: i64,
    pub(crate) vat: i64,
    pub(crate) registration_fee: i64,
    pub(crate) amount: i64,
    pub(crate) at: i64,
}

/// Bills a parcel once.
pub(crate) fn settle(connection: &Connection, parcel: &Parcel, at: Timestamp) -> Result<()> {
    let postage = parcel.postage.saturating_add(parcel.vat);
    let kept = if parcel.pay == "free_cod" || parcel.pay == "cod" { postage } else { 0 };
    let amount = parcel.collect.saturating_sub(kept).saturating_sub(REGISTRATION_FEE);
    connection
        .prepare_cached(
            "INSERT INTO bills (account, code, goods, postage, vat, registration_fee, amount, at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (code) DO NOTHING",
        )?
        .execute((
            &parcel.account,
            &parcel.code,
            parcel.goods,
            parcel.postage,
            parcel.vat,
            REGISTRATION_FEE,
            amount,
            at.as_millisecond(),
        ))?;
    Ok(())
}

/// A shop's bills, oldest first.
pub(crate) fn list(connection: &Connection, account: &str) -> Result<Vec<Bill>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, code, goods, postage, vat, registration_fee, amount, at_ms FROM bills
         WHERE account = ?1 ORDER BY id",
    )?;
    let rows = statement.query_map([account], |row| {
        Ok(Bill {
            id: row.get(0)?,
            code: row.get(1)?,
            goods: row.get(2)?,
            postage: row.get(3)?,
            vat: row.get(4)?,
            registration_fee: row.get(5)?,
            amount: row.get(6)?,
            at: row.get(7)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
