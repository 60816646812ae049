//! `Idempotence-Key`: the same key and body give the first result for a day.

use http::StatusCode;
use jiff::SignedDuration;
use rusqlite::Connection;
use serde_json::{Map, Value};

use super::{Account, json, shape};
use crate::error::Result;
use crate::gateways::{till, vault};
use crate::ledger::text_hash;
use crate::pipeline::{Answer, View};
use crate::system::System;

/// The header, with its own spelling.
pub(super) const HEADER: &str = "idempotence-key";

/// Does the work once per key. Only results are kept: what was refused may be mended.
pub(super) fn once(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
    work: impl FnOnce(&Map<String, Value>) -> Result<Answer>,
) -> Result<Answer> {
    let invalid =
        |text: &str| shape::error(StatusCode::BAD_REQUEST, "invalid_request", text, "Idempotence-Key");
    let name = till::header_of(view.call, HEADER).unwrap_or_default();
    if name.is_empty() || name.len() > 64 {
        return Ok(invalid("Idempotence key is missing or longer than 64 characters"));
    }
    let body = if view.call.body.trim_ascii().is_empty() { b"{}".as_slice() } else { &view.call.body };
    let Some(members) = json::members(body) else {
        return Ok(shape::error(StatusCode::BAD_REQUEST, "invalid_request", "The body is not JSON", ""));
    };
    let key = vault::Key { system: System::YooKassa, account: &account.shop_id, key: name };
    let request = text_hash(format!("{}\n{}", view.call.path, String::from_utf8_lossy(body)).as_bytes());
    if let Some(kept) = vault::recall(connection, &key, view.now, SignedDuration::from_hours(24))? {
        return Ok(if kept.request == request {
            json::ok(&serde_json::from_str(&kept.answer)?)
        } else {
            invalid("Idempotence key duplicated")
        });
    }
    let answer = work(&members)?;
    if answer.status == StatusCode::OK {
        let kept = vault::Kept { request, answer: String::from_utf8_lossy(&answer.body).into_owned() };
        vault::remember(connection, &key, &kept, view.now)?;
    }
    Ok(answer)
}
