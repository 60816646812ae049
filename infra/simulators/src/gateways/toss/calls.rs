//! The shop's calls: who makes them, and `Idempotency-Key`.

use std::sync::Arc;

use base64::Engine as _;
use http::StatusCode;
use jiff::SignedDuration;
use rusqlite::Connection;
use serde_json::{Map, Value};

use super::{
    Account, CANCEL, CONFIRM, CREATE, GET_BY_ORDER, Payment, cancel, confirm, json, shape, till, vault,
    widget,
};
use crate::error::Result;
use crate::ledger::text_hash;
use crate::pipeline::{Answer, View};
use crate::system::System;

/// The shop of a call, or why it is none.
fn caller(view: &View<'_>) -> std::result::Result<Arc<Account>, Answer> {
    let format = || shape::error("INCORRECT_BASIC_AUTH_FORMAT");
    let header =
        till::header_of(view.call, "authorization").ok_or_else(|| shape::error("UNAUTHORIZED_KEY"))?;
    let encoded = header.strip_prefix("Basic ").ok_or_else(format)?;
    let login = base64::engine::general_purpose::STANDARD.decode(encoded.trim()).map_err(|_| format())?;
    let login = String::from_utf8(login).map_err(|_| format())?;
    let key = login.strip_suffix(':').ok_or_else(format)?;
    if !key.starts_with("test_sk_") && !key.starts_with("live_sk_") {
        return Err(shape::error("INVALID_API_KEY"));
    }
    let mut accounts = view.shared.gateways.toss.accounts.list().into_iter();
    accounts.find(|account| account.secret_key == key).ok_or_else(|| shape::error("UNAUTHORIZED_KEY"))
}

/// The path's part behind `v1/payments/`, or behind `orders/`.
fn named<'a>(view: &'a View<'_>, at: usize) -> &'a str {
    till::path_of(view.call).split('/').filter(|part| !part.is_empty()).nth(at).unwrap_or_default()
}

/// The shop's payment of a key.
pub(super) fn own(connection: &Connection, account: &Account, key: &str) -> Result<Option<Payment>> {
    let found = vault::by_id(connection, System::Toss, key)?;
    Ok(found.filter(|payment| payment.account == account.mid))
}

pub(super) fn work(view: &View<'_>, connection: &Connection) -> Result<Answer> {
    let account = match caller(view) {
        Ok(account) => account,
        Err(answer) => return Ok(answer),
    };
    match view.call.operation.as_str() {
        CREATE | CONFIRM | CANCEL => {
            once(view, connection, &account, |members| match view.call.operation.as_str() {
                CREATE => widget::create(view, connection, &account, members),
                CONFIRM => confirm::confirm(view, connection, &account, members),
                _ => cancel::cancel(view, connection, &account, named(view, 2), members),
            })
        }
        operation => {
            let found = match operation {
                GET_BY_ORDER => vault::by_order(connection, System::Toss, &account.mid, named(view, 3))?,
                _ => own(connection, &account, named(view, 2))?,
            };
            let seen = found.and_then(|payment| payment.seen_at(view.visible_until));
            Ok(match seen {
                Some(payment) => json::ok(&shape::payment(&payment)),
                None => shape::error("NOT_FOUND_PAYMENT"),
            })
        }
    }
}

/// The same key and body give the first result for 15 days; without a key every call is its own.
fn once(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
    work: impl FnOnce(&Map<String, Value>) -> Result<Answer>,
) -> Result<Answer> {
    let Some(members) = json::members(&view.call.body) else { return Ok(shape::error("INVALID_REQUEST")) };
    let Some(name) = till::header_of(view.call, "idempotency-key") else { return work(&members) };
    if name.is_empty() || name.len() > 300 {
        return Ok(shape::error("INVALID_IDEMPOTENCY_KEY"));
    }
    let key = vault::Key { system: System::Toss, account: &account.mid, key: name };
    let body = String::from_utf8_lossy(&view.call.body);
    let request = text_hash(format!("{}\n{body}", view.call.path).as_bytes());
    if let Some(kept) = vault::recall(connection, &key, view.now, SignedDuration::from_hours(15 * 24))? {
        return Ok(if kept.request == request {
            json::ok(&serde_json::from_str(&kept.answer)?)
        } else {
            shape::error("INVALID_IDEMPOTENCY_KEY")
        });
    }
    let answer = work(&members)?;
    if answer.status == StatusCode::OK {
        let kept = vault::Kept { request, answer: String::from_utf8_lossy(&answer.body).into_owned() };
        vault::remember(connection, &key, &kept, view.now)?;
    }
    Ok(answer)
}

/// Whose body it is: that of the order it names, or whose key stands in its path.
pub(super) fn owner(view: &View<'_>, connection: &Connection) -> Result<Option<(String, String)>> {
    let Ok(account) = caller(view) else { return Ok(None) };
    let members = json::members(&view.call.body).unwrap_or_default();
    let order = match view.call.operation.as_str() {
        CANCEL => {
            own(connection, &account, named(view, 2))?.map(|payment| payment.our_id).unwrap_or_default()
        }
        _ => json::text(&members, "orderId"),
    };
    Ok(Some((account.mid.clone(), order)))
}
