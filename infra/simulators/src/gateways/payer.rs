//! The payer: decides on a page or through the control surface, and returns to the shop.

use http::StatusCode;
use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::Value;

use super::book::{Cause, row};
use super::scripts::{self, What};
use super::{Gateway, Payment, State, WayBack, card, pages, timers, vault};
use crate::error::Result;
use crate::form;
use crate::pipeline::{Answer, View};
use crate::state::Shared;

/// The operations of a payer's browser, beside those with which it arrives.
pub(super) const PAGE: &str = "payer_page";
pub(super) const DECIDE: &str = "payer_decides";
pub(super) const RETURN: &str = "payer_returns";

/// What the payer does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    Pay {
        card: String,
    },
    Cancel,
    /// The bank refuses, for a reason in the gateway's own code.
    Fail {
        code: String,
    },
    /// The page's time runs out.
    Expire,
}

/// The gateway's code for a reason: one of its words, or a code as it is.
pub(crate) fn failure<G: Gateway>(reason: &str) -> String {
    let known = G::FAILURES.iter().find(|(word, _)| *word == reason);
    match (known, reason, G::FAILURES.first()) {
        (Some((_, code)), ..) => (*code).to_owned(),
        (None, "", Some((_, code))) => (*code).to_owned(),
        (None, other, _) => other.to_owned(),
    }
}

/// Carries a decision out; `false` if the payment is not the payer's to decide any more.
pub(crate) fn decide<G: Gateway>(
    shared: &Shared,
    connection: &Connection,
    payment: &mut Payment,
    choice: Choice,
    now: Timestamp,
) -> Result<bool> {
    if !G::payable(payment) {
        return Ok(false);
    }
    match choice {
        Choice::Pay { card } => {
            payment.card = Some(card);
            payment.paid = Some(now);
            G::pay(shared, payment, now)?;
            if payment.holds_money() {
                row(connection, payment, "taken", payment.amount, &Cause::payer(now))?;
            }
            if payment.verified.is_some() {
                row(connection, payment, "verified", payment.amount, &Cause::gateway(now))?;
            }
        }
        Choice::Cancel => G::refuse(shared, payment, State::Cancelled, now),
        Choice::Fail { code } => {
            payment.reason = Some(code);
            G::refuse(shared, payment, State::Failed, now);
        }
        Choice::Expire => {
            payment.due = None;
            G::mature(shared, connection, payment, now)?;
            timers::keep(shared, connection, payment)?;
            return Ok(true);
        }
    }
    timers::keep(shared, connection, payment)?;
    G::announce(shared, connection, payment, now)?;
    Ok(true)
}

/// The page of a payment: what may be decided, or what was.
pub(super) fn page<G: Gateway>(shared: &Shared, payment: &Payment) -> Answer {
    if G::payable(payment) {
        pages::pay::<G>(payment)
    } else {
        pages::decided::<G>(payment, Some(&G::way_back(shared, payment)), false)
    }
}

/// An answer that leads a browser elsewhere; the router makes a `Location` of the body.
pub(super) fn redirect(target: String) -> Answer {
    Answer { status: StatusCode::SEE_OTHER, content_type: "text/plain", body: target.into() }
}

/// Where a browser goes once a way back is found: by link at once, by form on a page of its own.
fn leave<G: Gateway>(payment: &Payment, way: Option<&WayBack>, stay: bool) -> Answer {
    // A shop that never said where to return to.
    match way.filter(|way| !way.url.is_empty()) {
        Some(way) if !way.post && !stay => redirect(way.target()),
        way => pages::decided::<G>(payment, way, !stay),
    }
}

/// Answers the three operations of a payer's browser.
pub(super) fn work<G: Gateway>(view: &View<'_>, connection: &Connection) -> Result<Answer> {
    let path = view.call.path.split('?').next().unwrap_or_default();
    let id = path.split("/payer/").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let Some(mut payment) = vault::by_id(connection, G::SYSTEM, id)? else {
        return Ok(pages::unknown::<G>());
    };
    let fields = form::parse(&view.call.body);
    let field = |name: &str| fields.get(name).map(|value| value.trim()).unwrap_or_default();
    match view.call.operation.as_str() {
        RETURN => {
            let with = Some(field("as")).filter(|name| !name.is_empty());
            let way = match with {
                Some(_) => scripts::swapped::<G>(view.shared, connection, &payment, with)?,
                None => G::way_back(view.shared, &payment),
            };
            Ok(leave::<G>(&payment, Some(&way), false))
        }
        DECIDE => {
            let choice = match field("action") {
                "pay" => Choice::Pay { card: card::digits(field("card")) },
                "cancel" => Choice::Cancel,
                "fail" => Choice::Fail { code: failure::<G>(field("reason")) },
                "expire" => Choice::Expire,
                _ => return Ok(page::<G>(view.shared, &payment)),
            };
            if matches!(&choice, Choice::Pay { card } if !accepts(&payment, card)) {
                return Ok(pages::pay::<G>(&payment));
            }
            if !decide::<G>(view.shared, connection, &mut payment, choice, view.now)? {
                return Ok(page::<G>(view.shared, &payment));
            }
            let script = scripts::take(connection, G::SYSTEM, What::Return)?;
            let way = scripts::way_back::<G>(view.shared, connection, &payment, script.as_ref(), view.now)?;
            Ok(leave::<G>(&payment, way.as_ref(), !field("stay").is_empty()))
        }
        _ => Ok(page::<G>(view.shared, &payment)),
    }
}

/// Whether the page takes this card: a right number, and one the shop allows, by number or by MD5.
pub(crate) fn accepts(payment: &Payment, number: &str) -> bool {
    let listed = |name: &str, value: String| {
        let list = payment.detail.get(name).and_then(Value::as_array).filter(|list| !list.is_empty());
        let same = |known: &Value| known.as_str().is_some_and(|known| known.eq_ignore_ascii_case(&value));
        list.is_none_or(|list| list.iter().any(same))
    };
    card::is_valid(number)
        && listed("cards", number.to_owned())
        && listed("card_hashes", format!("{:x}", md5::compute(number)))
}
