//! Saman SEP (protocol section 4).

mod account;
mod token;
mod verify;

use http::Method;
use jiff::Timestamp;
use rusqlite::Connection;

pub(crate) use account::{Account, Settings};

use super::payment::minutes;
use super::{Desk, Face, Gateway, Gateways, Payment, State, WayBack};
use super::{book, card, face, ids, json, pages, payer, till, timers, vault};
use crate::error::Result;
use crate::form;
use crate::pipeline::{Answer, Call, Flaw, Reach, View};
use crate::state::Shared;
use crate::system::System;

/// The gateway.
pub(crate) struct Sep;

const TOKEN: &str = "token";
const START: &str = "start";
const VERIFY: &str = "VerifyTransaction";
const REVERSE: &str = "ReverseTransaction";

impl Gateway for Sep {
    type Account = Account;
    type Settings = Settings;

    const SYSTEM: System = System::Sep;
    const FACE: Face =
        Face {
            title: "پرداخت الکترونیک سامان", words: &face::PERSIAN, unit: "ریال", decimals: 0
        };
    const FAILURES: &'static [(&'static str, &'static str)] =
        &[("insufficient_funds", "3"), ("wrong_pin", "3"), ("issuer_down", "3"), ("no_answer", "4")];

    fn desk(gateways: &Gateways) -> &Desk<Self> {
        &gateways.sep
    }

    fn seeds() -> Vec<Account> {
        vec![Account::demo()]
    }

    /// The server does not tell upper from lower case; token call and page share one path.
    fn operation(method: &Method, path: &str) -> Option<&'static str> {
        match (path.to_ascii_lowercase().as_str(), method) {
            ("onlinepg/onlinepg", &Method::POST) => Some(TOKEN),
            ("onlinepg/sendtoken", &Method::GET) => Some(START),
            ("verifytxnrandomsessionkey/ipg/verifytransaction", &Method::POST) => Some(VERIFY),
            ("verifytxnrandomsessionkey/ipg/reversetransaction", &Method::POST) => Some(REVERSE),
            _ => None,
        }
    }

    /// A browser posts a form, a shop JSON.
    fn refined(operation: &'static str, call: &Call) -> &'static str {
        let kind = till::header_of(call, "content-type").unwrap_or_default();
        let form = kind.starts_with("application/x-www-form-urlencoded");
        if operation == TOKEN && form { START } else { operation }
    }

    fn reach(operation: &str) -> Reach {
        if operation == START { Reach::Lookup } else { Reach::Effect }
    }

    fn work(view: &View<'_>, connection: &Connection) -> Result<Answer> {
        match view.call.operation.as_str() {
            START => start(view, connection),
            TOKEN => token::create(view, connection),
            VERIFY => verify::verify(view, connection),
            _ => verify::reverse(view, connection),
        }
    }

    fn owner(view: &View<'_>, connection: &Connection) -> Result<Option<(String, String)>> {
        let members = json::members(&view.call.body).unwrap_or_default();
        Ok(match vault::by_receipt(connection, System::Sep, &json::text(&members, "RefNum"))? {
            Some(payment) => Some((payment.account, payment.our_id)),
            None => Some((json::text(&members, "TerminalId"), json::text(&members, "ResNum"))),
        })
    }

    fn flawed(call: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer {
        let refused = |code: i32| match call.operation.as_str() {
            TOKEN => token::refused(code),
            _ => verify::refused(code),
        };
        let busy = if call.operation == TOKEN { 8 } else { -106 };
        json::flawed(flaw, whole, refused, busy)
    }

    fn pay(shared: &Shared, payment: &mut Payment, now: Timestamp) -> Result<()> {
        payment.state = State::Paid;
        // As in the guide's sample: 30 characters, with signs that forms must escape.
        let (head, tail) = (ids::random(ids::MIXED, 6)?, ids::random(ids::BASE64, 22)?);
        payment.receipt = Some(format!("{head}/+{tail}"));
        payment.due = now.checked_add(minutes(shared.gateways.sep.settings().verify_minutes)).ok();
        Ok(())
    }

    fn mature(_: &Shared, connection: &Connection, payment: &mut Payment, at: Timestamp) -> Result<()> {
        timers::usual(connection, payment, at)
    }

    fn way_back(shared: &Shared, payment: &Payment) -> WayBack {
        way_back(shared, payment)
    }
}

/// The browser arrives with a token, by form or by link.
fn start(view: &View<'_>, connection: &Connection) -> Result<Answer> {
    let fields = form::parse(&view.call.body);
    let query = till::query_of(view.call);
    let token = fields.get("Token").or_else(|| query.get("token")).or_else(|| query.get("Token"));
    let found = vault::by_id(connection, System::Sep, token.map_or("", String::as_str))?;
    let Some(mut payment) = found else {
        return Ok(pages::unknown::<Sep>());
    };
    if view.shared.gateways.sep.settings().check_referer && till::header_of(view.call, "referer").is_none() {
        return Ok(pages::refused::<Sep>(http::StatusCode::FORBIDDEN, "Referer is missing"));
    }
    // How the browser returns is said only now; the page remembers.
    if fields.get("GetMethod").is_some_and(|get| get.eq_ignore_ascii_case("true")) && !payment.flag("get") {
        payment.detail["get"] = serde_json::json!(true);
        vault::save(connection, &payment)?;
    }
    Ok(payer::page::<Sep>(view.shared, &payment))
}

/// Section 4, "Callback": a form, or a link if the page was opened so; names in their own case.
fn way_back(shared: &Shared, payment: &Payment) -> WayBack {
    let (state, status) = match payment.state {
        State::Cancelled => ("CanceledByUser", "1"),
        State::Failed if payment.reason.as_deref() == Some("4") => ("SessionIsNull", "4"),
        State::Failed => ("Failed", "3"),
        _ if payment.paid.is_none() => ("SessionIsNull", "4"),
        _ => ("OK", "2"),
    };
    let settings = shared.gateways.sep.settings();
    let good = status == "2";
    let when_good = |value: String| if good { value } else { String::new() };
    let number = payment.card.as_deref().unwrap_or_default();
    let rrn = if settings.rrn_mixed_case { "Rrn" } else { "RRN" };
    let mut fields: Vec<(String, String)> = [
        ("MID", payment.account.clone()),
        ("TerminalId", payment.account.clone()),
        ("State", state.to_owned()),
        ("Status", status.to_owned()),
        (rrn, when_good(verify::rrn(payment))),
        ("RefNum", when_good(payment.receipt.clone().unwrap_or_default())),
        ("ResNum", payment.our_id.clone()),
        ("TraceNo", when_good(verify::trace(payment))),
        ("Amount", payment.amount.to_string()),
        ("SecurePan", when_good(card::masked(number, 6))),
        ("HashedCardNumber", when_good(card::hash(number))),
        ("Token", payment.id.clone()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    // Each comes only to terminals of its kind (section 13).
    for (name, member) in [("Wage", "wage"), ("AffectiveAmount", "affective")] {
        if let Some(value) = payment.detail[member].as_i64() {
            fields.push((name.to_owned(), value.to_string()));
        }
    }
    WayBack { post: !payment.flag("get"), url: payment.callback.clone(), fields }
}
