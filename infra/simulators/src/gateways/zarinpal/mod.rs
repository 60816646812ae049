//! Zarinpal v4 (protocol section 1).

mod account;
mod codes;
mod graphql;
mod payments;
mod request;

use http::Method;
use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Map, Value};

pub(crate) use account::{Account, Settings};

use super::payment::minutes;
use super::{Desk, Face, Gateway, Gateways, Payment, State, WayBack};
use super::{book, face, ids, json, pages, payer, till, timers, vault};
use crate::error::Result;
use crate::pipeline::{Answer, Call, Flaw, Reach, View};
use crate::state::Shared;
use crate::system::System;

/// The gateway.
pub(crate) struct Zarinpal;

const START: &str = "StartPay";
const REFUND: &str = "AddRefund";

/// The calls below `pg/v4/payment/`, whose paths tell upper from lower case.
const CALLS: [(&str, Reach); 6] = [
    ("request", Reach::Effect),
    ("verify", Reach::Effect),
    ("inquiry", Reach::Lookup),
    ("unVerified", Reach::Lookup),
    ("reverse", Reach::Effect),
    ("feeCalculation", Reach::Lookup),
];

/// A call that has been read: its members and whose it is.
struct Asked<'a> {
    view: &'a View<'a>,
    members: Map<String, Value>,
    account: std::sync::Arc<Account>,
}

impl<'a> Asked<'a> {
    fn read(view: &'a View<'a>) -> std::result::Result<Self, Answer> {
        let members =
            json::members(&view.call.body).ok_or_else(|| codes::invalid("body", "is not valid JSON."))?;
        let merchant = json::text(&members, "merchant_id");
        if merchant.len() != 36 {
            return Err(codes::invalid("merchant_id", "The merchant id must be 36 characters."));
        }
        let desk = &view.shared.gateways.zarinpal;
        let account = match desk.account(&merchant) {
            Some(account) => account,
            None if desk.settings().sandbox => Account::sandbox(merchant).into(),
            None => return Err(codes::refused(-10)),
        };
        match account.problem() {
            Some(code) => Err(codes::refused(code)),
            None => Ok(Self { view, members, account }),
        }
    }

    fn settings(&self) -> std::sync::Arc<Settings> {
        self.view.shared.gateways.zarinpal.settings()
    }

    /// The payment of the authority, as it is or as it seems.
    fn payment(&self, connection: &Connection) -> Result<std::result::Result<Payment, i32>> {
        let authority = json::text(&self.members, "authority");
        let found = vault::by_id(connection, System::Zarinpal, &authority)?;
        Ok(match found.and_then(|payment| payment.seen_at(self.view.visible_until)) {
            Some(payment) if payment.account == self.account.merchant_id => Ok(payment),
            Some(_) => Err(-53),
            None => Err(-54),
        })
    }
}

impl Gateway for Zarinpal {
    type Account = Account;
    type Settings = Settings;

    const SYSTEM: System = System::Zarinpal;
    const FACE: Face =
        Face { title: "زرین‌پال", words: &face::PERSIAN, unit: "ریال", decimals: 0 };
    const FAILURES: &'static [(&'static str, &'static str)] =
        &[("insufficient_funds", "-51"), ("wrong_pin", "-51"), ("issuer_down", "-51")];

    fn desk(gateways: &Gateways) -> &Desk<Self> {
        &gateways.zarinpal
    }

    fn seeds() -> Vec<Account> {
        vec![Account::demo()]
    }

    fn operation(method: &Method, path: &str) -> Option<&'static str> {
        if path.starts_with("pg/StartPay/") {
            return (method == Method::GET).then_some(START);
        }
        if path.trim_end_matches('/') == "api/v4/graphql" {
            return (method == Method::POST).then_some(REFUND);
        }
        let name = path.strip_prefix("pg/v4/payment/")?.strip_suffix(".json")?;
        let known = CALLS.iter().find(|(known, _)| *known == name).map(|(known, _)| *known);
        known.filter(|_| method == Method::POST)
    }

    fn reach(operation: &str) -> Reach {
        if operation == REFUND {
            return Reach::Effect;
        }
        CALLS.iter().find(|(known, _)| *known == operation).map_or(Reach::Lookup, |(_, reach)| *reach)
    }

    fn work(view: &View<'_>, connection: &Connection) -> Result<Answer> {
        match view.call.operation.as_str() {
            START => {
                let authority = till::path_of(view.call).rsplit('/').next().unwrap_or_default();
                return Ok(match vault::by_id(connection, System::Zarinpal, authority)? {
                    Some(payment) => payer::page::<Self>(view.shared, &payment),
                    None => pages::unknown::<Self>(),
                });
            }
            REFUND => return graphql::refund(view, connection),
            _ => {}
        }
        let asked = match Asked::read(view) {
            Ok(asked) => asked,
            Err(answer) => return Ok(answer),
        };
        match view.call.operation.as_str() {
            "request" => request::create(&asked, connection),
            "verify" => payments::verify(&asked, connection),
            "inquiry" => payments::inquiry(&asked, connection),
            "unVerified" => payments::unverified(&asked, connection),
            "reverse" => payments::reverse(&asked, connection),
            _ => Ok(payments::fee(&asked)),
        }
    }

    fn owner(view: &View<'_>, connection: &Connection) -> Result<Option<(String, String)>> {
        let members = json::members(&view.call.body).unwrap_or_default();
        let merchant = json::text(&members, "merchant_id");
        // A refund names its payment among the variables.
        let session = members.get("variables").and_then(|variables| variables["session_id"].as_str());
        let authority = session.map_or_else(|| json::text(&members, "authority"), str::to_owned);
        Ok(match vault::find(connection, System::Zarinpal, &authority)? {
            Some(payment) => Some((payment.account, payment.our_id)),
            None => Some((merchant, request::our_id(&members))),
        })
    }

    fn flawed(_call: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer {
        json::flawed(flaw, whole, codes::refused, -12)
    }

    fn pay(shared: &Shared, payment: &mut Payment, now: Timestamp) -> Result<()> {
        let settings = shared.gateways.zarinpal.settings();
        payment.state = State::Paid;
        payment.receipt = Some(ids::number(12)?);
        payment.due = now.checked_add(minutes(settings.verify_minutes)).ok();
        if payment.flag("auto_verify") {
            payment.verify(now);
        }
        Ok(())
    }

    fn mature(_: &Shared, connection: &Connection, payment: &mut Payment, at: Timestamp) -> Result<()> {
        timers::usual(connection, payment, at)
    }

    /// Section 1.2: by link, `Status` is `OK` or `NOK`.
    fn way_back(shared: &Shared, payment: &Payment) -> WayBack {
        let good = payment.paid.is_some() && !matches!(payment.state, State::Cancelled | State::Failed);
        let status = if good { "OK" } else { "NOK" };
        let status = match shared.gateways.zarinpal.settings().lower_case_status {
            true => status.to_ascii_lowercase(),
            false => status.to_owned(),
        };
        WayBack::get(&payment.callback, [("Authority", payment.id.clone()), ("Status", status)])
    }
}
