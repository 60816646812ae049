//! Refunds: a JWT signed with the third password (sections 6.1 and 13).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::StatusCode;
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use sha2::Sha256;

use super::{Account, State, book, ids, minutes, till, timers, vault};
use crate::error::Result;
use crate::gateways::face::{decimal, parse_decimal};
use crate::gateways::json as read;
use crate::gateways::vault::Refund;
use crate::pipeline::{Answer, View};
use crate::system::System;

/// No refund.
pub(super) fn refused(message: &str) -> Answer {
    read::ok(&json!({"success": false, "message": message}))
}

/// What a token says, and who signed it.
fn opened(view: &View<'_>) -> Option<(std::sync::Arc<Account>, Map<String, Value>)> {
    let text = std::str::from_utf8(&view.call.body).ok()?.trim().trim_matches('"');
    let (signed, signature) = text.rsplit_once('.')?;
    let (head, payload) = signed.split_once('.')?;
    let head: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(head).ok()?).ok()?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let right = |account: &Account| {
        let mac = Hmac::<Sha256>::new_from_slice(account.password3.as_bytes()).ok();
        let mac = mac.map(|mac| mac.chain_update(signed.as_bytes()));
        !account.password3.is_empty() && mac.is_some_and(|mac| mac.verify_slice(&signature).is_ok())
    };
    let mut accounts = view.shared.gateways.robokassa.accounts.list().into_iter();
    let account = accounts.find(|account| head["alg"] == "HS256" && right(account))?;
    Some((account, read::members(&URL_SAFE_NO_PAD.decode(payload).ok()?)?))
}

/// Whose refund it is, and of which number.
pub(super) fn owner(view: &View<'_>, connection: &Connection) -> Result<Option<(String, String)>> {
    let Some((account, payload)) = opened(view) else { return Ok(None) };
    let found = vault::by_receipt(connection, System::Robokassa, &read::text(&payload, "OpKey"))?;
    Ok(Some((account.login.clone(), found.map(|payment| payment.our_id).unwrap_or_default())))
}

/// `Refund/Create`.
pub(super) fn create(view: &View<'_>, connection: &Connection) -> Result<Answer> {
    let Some((account, payload)) = opened(view) else { return Ok(refused("InvalidSignature")) };
    let key = read::text(&payload, "OpKey");
    let found = vault::by_receipt(connection, System::Robokassa, &key)?;
    let Some(mut payment) = found.filter(|payment| payment.account == account.login) else {
        return Ok(refused("OperationNotFound"));
    };
    let amount = match read::text(&payload, "RefundSum").as_str() {
        "" => Some(payment.left()),
        text => parse_decimal(text, 2),
    };
    let Some(amount) = amount.filter(|amount| *amount > 0) else { return Ok(refused("InvalidRefundSum")) };
    if payment.state != State::Verified || amount > payment.left() {
        return Ok(refused("NotEnoughMoney"));
    }
    payment.refunded = payment.refunded.saturating_add(amount);
    if payment.left() == 0 {
        payment.end(State::Refunded, view.now);
    }
    timers::keep(view.shared, connection, &payment)?;
    let refund = Refund {
        id: ids::uuid()?,
        our_id: String::new(),
        payment: payment.id.clone(),
        account: payment.account.clone(),
        amount,
        at: view.now,
        note: String::new(),
    };
    vault::add_refund(connection, System::Robokassa, &refund)?;
    let detail = json!({"refund_id": refund.id});
    book::row_with(connection, &payment, "refunded", amount, &book::Cause::shop(view), detail)?;
    Ok(read::ok(&json!({"success": true, "requestId": refund.id})))
}

/// `Refund/GetState?id=`: processing for a while, then finished.
pub(super) fn state(view: &View<'_>, connection: &Connection) -> Result<Answer> {
    let query = till::query_of(view.call);
    let id = query.get("id").or_else(|| query.get("requestId")).map_or("", String::as_str);
    let found = vault::refund(connection, System::Robokassa, id)?;
    let Some(refund) = found.filter(|refund| refund.id == id) else {
        return Ok(read::answer(StatusCode::NOT_FOUND, &json!({"message": "NotFound"})));
    };
    let span = minutes(view.shared.gateways.robokassa.settings().refund_minutes);
    let label = if view.now.duration_since(refund.at) < span { "processing" } else { "finished" };
    let amount: Value = serde_json::from_str(&decimal(refund.amount, 2)).unwrap_or(Value::Null);
    Ok(read::ok(&json!({"requestId": refund.id, "amount": amount, "label": label})))
}
