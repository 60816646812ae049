//! One connection: greeting, login, envelope, message.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::Smtp;
use crate::calls::Step;
use crate::faults::Delivery;
use crate::messengers::{Account, Line, Messenger as _};
use crate::pipeline::{self, Answer, Call, Flaw, Reach};
use crate::state::Shared;
use crate::system::System;

/// An idle connection is closed after this, in real time.
const IDLE: Duration = Duration::from_secs(300);
/// Of a line, with its end.
const MAX_LINE: u64 = 2_048;
const MAX_MESSAGE: usize = 10 * 1024 * 1024;
const MAX_RECIPIENTS: usize = 100;

/// The connection is to end.
struct Gone;
type Going<T> = Result<T, Gone>;

struct Session {
    shared: Arc<Shared>,
    stream: BufReader<TcpStream>,
    account: Option<Arc<Account>>,
    from: Option<String>,
    to: Vec<String>,
}

/// Serves one connection to its end.
pub(super) async fn talk(shared: Arc<Shared>, stream: TcpStream) {
    let stream = BufReader::new(stream);
    let mut session = Session { shared, stream, account: None, from: None, to: Vec::new() };
    // However it ended, there is nobody left to tell.
    let _ended = session.run().await;
}

impl Session {
    async fn run(&mut self) -> Going<()> {
        if !self.passes("connect").await? {
            return Err(Gone);
        }
        self.say("220 mail.shop.example ESMTP ready").await?;
        loop {
            let line = self.line().await?;
            let (verb, rest) = line.split_once(' ').unwrap_or((line.as_str(), ""));
            match verb.to_ascii_uppercase().as_str() {
                "EHLO" => {
                    self.reset();
                    let features = format!(
                        "250-mail.shop.example\r\n250-PIPELINING\r\n250-SIZE {MAX_MESSAGE}\r\n250-8BITMIME\r\n\
                         250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 AUTH PLAIN LOGIN"
                    );
                    self.say(&features).await?;
                }
                "HELO" => {
                    self.reset();
                    self.say("250 mail.shop.example").await?;
                }
                "AUTH" => self.auth(rest).await?,
                "MAIL" => self.mail(rest).await?,
                "RCPT" => self.rcpt(rest).await?,
                "DATA" => self.data().await?,
                "RSET" => {
                    self.reset();
                    self.say("250 2.0.0 Ok").await?;
                }
                "NOOP" => self.say("250 2.0.0 Ok").await?,
                "QUIT" => {
                    self.say("221 2.0.0 Bye").await?;
                    return Err(Gone);
                }
                "STARTTLS" => self.say("454 4.7.0 TLS not available").await?,
                _ => self.say("500 5.5.2 Command not recognized").await?,
            }
        }
    }

    fn reset(&mut self) {
        self.from = None;
        self.to.clear();
    }

    async fn say(&mut self, line: &str) -> Going<()> {
        self.send(format!("{line}\r\n").as_bytes()).await
    }

    async fn send(&mut self, bytes: &[u8]) -> Going<()> {
        self.stream.get_mut().write_all(bytes).await.map_err(|_| Gone)
    }

    /// A line without its end; too long a one ends the connection.
    async fn raw_line(&mut self) -> Going<Vec<u8>> {
        let mut line = Vec::new();
        let mut limited = (&mut self.stream).take(MAX_LINE);
        let read = tokio::time::timeout(IDLE, limited.read_until(b'\n', &mut line)).await;
        if !matches!(read, Ok(Ok(1..))) || !line.ends_with(b"\n") {
            return Err(Gone);
        }
        while line.last().is_some_and(|byte| matches!(byte, b'\r' | b'\n')) {
            line.pop();
        }
        Ok(line)
    }

    async fn line(&mut self) -> Going<String> {
        Ok(String::from_utf8_lossy(&self.raw_line().await?).into_owned())
    }

