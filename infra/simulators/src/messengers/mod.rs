//! Message providers: SMS, calls and e-mail, what they accept, what it costs, and what became of it.
//!
//! Written from the notifications' protocol reference; each provider's module names its section.

mod account;
pub(crate) mod course;
mod desk;
mod encoding;
mod kavenegar;
mod line;
mod message;
mod mime;
pub(crate) mod outbox;
pub(crate) mod scripts;
mod ses;
mod sms_ru;
mod smsc;
mod smtp;
mod sns;
mod solapi;
pub(crate) mod timers;
pub(crate) mod vault;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use axum::Router;
use http::Method;
use jiff::SignedDuration;
use rusqlite::Connection;

pub(crate) use account::{Account, Settings};
pub(crate) use desk::Desk;
pub(crate) use kavenegar::Kavenegar;
pub(crate) use line::Line;
pub(crate) use message::{Channel, Message, State};
pub(crate) use ses::Ses;
pub(crate) use sms_ru::SmsRu;
pub(crate) use smsc::Smsc;
pub(crate) use smtp::{Door, Smtp};
pub(crate) use sns::Sns;
pub(crate) use solapi::Solapi;

use crate::error::Result;
use crate::gateways::notices::Notice;
use crate::pipeline::{Answer, Call, Flaw, Reach, View};
use crate::state::Shared;
use crate::store::Store;
use crate::system::System;

/// One provider.
pub(crate) trait Messenger: Send + Sync + Sized + 'static {
    const SYSTEM: System;

    fn desk(messengers: &Messengers) -> &Desk;

    /// The accounts that are there from the start.
    fn seeds() -> Vec<Account>;

    /// The operation of a request, as far as its first line tells; `None` is answered 404.
    fn operation(method: &Method, path: &str) -> Option<&'static str>;

    /// The operation once the body is there.
    fn refined(operation: &'static str, _call: &Call) -> &'static str {
        operation
    }

    fn reach(operation: &str) -> Reach;

    /// Answers an operation; an effect's connection is a transaction.
    fn work(view: &View<'_>, connection: &Connection) -> Result<Answer>;

    /// Whose body an effect's call is, and the client's own number in it, if the wire has one.
    fn owner(view: &View<'_>) -> Option<(String, String)>;

    /// The answer gone wrong in the provider's own words.
    fn flawed(call: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer;

    /// What the provider tells by itself about a message's state, and where.
    fn receipt(_account: &Account, _url: &str, _message: &Message) -> Option<Notice> {
        None
    }

    /// What the provider does by itself when a message has ended.
    fn ended(_shared: &Shared, _connection: &Connection, _message: &Message) -> Result<()> {
        Ok(())
    }
}

/// How long to wait after so many receipts that were not taken; found in no source, assumed.
pub(crate) fn retry(attempts: u32) -> Option<SignedDuration> {
    let minutes = [1, 5, 30].get(usize::try_from(attempts.saturating_sub(1)).ok()?)?;
    Some(SignedDuration::from_mins(*minutes))
}

/// All providers' standing data; messages live in the store.
pub(crate) struct Messengers {
    pub(crate) smsc: Desk,
    pub(crate) sms_ru: Desk,
    pub(crate) kavenegar: Desk,
    pub(crate) solapi: Desk,
    pub(crate) sns: Desk,
    pub(crate) ses: Desk,
    pub(crate) smtp: Desk,
    pub(crate) timers: timers::Timers,
    /// A receipt is to leave before the answer of the call that caused it.
    pub(crate) hasty: AtomicBool,
}

impl Messengers {
    /// Reads accounts and settings, and seeds the demo accounts.
    pub(crate) fn load(store: &Store) -> Result<Self> {
        Ok(Self {
            smsc: Desk::load::<Smsc>(store)?,
            sms_ru: Desk::load::<SmsRu>(store)?,
            kavenegar: Desk::load::<Kavenegar>(store)?,
            solapi: Desk::load::<Solapi>(store)?,
            sns: Desk::load::<Sns>(store)?,
            ses: Desk::load::<Ses>(store)?,
            smtp: Desk::load::<Smtp>(store)?,
            timers: timers::Timers::load(store)?,
            hasty: AtomicBool::new(false),
        })
    }
}

/// Routes of all providers but the mail server, which has a port of its own.
pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .merge(line::router::<Smsc>())
        .merge(line::router::<SmsRu>())
        .merge(line::router::<Kavenegar>())
        .merge(line::router::<Solapi>())
        .merge(line::router::<Sns>())
        .merge(line::router::<Ses>())
}

/// The settings that lead here.
pub(crate) fn urls(base: &str) -> [(&'static str, String); 6] {
    [
        ("YAM_URL_SMSC", format!("{base}/smsc")),
        ("YAM_URL_SMSRU", format!("{base}/sms_ru")),
        ("YAM_URL_KAVENEGAR", format!("{base}/kavenegar")),
        ("YAM_URL_SOLAPI", format!("{base}/solapi")),
        ("YAM_URL_SNS", format!("{base}/sns")),
        ("YAM_URL_SES", format!("{base}/ses")),
    ]
}
