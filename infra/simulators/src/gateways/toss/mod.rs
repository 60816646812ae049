//! Toss Payments (protocol section 6.3): the payer agrees first, money moves when the shop confirms.

mod account;
mod calls;
mod cancel;
mod confirm;
mod notices;
mod shape;
mod widget;

use http::Method;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

pub(crate) use account::{Account, Settings};

use super::book::{Cause, row};
use super::payment::minutes;
use super::{Desk, Face, Gateway, Gateways, Payment, State, WayBack};
use super::{book, face, ids, json, local_time, payer, till, timers, vault};
use crate::error::Result;
use crate::pipeline::{Answer, Call, Flaw, Reach, View};
use crate::state::Shared;
use crate::system::System;

/// The gateway.
pub(crate) struct Toss;

const SDK: &str = "sdk";
const WIDGET: &str = "widget";
const CREATE: &str = "create";
const CONFIRM: &str = "confirm";
const CANCEL: &str = "cancel";
const GET: &str = "get";
const GET_BY_ORDER: &str = "get_by_order";

/// The card company refuses, but only once the shop confirms.
const AT_CONFIRM: &str = "REJECT_CARD_COMPANY";

impl Gateway for Toss {
    type Account = Account;
    type Settings = Settings;

    const SYSTEM: System = System::Toss;
    const FACE: Face = Face { title: "토스페이먼츠", words: &face::KOREAN, unit: "원", decimals: 0 };
    const FAILURES: &'static [(&'static str, &'static str)] = &[
        ("aborted", "PAY_PROCESS_ABORTED"),
        ("insufficient_funds", "REJECT_ACCOUNT_PAYMENT"),
        ("issuer_down", "CARD_PROCESSING_ERROR"),
        ("reject_at_confirm", AT_CONFIRM),
    ];

    fn desk(gateways: &Gateways) -> &Desk<Self> {
        &gateways.toss
    }

    fn seeds() -> Vec<Account> {
        vec![Account::demo()]
    }

    fn operation(method: &Method, path: &str) -> Option<&'static str> {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        match (parts.as_slice(), method) {
            (["v2", "standard"] | ["v1", "payment"], &Method::GET) => Some(SDK),
            (["widget"], &Method::GET | &Method::POST) => Some(WIDGET),
            (["v1", "payments"], &Method::POST) => Some(CREATE),
            (["v1", "payments", "confirm"], &Method::POST) => Some(CONFIRM),
            (["v1", "payments", "orders", _], &Method::GET) => Some(GET_BY_ORDER),
            (["v1", "payments", _], &Method::GET) => Some(GET),
            (["v1", "payments", _, "cancel"], &Method::POST) => Some(CANCEL),
            _ => None,
        }
    }

    fn reach(operation: &str) -> Reach {
        if matches!(operation, WIDGET | CREATE | CONFIRM | CANCEL) { Reach::Effect } else { Reach::Lookup }
    }

    fn work(view: &View<'_>, connection: &Connection) -> Result<Answer> {
        match view.call.operation.as_str() {
            SDK => Ok(widget::sdk()),
            WIDGET => widget::open(view, connection),
            _ => calls::work(view, connection),
        }
    }

    fn owner(view: &View<'_>, connection: &Connection) -> Result<Option<(String, String)>> {
        calls::owner(view, connection)
    }

    fn flawed(_: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer {
        json::flawed(flaw, whole, shape::error_of, 429)
    }

    /// Nothing is taken yet: the shop has ten minutes to confirm.
    fn pay(shared: &Shared, payment: &mut Payment, now: Timestamp) -> Result<()> {
        payment.state = State::Authenticated;
        payment.receipt = Some(ids::random(ids::LOWER, 20)?);
        payment.due = now.checked_add(minutes(shared.gateways.toss.settings().confirm_minutes)).ok();
        Ok(())
    }

    fn refuse(shared: &Shared, payment: &mut Payment, state: State, now: Timestamp) {
        if payment.reason.as_deref() == Some(AT_CONFIRM) {
            payment.state = State::Authenticated;
            payment.paid = Some(now);
            payment.due = now.checked_add(minutes(shared.gateways.toss.settings().confirm_minutes)).ok();
        } else {
            payment.end(state, now);
        }
    }

    fn mature(shared: &Shared, connection: &Connection, payment: &mut Payment, at: Timestamp) -> Result<()> {
        if matches!(payment.state, State::Open | State::Authenticated | State::AwaitingDeposit) {
            payment.end(State::Expired, at);
            Self::announce(shared, connection, payment, at)?;
        }
        Ok(())
    }

    fn deposit(
        shared: &Shared,
        connection: &Connection,
        payment: &mut Payment,
        now: Timestamp,
    ) -> Result<bool> {
        if payment.state != State::AwaitingDeposit {
            return Ok(false);
        }
        payment.verify(now);
        timers::keep(shared, connection, payment)?;
        row(connection, payment, "taken", payment.amount, &Cause::payer(now))?;
        row(connection, payment, "verified", payment.amount, &Cause::gateway(now))?;
        notices::deposit(shared, connection, payment, now)?;
        Ok(true)
    }

    fn announce(shared: &Shared, connection: &Connection, payment: &Payment, at: Timestamp) -> Result<()> {
        notices::status(shared, connection, payment, at)
    }

    fn notices_first(shared: &Shared) -> bool {
        shared.gateways.toss.settings().notice_first
    }

    /// Seven repeats after 1, 4, 16 … 4,096 minutes.
    fn retry(attempts: u32) -> Option<SignedDuration> {
        let minutes = 4_i64.checked_pow(attempts.saturating_sub(1))?;
        (attempts <= 7).then_some(SignedDuration::from_mins(minutes))
    }

    fn way_back(_: &Shared, payment: &Payment) -> WayBack {
        widget::way_back(payment)
    }
}
