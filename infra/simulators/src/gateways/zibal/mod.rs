//! Zibal v1 (protocol section 2): always HTTP 200, `result` decides.

mod account;
mod codes;
mod platform;
mod request;
mod verify;

use http::Method;
use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};

pub(crate) use account::{Account, Settings};

use super::payment::minutes;
use super::{Desk, Face, Gateway, Gateways, Payment, State, WayBack};
use super::{book, card, face, ids, notices, pages, payer, till, timers, vault};
use crate::error::Result;
use crate::pipeline::{Answer, Call, Flaw, Reach, View};
use crate::state::Shared;
use crate::system::System;

/// The gateway.
pub(crate) struct Zibal;

const START: &str = "start";
/// Paths and operations; the platform's stand on a host of their own in reality.
const CALLS: [(&str, &str, Reach); 8] = [
    ("v1/request", "request", Reach::Effect),
    ("request/lazy", "lazy", Reach::Effect),
    ("v1/verify", "verify", Reach::Effect),
    ("verify", "verify", Reach::Effect),
    ("v1/inquiry", "inquiry", Reach::Lookup),
    ("v1/account/refund", "refund", Reach::Effect),
    ("v1/account/refund/inquiry", "refund_inquiry", Reach::Lookup),
    ("v1/account/refund/list", "refund_list", Reach::Lookup),
];

impl Gateway for Zibal {
    type Account = Account;
    type Settings = Settings;

    const SYSTEM: System = System::Zibal;
    const FACE: Face = Face { title: "زیبال", words: &face::PERSIAN, unit: "ریال", decimals: 0 };
    const FAILURES: &'static [(&'static str, &'static str)] = &[
        ("insufficient_funds", "5"),
        ("card_invalid", "4"),
        ("wrong_pin", "6"),
        ("too_many_requests", "7"),
        ("daily_count", "8"),
        ("daily_amount", "9"),
        ("issuer_invalid", "10"),
        ("issuer_down", "11"),
        ("card_not_accessible", "12"),
    ];

    fn desk(gateways: &Gateways) -> &Desk<Self> {
        &gateways.zibal
    }

    fn seeds() -> Vec<Account> {
        account::seeds()
    }

    fn operation(method: &Method, path: &str) -> Option<&'static str> {
        if path.starts_with("start/") {
            return (method == Method::GET).then_some(START);
        }
        let known = CALLS.iter().find(|(known, ..)| *known == path).map(|(_, operation, _)| *operation);
        known.filter(|_| method == Method::POST)
    }

    fn reach(operation: &str) -> Reach {
        CALLS.iter().find(|(_, known, _)| *known == operation).map_or(Reach::Lookup, |(.., reach)| *reach)
    }

    fn work(view: &View<'_>, connection: &Connection) -> Result<Answer> {
        match view.call.operation.as_str() {
            START => {
                let track = till::path_of(view.call).split('/').nth(1).unwrap_or_default();
                Ok(match vault::by_id(connection, System::Zibal, track)? {
                    Some(payment) => payer::page::<Self>(view.shared, &payment),
                    None => pages::unknown::<Self>(),
                })
            }
            "request" | "lazy" => request::create(view, connection),
            "verify" => verify::verify(view, connection),
            "inquiry" => verify::inquiry(view, connection),
            "refund" => platform::refund(view, connection),
            _ => platform::refunds(view, connection),
        }
    }

    fn owner(view: &View<'_>, connection: &Connection) -> Result<Option<(String, String)>> {
        let members = super::json::members(&view.call.body).unwrap_or_default();
        let text = |name: &str| super::json::text(&members, name);
        Ok(match vault::by_id(connection, System::Zibal, &text("trackId"))? {
            Some(payment) => Some((payment.account, payment.our_id)),
            None => Some((text("merchant"), text("orderId"))),
        })
    }

    fn flawed(call: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer {
        let busy = if call.operation.starts_with("refund") { 4 } else { 115 };
        super::json::flawed(flaw, whole, |code| codes::result(i64::from(code)), busy)
    }

    fn pay(shared: &Shared, payment: &mut Payment, now: Timestamp) -> Result<()> {
        payment.state = State::Paid;
        payment.receipt = Some(ids::number(12)?);
        payment.due = now.checked_add(minutes(shared.gateways.zibal.settings().verify_minutes)).ok();
        Ok(())
    }

    fn mature(_: &Shared, connection: &Connection, payment: &mut Payment, at: Timestamp) -> Result<()> {
        timers::usual(connection, payment, at)
    }

    /// Section 2.2, lazy: the server tells the shop before the browser returns.
    fn announce(shared: &Shared, connection: &Connection, payment: &Payment, at: Timestamp) -> Result<()> {
        if !payment.flag("lazy") {
            return Ok(());
        }
        notices::send::<Self>(shared, connection, payment, at, |payment| {
            let number = payment.card.as_deref().unwrap_or_default();
            let paid = payment.paid.is_some();
            let body = json!({
                "success": i32::from(paid), "trackId": codes::number(&payment.id), "orderId": payment.our_id,
                "status": codes::status(payment), "cardNumber": paid.then(|| card::masked(number, 4)),
                "hashedCardNumber": paid.then(|| card::hash(number)),
            });
            Ok(notices::Notice::json(&payment.callback, &body))
        })
    }

    fn notices_first(_: &Shared) -> bool {
        true
    }

    /// Section 2.2: by link.
    fn way_back(_: &Shared, payment: &Payment) -> WayBack {
        let good = payment.paid.is_some() && !matches!(payment.state, State::Cancelled | State::Failed);
        WayBack::get(
            &payment.callback,
            [
                ("trackId", payment.id.clone()),
                ("success", i32::from(good).to_string()),
                ("status", codes::status(payment).to_string()),
                ("orderId", payment.our_id.clone()),
            ],
        )
    }
}

/// A member that is not there at all is not told.
fn present(value: &str) -> Value {
    if value.is_empty() { Value::Null } else { json!(value) }
}