    /// Counts a command and lets faults strike it; `false` if they answered in its stead.
    async fn passes(&mut self, operation: &'static str) -> Going<bool> {
        let early = self.shared.faults.strike_early(&self.shared.store, System::Smtp, operation);
        self.shared.calls.count(System::Smtp, operation, Step::Received);
        if !matches!(early, Ok(None)) {
            return Err(Gone);
        }
        let struck = self.shared.faults.strike(&self.shared.store, System::Smtp, operation, Reach::Lookup);
        let Ok(plan) = struck else { return Err(Gone) };
        match plan.delivery {
            Delivery::Whole | Delivery::EmptyNumber => Ok(true),
            Delivery::After(wait) => {
                tokio::time::sleep(wait).await;
                Ok(true)
            }
            other => {
                self.struck(operation, other, None).await?;
                Ok(false)
            }
        }
    }

    /// Does to an answer what a fault makes of it.
    async fn struck(&mut self, operation: &str, fault: Delivery, answer: Option<&Answer>) -> Going<()> {
        let bytes = answer.map_or(Bytes::new(), |answer| answer.body.clone());
        let start = |count: u64| {
            let count = usize::try_from(count).unwrap_or(usize::MAX).min(bytes.len());
            bytes.slice(..count)
        };
        let flaw = match fault {
            Delivery::Whole | Delivery::EmptyNumber => return self.send(&bytes).await,
            Delivery::After(wait) => {
                tokio::time::sleep(wait).await;
                return self.send(&bytes).await;
            }
            Delivery::Hold(wait) => {
                tokio::time::sleep(wait).await;
                return Err(Gone);
            }
            Delivery::Reset | Delivery::Silence => return Err(Gone),
            Delivery::AtByte(count) => {
                self.send(&start(count)).await?;
                return Err(Gone);
            }
            Delivery::Truncated(count) => {
                let half = u64::try_from(bytes.len() / 2).unwrap_or_default();
                self.send(&start(count.unwrap_or(half))).await?;
                return Err(Gone);
            }
            Delivery::Status { status, .. } if (400..600).contains(&status) && status != 500 => {
                Flaw::Code(i32::from(status))
            }
            Delivery::Status { .. } => Flaw::Code(451),
            Delivery::Code(code) => Flaw::Code(code),
            Delivery::Quota | Delivery::Maintenance => Flaw::Quota,
            Delivery::Huge => Flaw::Huge,
            _ => Flaw::Garbage,
        };
        let call = self.call(operation, Bytes::new());
        let line = Smtp::flawed(&call, flaw, answer);
        self.send(&line.body).await?;
        // 421 always closes.
        if line.body.starts_with(b"421") { Err(Gone) } else { Ok(()) }
    }

    fn call(&self, operation: &str, body: Bytes) -> Call {
        let to = self.to.iter().map(|to| ("rcpt-to".to_owned(), to.clone()));
        let from = ("mail-from".to_owned(), self.from.clone().unwrap_or_default());
        Call {
            system: System::Smtp,
            operation: operation.to_owned(),
            account: self.account.as_ref().map(|account| account.name.clone()),
            path: String::new(),
            headers: std::iter::once(from).chain(to).collect(),
            body,
            received: self.shared.clock.now(),
        }
    }

