//! `POST /payments`.

use http::StatusCode;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::{Account, Payment, book, ids, minutes, shape, till, timers};
use crate::error::Result;
use crate::gateways::face::parse_decimal;
use crate::gateways::way_back;
use crate::pipeline::{Answer, View};
use crate::system::System;

/// An amount of roubles in kopecks.
pub(super) fn amount(value: Option<&Value>) -> Option<i64> {
    let amount = value?.as_object()?;
    let roubles = amount.get("currency").is_some_and(|currency| currency == "RUB");
    parse_decimal(amount.get("value")?.as_str()?, 2).filter(|amount| roubles && *amount > 0)
}

/// A member that is not right.
pub(super) fn invalid(member: &str) -> Answer {
    shape::error(StatusCode::BAD_REQUEST, "invalid_request", &format!("{member} is invalid"), member)
}

/// Opens a payment.
pub(super) fn create(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
    members: &Map<String, Value>,
) -> Result<Answer> {
    let Some(kopecks) = amount(members.get("amount")) else { return Ok(invalid("amount")) };
    let confirmation = members.get("confirmation").unwrap_or(&Value::Null);
    let return_url = confirmation["return_url"].as_str().unwrap_or_default();
    if confirmation["type"] != "redirect" {
        return Ok(invalid("confirmation.type"));
    }
    if way_back::host_of(return_url).is_none() {
        return Ok(invalid("confirmation.return_url"));
    }
    let description = members.get("description").and_then(Value::as_str).unwrap_or_default();
    if description.chars().count() > 128 {
        return Ok(invalid("description"));
    }
    let metadata = members.get("metadata").cloned().unwrap_or_else(|| json!({}));
    let texts = |members: &Map<String, Value>| members.values().all(Value::is_string) && members.len() <= 16;
    if !metadata.as_object().is_some_and(texts) {
        return Ok(invalid("metadata"));
    }
    let capture = match members.get("capture") {
        None => false,
        Some(Value::Bool(capture)) => *capture,
        Some(_) => return Ok(invalid("capture")),
    };
    let page = minutes(view.shared.gateways.yookassa.settings().page_minutes);
    let open = Payment::open(System::YooKassa, ids::uuid()?, view.now, page);
    let payment = Payment {
        account: account.shop_id.clone(),
        our_id: till::header_of(view.call, super::idempotence::HEADER).unwrap_or_default().to_owned(),
        amount: kopecks,
        currency: "RUB".to_owned(),
        callback: return_url.to_owned(),
        detail: json!({
            "description": description, "metadata": metadata, "capture": capture, "test": account.test,
            "shop": account.title, "base": till::base_of(view.call),
        }),
        ..open
    };
    timers::keep(view.shared, connection, &payment)?;
    let detail = json!({"metadata": payment.detail["metadata"]});
    book::row_with(connection, &payment, "request", payment.amount, &book::Cause::shop(view), detail)?;
    Ok(super::json::ok(&shape::payment(&payment)))
}
