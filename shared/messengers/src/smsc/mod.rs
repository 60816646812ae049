//! SMSC.ru, Russia (notification notes, section 5.1): SMS and calls. HTTP 200 also for errors: `error_code`
//! decides.

mod codes;
#[cfg(test)]
mod tests;
mod wire;

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::Value;
use yam_domain::ids::MessengerId;
use yam_platform::Config;
use yam_platform::http::{Deadline, EffectClient};

use crate::account::{Account, CredentialField, optional};
use crate::answer::json;
use crate::capabilities::{Capabilities, ReceiptWay, Recovery};
use crate::client::{Client, Form};
use crate::errors::{finish, refused};
use crate::message::{Channel, Content, Handle, Message};
use crate::messenger::Messenger;
use crate::outcome::{CallOutcome, ProbeReport, RefusalKind};
use crate::probe::Probe;
use crate::receipt::{Authenticity, ReceiptCall, ReceiptError, Receipts};
use crate::sender::{self, SenderError};
use crate::status::{Balance, DeliveryState, Price, Sent, Status};
use codes::Asked;

const FIELDS: &[CredentialField] = &[
    optional("api_key", "the API key; or login and password"),
    optional("login", "the login, without an API key"),
    optional("password", "its password"),
    optional("callback_secret", "the secret of receipts, as in SMSC's settings"),
];
const NAME: &str = "smsc";

/// SMSC.ru.
#[derive(Debug, Clone)]
pub struct Smsc {
    client: Client,
}

impl Smsc {
    /// Over a function's client and addresses.
    #[must_use]
    pub fn new(http: EffectClient, config: &Config) -> Self {
        Smsc { client: Client::new(http, config, "YAM_URL_SMSC", "SMSC") }
    }

    async fn ask<T>(
        &self,
        account: &Account,
        command: &'static str,
        rest: Form,
        deadline: Deadline,
    ) -> Result<Value, CallOutcome<T>> {
        let form = wire::signed(&account.credentials, rest);
        let path = format!("sys/{command}.php");
        json(self.client.form(command, &path, &form, deadline).await).map(|(_, value)| value)
    }

    async fn status_by(&self, account: &Account, form: Form, deadline: Deadline) -> CallOutcome<Status> {
        match self.ask(account, "status", form, deadline).await {
            Ok(value) => match wire::object(&value, Asked::Read, false) {
                Ok(answer) => wire::status(answer),
                Err(end) => end,
            },
            Err(end) => end,
        }
    }

    /// What a deletion is answered with, and whether one that came too late is refused, stands in no document [a].
    /// So only a message that waits is deleted, and what is left of it tells.
    async fn delete(&self, account: &Account, handle: &Handle, deadline: Deadline) -> CallOutcome<()> {
        let asked = match wire::asked_for(handle) {
            Ok(asked) => asked,
            Err(end) => return end,
        };
        let over =
            |status: Status| refused(status.code, "", "the message waits no more", RefusalKind::NotPossible);
        match self.status_by(account, asked.clone(), deadline).await {
            CallOutcome::Done(status) if status.state == DeliveryState::Accepted => {}
            CallOutcome::Done(status) if status.state == DeliveryState::Cancelled => {
                return CallOutcome::Done(());
            }
            other => return other.then(over),
        }
        let mut form = asked.clone();
        form.push(("del", "1".to_owned()));
        let deleted = self.ask::<()>(account, "status", form, deadline).await;
        if let Err(end) = deleted.and_then(|value| wire::object(&value, Asked::Delete, false).map(|_| ())) {
            return end;
        }
        match self.status_by(account, asked, deadline).await {
            CallOutcome::Refused(error) if error.kind == RefusalKind::NotFound => CallOutcome::Done(()),
            CallOutcome::Done(status) if status.state == DeliveryState::Cancelled => CallOutcome::Done(()),
            CallOutcome::Done(status) => over(status),
            other => CallOutcome::Unknown(format!("deleted, then {}", other.describe())),
        }
    }
}

#[async_trait::async_trait]
impl Messenger for Smsc {
    fn id(&self) -> MessengerId {
        MessengerId::Smsc
    }

