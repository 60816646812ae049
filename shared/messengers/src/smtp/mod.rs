//! The merchant's own SMTP server (S4-36; notification notes, section 6).
//!
//! One connection per send: a frozen sandbox would wake with a dead one, and each merchant has another server.

mod bounded;
mod guard;
mod mime;
mod replies;
mod session;
#[cfg(test)]
mod tests;

pub use guard::ServerError;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::SignedDuration;
use lettre::transport::smtp::extension::ClientId;
use url::Url;
use yam_domain::ids::MessengerId;
use yam_platform::Config;

use crate::account::{Account, CredentialField, SmtpServer, optional};
use crate::capabilities::{Capabilities, ReceiptWay, Recovery};
use crate::errors::{finish, not_offered, ours};
use crate::message::{Channel, Content, Message};
use crate::messenger::Messenger;
use crate::outcome::{CallOutcome, ProbeReport, RefusalKind};
use crate::probe::Probe;
use crate::sender::SenderError;
use crate::status::{DeliveryState, Sent};
use guard::TrustedHosts;
use session::Session;

const FIELDS: &[CredentialField] =
    &[optional("user", "the user name at the server"), optional("password", "its password")];
const NAME: &str = "smtp";
const LARGEST_TEXT: usize = 100_000;

/// SMTP.
#[derive(Debug, Clone)]
pub struct Smtp {
    trusted: TrustedHosts,
    hello: ClientId,
}

impl Smtp {
    /// By a function's settings.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let public = config.optional("YAM_PUBLIC_URL").and_then(|url| Url::parse(url).ok());
        let host = public.as_ref().and_then(Url::domain).map(str::to_owned);
        Smtp {
            trusted: TrustedHosts::new(config),
            hello: host.map_or_else(ClientId::default, ClientId::Domain),
        }
    }

    /// Runs a dialogue within its time. `entered`: whether the message was on its way when the time was over.
    async fn within<T>(
        &self,
        within: Duration,
        entered: &AtomicBool,
        dialogue: impl Future<Output = Result<T, CallOutcome<T>>>,
    ) -> CallOutcome<T> {
        match tokio::time::timeout(within, dialogue).await {
            Ok(Ok(result)) => CallOutcome::Done(result),
            Ok(Err(end)) => end,
            Err(_) if entered.load(Ordering::SeqCst) => {
                CallOutcome::Unknown("no reply to the message in time".into())
            }
            Err(_) => CallOutcome::NotSent("the server was too slow; the message was not begun".into()),
        }
    }

    async fn session<'a, T>(
        &'a self,
        account: &'a Account,
        server: &'a SmtpServer,
    ) -> Result<Session<'a>, CallOutcome<T>> {
        let at = guard::resolve(server, &self.trusted).await.map_err(CallOutcome::NotSent)?;
        let (user, password) = (account.credentials.get("user"), account.credentials.get("password"));
        Ok(Session { server, at, hello: &self.hello, user, password })
    }

    async fn deliver(&self, account: &Account, message: &Message, within: Duration) -> CallOutcome<Sent> {
        let Content::Email(email) = &message.content else {
            return not_offered("an SMTP server sends e-mail only");
        };
        let server = match server(account) {
            Ok(server) => server,
            Err(end) => return end,
        };
        if let Err(error) = guard::check(server, &self.trusted) {
            return ours(&error.to_string(), RefusalKind::Account);
        }
        let mime = match mime::build(email, &message.key, message.at) {
            Ok(mime) => mime,
            Err(why) => return ours(&format!("the e-mail cannot be written: {why}"), RefusalKind::Request),
        };
        let entered = AtomicBool::new(false);
        let dialogue = async {
            let session = self.session(account, server).await?;
            session.deliver(&mime, &entered).await?;
            Ok(Sent { state: DeliveryState::Sent, ..Sent::bare(mime.id.clone()) })
        };
        self.within(within, &entered, dialogue).await
    }

    /// Connects, encrypts and logs in, and sends nothing.
    ///
    /// A merchant's "send to yourself" is [`Messenger::send`] with the merchant's own address.
    pub async fn log_in(&self, account: &Account, within: Duration) -> CallOutcome<()> {
        let outcome = match server(account) {
            Ok(server) => {
                let entered = AtomicBool::new(false);
                let dialogue = async {
                    let mut connection = self.session(account, server).await?.open().await?;
                    connection.abort().await;
                    Ok(())
                };
                self.within(within, &entered, dialogue).await
            }
            Err(end) => end,
        };
        finish(NAME, "log_in", outcome, &account.credentials)
    }
}

fn server<T>(account: &Account) -> Result<&SmtpServer, CallOutcome<T>> {
    let missing = || ours("enter host and port of the SMTP server", RefusalKind::Account);
    account.settings.smtp.as_ref().ok_or_else(missing)
}

#[async_trait::async_trait]
impl Messenger for Smtp {
    fn id(&self) -> MessengerId {
        MessengerId::Smtp
    }

    fn name(&self, language: &str) -> &'static str {
        match language {
            "fa" => "سرور ایمیل فروشگاه",
            "ru" => "Почтовый сервер магазина",
            "ko" => "상점 메일 서버",
            _ => "The shop's mail server",
        }
    }

    fn credential_fields(&self) -> &'static [CredentialField] {
        FIELDS
    }

    fn capabilities(&self, _: &Account) -> Capabilities {
        Capabilities {
            channels: &[Channel::Email],
            receipts: ReceiptWay::None,
            look_up: false,
            look_up_by_our_id: false,
            cancel: false,
            balance: false,
            price: false,
            senders: false,
            longest_text: LARGEST_TEXT,
        }
    }

    fn check(&self, account: &Account) -> Vec<(String, String)> {
        let mut told = account.credentials.check(FIELDS);
        match &account.settings.smtp {
            None => told.push(("smtp".into(), "is missing: host and port of the server".into())),
            Some(server) => {
                if let Err(error) = guard::check(server, &self.trusted) {
                    told.push(("smtp".into(), error.to_string()));
                }
            }
        }
        if account.credentials.has("password") && !account.credentials.has("user") {
            told.push(("user".into(), "is missing: a password needs its user name".into()));
        }
        told
    }

    fn check_sender(&self, _: &str, _: Channel) -> Result<(), SenderError> {
        Err(SenderError::NotUsed)
    }

    /// The same Message-ID lets many programs show a doubled mail once.
    fn recovery(&self, _: &Content) -> Recovery {
        Recovery::RepeatOnce { first_after: SignedDuration::ZERO }
    }

    async fn send(&self, account: &Account, message: &Message, within: Duration) -> CallOutcome<Sent> {
        let outcome = self.deliver(account, message, within).await;
        finish(NAME, "send", outcome, &account.credentials)
    }

    async fn probe(&self, account: Option<&Account>, within: Duration) -> ProbeReport {
        let server = account.and_then(|account| account.settings.smtp.as_ref());
        let url = server.map_or_else(String::new, |server| format!("{}:{}", server.host, server.port));
        let probe = Probe::begin(NAME, url, "EHLO, AUTH");
        match account {
            Some(account) => match self.log_in(account, within).await {
                CallOutcome::Done(()) => probe.end(true, "logged in".to_owned()),
                end => probe.end(false, end.describe()),
            },
            None => probe.end(false, "each merchant has another server".to_owned()),
        }
    }
}
