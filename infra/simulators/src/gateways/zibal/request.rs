//! `request` and `request/lazy` (section 2.1).

use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::{Account, book, card, codes, ids, timers};
use crate::error::Result;
use crate::gateways::payment::minutes;
use crate::gateways::{Payment, json as read, way_back};
use crate::pipeline::{Answer, View};
use crate::system::System;

/// The merchant of a call, or why it may do nothing.
pub(super) fn merchant(
    view: &View<'_>,
    members: &Map<String, Value>,
) -> std::result::Result<std::sync::Arc<Account>, i64> {
    let name = read::text(members, "merchant");
    if name.is_empty() {
        return Err(104);
    }
    let account = view.shared.gateways.zibal.account(&name).ok_or(102_i64)?;
    match (account.ip_allowed, account.active) {
        (false, _) => Err(115),
        (_, false) => Err(103),
        _ => Ok(account),
    }
}

/// Opens a payment.
pub(super) fn create(view: &View<'_>, connection: &Connection) -> Result<Answer> {
    let members = read::members(&view.call.body).unwrap_or_default();
    let settings = view.shared.gateways.zibal.settings();
    let account = match merchant(view, &members).and_then(|account| {
        check(&members, &account, settings.max_amount)?;
        Ok(account)
    }) {
        Ok(account) => account,
        Err(code) => return Ok(codes::result(code)),
    };
    let open = Payment::open(System::Zibal, ids::number(13)?, view.now, minutes(settings.page_minutes));
    let cards =
        members.get("allowedCards").filter(|cards| cards.as_array().is_some_and(|cards| !cards.is_empty()));
    let payment = Payment {
        account: account.merchant.clone(),
        our_id: read::text(&members, "orderId"),
        amount: read::number(&members, "amount").unwrap_or(0),
        callback: read::text(&members, "callbackUrl"),
        detail: json!({
            "description": read::text(&members, "description"), "shop": account.title,
            "lazy": view.call.operation == "lazy", "cards": cards, "feeMode": members.get("feeMode"),
            "multiplexingInfos": members.get("multiplexingInfos"), "shaparakFee": 1_200,
        }),
        ..open
    };
    timers::keep(view.shared, connection, &payment)?;
    book::row(connection, &payment, "request", payment.amount, &book::Cause::shop(view))?;
    let mut answer = json!({"trackId": codes::number(&payment.id), "result": 100, "message": "success"});
    if members.get("linkToPay").is_some_and(|link| link == &json!(true)) {
        let base = crate::gateways::till::base_of(view.call);
        answer["payLink"] = json!(format!("{base}/zibal/start/{}", payment.id));
    }
    Ok(read::ok(&answer))
}

/// Whether everything is right about it.
fn check(members: &Map<String, Value>, account: &Account, max_amount: i64) -> std::result::Result<(), i64> {
    let amount = read::number(members, "amount").filter(|amount| *amount > 1_000).ok_or(105_i64)?;
    if amount > max_amount {
        return Err(113);
    }
    if !way_back::may_return_to(&read::text(members, "callbackUrl"), account.domain.as_deref()) {
        return Err(106);
    }
    let percent = read::number(members, "percentMode");
    if members.contains_key("percentMode") && !matches!(percent, Some(0 | 1)) {
        return Err(107);
    }
    let national = read::text(members, "nationalCode");
    if !national.is_empty() && !is_national_code(&national) {
        return Err(114);
    }
    let bad_card = |number: &Value| !number.as_str().is_some_and(card::is_valid);
    if members.get("allowedCards").and_then(Value::as_array).is_some_and(|cards| cards.iter().any(bad_card)) {
        return Err(104);
    }
    multiplexing(members, amount, percent == Some(1))
}

/// The parts of a divided payment: one of them is the merchant's, and they add up.
fn multiplexing(members: &Map<String, Value>, amount: i64, percents: bool) -> std::result::Result<(), i64> {
    let Some(parts) = members.get("multiplexingInfos").and_then(Value::as_array) else { return Ok(()) };
    if parts.is_empty() {
        return Ok(());
    }
    let (mut sum, mut own) = (0_i64, false);
    for part in parts {
        let part = part.as_object().ok_or(108_i64)?;
        own |= read::text(part, "id") == "self";
        let named =
            ["id", "bankAccount", "subMerchantId", "walletId"].iter().any(|name| part.contains_key(*name));
        if !named {
            return Err(108);
        }
        sum = sum.saturating_add(read::number(part, "amount").ok_or(108_i64)?);
    }
    match (own, sum == if percents { 100 } else { amount }) {
        (false, _) => Err(110),
        (_, false) => Err(111),
        _ => Ok(()),
    }
}

/// Section 0: the check digit of a national code.
fn is_national_code(code: &str) -> bool {
    let digits: Vec<u32> = code.chars().filter_map(|c| c.to_digit(10)).collect();
    if code.len() != 10 || digits.len() != 10 {
        return false;
    }
    let sum: u32 = digits.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    let rest = sum % 11;
    digits.last() == Some(&if rest < 2 { rest } else { 11 - rest })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_protocols_national_code_passes() {
        assert!(super::is_national_code("0012345679"));
        assert!(!super::is_national_code("0012345678"));
        assert!(!super::is_national_code("12345679"));
    }
}
