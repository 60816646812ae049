//! Solapi, Korea (notification notes, section 5.5): SMS and LMS, Kakao notices with SMS behind them, calls.
//!
//! A send is signed with a date and a salt that belong to the message, so that its repeat carries the same
//! signature: if the first got in, the repeat is answered `DuplicatedSignature` and does nothing (reliability
//! notes, section 4.10). Signatures are remembered for 15 minutes; after that nothing is repeated.

mod codes;
mod signature;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use yam_domain::ids::MessengerId;
use yam_platform::http::{Deadline, EffectClient};
use yam_platform::{Clock, Config, IdGen};

use crate::account::{Account, CredentialField, Credentials, required};
use crate::answer::{is_id, json};
use crate::capabilities::{Capabilities, ReceiptWay, Recovery};
use crate::client::Client;
use crate::errors::{finish, not_offered, ours};
use crate::message::{Channel, Content, Handle, Message};
use crate::messenger::Messenger;
use crate::outcome::{CallOutcome, ProbeReport, RefusalKind};
use crate::probe::Probe;
use crate::receipt::{Authenticity, ReceiptCall, ReceiptError, Receipts};
use crate::sender::{self, SenderError};
use crate::status::{Balance, Sent, Status};
use crate::wire_id::{hex, salt};

const FIELDS: &[CredentialField] =
    &[required("api_key", "the API key"), required("api_secret", "the API secret that signs calls")];
const NAME: &str = "solapi";
/// A little less than the 15 minutes for which a signature is taken and remembered.
const REPEATABLE: SignedDuration = SignedDuration::from_mins(14);

/// Solapi.
#[derive(Debug, Clone)]
pub struct Solapi {
    client: Client,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGen>,
}

/// A call: what it does, where, with what.
#[derive(Debug)]
struct Ask<'a> {
    operation: &'static str,
    method: Method,
    path: &'a str,
    query: &'a [(&'a str, &'a str)],
    body: Option<&'a Value>,
}

impl<'a> Ask<'a> {
    fn get(operation: &'static str, path: &'a str, query: &'a [(&'a str, &'a str)]) -> Self {
        Ask { operation, method: Method::GET, path, query, body: None }
    }
}

impl Solapi {
    /// Over a function's client, addresses, clock and randomness.
    #[must_use]
    pub fn new(http: EffectClient, config: &Config, clock: Arc<dyn Clock>, ids: Arc<dyn IdGen>) -> Self {
        Solapi { client: Client::new(http, config, "YAM_URL_SOLAPI", "SOLAPI"), clock, ids }
    }

    /// A call that changes nothing or may be repeated: signed anew each time.
    async fn ask<T>(
        &self,
        credentials: &Credentials,
        ask: Ask<'_>,
        within: Duration,
    ) -> Result<Value, CallOutcome<T>> {
        let mut random = [0; 16];
        self.ids.fill(&mut random);
        self.signed(credentials, ask, (self.clock.real_now(), &hex(&random)), false, within).await
    }

    async fn signed<T>(
        &self,
        credentials: &Credentials,
        ask: Ask<'_>,
        (at, salt): (Timestamp, &str),
        unclear: bool,
        within: Duration,
    ) -> Result<Value, CallOutcome<T>> {
        let headers = signature::headers(credentials, at, salt)?;
        let Ask { operation, method, path, query, body } = ask;
        let end = Deadline::after(within);
        let answer = self.client.json(operation, method, path, query, body, headers, end).await;
        let (answer, value) = json(answer)?;
        wire::succeeded(&answer, value, unclear)
    }
}

#[async_trait::async_trait]
impl Messenger for Solapi {
    fn id(&self) -> MessengerId {
        MessengerId::Solapi
    }

