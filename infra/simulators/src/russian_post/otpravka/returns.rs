//! Returns: a number for the way back (section 4.1).

use rusqlite::{Connection, OptionalExtension};
use serde_json::{Value, json};

use super::check::text;
use super::door::Asked;
use super::{barcode, orders, reply};
use crate::dossier::{self, Kind};
use crate::error::Result;
use crate::ledger;
use crate::pipeline::Answer;
use crate::russian_post::facts::Facts;
use crate::russian_post::pricing::products;
use crate::system::System;

/// `PUT /1.0/returns`: for an item of this client; asked again, the same number.
pub(super) fn of_direct(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    let direct = text(&asked.body, "direct-barcode");
    let known = orders::of_barcode(connection, direct)?
        .filter(|order| order.account == asked.client.token && order.deleted.is_none());
    if known.is_none() {
        return Ok(refused("DIRECT_SHIPMENT_NOT_FOUND"));
    }
    let earlier: Option<String> = connection
        .prepare_cached("SELECT barcode FROM otpravka_returns WHERE account = ?1 AND direct = ?2")?
        .query_row((&asked.client.token, direct), |row| row.get(0))
        .optional()?;
    let barcode = match earlier {
        Some(barcode) => barcode,
        None => match make(asked, connection, &asked.body, Some(direct))? {
            Ok(barcode) => barcode,
            Err(code) => return Ok(refused(code)),
        },
    };
    Ok(reply::ok(&json!({"return-barcode": barcode})))
}

/// `PUT /1.0/returns/return-without-direct`: a list.
pub(super) fn without_direct(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    let Some(items) = asked.items() else {
        return Ok(reply::broken("JSON parse error: a list is expected"));
    };
    let mut out = Vec::new();
    for (position, item) in items.iter().enumerate() {
        out.push(match make(asked, connection, item, None)? {
            Ok(barcode) => json!({"position": position, "return-barcode": barcode}),
            Err(code) => json!({"position": position, "errors": [error(code)]}),
        });
    }
    Ok(reply::ok(&json!(out)))
}

/// `DELETE /1.0/returns/delete-separate-return?barcode=`
pub(super) fn delete(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    let barcode = asked.parameter("barcode");
    let gone = connection
        .prepare_cached(
            "DELETE FROM otpravka_returns WHERE account = ?1 AND barcode = ?2 AND direct IS NULL",
        )?
        .execute((&asked.client.token, barcode))?;
    if gone == 0 {
        return Ok(reply::ok(&error("RETURN_SHIPMENT_NOT_FOUND")));
    }
    Ok(reply::ok(&json!({})))
}

fn make(
    asked: &Asked<'_>,
    connection: &Connection,
    item: &Value,
    direct: Option<&str>,
) -> Result<std::result::Result<String, &'static str>> {
    let Some(product) = products::of_name(text(item, "mail-type")) else {
        return Ok(Err("ILLEGAL_MAIL_TYPE"));
    };
    let (view, barcode) = (asked.view, barcode::issue(connection, asked.view.now, false)?);
    connection
        .prepare_cached(
            "INSERT INTO otpravka_returns (barcode, account, direct, value) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute((&barcode, &asked.client.token, direct, item.to_string()))?;
    let facts = Facts { mail_type: Some(product.id), ..Facts::default() };
    dossier::add(connection, (System::RussianPost, &barcode, Kind::Facts), (view.now, view.now), &facts)?;
    ledger::add(
        connection,
        &ledger::Entry {
            system: System::RussianPostOtpravka,
            kind: "return",
            account: &asked.client.token,
            our_id: direct,
            its_id: Some(&barcode),
            amount: None,
            text_hash: &ledger::text_hash(item.to_string().as_bytes()),
            recipient: None,
            received: view.call.received,
            committed: view.now,
            detail: json!({"mail_type": product.name}),
        },
    )?;
    Ok(Ok(barcode))
}

fn error(code: &str) -> Value {
    json!({"code": code, "description": reply::description(code)})
}

fn refused(code: &str) -> Answer {
    reply::ok(&json!({"errors": [error(code)]}))
}
