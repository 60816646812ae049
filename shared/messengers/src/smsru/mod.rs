//! SMS.ru, Russia (notification notes, section 5.2): SMS. HTTP 200 always; the codes decide, first that of the
//! call, then that of the number. It takes no id of ours.

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

use crate::account::{Account, CredentialField, required};
use crate::answer::{is_id, json};
use crate::capabilities::{Capabilities, ReceiptWay, Recovery};
use crate::client::{Client, Form};
use crate::errors::{finish, not_offered};
use crate::message::{Channel, Content, Handle, Message};
use crate::messenger::Messenger;
use crate::outcome::{CallOutcome, ProbeReport};
use crate::probe::Probe;
use crate::receipt::{Authenticity, ReceiptCall, ReceiptError, Receipts};
use crate::sender::{self, SenderError};
use crate::status::{Balance, Price, Sent, Status};

const FIELDS: &[CredentialField] = &[required("api_id", "the api_id of the account")];
const NAME: &str = "smsru";

/// SMS.ru.
#[derive(Debug, Clone)]
pub struct SmsRu {
    client: Client,
}

impl SmsRu {
    /// Over a function's client and addresses.
    #[must_use]
    pub fn new(http: EffectClient, config: &Config) -> Self {
        SmsRu { client: Client::new(http, config, "YAM_URL_SMSRU", "SMSRU") }
    }

    /// The answer of a call that succeeded as a whole.
    async fn ask<T>(
        &self,
        account: &Account,
        method: &'static str,
        rest: Form,
        unclear: bool,
        within: Duration,
    ) -> Result<Value, CallOutcome<T>> {
        let form = signed(account.credentials.get("api_id"), rest);
        let (_, value) = json(self.client.form(method, method, &form, Deadline::after(within)).await)?;
        wire::outer(&value, unclear)?;
        Ok(value)
    }
}

fn signed(api_id: &str, rest: Form) -> Form {
    let mut form = vec![("api_id", api_id.to_owned()), ("json", "1".to_owned())];
    form.extend(rest);
    form
}

#[async_trait::async_trait]
impl Messenger for SmsRu {
    fn id(&self) -> MessengerId {
        MessengerId::SmsRu
    }

    fn name(&self, _: &str) -> &'static str {
        "SMS.ru"
    }

    fn credential_fields(&self) -> &'static [CredentialField] {
        FIELDS
    }

    fn capabilities(&self, _: &Account) -> Capabilities {
        Capabilities {
            channels: &[Channel::Sms],
            receipts: ReceiptWay::Pushed(Authenticity::Signed),
            look_up: true,
            look_up_by_our_id: false,
            cancel: false,
            balance: true,
            price: true,
            senders: true,
            longest_text: wire::LONGEST_TEXT,
        }
    }

    fn check_sender(&self, sender: &str, _: Channel) -> Result<(), SenderError> {
        sender::name_or_number(sender)
    }

    /// A receipt carries an id we never saw, so that not even one can settle it: a person looks.
    fn recovery(&self, _: &Content) -> Recovery {
        Recovery::Evidence { wait: SignedDuration::from_hours(72) }
    }

    async fn send(&self, account: &Account, message: &Message, within: Duration) -> CallOutcome<Sent> {
        let unclear = message.unclear_sends > 0;
        let outcome = match wire::send(account, message) {
            Ok(form) => match self.ask(account, "sms/send", form, unclear, within).await {
                Ok(value) => match message.phone() {
                    Ok(to) => wire::sent(&value, to, unclear),
                    Err(end) => end,
                },
                Err(end) => end,
            },
            Err(end) => end,
        };
        finish(NAME, "send", outcome, &account.credentials)
    }

    async fn look_up(&self, account: &Account, handle: &Handle, within: Duration) -> CallOutcome<Status> {
        let Some(sms_id) = handle.provider_id.as_deref().filter(|id| is_id(id)) else {
            return not_offered("SMS.ru can be asked by its own id only");
        };
        let form = vec![("sms_id", sms_id.to_owned())];
        let outcome = match self.ask(account, "sms/status", form, false, within).await {
            Ok(value) => wire::status(&value, sms_id),
            Err(end) => end,
        };
        finish(NAME, "look_up", outcome, &account.credentials)
    }

    async fn balance(&self, account: &Account, within: Duration) -> CallOutcome<Balance> {
        let outcome = match self.ask(account, "my/balance", Form::new(), false, within).await {
            Ok(value) => wire::balance(&value),
            Err(end) => end,
        };
        finish(NAME, "balance", outcome, &account.credentials)
    }

    async fn price(&self, account: &Account, message: &Message, within: Duration) -> CallOutcome<Price> {
        let outcome = match wire::send(account, message) {
            Ok(form) => match self.ask(account, "sms/cost", form, false, within).await {
                Ok(value) => match message.phone() {
                    Ok(to) => wire::price(&value, to),
                    Err(end) => end,
                },
                Err(end) => end,
            },
            Err(end) => end,
        };
        finish(NAME, "price", outcome, &account.credentials)
    }

    async fn senders(&self, account: &Account, within: Duration) -> CallOutcome<Vec<String>> {
        let outcome = match self.ask(account, "my/senders", Form::new(), false, within).await {
            Ok(value) => wire::senders(&value),
            Err(end) => end,
        };
        finish(NAME, "senders", outcome, &account.credentials)
    }

    fn receipts(&self, account: &Account, call: &ReceiptCall) -> Result<Receipts, ReceiptError> {
        wire::receipts(account.credentials.get("api_id"), call)
    }

    async fn probe(&self, account: Option<&Account>, within: Duration) -> ProbeReport {
        let api_id = account.map_or("probe", |account| account.credentials.get("api_id"));
        let form = signed(api_id, Form::new());
        let probe = Probe::begin(NAME, self.client.address(), "my/balance");
        let answer = self.client.form("my/balance", "my/balance", &form, Deadline::after(within)).await;
        probe.report(&answer, |answer| {
            let value: Value = serde_json::from_slice(&answer.body).ok()?;
            value.get("status_code").map(|code| format!("answered with code {code}"))
        })
    }
}
