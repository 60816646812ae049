//! `Order/ChangeStatus`.

use rusqlite::Connection;
use serde_json::{Value, json};

use super::super::Asked;
use super::super::checks::int;
use super::super::envelope::{Outcome, Refused, result_text};
use crate::error::Result;
use crate::iran_post::{history, parcels, status};
use crate::ledger;

/// The parcels of a request.
pub(super) fn codes(body: &Value) -> impl Iterator<Item = &str> {
    body.get("ParcelCodes").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// What a request says about one parcel.
pub(super) fn content(body: &Value, code: &str) -> Value {
    json!({"NewStatus": int(body, "NewStatus"), "ParcelCode": code})
}

/// Holds, cancels or readies parcels while the shop still may.
pub(crate) fn change_status(asked: &Asked<'_>, connection: &Connection) -> Result<Outcome> {
    let (to, kind) = match int(&asked.body, "NewStatus") {
        Some(0) => (status::WAITING_FOR_SHOP, "hold"),
        Some(1) => (status::CANCELLED, "cancel"),
        Some(2) => (status::READY, "ready"),
        _ => return Ok(Err(Refused(19))),
    };
    let codes: Vec<&str> = codes(&asked.body).collect();
    if codes.is_empty() {
        return Ok(Err(Refused(18)));
    }
    let mut out = Vec::new();
    for code in codes {
        let result = one(asked, connection, code, to, kind)?;
        let text = if result == 9003 {
            "در این مرحله امکان تغییر وضعیت نیست"
        } else {
            result_text(result)
        };
        out.push(json!({"ParcelCode": code, "ResCode": result, "Description": text}));
    }
    Ok(Ok(Value::Array(out)))
}

fn one(asked: &Asked<'_>, connection: &Connection, code: &str, to: i64, kind: &str) -> Result<i64> {
    let view = asked.view;
    let Some(parcel) = parcels::find(connection, &asked.account.username, code, view.visible_until)? else {
        return Ok(21);
    };
    let from = history::status(view, connection, &asked.account, code)?.unwrap_or(parcel.status);
    if !status::shop_may_change(from) {
        return Ok(9003);
    }
    parcels::set_status(connection, &parcel, to, view.now)?;
    ledger::add(
        connection,
        &ledger::Entry {
            system: view.call.system,
            kind,
            account: &asked.account.username,
            our_id: Some(code),
            its_id: Some(code),
            amount: None,
            text_hash: &ledger::text_hash(content(&asked.body, code).to_string().as_bytes()),
            recipient: None,
            received: view.call.received,
            committed: view.now,
            detail: json!({"from": from, "to": to}),
        },
    )?;
    Ok(0)
}
