//! `VerifyTransaction` and `ReverseTransaction` (section 4).

use rusqlite::Connection;
use serde_json::{Value, json};

use super::{Payment, Settings, State, book, card, json as read, minutes, timers, vault};
use crate::error::Result;
use crate::gateways::local_time;
use crate::pipeline::{Answer, View};
use crate::system::System;

/// The retrieval number: eleven digits that follow from the payment.
pub(super) fn rrn(payment: &Payment) -> String {
    digits(payment, 0, 11)
}

/// The trace number.
pub(super) fn trace(payment: &Payment) -> String {
    digits(payment, 11, 17)
}

fn digits(payment: &Payment, from: usize, to: usize) -> String {
    let seed = card::hash(payment.receipt.as_deref().unwrap_or_default());
    let all: String = seed.bytes().map(|byte| char::from(b'1' + byte % 9)).collect();
    all.get(from..to).unwrap_or_default().to_owned()
}

/// A code without a transaction.
pub(super) fn refused(code: i32) -> Answer {
    read::ok(&json!({
        "TransactionDetail": null, "ResultCode": code, "ResultDescription": description(code), "Success": false,
    }))
}

fn description(code: i32) -> &'static str {
    match code {
        0 => "عملیات با موفقیت انجام شد",
        2 => "درخواست تکراری می باشد",
        5 => "تراکنش برگشت خورده می باشد",
        -2 => "تراکنش یافت نشد",
        -6 => "بیش از نیم ساعت از زمان اجرای تراکنش گذشته است",
        -104 => "ترمینال ارسالی غیرفعال می باشد",
        -105 => "ترمینال ارسالی در سیستم موجود نمی باشد",
        -106 => "آدرس آی پی درخواستی غیر مجاز می باشد",
        _ => "خطا",
    }
}

/// A code with its transaction; the misspelt names are the wire's.
fn told(payment: &Payment, code: i32) -> Answer {
    let number = payment.card.as_deref().unwrap_or_default();
    let affective = payment.detail["affective"].as_i64().unwrap_or(payment.amount);
    let terminal: Value =
        payment.account.parse::<i64>().map_or(json!(payment.account), |number| json!(number));
    read::ok(&json!({
        "TransactionDetail": {
            "RRN": rrn(payment), "RefNum": payment.receipt, "MaskedPan": card::masked(number, 4),
            "HashedPan": card::hash(number), "TerminalNumber": terminal, "OrginalAmount": payment.amount,
            "AffectiveAmount": affective,
            "StraceDate": payment.paid.map(|at| local_time::tehran(at, "%Y-%m-%d %H:%M:%S")),
            "StraceNo": trace(payment),
        },
        "ResultCode": code, "ResultDescription": description(code), "Success": matches!(code, 0 | 2),
    }))
}

/// The transaction of a `RefNum`, if the terminal may name it.
fn transaction(
    view: &View<'_>,
    connection: &Connection,
    settings: &Settings,
) -> Result<std::result::Result<Payment, i32>> {
    let members = read::members(&view.call.body).unwrap_or_default();
    let terminal = read::text(&members, "TerminalNumber");
    let Some(account) = view.shared.gateways.sep.account(&terminal) else { return Ok(Err(-105)) };
    match (account.ip_allowed, account.active) {
        (false, _) => return Ok(Err(-106)),
        (_, false) => return Ok(Err(-104)),
        _ => {}
    }
    let found = vault::by_receipt(connection, System::Sep, &read::text(&members, "RefNum"))?;
    let may = |payment: &Payment| settings.any_terminal || payment.account == account.terminal;
    Ok(found.filter(may).ok_or(-2))
}

/// The shop takes the money: 0, then 2, and -6 once half an hour has passed, whatever was before.
pub(super) fn verify(view: &View<'_>, connection: &Connection) -> Result<Answer> {
    let settings = view.shared.gateways.sep.settings();
    let mut payment = match transaction(view, connection, &settings)? {
        Ok(payment) => payment,
        Err(code) => return Ok(refused(code)),
    };
    if payment.state == State::Reversed {
        return Ok(told(&payment, 5));
    }
    if payment.state == State::Returned || payment.age(view.now) > minutes(settings.verify_minutes) {
        return Ok(refused(-6));
    }
    if payment.state != State::Paid {
        return Ok(told(&payment, 2));
    }
    payment.verify(view.now);
    timers::keep(view.shared, connection, &payment)?;
    book::row(connection, &payment, "verified", payment.amount, &book::Cause::shop(view))?;
    Ok(told(&payment, 0))
}

/// Gives the whole sum back: only what was verified, within 50 minutes of the payment.
pub(super) fn reverse(view: &View<'_>, connection: &Connection) -> Result<Answer> {
    let settings = view.shared.gateways.sep.settings();
    let mut payment = match transaction(view, connection, &settings)? {
        Ok(payment) => payment,
        Err(code) => return Ok(refused(code)),
    };
    match payment.state {
        State::Reversed => return Ok(told(&payment, 5)),
        State::Verified => {}
        _ => return Ok(refused(settings.reverse_failed_code)),
    }
    if payment.age(view.now) > minutes(settings.reverse_minutes) {
        return Ok(refused(-6));
    }
    payment.end(State::Reversed, view.now);
    timers::keep(view.shared, connection, &payment)?;
    book::row(connection, &payment, "reversed", payment.amount, &book::Cause::shop(view))?;
    Ok(told(&payment, 0))
}
