//! `request.json` (section 1.1).

use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::{Asked, book, codes, ids, timers};
use crate::error::Result;
use crate::gateways::payment::minutes;
use crate::gateways::{Payment, json as read, way_back};
use crate::pipeline::Answer;
use crate::system::System;

/// The shop's own number: `metadata.order_id`.
pub(super) fn our_id(members: &Map<String, Value>) -> String {
    let metadata = members.get("metadata").and_then(Value::as_object);
    metadata.map(|metadata| read::text(metadata, "order_id")).unwrap_or_default()
}

/// Opens a payment.
pub(super) fn create(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    let settings = asked.settings();
    let payment = match checked(asked) {
        Ok(payment) => payment,
        Err(answer) => return Ok(answer),
    };
    let letter = if settings.sandbox { "S" } else { "A" };
    // 36 characters, of which the first are zeros in all samples.
    let id = format!("{letter}{:0>23}{}", "", ids::random(ids::LOWER, 12)?);
    let view = asked.view;
    let open = Payment::open(System::Zarinpal, id, view.now, minutes(settings.page_minutes));
    let payment = Payment { id: open.id, created: open.created, due: open.due, ..payment };
    timers::keep(view.shared, connection, &payment)?;
    book::row(connection, &payment, "request", payment.amount, &book::Cause::shop(view))?;
    Ok(codes::done(&json!({
        "code": 100, "message": "Success", "authority": payment.id, "fee_type": "Merchant", "fee": fee(payment.amount),
    })))
}

/// The gateway's fee; the protocol's sample has 350 for a small sum.
pub(super) fn fee(rial: i64) -> i64 {
    (rial / 200).clamp(350, 40_000)
}

/// What the request asks for, if everything about it is right.
fn checked(asked: &Asked<'_>) -> std::result::Result<Payment, Answer> {
    let members = &asked.members;
    let text = |name: &str| read::text(members, name);
    let per_unit = match text("currency").as_str() {
        "" | "IRR" => 1,
        "IRT" => 10,
        _ => return Err(codes::invalid("currency", "The selected currency is invalid.")),
    };
    let amount = read::number(members, "amount");
    let Some(told) = amount.filter(|amount| *amount > 0) else {
        return Err(codes::invalid("amount", "The amount must be an integer."));
    };
    let rial = told
        .checked_mul(per_unit)
        .filter(|rial| *rial <= 1_000_000_000)
        .ok_or_else(|| codes::refused(-41))?;
    if rial < 1_000 {
        return Err(codes::invalid("amount", "The amount must be at least 1000."));
    }
    let description = text("description");
    if description.is_empty() || description.chars().count() > 500 {
        return Err(codes::invalid(
            "description",
            "The description is required and may have 500 characters.",
        ));
    }
    let callback = text("callback_url");
    if way_back::host_of(&callback).is_none() {
        return Err(codes::invalid("callback_url", "The callback url format is invalid."));
    }
    if !way_back::may_return_to(&callback, asked.account.domain.as_deref()) {
        return Err(codes::refused(-14));
    }
    if members.contains_key("expire_in") && read::number(members, "expire_in").is_none_or(|span| span <= 0) {
        return Err(codes::refused(-40));
    }
    let auto_verify = metadata(asked)?;
    wages(members.get("wages"), rial, per_unit)?;
    let open = Payment::open(System::Zarinpal, String::new(), asked.view.now, minutes(0));
    Ok(Payment {
        account: asked.account.merchant_id.clone(),
        our_id: our_id(members),
        amount: rial,
        callback,
        // Verify repeats the number in the unit of the request, which nothing else tells.
        detail: json!({
            "told": told, "description": description, "shop": asked.account.title, "auto_verify": auto_verify,
        }),
        ..open
    })
}

/// `metadata` may be an object, an empty array or nothing; the answer is whether to verify by itself.
fn metadata(asked: &Asked<'_>) -> std::result::Result<bool, Answer> {
    let metadata = match asked.members.get("metadata") {
        None | Some(Value::Null) => return Ok(asked.account.auto_verify),
        Some(Value::Array(items)) if items.is_empty() => return Ok(asked.account.auto_verify),
        Some(Value::Object(members)) => members,
        Some(_) => return Err(codes::invalid("metadata", "The metadata must be an array.")),
    };
    let mobile = read::text(metadata, "mobile");
    let is_mobile =
        mobile.len() == 11 && mobile.starts_with("09") && mobile.bytes().all(|b| b.is_ascii_digit());
    if !mobile.is_empty() && !is_mobile {
        return Err(codes::invalid("metadata.mobile", "The mobile format is invalid."));
    }
    let email = read::text(metadata, "email");
    if !email.is_empty() && !email.contains('@') {
        return Err(codes::invalid("metadata.email", "The email must be a valid email address."));
    }
    match metadata.get("auto_verify") {
        None | Some(Value::Null) => Ok(asked.account.auto_verify),
        Some(Value::Bool(auto)) => Ok(*auto),
        Some(_) => Err(codes::invalid("metadata.auto_verify", "The field must be true or false.")),
    }
}

fn wages(wages: Option<&Value>, rial: i64, per_unit: i64) -> std::result::Result<(), Answer> {
    let Some(wages) = wages.filter(|wages| !wages.is_null()) else { return Ok(()) };
    let parts = wages.as_array().ok_or_else(|| codes::refused(-39))?;
    if parts.len() > 5 {
        return Err(codes::refused(-35));
    }
    let mut sum = 0_i64;
    for part in parts {
        let amount = part
            .as_object()
            .and_then(|part| read::number(part, "amount"))
            .ok_or_else(|| codes::refused(-39))?;
        let amount = amount.saturating_mul(per_unit);
        if amount < 10_000 {
            return Err(codes::refused(-36));
        }
        sum = sum.saturating_add(amount);
    }
    if sum > rial.saturating_mul(99) / 100 { Err(codes::refused(-34)) } else { Ok(()) }
}
