//! Amazon SES v2 (notification notes, section 4.4): e-mail from the hub's own AWS account.
//!
//! One call of one operation: it is signed here and sent by the hub's client, so that "not one byte left" and
//! "no answer" stay apart, the answer is bounded, and nothing is sent twice behind our back. The SDK crate would
//! bring a hundred operations for it.

mod codes;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use bytes::Bytes;
use http::Method;
use jiff::SignedDuration;
use url::Url;
use yam_domain::ids::MessengerId;
use yam_platform::http::{Answer, Deadline, EffectClient, Outbound, SendFailure};
use yam_platform::{Clock, Config};

use crate::account::{Account, CredentialField};
use crate::answer::json;
use crate::capabilities::{Capabilities, ReceiptWay, Recovery};
use crate::errors::finish;
use crate::message::{Channel, Content, Message};
use crate::messenger::Messenger;
use crate::outcome::{CallOutcome, ProbeReport};
use crate::probe::Probe;
use crate::receipt::{Authenticity, ReceiptCall, ReceiptError, Receipts};
use crate::sender::SenderError;
use crate::signature::Signer;
use crate::status::Sent;

const NAME: &str = "ses";
const LARGEST_TEXT: usize = 100_000;

/// Amazon SES.
#[derive(Debug, Clone)]
pub struct Ses {
    http: EffectClient,
    url: Option<Url>,
    events: Option<Url>,
    signer: Signer,
    clock: Arc<dyn Clock>,
}

impl Ses {
    /// Over a function's client, addresses, clock and role.
    #[must_use]
    pub fn new(http: EffectClient, config: &Config, sdk: &SdkConfig, clock: Arc<dyn Clock>) -> Self {
        let signer = Signer::new(sdk, NAME);
        let url = match config.optional("YAM_URL_SES") {
            Some(url) => Url::parse(url).ok(),
            None => Url::parse(&format!("https://email.{}.amazonaws.com", signer.region())).ok(),
        };
        let events = config.optional("YAM_URL_SNS").and_then(|url| Url::parse(url).ok());
        Ses { http, url, events, signer, clock }
    }

    async fn ask(
        &self,
        operation: &'static str,
        method: Method,
        path: &str,
        body: Bytes,
        deadline: Deadline,
    ) -> Result<Answer, SendFailure> {
        let unusable = || SendFailure::NotSent("YAM_URL_SES is no web address, or no region is set".into());
        let mut url = self.url.clone().ok_or_else(unusable)?;
        let whole = format!("{}/{path}", url.path().trim_end_matches('/'));
        url.set_path(&whole);
        let headers = self.signer.sign(&method, &url, &body, self.clock.real_now(), deadline).await?;
        let limits = deadline.limits()?;
        self.http.send(Outbound { system: "SES", operation, method, url, headers, body, limits }).await
    }
}

#[async_trait::async_trait]
impl Messenger for Ses {
    fn id(&self) -> MessengerId {
        MessengerId::Ses
    }

    fn name(&self, _: &str) -> &'static str {
        "Amazon SES"
    }

    fn credential_fields(&self) -> &'static [CredentialField] {
        &[]
    }

    fn capabilities(&self, _: &Account) -> Capabilities {
        Capabilities {
            channels: &[Channel::Email],
            receipts: ReceiptWay::Pushed(Authenticity::SecretPath),
            look_up: false,
            look_up_by_our_id: false,
            cancel: false,
            balance: false,
            price: false,
            senders: false,
            longest_text: LARGEST_TEXT,
        }
    }

    fn check_sender(&self, _: &str, _: Channel) -> Result<(), SenderError> {
        Err(SenderError::NotUsed)
    }

    /// An event with our tag may still come; then one more send is better than none.
    fn recovery(&self, _: &Content) -> Recovery {
        Recovery::RepeatOnce { first_after: SignedDuration::from_mins(10) }
    }

    async fn send(&self, account: &Account, message: &Message, within: Duration) -> CallOutcome<Sent> {
        let outcome = match wire::send(account, message) {
            Ok(body) => {
                let (body, end) = (Bytes::from(body.to_string()), Deadline::after(within));
                let path = "v2/email/outbound-emails";
                match json(self.ask("SendEmail", Method::POST, path, body, end).await) {
                    Ok((answer, value)) => wire::sent(&answer, &value),
                    Err(end) => end,
                }
            }
            Err(end) => end,
        };
        finish(NAME, "send", outcome, &account.credentials)
    }

    fn receipts(&self, _: &Account, call: &ReceiptCall) -> Result<Receipts, ReceiptError> {
        wire::receipts(call, self.events.as_ref())
    }

    async fn probe(&self, _: Option<&Account>, within: Duration) -> ProbeReport {
        let shown = self.url.as_ref().map_or_else(String::new, ToString::to_string);
        let probe = Probe::begin(NAME, shown, "GetAccount");
        let end = Deadline::after(within);
        match json::<()>(self.ask("GetAccount", Method::GET, "v2/email/account", Bytes::new(), end).await) {
            Ok((answer, value)) if answer.status.is_success() && value.get("SendQuota").is_some() => {
                probe.end(true, "answered with the account's quota".to_owned())
            }
            Ok((answer, value)) => match wire::sent(&answer, &value) {
                CallOutcome::Refused(error) => probe.end(true, format!("answered with {}", error.code)),
                end => probe.end(false, end.describe()),
            },
            Err(end) => probe.end(false, end.describe()),
        }
    }
}