    fn name(&self, language: &str) -> &'static str {
        if language == "ko" { "솔라피" } else { "Solapi" }
    }

    fn credential_fields(&self) -> &'static [CredentialField] {
        FIELDS
    }

    fn capabilities(&self, _: &Account) -> Capabilities {
        Capabilities {
            channels: &[Channel::Sms, Channel::Voice],
            receipts: ReceiptWay::Pushed(Authenticity::SecretPath),
            look_up: true,
            look_up_by_our_id: false,
            cancel: true,
            balance: true,
            price: false,
            senders: false,
            longest_text: wire::LONG_BYTES,
        }
    }

    /// Registered numbers only, with their area code (law of 16 October 2015).
    fn check_sender(&self, sender: &str, _: Channel) -> Result<(), SenderError> {
        sender::number(sender, 8, 11)
    }

    fn recovery(&self, _: &Content) -> Recovery {
        Recovery::Repeat { within: REPEATABLE, then_wait: SignedDuration::from_mins(30) }
    }

    async fn send(&self, account: &Account, message: &Message, within: Duration) -> CallOutcome<Sent> {
        let unclear = message.unclear_sends > 0;
        let late = unclear && self.clock.real_now().duration_since(message.at) > REPEATABLE;
        let outcome = if late {
            CallOutcome::Unknown("too late for a repeat; wait for the receipt of the first".into())
        } else {
            match wire::send(account, message) {
                Ok(body) => {
                    let ask = Ask {
                        operation: "send",
                        method: Method::POST,
                        path: "messages/v4/send",
                        query: &[],
                        body: Some(&body),
                    };
                    let salt = salt(message.channel(), &message.key);
                    let stamp = (message.at, salt.as_str());
                    match self.signed(&account.credentials, ask, stamp, unclear, within).await {
                        Ok(value) => wire::sent(&value, message),
                        Err(end) => end,
                    }
                }
                Err(end) => end,
            }
        };
        finish(NAME, "send", outcome, &account.credentials)
    }

    async fn look_up(&self, account: &Account, handle: &Handle, within: Duration) -> CallOutcome<Status> {
        let Some(message_id) = handle.provider_id.as_deref().filter(|id| is_id(id)) else {
            return not_offered("Solapi can be asked by its own id only");
        };
        let query = [("messageId", message_id)];
        let ask = Ask::get("list", "messages/v4/list", &query);
        let outcome = match self.ask(&account.credentials, ask, within).await {
            Ok(value) => wire::status(&value, message_id),
            Err(end) => end,
        };
        finish(NAME, "look_up", outcome, &account.credentials)
    }

    /// Takes a scheduled group back.
    async fn cancel(&self, account: &Account, handle: &Handle, within: Duration) -> CallOutcome<()> {
        let is_plain = |id: &&str| id.bytes().all(|b| b.is_ascii_alphanumeric()) && is_id(id);
        let Some(group) = handle.group_id.as_deref().filter(is_plain) else {
            return ours("the id of the group is not known", RefusalKind::NotPossible);
        };
        let path = format!("messages/v4/groups/{group}/schedule");
        let ask = Ask { method: Method::DELETE, ..Ask::get("cancel", &path, &[]) };
        let outcome = match self.ask::<()>(&account.credentials, ask, within).await {
            Ok(_) => CallOutcome::Done(()),
            Err(end) => end,
        };
        finish(NAME, "cancel", outcome, &account.credentials)
    }

    async fn balance(&self, account: &Account, within: Duration) -> CallOutcome<Balance> {
        let ask = Ask::get("balance", "cash/v1/balance", &[]);
        let outcome = match self.ask(&account.credentials, ask, within).await {
            Ok(value) => wire::balance(&value),
            Err(end) => end,
        };
        finish(NAME, "balance", outcome, &account.credentials)
    }

    fn receipts(&self, _: &Account, call: &ReceiptCall) -> Result<Receipts, ReceiptError> {
        wire::receipts(call)
    }

    async fn probe(&self, account: Option<&Account>, within: Duration) -> ProbeReport {
        let probe = Probe::begin(NAME, self.client.address(), "balance");
        let credentials = account.map(|account| account.credentials.clone()).unwrap_or_default();
        let ask = Ask::get("balance", "cash/v1/balance", &[]);
        match self.ask::<()>(&credentials, ask, within).await {
            Ok(_) => probe.end(true, "answered with a balance".to_owned()),
            Err(CallOutcome::Refused(error)) => probe.end(true, format!("answered with {}", error.code)),
            Err(end) => probe.end(false, end.describe()),
        }
    }
}