    async fn auth(&mut self, rest: &str) -> Going<()> {
        if !self.passes("auth").await? {
            return Ok(());
        }
        let (scheme, first) = rest.split_once(' ').unwrap_or((rest, ""));
        let (user, password) = match scheme.to_ascii_uppercase().as_str() {
            "PLAIN" => {
                let given = if first.is_empty() { self.asked("334 ").await? } else { decode(first) };
                let mut parts = given.split('\0').skip(1).map(str::to_owned);
                (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
            }
            "LOGIN" => {
                let user =
                    if first.is_empty() { self.asked("334 VXNlcm5hbWU6").await? } else { decode(first) };
                (user, self.asked("334 UGFzc3dvcmQ6").await?)
            }
            _ => return self.say("504 5.5.4 Mechanism not known").await,
        };
        let known = self.shared.messengers.smtp.account(&user);
        self.account = known.filter(|account| account.active && account.secret == password);
        match self.account {
            Some(_) => self.say("235 2.7.0 Authentication successful").await,
            None => self.say("535 5.7.8 Authentication credentials invalid").await,
        }
    }

    async fn asked(&mut self, question: &str) -> Going<String> {
        self.say(question).await?;
        Ok(decode(&self.line().await?))
    }

    async fn mail(&mut self, rest: &str) -> Going<()> {
        if !self.passes("mail").await? {
            return Ok(());
        }
        let Some(account) = self.account.clone() else {
            return self.say("530 5.7.0 Authentication required").await;
        };
        let size = rest
            .to_ascii_uppercase()
            .split("SIZE=")
            .nth(1)
            .and_then(|size| size.split_whitespace().next()?.parse::<usize>().ok());
        if size.is_some_and(|size| size > MAX_MESSAGE) {
            return self.say("552 5.3.4 Message too big").await;
        }
        let Some(from) = path(rest, "FROM:") else {
            return self.say("501 5.5.4 Syntax: MAIL FROM:<address>").await;
        };
        let domain = from.rsplit_once('@').map_or("", |(_, domain)| domain);
        if !from.is_empty() && !account.may_send_as(domain) && !account.may_send_as(&from) {
            return self.say("553 5.7.1 Sender address rejected: not owned by user").await;
        }
        self.from = Some(from);
        self.to.clear();
        self.say("250 2.1.0 Ok").await
    }

    async fn rcpt(&mut self, rest: &str) -> Going<()> {
        if !self.passes("rcpt").await? {
            return Ok(());
        }
        let stopped = |to: &str| self.account.as_ref().is_some_and(|account| account.is_stopped(to));
        let answer = match (path(rest, "TO:"), &self.from) {
            (_, None) => "503 5.5.1 Need MAIL first",
            (None, _) => "501 5.5.4 Syntax: RCPT TO:<address>",
            (Some(_), _) if self.to.len() >= MAX_RECIPIENTS => "452 4.5.3 Too many recipients",
            (Some(to), _) if !to.contains('@') => "501 5.1.3 Bad recipient address",
            (Some(to), _) if stopped(&to) => "550 5.1.1 User unknown",
            (Some(to), _) => {
                self.to.push(to);
                "250 2.1.5 Ok"
            }
        };
        self.say(answer).await
    }

    async fn data(&mut self) -> Going<()> {
        if self.from.is_none() || self.to.is_empty() {
            return self.say("503 5.5.1 Need RCPT first").await;
        }
        let early = self.shared.faults.strike_early(&self.shared.store, System::Smtp, "data");
        if !matches!(early, Ok(None)) {
            self.shared.calls.count(System::Smtp, "data", Step::Received);
            return Err(Gone);
        }
        self.say("354 End data with <CR><LF>.<CR><LF>").await?;
        let Some(body) = self.message().await? else {
            self.reset();
            return self.say("552 5.3.4 Message too big").await;
        };
        let call = self.call("data", body);
        self.reset();
        let shared = Arc::clone(&self.shared);
        let work = move || pipeline::work(&shared, &Line::<Smtp>::NEW, &call);
        let Ok(Ok((plan, answer))) = tokio::task::spawn_blocking(work).await else {
            return self.say("451 4.3.0 Local error").await;
        };
        if matches!(plan.delivery, Delivery::Whole | Delivery::EmptyNumber | Delivery::After(_)) {
            self.shared.calls.count(System::Smtp, "data", Step::Answered);
        }
        self.struck("data", plan.delivery, answer.as_ref()).await
    }

    /// Lines to the lonely dot, their leading dots undone; nothing if that was too much.
    async fn message(&mut self) -> Going<Option<Bytes>> {
        let (mut body, mut too_much) = (Vec::new(), false);
        loop {
            let line = self.raw_line().await?;
            if line == b"." {
                return Ok((!too_much).then(|| Bytes::from(body)));
            }
            let line = line.strip_prefix(b".").unwrap_or(&line);
            too_much |= body.len() + line.len() + 2 > MAX_MESSAGE;
            if !too_much {
                body.extend_from_slice(line);
                body.extend_from_slice(b"\r\n");
            }
        }
    }
}

fn decode(text: &str) -> String {
    String::from_utf8_lossy(&STANDARD.decode(text.trim()).unwrap_or_default()).into_owned()
}

/// The address in `FROM:<address> …`.
fn path(rest: &str, word: &str) -> Option<String> {
    let head = rest.get(..word.len())?;
    let tail = rest.get(word.len()..)?.trim_start();
    let inner = tail.strip_prefix('<')?.split_once('>')?.0;
    head.eq_ignore_ascii_case(word).then(|| inner.to_owned())
}
