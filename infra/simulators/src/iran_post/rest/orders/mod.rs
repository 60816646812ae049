//! `Order/*`: parcels, their status and look-up.

pub(super) mod add;
mod change;

pub(super) use change::change_status;

use rusqlite::Connection;
use serde_json::{Value, json};

use super::Asked;
use super::checks::{int, text};
use super::envelope::{Outcome, Refused};
use crate::error::Result;
use crate::iran_post::{history, parcels, status};
use crate::ledger;

/// Counts the bodies of what cannot be taken back, one per item.
pub(super) fn note(asked: &Asked<'_>, connection: &Connection) -> Result<()> {
    let call = asked.view.call;
    let receive = |our_id: Option<&str>, content: &Value, recipient: Option<&Value>| {
        ledger::receive(
            connection,
            &ledger::Body {
                system: call.system,
                operation: &call.operation,
                account: &asked.account.username,
                our_id,
                text_hash: &ledger::text_hash(content.to_string().as_bytes()),
                recipient,
                received: call.received,
            },
        )
    };
    match call.operation.as_str() {
        "Order/AddParcel" => {
            for item in asked.body.as_array().into_iter().flatten() {
                let our_id = int(item, "ClientOrderId").map(|id| id.to_string());
                receive(our_id.as_deref(), item, Some(&add::recipient(item)))?;
            }
        }
        "Order/ChangeStatus" => {
            for code in change::codes(&asked.body) {
                receive(Some(code), &change::content(&asked.body, code), None)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// `Order/Inquiry`: adopts a parcel whose answer was lost.
pub(super) fn inquiry(asked: &Asked<'_>, connection: &Connection) -> Result<Outcome> {
    let Some(our_id) = int(&asked.body, "ClientOrderId") else { return Ok(Err(Refused(13))) };
    let account = &asked.account.username;
    let parcel = parcels::find_by_our_id(connection, account, &our_id.to_string(), asked.view.visible_until)?;
    Ok(Ok(parcel.map_or_else(
        || json!({}),
        |parcel| {
            json!({
                "ParcelCode": parcel.code, "ParcelShenase": parcel.shenase, "Postalprice": parcel.postage,
                "PostalpriceTax": parcel.vat,
            })
        },
    )))
}

/// `Order/ParcelStatus`: an array of codes, or of objects that hold one.
pub(super) fn statuses(asked: &Asked<'_>, connection: &Connection) -> Result<Outcome> {
    let codes = match asked.items() {
        Ok(codes) if !codes.is_empty() => codes,
        _ => return Ok(Err(Refused(18))),
    };
    let mut out = Vec::new();
    for code in codes {
        let code = code.as_str().unwrap_or_else(|| text(code, "ParcelCode"));
        if code.is_empty() {
            return Ok(Err(Refused(17)));
        }
        let now = history::status(asked.view, connection, &asked.account, code)?.unwrap_or(status::NOT_FOUND);
        out.push(json!({"ParcelCode": code, "StatusCode": now, "Description": status::label(now)}));
    }
    Ok(Ok(Value::Array(out)))
}

/// `Order/ParcelDetail`; the members of its answer are not documented, these are ours.
pub(super) fn detail(asked: &Asked<'_>, connection: &Connection) -> Result<Outcome> {
    let code = text(&asked.body, "ParcelCode");
    if code.is_empty() {
        return Ok(Err(Refused(17)));
    }
    let parcel = parcels::find(connection, &asked.account.username, code, asked.view.visible_until)?;
    let now = history::status(asked.view, connection, &asked.account, code)?.unwrap_or(status::NOT_FOUND);
    Ok(parcel.ok_or(Refused(21)).map(|parcel| {
        json!({
            "ParcelCode": parcel.code, "ParcelShenase": parcel.shenase, "ClientOrderId": parcel.our_id,
            "CityID": parcel.city, "Weight": parcel.weight, "Price": parcel.goods, "ShippingCost": parcel.postage,
            "ShippingCostTax": parcel.vat, "StatusCode": now, "Description": status::label(now),
        })
    }))
}
