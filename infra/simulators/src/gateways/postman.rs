//! Sends notices and returns: plain HTTP to this machine, or to hosts that the control surface allows.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::rt::TokioIo;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::notices::{self, Letter};
use super::{Gateway, Robokassa, Toss, YooKassa};
use crate::error::Result;
use crate::late;
use crate::state::Shared;
use crate::store::Store;
use crate::system::System;

/// Hosts beside this machine that may be sent to, as `name` or `name:port`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Hosts {
    pub(crate) hosts: Vec<String>,
}

/// Sends one round at a time.
pub(crate) struct Postman {
    next_ms: AtomicI64,
    round: tokio::sync::Mutex<()>,
}

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of an answer is read.
const MAX_ANSWER: usize = 64 * 1024;

impl Postman {
    pub(super) fn load(store: &Store) -> Result<Self> {
        let next = store.read(notices::next_due)?;
        Ok(Self { next_ms: AtomicI64::new(next.unwrap_or(i64::MAX)), round: tokio::sync::Mutex::new(()) })
    }

    /// Something is to be sent at this moment.
    pub(super) fn expect(&self, at: Timestamp) {
        self.next_ms.fetch_min(at.as_millisecond(), Ordering::SeqCst);
    }
}

/// Sends what comes due until it is dropped.
pub(crate) async fn pump(shared: Arc<Shared>) {
    loop {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let round = async {
            (super::timers::due(&shared) || crate::messengers::timers::due(&shared))
                .then(|| late::settle(&shared))
                .transpose()?;
            deliver(&shared).await
        };
        if let Err(error) = round.await {
            tracing::warn!(%error, "simulated notices were not sent");
        }
    }
}

/// Sends all that is due now; how many attempts that were.
pub(crate) async fn deliver(shared: &Arc<Shared>) -> Result<usize> {
    let now = shared.clock.now();
    if shared.gateways.postman.next_ms.load(Ordering::SeqCst) > now.as_millisecond() {
        return Ok(0);
    }
    let _turn = shared.gateways.postman.round.lock().await;
    let letters = shared.store.read(|connection| notices::due(connection, now))?;
    let hosts = shared.gateways.hosts.get();
    let mut sending = JoinSet::new();
    for letter in letters {
        let hosts = Arc::clone(&hosts);
        sending.spawn(async move {
            let sent = send(&letter, &hosts).await;
            (letter, sent)
        });
    }
    let mut count = 0;
    while let Some(joined) = sending.join_next().await {
        let Ok((letter, sent)) = joined else { continue };
        count += 1;
        note(shared, &letter, sent)?;
    }
    shared.store.write(|tx| {
        let next = notices::next_due(tx)?.unwrap_or(i64::MAX);
        shared.gateways.postman.next_ms.store(next, Ordering::SeqCst);
        Ok(())
    })?;
    Ok(count)
}

fn note(shared: &Shared, letter: &Letter, sent: std::result::Result<Sent, String>) -> Result<()> {
    let now = shared.clock.now();
    let taken = match &sent {
        Ok(sent) => match &letter.expect {
            Some(expected) => (200..300).contains(&sent.status) && sent.body.trim() == expected,
            None => (200..300).contains(&sent.status),
        },
        Err(_) => false,
    };
    let wait = match letter.repeats && !taken {
        true => retry(letter.system, letter.attempts + 1),
        false => None,
    };
    let state = match (letter.repeats, taken, wait) {
        (false, ..) => "sent",
        (true, true, _) => "taken",
        (true, false, Some(_)) => "waiting",
        (true, false, None) => "given_up",
    };
    let mut attempt = match sent {
        Ok(sent) => {
            let start: String = sent.body.chars().take(200).collect();
            json!({"status": sent.status, "location": sent.location, "body": start})
        }
        Err(error) => json!({"error": error}),
    };
    attempt["at"] = json!(now);
    let next = wait.and_then(|wait| now.checked_add(wait).ok());
    shared.store.write(|tx| notices::tried(tx, letter, state, &attempt, next))
}

/// How long a gateway waits after so many failed attempts.
fn retry(system: System, attempts: u32) -> Option<SignedDuration> {
    match system {
        System::Robokassa => Robokassa::retry(attempts),
        System::YooKassa => YooKassa::retry(attempts),
        System::Toss => Toss::retry(attempts),
        System::Smsc | System::SmsRu | System::Solapi | System::Ses => crate::messengers::retry(attempts),
        // The others tell nothing twice.
        _ => None,
    }
}

/// What a receiver answered.
pub(super) struct Sent {
    status: u16,
    location: Option<String>,
    body: String,
}

async fn send(letter: &Letter, hosts: &Hosts) -> std::result::Result<Sent, String> {
    tokio::time::timeout(PATIENCE, exchange(letter, hosts))
        .await
        .unwrap_or_else(|_| Err("no answer in time".to_owned()))
}

async fn exchange(letter: &Letter, hosts: &Hosts) -> std::result::Result<Sent, String> {
    let uri: http::Uri = letter.url.parse().map_err(|error| format!("address: {error}"))?;
    if uri.scheme_str() != Some("http") {
        return Err("only http:// is sent to".to_owned());
    }
    let authority = uri.authority().ok_or("no host")?;
    let host = authority.host().trim_matches(['[', ']']);
    if !is_allowed(host, authority.as_str(), hosts) {
        return Err(format!("{host} is not this machine; allow it with /_local/simulators/gateways/hosts"));
    }
    let stream = TcpStream::connect((host, authority.port_u16().unwrap_or(80)))
        .await
        .map_err(|error| format!("connection: {error}"))?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| format!("connection: {error}"))?;
    let driver = tokio::spawn(connection);
    let answered = async {
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let request = Request::builder()
            .method(if letter.post { Method::POST } else { Method::GET })
            .uri(path)
            .header(header::HOST, authority.as_str())
            .header(header::CONTENT_TYPE, &letter.content_type)
            .body(Full::new(Bytes::from(letter.body.clone())))
            .map_err(|error| format!("request: {error}"))?;
        let answer = sender.send_request(request).await.map_err(|error| format!("answer: {error}"))?;
        let (head, body) = answer.into_parts();
        let body =
            Limited::new(body, MAX_ANSWER).collect().await.map_err(|error| format!("answer: {error}"))?;
        let location = head.headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
        Ok(Sent {
            status: head.status.as_u16(),
            location: location.map(str::to_owned),
            body: String::from_utf8_lossy(&body.to_bytes()).into_owned(),
        })
    }
    .await;
    driver.abort();
    answered
}

/// This machine, or a host that was allowed.
fn is_allowed(host: &str, authority: &str, hosts: &Hosts) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        || hosts
            .hosts
            .iter()
            .any(|known| known.eq_ignore_ascii_case(host) || known.eq_ignore_ascii_case(authority))
}
