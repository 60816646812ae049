//! A merchant's own mail server (protocol sections 6 and 11): SMTP on a loopback port of its own.

mod session;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use tokio::task::{JoinHandle, JoinSet};

use super::course::{self, Order};
use super::mime::Mail;
use super::{Account, Channel, Desk, Messenger, Messengers};
use crate::error::Result;
use crate::gateways::ids;
use crate::pipeline::{Answer, Call, Flaw, Reach, View};
use crate::state::Shared;
use crate::store::{Store, meta, set_meta};
use crate::system::System;

/// The server. Its operations are `connect`, `auth`, `mail`, `rcpt` and `data`.
pub(crate) struct Smtp;

/// The stored name of the port, which accounts of the hub point to.
const PORT: &str = "smtp_port";

/// How long to wait when a connection cannot be taken.
const PAUSE: Duration = Duration::from_millis(50);

/// The bound port before anybody is served.
pub(crate) struct Door {
    listener: std::net::TcpListener,
    address: SocketAddr,
}

impl Door {
    /// Binds the port of the last run, or another if that is taken.
    pub(crate) fn open(store: &Store) -> Result<Self> {
        let last = store.read(|connection| meta(connection, PORT))?.and_then(|port| port.parse().ok());
        let bind = |port: u16| std::net::TcpListener::bind(("127.0.0.1", port));
        let listener = match last.map(bind) {
            Some(Ok(listener)) => listener,
            _ => bind(0)?,
        };
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        store.write(|tx| set_meta(tx, PORT, &address.port().to_string()))?;
        Ok(Self { listener, address })
    }

    /// Where it is.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes connections until aborted; then they end too.
    pub(crate) fn serve(&self, shared: &Arc<Shared>) -> JoinHandle<()> {
        let shared = Arc::clone(shared);
        let listener = self.listener.try_clone().and_then(tokio::net::TcpListener::from_std);
        tokio::spawn(async move {
            let Ok(listener) = listener else { return };
            let mut sessions = JoinSet::new();
            loop {
                let Ok((stream, _)) = listener.accept().await else {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                };
                while sessions.try_join_next().is_some() {}
                sessions.spawn(session::talk(Arc::clone(&shared), stream));
            }
        })
    }
}

impl Messenger for Smtp {
    const SYSTEM: System = System::Smtp;

    fn desk(messengers: &Messengers) -> &Desk {
        &messengers.smtp
    }

    fn seeds() -> Vec<Account> {
        vec![Account::seed("shop@shop.example", "demo-pass", (0, 0, 0), &["shop.example"])]
    }

    fn operation(_: &Method, _: &str) -> Option<&'static str> {
        None
    }

    fn reach(operation: &str) -> Reach {
        if operation == "data" { Reach::Effect } else { Reach::Lookup }
    }

    /// A whole mail: the envelope stands in the call's headers.
    fn work(view: &View<'_>, connection: &Connection) -> Result<Answer> {
        let name = view.call.account.as_deref().unwrap_or_default();
        let Some(account) = view.shared.messengers.smtp.account(name) else {
            return Ok(reply("530 5.7.0 Authentication required"));
        };
        if course::is_throttled::<Self>(view, connection, &account)? {
            return Ok(reply("450 4.7.1 Too many messages, try again later"));
        }
        let mail = Mail::read(&view.call.body);
        let header = |wanted: &'static str| {
            view.call.headers.iter().filter(move |(name, _)| name == wanted).map(|(_, value)| value.as_str())
        };
        let from = mail.header("from").or_else(|| header("mail-from").next().map(str::to_owned));
        let (from, subject) = (from.unwrap_or_default(), mail.header("subject"));
        let ours = mail.header("message-id");
        let mut tags = Map::new();
        for (name, of) in
            [("x-merchant", "merchant"), ("x-parcel-id", "parcel_id"), ("x-payment-id", "payment_id")]
        {
            if let Some(value) = mail.header(name) {
                tags.insert(of.to_owned(), json!(value));
            }
        }
        let headers: Map<String, Value> =
            mail.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let id = ids::random(ids::HEX, 12)?;
        for to in header("rcpt-to") {
            let order = Order {
                id: id.clone(),
                our_id: ours.as_deref(),
                channel: Channel::Email,
                from: &from,
                to,
                subject: subject.as_deref(),
                text: mail.text.as_deref().unwrap_or_default(),
                html: mail.html.as_deref(),
                parts: 1,
                price: 0,
                leave: None,
                extra: json!({"headers": headers, "tags": tags}),
            };
            course::accept::<Self>(view, connection, &account, order)?;
        }
        Ok(reply(&format!("250 2.0.0 Ok: queued as {id}")))
    }

    fn owner(view: &View<'_>) -> Option<(String, String)> {
        let mail = Mail::read(&view.call.body);
        Some((view.call.account.clone().unwrap_or_default(), mail.header("message-id").unwrap_or_default()))
    }

    fn flawed(_: &Call, flaw: Flaw, _: Option<&Answer>) -> Answer {
        match flaw {
            Flaw::Quota => reply("421 4.7.0 Too many connections, closing"),
            Flaw::Code(code) => reply(match code {
                421 => "421 4.3.2 Service shutting down",
                450 => "450 4.2.0 Mailbox busy",
                550 => "550 5.1.1 User unknown",
                552 => "552 5.2.2 Mailbox full",
                554 => "554 5.7.1 Message refused",
                _ => "451 4.3.0 Local error",
            }),
            Flaw::Garbage | Flaw::WrongType => reply("2 5 0 ok?"),
            Flaw::Huge => reply(&format!("250 {}", "x".repeat(crate::delivery::HUGE))),
        }
    }
}

fn reply(line: &str) -> Answer {
    Answer { status: StatusCode::OK, content_type: "text/plain", body: format!("{line}\r\n").into() }
}
