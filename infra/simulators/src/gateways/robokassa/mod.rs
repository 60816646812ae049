//! Robokassa (protocol section 6.1): signed forms, a notice that is repeated until it is taken.

mod account;
mod refunds;
mod signature;
mod start;
mod state;

use http::Method;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

pub(crate) use account::{Account, Settings};

use super::payment::minutes;
use super::{Desk, Face, Gateway, Gateways, Payment, State, WayBack};
use super::{book, face, ids, json, notices, pages, payer, till, timers, vault};
use crate::error::Result;
use crate::pipeline::{Answer, Call, Flaw, Reach, View};
use crate::state::Shared;
use crate::system::System;

/// The gateway.
pub(crate) struct Robokassa;

const START: &str = "Index";
const STATE: &str = "OpStateExt";
const REFUND: &str = "RefundCreate";
const REFUND_STATE: &str = "RefundGetState";

impl Gateway for Robokassa {
    type Account = Account;
    type Settings = Settings;

    const SYSTEM: System = System::Robokassa;
    const FACE: Face = Face { title: "Robokassa", words: &face::RUSSIAN, unit: "₽", decimals: 2 };
    const FAILURES: &'static [(&'static str, &'static str)] =
        &[("insufficient_funds", "10"), ("issuer_down", "10"), ("suspended", "80")];

    fn desk(gateways: &Gateways) -> &Desk<Self> {
        &gateways.robokassa
    }

    fn seeds() -> Vec<Account> {
        vec![Account::demo()]
    }

    fn operation(method: &Method, path: &str) -> Option<&'static str> {
        let get_or_post = *method == Method::GET || *method == Method::POST;
        match path.trim_end_matches('/').to_ascii_lowercase().as_str() {
            "merchant/index.aspx" if get_or_post => Some(START),
            "merchant/webservice/service.asmx/opstateext" if get_or_post => Some(STATE),
            "refundservice/refund/create" if *method == Method::POST => Some(REFUND),
            "refundservice/refund/getstate" if *method == Method::GET => Some(REFUND_STATE),
            _ => None,
        }
    }

    fn reach(operation: &str) -> Reach {
        if matches!(operation, START | REFUND) { Reach::Effect } else { Reach::Lookup }
    }

    fn work(view: &View<'_>, connection: &Connection) -> Result<Answer> {
        match view.call.operation.as_str() {
            START => start::open(view, connection),
            STATE => state::answer(view, connection),
            REFUND => refunds::create(view, connection),
            _ => refunds::state(view, connection),
        }
    }

    fn owner(view: &View<'_>, connection: &Connection) -> Result<Option<(String, String)>> {
        if view.call.operation != START {
            return refunds::owner(view, connection);
        }
        let fields = start::fields(view.call);
        let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
        Ok(Some((field("MerchantLogin"), field("InvId"))))
    }

    fn flawed(call: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer {
        if call.operation == STATE {
            return state::flawed(flaw, whole);
        }
        json::flawed(flaw, whole, |code| refunds::refused(&format!("error {code}")), 429)
    }

    fn pay(_: &Shared, payment: &mut Payment, now: Timestamp) -> Result<()> {
        // The operation's key, by which refunds name it.
        payment.receipt = Some(ids::uuid()?.to_ascii_uppercase());
        payment.verify(now);
        Ok(())
    }

    fn mature(_: &Shared, connection: &Connection, payment: &mut Payment, at: Timestamp) -> Result<()> {
        timers::usual(connection, payment, at)
    }

    /// `ResultURL`: the signed word of the gateway, repeated each minute until `OK{InvId}`.
    fn announce(shared: &Shared, connection: &Connection, payment: &Payment, at: Timestamp) -> Result<()> {
        let account = shared.gateways.robokassa.account(&payment.account);
        let Some(account) = account.filter(|account| account.result_url.is_some()) else { return Ok(()) };
        if payment.state != State::Verified {
            return Ok(());
        }
        notices::send::<Self>(shared, connection, payment, at, |payment| {
            let way = start::result(&account, payment, &shared.gateways.robokassa.settings());
            Ok(notices::Notice::form(&way, format!("OK{}", payment.our_id)))
        })
    }

    fn notices_first(shared: &Shared) -> bool {
        shared.gateways.robokassa.settings().result_first
    }

    fn retry(attempts: u32) -> Option<SignedDuration> {
        (attempts < 1_440).then_some(SignedDuration::from_secs(60))
    }

    fn way_back(shared: &Shared, payment: &Payment) -> WayBack {
        start::way_back(shared, payment)
    }
}
