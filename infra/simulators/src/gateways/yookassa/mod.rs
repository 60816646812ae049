//! YooKassa v3 (protocol section 6.2): HTTP Basic, keys against repetition, notices.

mod account;
mod change;
mod create;
mod idempotence;
mod lists;
mod refunds;
mod shape;

use http::{Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

pub(crate) use account::{Account, Settings};

use super::book::{Cause, row};
use super::payment::minutes;
use super::{Desk, Face, Gateway, Gateways, Payment, State, WayBack};
use super::{book, face, ids, json, notices, till, timers, vault};
use crate::error::Result;
use crate::pipeline::{Answer, Call, Flaw, Reach, View};
use crate::state::Shared;
use crate::system::System;

/// The gateway.
pub(crate) struct YooKassa;

const CREATE: &str = "CreatePayment";
const CAPTURE: &str = "CapturePayment";
const CANCEL: &str = "CancelPayment";
const REFUND: &str = "CreateRefund";
const GET: &str = "GetPayment";
const LIST: &str = "ListPayments";
const GET_REFUND: &str = "GetRefund";
const LIST_REFUNDS: &str = "ListRefunds";

/// The parts of a path below `v3`, which a client may have put there twice.
fn parts(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !part.is_empty()).skip_while(|part| *part == "v3").collect()
}

impl Gateway for YooKassa {
    type Account = Account;
    type Settings = Settings;

    const SYSTEM: System = System::YooKassa;
    const FACE: Face = Face { title: "ЮKassa", words: &face::RUSSIAN, unit: "₽", decimals: 2 };
    /// Reasons are the words of `cancellation_details`.
    const FAILURES: &'static [(&'static str, &'static str)] = &[
        ("insufficient_funds", "insufficient_funds"),
        ("general_decline", "general_decline"),
        ("3d_secure_failed", "3d_secure_failed"),
        ("call_issuer", "call_issuer"),
        ("card_expired", "card_expired"),
        ("fraud_suspected", "fraud_suspected"),
        ("issuer_down", "issuer_unavailable"),
        ("invalid_csc", "invalid_csc"),
    ];

    fn desk(gateways: &Gateways) -> &Desk<Self> {
        &gateways.yookassa
    }

    fn seeds() -> Vec<Account> {
        vec![Account::demo()]
    }

    fn operation(method: &Method, path: &str) -> Option<&'static str> {
        match (parts(path).as_slice(), method) {
            (["payments"], &Method::POST) => Some(CREATE),
            (["payments"], &Method::GET) => Some(LIST),
            (["payments", _], &Method::GET) => Some(GET),
            (["payments", _, "capture"], &Method::POST) => Some(CAPTURE),
            (["payments", _, "cancel"], &Method::POST) => Some(CANCEL),
            (["refunds"], &Method::POST) => Some(REFUND),
            (["refunds"], &Method::GET) => Some(LIST_REFUNDS),
            (["refunds", _], &Method::GET) => Some(GET_REFUND),
            _ => None,
        }
    }

    fn reach(operation: &str) -> Reach {
        if matches!(operation, CREATE | CAPTURE | CANCEL | REFUND) { Reach::Effect } else { Reach::Lookup }
    }

    fn work(view: &View<'_>, connection: &Connection) -> Result<Answer> {
        let Some(account) = account::of(view) else {
            return Ok(shape::error(
                StatusCode::UNAUTHORIZED,
                "invalid_credentials",
                "Basic auth failed",
                "",
            ));
        };
        let id = parts(till::path_of(view.call)).get(1).copied().unwrap_or_default();
        match view.call.operation.as_str() {
            GET => lists::payment(view, connection, &account, id),
            LIST => lists::payments(view, connection, &account),
            GET_REFUND => lists::refund(connection, &account, id),
            LIST_REFUNDS => lists::refunds(view, connection, &account),
            operation => idempotence::once(view, connection, &account, |members| match operation {
                CREATE => create::create(view, connection, &account, members),
                CAPTURE => change::capture(view, connection, &account, id, members),
                CANCEL => change::cancel(view, connection, &account, id),
                _ => refunds::create(view, connection, &account, members),
            }),
        }
    }

    /// The shop's own name for a payment is the key under which it was made.
    fn owner(view: &View<'_>, connection: &Connection) -> Result<Option<(String, String)>> {
        let Some(account) = account::of(view) else { return Ok(None) };
        let members = json::members(&view.call.body).unwrap_or_default();
        let id = match view.call.operation.as_str() {
            REFUND => json::text(&members, "payment_id"),
            _ => parts(till::path_of(view.call)).get(1).copied().unwrap_or_default().to_owned(),
        };
        let key = match change::own(connection, &account, &id)? {
            Some(payment) => payment.our_id,
            None => till::header_of(view.call, idempotence::HEADER).unwrap_or_default().to_owned(),
        };
        Ok(Some((account.shop_id.clone(), key)))
    }

    fn flawed(_: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer {
        json::flawed(flaw, whole, shape::error_of, 429)
    }

    fn pay(shared: &Shared, payment: &mut Payment, now: Timestamp) -> Result<()> {
        payment.receipt = Some(ids::number(12)?);
        if payment.flag("capture") {
            payment.verify(now);
        } else {
            let hours = shared.gateways.yookassa.settings().hold_hours;
            payment.state = State::Paid;
            payment.due = now.checked_add(SignedDuration::from_hours(i64::from(hours))).ok();
        }
        Ok(())
    }

    /// A payer who goes back leaves the payment pending; only the bank's refusal ends it.
    fn refuse(_: &Shared, payment: &mut Payment, state: State, now: Timestamp) {
        if state == State::Failed {
            payment.end(state, now);
        }
    }

    fn mature(shared: &Shared, connection: &Connection, payment: &mut Payment, at: Timestamp) -> Result<()> {
        timers::usual(connection, payment, at)?;
        Self::announce(shared, connection, payment, at)
    }

    fn announce(shared: &Shared, connection: &Connection, payment: &Payment, at: Timestamp) -> Result<()> {
        let Some(event) = shape::event(payment) else { return Ok(()) };
        let account = shared.gateways.yookassa.account(&payment.account);
        let Some(url) = account.and_then(|account| account.webhook_url.clone()) else { return Ok(()) };
        notices::send::<Self>(shared, connection, payment, at, |payment| {
            Ok(notices::Notice::json(&url, &shape::notification(event, &shape::payment(payment))))
        })
    }

    fn notices_first(shared: &Shared) -> bool {
        shared.gateways.yookassa.settings().notice_first
    }

    /// For a day; the steps in between are assumed.
    fn retry(attempts: u32) -> Option<SignedDuration> {
        let wait = 1_i64.checked_shl(attempts.saturating_sub(1)).unwrap_or(120).min(120);
        (attempts < 18).then_some(SignedDuration::from_mins(wait))
    }

    fn way_back(_: &Shared, payment: &Payment) -> WayBack {
        WayBack::get(&payment.callback, [])
    }
}
