//! Behpardakht Mellat (protocol section 3): SOAP 1.1 beside pages that are posted to.

mod account;
mod operations;
mod refunds;
mod requests;
mod sales;
mod soap;
mod wsdl;

use http::{Method, StatusCode};
use jiff::Timestamp;
use rusqlite::Connection;

pub(crate) use account::{Account, Settings};

use super::book::{Cause, row};
use super::payment::minutes;
use super::{Desk, Face, Gateway, Gateways, Payment, State, WayBack};
use super::{book, card, face, ids, pages, payer, till, timers, vault};
use crate::envelope;
use crate::error::Result;
use crate::form;
use crate::pipeline::{Answer, Call, Flaw, Reach, View};
use crate::state::Shared;
use crate::system::System;
use crate::xml::Element;
use account::Unsettled;

/// The gateway.
pub(crate) struct Mellat;

const START: &str = "startpay";
const WSDL: &str = "wsdl";
/// A call of no known operation.
const UNKNOWN: &str = "unknown";

impl Gateway for Mellat {
    type Account = Account;
    type Settings = Settings;

    const SYSTEM: System = System::Mellat;
    const FACE: Face =
        Face { title: "به‌پرداخت ملت", words: &face::PERSIAN, unit: "ریال", decimals: 0 };
    const FAILURES: &'static [(&'static str, &'static str)] = &[
        ("insufficient_funds", "12"),
        ("card_invalid", "11"),
        ("wrong_pin", "13"),
        ("pin_tries", "14"),
        ("card_expired", "18"),
        ("over_limit", "19"),
        ("system_error", "34"),
        ("issuer_invalid", "111"),
        ("issuer_down", "113"),
        ("not_permitted", "114"),
    ];

    fn desk(gateways: &Gateways) -> &Desk<Self> {
        &gateways.mellat
    }

    fn seeds() -> Vec<Account> {
        vec![Account::demo()]
    }

    fn operation(method: &Method, path: &str) -> Option<&'static str> {
        match (path, method) {
            ("pgwchannel/services/pgw", &Method::GET) => Some(WSDL),
            ("pgwchannel/services/pgw", &Method::POST) => Some(UNKNOWN),
            ("pgwchannel/startpay.mellat" | "pgwchannel/enstartpay.mellat", _)
            | ("pgwCreditchannel/startpay.mellat", _) => Some(START),
            _ => None,
        }
    }

    fn refined(operation: &'static str, call: &Call) -> &'static str {
        if operation != UNKNOWN {
            return operation;
        }
        // `SOAPAction` is empty, or namespace and operation.
        let action = till::header_of(call, "soapaction").unwrap_or_default();
        let named = action.trim_matches('"').rsplit('/').next().unwrap_or_default().to_owned();
        let name = envelope::open(&call.body).map_or(named, |message| message.operation.name);
        operations::known(&name).map_or(UNKNOWN, |known| known.name)
    }

    fn reach(operation: &str) -> Reach {
        match operations::known(operation) {
            Some(known) if known.looks_up => Reach::Lookup,
            Some(_) => Reach::Effect,
            None => Reach::Lookup,
        }
    }

    fn work(view: &View<'_>, connection: &Connection) -> Result<Answer> {
        match view.call.operation.as_str() {
            START => start(view, connection),
            WSDL => Ok(wsdl::answer(&till::base_of(view.call))),
            _ => operations::work(view, connection),
        }
    }

    fn owner(view: &View<'_>, _: &Connection) -> Result<Option<(String, String)>> {
        let Ok(message) = envelope::open(&view.call.body) else { return Ok(None) };
        let text = |name: &str| message.operation.text_of(name).to_owned();
        let sale = text("saleOrderId");
        Ok(Some((text("terminalId"), if sale.is_empty() { text("orderId") } else { sale })))
    }

    fn flawed(call: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer {
        soap::flawed(&call.operation, flaw, whole)
    }

    fn pay(shared: &Shared, payment: &mut Payment, now: Timestamp) -> Result<()> {
        payment.state = State::Paid;
        payment.receipt = Some(ids::number(12)?);
        payment.due = now.checked_add(minutes(shared.gateways.mellat.settings().verify_minutes)).ok();
        Ok(())
    }

    /// Section 3.3: unverified money goes back after 20 minutes; about unsettled money the editions of
    /// the guide disagree.
    fn mature(shared: &Shared, connection: &Connection, payment: &mut Payment, at: Timestamp) -> Result<()> {
        if payment.state != State::Verified {
            return timers::usual(connection, payment, at);
        }
        match shared.gateways.mellat.settings().unsettled {
            Unsettled::Keep => {}
            Unsettled::Settle => {
                payment.state = State::Settled;
                payment.settled = Some(at);
                row(connection, payment, "settled", payment.amount, &Cause::gateway(at))?;
            }
            Unsettled::Reverse => {
                payment.end(State::Returned, at);
                row(connection, payment, "returned", payment.amount, &Cause::gateway(at))?;
            }
        }
        Ok(())
    }

    /// Section 3.2: a form; without the money there is no `SaleReferenceId`.
    fn way_back(_: &Shared, payment: &Payment) -> WayBack {
        let refused = match payment.state {
            State::Cancelled => Some("17"),
            State::Failed => Some(payment.reason.as_deref().unwrap_or("34")),
            _ if payment.paid.is_none() => Some("415"),
            _ => None,
        };
        let code = refused.unwrap_or("0").to_owned();
        let mut way = WayBack::post(
            &payment.callback,
            [("RefId", payment.id.clone()), ("ResCode", code), ("SaleOrderId", payment.our_id.clone())],
        );
        if refused.is_none() {
            let number = payment.card.as_deref().unwrap_or_default();
            for (name, value) in [
                ("SaleReferenceId", payment.receipt.clone().unwrap_or_default()),
                ("CardHolderInfo", card::hash(number).to_ascii_uppercase()),
                ("CardHolderPan", card::masked(number, 6)),
                ("CreditCardSaleResponseDetail", String::new()),
                ("FinalAmount", payment.amount.to_string()),
            ] {
                way.fields.push((name.to_owned(), value));
            }
        }
        way
    }
}

/// Section 3.1: the browser arrives with `RefId` in a form, and with the shop's domain in `Referer`.
fn start(view: &View<'_>, connection: &Connection) -> Result<Answer> {
    let post = view.call.headers.iter().any(|(name, value)| {
        name == "content-type" && value.starts_with("application/x-www-form-urlencoded")
    });
    if !post {
        return Ok(pages::refused::<Mellat>(StatusCode::METHOD_NOT_ALLOWED, "RefId must be posted (55)"));
    }
    let id = form::parse(&view.call.body).remove("RefId").unwrap_or_default();
    let Some(payment) = vault::by_id(connection, System::Mellat, &id)? else {
        return Ok(pages::unknown::<Mellat>());
    };
    if view.shared.gateways.mellat.settings().check_referer {
        let domain = view.shared.gateways.mellat.account(&payment.account).and_then(|a| a.domain.clone());
        let from = till::header_of(view.call, "referer").unwrap_or_default();
        if !super::way_back::may_return_to(from, domain.as_deref()) {
            return Ok(pages::refused::<Mellat>(
                StatusCode::FORBIDDEN,
                "Referer is not the registered domain",
            ));
        }
    }
    Ok(payer::page::<Mellat>(view.shared, &payment))
}
