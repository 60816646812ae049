//! The page `Merchant/Index.aspx`, the way back, and the notice to `ResultURL`.

use std::collections::HashMap;

use http::StatusCode;
use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::signature::{extras, sign};
use super::{
    Account, Payment, Robokassa, Settings, State, WayBack, book, ids, minutes, pages, payer, till, timers,
    vault,
};
use crate::error::Result;
use crate::form;
use crate::gateways::face::{decimal, parse_decimal};
use crate::gateways::way_back;
use crate::pipeline::{Answer, Call, View};
use crate::state::Shared;
use crate::system::System;

/// What a browser brings, by link or form.
pub(super) fn fields(call: &Call) -> HashMap<String, String> {
    let mut fields = till::query_of(call);
    fields.extend(form::parse(&call.body));
    fields
}

/// A payment's name here: numbers belong to shops.
fn name(login: &str, inv: &str) -> String {
    format!("{}.{inv}", way_back::escaped(login))
}

/// The payment of a shop's number.
pub(super) fn find(connection: &Connection, login: &str, inv: &str) -> Result<Option<Payment>> {
    vault::by_id(connection, System::Robokassa, &name(login, inv))
}

/// Opens a payment, or the one that is open already.
pub(super) fn open(view: &View<'_>, connection: &Connection) -> Result<Answer> {
    let fields = fields(view.call);
    let payment = match asked(view, &fields)? {
        Ok(payment) => payment,
        Err((code, why)) => {
            let text = format!("Ошибка {code}: {why}");
            return Ok(pages::refused::<Robokassa>(StatusCode::BAD_REQUEST, &text));
        }
    };
    match vault::by_id(connection, System::Robokassa, &payment.id)? {
        None => {
            timers::keep(view.shared, connection, &payment)?;
            book::row(connection, &payment, "request", payment.amount, &book::Cause::shop(view))?;
            Ok(payer::page::<Robokassa>(view.shared, &payment))
        }
        Some(known) if known.amount == payment.amount => Ok(payer::page::<Robokassa>(view.shared, &known)),
        Some(_) => {
            let text = "Ошибка 40: счёт с таким номером уже есть";
            Ok(pages::refused::<Robokassa>(StatusCode::BAD_REQUEST, text))
        }
    }
}

/// What the form asks for, or the number and text of the error page.
fn asked(
    view: &View<'_>,
    fields: &HashMap<String, String>,
) -> Result<std::result::Result<Payment, (u32, &'static str)>> {
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let desk = &view.shared.gateways.robokassa;
    let Some(account) = desk.account(field("MerchantLogin")) else {
        return Ok(Err((26, "магазин не найден")));
    };
    let test = field("IsTest") == "1";
    let (told, inv) = (field("OutSum"), field("InvId"));
    let shop = extras(fields);
    let signed = |receipt: &[&str]| {
        let mut parts = vec![account.login.as_str(), told, inv];
        parts.extend(receipt);
        parts.push(account.first(test));
        sign(account.hash, &parts, &shop).eq_ignore_ascii_case(field("SignatureValue"))
    };
    // `Receipt` is signed as it was put into the form: encoded once more than it arrives here.
    let receipt = field("Receipt");
    let encoded = way_back::escaped(receipt);
    let right = match receipt {
        "" => signed(&[]),
        receipt => signed(&[receipt]) || signed(&[&encoded]),
    };
    if !right {
        return Ok(Err((29, "неверная подпись")));
    }
    let Some(amount) = parse_decimal(told, 2).filter(|amount| *amount > 0) else {
        return Ok(Err((31, "неверная сумма")));
    };
    let number = if inv.is_empty() { Some(0) } else { inv.parse::<i64>().ok().filter(|number| *number >= 0) };
    let inv = match number {
        None => return Ok(Err((25, "неверный номер счёта"))),
        Some(0) => ids::number(9)?,
        Some(number) => number.to_string(),
    };
    if field("Description").chars().count() > 100 {
        return Ok(Err((33, "слишком длинное описание")));
    }
    let page = minutes(desk.settings().page_minutes);
    let open = Payment::open(System::Robokassa, name(&account.login, &inv), view.now, page);
    let until = field("ExpirationDate").parse::<Timestamp>().ok();
    Ok(Ok(Payment {
        account: account.login.clone(),
        our_id: inv,
        amount,
        currency: "RUB".to_owned(),
        callback: account.success_url.clone().unwrap_or_default(),
        due: until.or(open.due),
        detail: json!({
            "description": field("Description"), "told": told, "email": field("Email"), "test": test,
            "culture": if field("Culture") == "en" { "en" } else { "ru" }, "shp": shop,
        }),
        ..open
    }))
}

fn shop_fields(payment: &Payment) -> Vec<(String, String)> {
    let pairs: Option<Vec<(String, String)>> = serde_json::from_value(payment.detail["shp"].clone()).ok();
    pairs.unwrap_or_default()
}

/// A signature with a password, or with none that is right if somebody forges.
fn signature(account: &Account, payment: &Payment, sum: &str, password: &str) -> String {
    let password = if payment.flag("forged") { "guessed" } else { password };
    sign(account.hash, &[sum, &payment.our_id, password], &shop_fields(payment))
}

/// `SuccessURL` is signed, `FailURL` is not.
pub(super) fn way_back(shared: &Shared, payment: &Payment) -> WayBack {
    let Some(account) = shared.gateways.robokassa.account(&payment.account) else {
        return WayBack::get("", []);
    };
    let (told, test) = (payment.text("told").to_owned(), payment.flag("test"));
    let good = payment.paid.is_some() && !matches!(payment.state, State::Cancelled | State::Failed);
    let mut way = if good {
        let value = signature(&account, payment, &told, account.first(test));
        let fields = [("OutSum", told), ("InvId", payment.our_id.clone()), ("SignatureValue", value)];
        let url = account.success_url.as_deref().unwrap_or_default();
        WayBack { post: account.success_by_post, ..WayBack::get(url, fields) }
    } else {
        let url = account.fail_url.as_deref().unwrap_or_default();
        let fields = [("OutSum", told), ("InvId", payment.our_id.clone())];
        WayBack { post: account.fail_by_post, ..WayBack::get(url, fields) }
    };
    way.fields.push(("Culture".to_owned(), payment.text("culture").to_owned()));
    if test {
        way.fields.push(("IsTest".to_owned(), "1".to_owned()));
    }
    way.fields.extend(shop_fields(payment));
    way
}

/// The notice, with the fields' old names beside the new ones.
pub(super) fn result(account: &Account, payment: &Payment, settings: &Settings) -> WayBack {
    let sum = decimal(payment.amount, 2) + if settings.six_decimals { "0000" } else { "" };
    let test = payment.flag("test");
    let value = signature(account, payment, &sum, account.second(test)).to_ascii_uppercase();
    let email = payment.detail.get("email").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut way = WayBack::post(
        account.result_url.as_deref().unwrap_or_default(),
        [
            ("out_summ", sum.clone()),
            ("OutSum", sum),
            ("inv_id", payment.our_id.clone()),
            ("InvId", payment.our_id.clone()),
            ("crc", value.clone()),
            ("SignatureValue", value),
            ("PaymentMethod", "BankCard".to_owned()),
            ("IncSum", decimal(payment.amount, 2)),
            ("IncCurrLabel", "BankCardPSR".to_owned()),
            ("EMail", email),
            ("Fee", "0.00".to_owned()),
        ],
    );
    if test {
        way.fields.push(("IsTest".to_owned(), "1".to_owned()));
    }
    way.fields.extend(shop_fields(payment));
    WayBack { post: !account.result_by_get, ..way }
}