    fn name(&self, _: &str) -> &'static str {
        "SMSC.ru"
    }

    fn credential_fields(&self) -> &'static [CredentialField] {
        FIELDS
    }

    fn capabilities(&self, account: &Account) -> Capabilities {
        let signed = account.credentials.has("callback_secret");
        Capabilities {
            channels: &[Channel::Sms, Channel::Voice],
            receipts: ReceiptWay::Pushed(if signed {
                Authenticity::Signed
            } else {
                Authenticity::SecretPath
            }),
            look_up: true,
            look_up_by_our_id: true,
            cancel: true,
            balance: true,
            price: true,
            senders: true,
            longest_text: wire::LONGEST_TEXT,
        }
    }

    fn check(&self, account: &Account) -> Vec<(String, String)> {
        let mut told = account.credentials.check(FIELDS);
        let has = |name| account.credentials.has(name);
        let enough = has("api_key") || (has("login") && has("password"));
        if !enough {
            told.push(("api_key".into(), "is missing: enter the API key, or login and password".into()));
        }
        if let Some(Err(error)) = account.settings.sender.as_deref().map(sender::name_or_number) {
            told.push(("sender".into(), error.to_string()));
        }
        told
    }

    fn check_sender(&self, sender: &str, channel: Channel) -> Result<(), SenderError> {
        match channel {
            Channel::Voice => sender::number(sender, 5, 15),
            Channel::Sms | Channel::Email => sender::name_or_number(sender),
        }
    }

    fn recovery(&self, _: &Content) -> Recovery {
        Recovery::LookUp { first_after: SignedDuration::from_secs(70) }
    }

    async fn send(&self, account: &Account, message: &Message, within: Duration) -> CallOutcome<Sent> {
        let outcome = match wire::send(account, message) {
            Ok(mut form) => {
                form.push(("cost", "3".to_owned()));
                match self.ask(account, "send", form, Deadline::after(within)).await {
                    Ok(value) => match wire::object(&value, Asked::Send, message.unclear_sends > 0) {
                        Ok(answer) => wire::sent(answer, message),
                        Err(end) => end,
                    },
                    Err(end) => end,
                }
            }
            Err(end) => end,
        };
        finish(NAME, "send", outcome, &account.credentials)
    }

    async fn look_up(&self, account: &Account, handle: &Handle, within: Duration) -> CallOutcome<Status> {
        let outcome = match wire::asked_for(handle) {
            Ok(mut form) => {
                form.push(("all", "2".to_owned()));
                self.status_by(account, form, Deadline::after(within)).await
            }
            Err(end) => end,
        };
        finish(NAME, "look_up", outcome, &account.credentials)
    }

    async fn cancel(&self, account: &Account, handle: &Handle, within: Duration) -> CallOutcome<()> {
        let outcome = self.delete(account, handle, Deadline::after(within)).await;
        finish(NAME, "cancel", outcome, &account.credentials)
    }

    async fn balance(&self, account: &Account, within: Duration) -> CallOutcome<Balance> {
        let form = vec![("cur", "1".to_owned())];
        let outcome = match self.ask(account, "balance", form, Deadline::after(within)).await {
            Ok(value) => match wire::object(&value, Asked::Read, false) {
                Ok(answer) => wire::balance(answer),
                Err(end) => end,
            },
            Err(end) => end,
        };
        finish(NAME, "balance", outcome, &account.credentials)
    }

    async fn price(&self, account: &Account, message: &Message, within: Duration) -> CallOutcome<Price> {
        let outcome = match wire::send(account, message) {
            Ok(mut form) => {
                form.push(("cost", "1".to_owned()));
                match self.ask(account, "send", form, Deadline::after(within)).await {
                    Ok(value) => match wire::object(&value, Asked::Read, false) {
                        Ok(answer) => wire::price(answer),
                        Err(end) => end,
                    },
                    Err(end) => end,
                }
            }
            Err(end) => end,
        };
        finish(NAME, "price", outcome, &account.credentials)
    }

    async fn senders(&self, account: &Account, within: Duration) -> CallOutcome<Vec<String>> {
        let form = vec![("get", "1".to_owned())];
        let outcome = match self.ask(account, "senders", form, Deadline::after(within)).await {
            Ok(value) => wire::senders(&value),
            Err(end) => end,
        };
        finish(NAME, "senders", outcome, &account.credentials)
    }

    fn receipts(&self, account: &Account, call: &ReceiptCall) -> Result<Receipts, ReceiptError> {
        wire::receipt(&account.credentials, call)
    }

    async fn probe(&self, account: Option<&Account>, within: Duration) -> ProbeReport {
        let probe = Probe::begin(NAME, self.client.address(), "balance");
        let credentials = account.map(|account| account.credentials.clone()).unwrap_or_default();
        let form = wire::signed(&credentials, Form::new());
        let answer = self.client.form("balance", "sys/balance.php", &form, Deadline::after(within)).await;
        probe.report(&answer, |answer| {
            let value: Value = serde_json::from_slice(&answer.body).ok()?;
            match (value.get("balance"), value.get("error_code")) {
                (Some(_), _) => Some("answered with a balance".to_owned()),
                (None, Some(code)) => Some(format!("answered with error {code}")),
                (None, None) => None,
            }
        })
    }
}
