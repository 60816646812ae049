//! One dialogue with a server, step by step, so that it is known how far a failed one came: before the final
//! dot nothing is sent, after it perhaps (reliability notes, section 4.10).

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{Error, response::Response};

use super::bounded;
use super::mime::Mime;
use super::replies::{self, Step};
use crate::account::{SmtpSecurity, SmtpServer};
use crate::outcome::CallOutcome;

/// A goodbye is a courtesy: the message is taken already.
const GOODBYE: Duration = Duration::from_secs(1);

/// Who talks to whom.
#[derive(Debug)]
pub(super) struct Session<'a> {
    pub(super) server: &'a SmtpServer,
    pub(super) at: SocketAddr,
    pub(super) hello: &'a ClientId,
    pub(super) user: &'a str,
    pub(super) password: &'a str,
}

impl Session<'_> {
    /// Connects, encrypts, logs in.
    pub(super) async fn open<T>(&self) -> Result<AsyncSmtpConnection, CallOutcome<T>> {
        let failed = |error: Error| ended(Step::Hello, false, &error);
        let unreached = |error: io::Error| CallOutcome::NotSent(format!("before the message: {error}"));
        let host = &self.server.host;
        let upgraded = self.server.security == SmtpSecurity::StartTls;
        let stream: Box<dyn AsyncTokioStream> = match self.server.security {
            SmtpSecurity::Tls => Box::new(bounded::encrypted(self.at, host).await.map_err(unreached)?),
            SmtpSecurity::StartTls | SmtpSecurity::Plain => {
                Box::new(bounded::plain(self.at, upgraded).await.map_err(unreached)?)
            }
        };
        let opened = AsyncSmtpConnection::connect_with_transport(stream, self.hello).await;
        let mut connection = opened.map_err(failed)?;
        if upgraded {
            let tls = TlsParameters::new(host.clone()).map_err(failed)?;
            connection.starttls(tls, self.hello).await.map_err(failed)?;
        }
        if !self.user.is_empty() {
            let credentials = Credentials::new(self.user.to_owned(), self.password.to_owned());
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            let entered = connection.auth(&mechanisms, &credentials).await;
            entered.map_err(|error| ended(Step::Login, false, &error))?;
        }
        Ok(connection)
    }

    /// Hands one message over. `entered` is set before its first byte.
    pub(super) async fn deliver<T>(
        &self,
        mime: &Mime,
        entered: &AtomicBool,
    ) -> Result<Response, CallOutcome<T>> {
        let mut connection = self.open().await?;
        let mail = Mail::new(Some(mime.from.clone()), Vec::new());
        let rcpt = Rcpt::new(mime.to.clone(), Vec::new());
        connection.command(mail).await.map_err(|error| ended(Step::From, false, &error))?;
        connection.command(rcpt).await.map_err(|error| ended(Step::To, false, &error))?;
        connection.command(Data).await.map_err(|error| ended(Step::Data, false, &error))?;
        entered.store(true, Ordering::SeqCst);
        let taken = connection.message(&mime.bytes).await;
        let taken = taken.map_err(|error| ended(Step::Data, true, &error))?;
        let _courtesy = tokio::time::timeout(GOODBYE, connection.quit()).await;
        Ok(taken)
    }
}

/// The end of a dialogue at a step. A reply is the server's word; anything else proves only how far it came.
fn ended<T>(step: Step, entered: bool, error: &Error) -> CallOutcome<T> {
    match error.status() {
        Some(code) => replies::outcome(step, u16::from(code), &error.to_string()),
        None if entered => CallOutcome::Unknown(format!("no reply after the message: {error}")),
        None => CallOutcome::NotSent(format!("before the message: {error}")),
    }
}
