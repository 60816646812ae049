//! Payment gateways: the shop's calls, the payer's pages, notices, and money that goes back by itself.
//!
//! Written from the gateways' protocol reference; each gateway's module names its section.

mod book;
pub(crate) mod card;
pub(crate) mod desk;
mod face;
pub(crate) mod ids;
pub(crate) mod json;
mod local_time;
mod mellat;
pub(crate) mod notices;
mod pages;
pub(crate) mod payer;
mod payment;
pub(crate) mod postman;
mod robokassa;
pub(crate) mod scripts;
mod sep;

mod till;
pub(crate) mod timers;
mod toss;
pub(crate) mod vault;
pub(crate) mod way_back;
mod yookassa;
mod zarinpal;
mod zibal;

use std::sync::Arc;

use axum::Router;
use http::Method;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) use desk::Desk;
pub(crate) use face::Face;
pub(crate) use payment::{Payment, State};
pub(crate) use till::Till;
pub(crate) use way_back::WayBack;

use crate::error::Result;
use crate::pipeline::{Answer, Call, Flaw, Reach, View};
use crate::registry::Named;
use crate::state::Shared;
use crate::store::Store;
use crate::system::System;
pub(crate) use mellat::Mellat;
pub(crate) use robokassa::Robokassa;
pub(crate) use sep::Sep;
pub(crate) use toss::Toss;
pub(crate) use yookassa::YooKassa;
pub(crate) use zarinpal::Zarinpal;
pub(crate) use zibal::Zibal;

/// One gateway.
pub(crate) trait Gateway: Send + Sync + Sized + 'static {
    /// A terminal or shop with its credentials.
    type Account: Named + Send + Sync;
    /// The gateway's switches.
    type Settings: Default + Serialize + DeserializeOwned + Send + Sync;

    const SYSTEM: System;
    const FACE: Face;
    /// Why a payment may fail: a word of the control surface, and the gateway's own code.
    const FAILURES: &'static [(&'static str, &'static str)];

    fn desk(gateways: &Gateways) -> &Desk<Self>;

    /// The accounts that are there from the start.
    fn seeds() -> Vec<Self::Account>;

    /// The operation of a request, as far as its first line tells; `None` is answered 404.
    fn operation(method: &Method, path: &str) -> Option<&'static str>;

    /// The operation by headers, and by the body once that is there.
    fn refined(operation: &'static str, _call: &Call) -> &'static str {
        operation
    }

    fn reach(operation: &str) -> Reach;

    /// Answers an operation; an effect's connection is a transaction.
    fn work(view: &View<'_>, connection: &Connection) -> Result<Answer>;

    /// Whose body an effect's call is, and the shop's own number in it.
    fn owner(view: &View<'_>, connection: &Connection) -> Result<Option<(String, String)>>;

    /// The answer gone wrong in the gateway's own words.
    fn flawed(call: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer;

    /// Whether the payer may still decide, beside being in time.
    fn payable(payment: &Payment) -> bool {
        payment.state == State::Open
    }

    /// The payer agreed: sets state, receipt and what is due next.
    fn pay(shared: &Shared, payment: &mut Payment, now: Timestamp) -> Result<()>;

    /// The payer refused, or the bank did.
    fn refuse(_shared: &Shared, payment: &mut Payment, state: State, now: Timestamp) {
        payment.end(state, now);
    }

    /// The payer sent money that was waited for; `false` if none was.
    fn deposit(
        _shared: &Shared,
        _connection: &Connection,
        _payment: &mut Payment,
        _now: Timestamp,
    ) -> Result<bool> {
        Ok(false)
    }

    /// What happens by itself when `due` has come.
    fn mature(shared: &Shared, connection: &Connection, payment: &mut Payment, at: Timestamp) -> Result<()>;

    /// Tells the shop what became of a payment, where the gateway does so by itself.
    fn announce(
        _shared: &Shared,
        _connection: &Connection,
        _payment: &Payment,
        _at: Timestamp,
    ) -> Result<()> {
        Ok(())
    }

    /// Whether notices leave before the payer returns.
    fn notices_first(_shared: &Shared) -> bool {
        false
    }

    /// How long to wait after so many failed attempts at a notice; `None` gives up.
    fn retry(_attempts: u32) -> Option<SignedDuration> {
        None
    }

    /// The payer's way back to the shop.
    fn way_back(shared: &Shared, payment: &Payment) -> WayBack;
}

/// All gateways' standing data; payments live in the store.
pub(crate) struct Gateways {
    pub(crate) zarinpal: Desk<Zarinpal>,
    pub(crate) zibal: Desk<Zibal>,
    pub(crate) mellat: Desk<Mellat>,
    pub(crate) sep: Desk<Sep>,
    pub(crate) robokassa: Desk<Robokassa>,
    pub(crate) yookassa: Desk<YooKassa>,
    pub(crate) toss: Desk<Toss>,
    pub(crate) hosts: crate::switches::Switches<postman::Hosts>,
    pub(crate) timers: timers::Timers,
    pub(crate) postman: postman::Postman,
}

impl Gateways {
    /// Reads accounts and settings, and seeds the demo accounts.
    pub(crate) fn load(store: &Store) -> Result<Self> {
        Ok(Self {
            zarinpal: Desk::load(store)?,
            zibal: Desk::load(store)?,
            mellat: Desk::load(store)?,
            sep: Desk::load(store)?,
            robokassa: Desk::load(store)?,
            yookassa: Desk::load(store)?,
            toss: Desk::load(store)?,
            hosts: crate::switches::Switches::load(store, "payment_notice_hosts")?,
            timers: timers::Timers::load(store)?,
            postman: postman::Postman::load(store)?,
        })
    }
}

/// Routes of all gateways and their payer pages.
pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .merge(till::router::<Zarinpal>())
        .merge(till::router::<Zibal>())
        .merge(till::router::<Mellat>())
        .merge(till::router::<Sep>())
        .merge(till::router::<Robokassa>())
        .merge(till::router::<YooKassa>())
        .merge(till::router::<Toss>())
}

/// The settings that lead here.
pub(crate) fn urls(base: &str) -> [(&'static str, String); 11] {
    [
        ("YAM_URL_ZARINPAL", format!("{base}/zarinpal")),
        ("YAM_URL_ZARINPAL_REFUND", format!("{base}/zarinpal")),
        ("YAM_URL_ZIBAL", format!("{base}/zibal")),
        ("YAM_URL_ZIBAL_PLATFORM", format!("{base}/zibal")),
        ("YAM_URL_MELLAT", format!("{base}/mellat")),
        ("YAM_URL_SEP", format!("{base}/sep")),
        ("YAM_URL_ROBOKASSA", format!("{base}/robokassa")),
        ("YAM_URL_ROBOKASSA_REFUND", format!("{base}/robokassa")),
        ("YAM_URL_YOOKASSA", format!("{base}/yookassa/v3")),
        ("YAM_URL_TOSS", format!("{base}/toss")),
        ("YAM_URL_TOSS_SCRIPT", format!("{base}/toss/v2/standard")),
    ]
}
