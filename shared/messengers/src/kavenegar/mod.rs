//! Kavenegar, Iran (notification notes, section 5.3): SMS, pattern messages, calls.

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
use crate::answer::is_id;
use crate::capabilities::{Capabilities, ReceiptWay, Recovery};
use crate::client::{Client, Form};
use crate::errors::{finish, not_offered, ours};
use crate::message::{Channel, Content, Handle, Message};
use crate::messenger::Messenger;
use crate::outcome::{CallOutcome, ProbeReport, RefusalKind};
use crate::probe::Probe;
use crate::receipt::{Authenticity, Receipt, ReceiptCall, ReceiptError, Receipts};
use crate::sender::{self, SenderError};
use crate::status::{Balance, Sent, Status};
use crate::wire_id::positive_63;

const FIELDS: &[CredentialField] = &[required("api_key", "the API key of the account")];
const NAME: &str = "kavenegar";
/// `sms/statuslocalmessageid` looks back 12 h; a repeated localid is taken to be known as long.
const REPEATABLE: SignedDuration = SignedDuration::from_hours(12);

/// Kavenegar.
#[derive(Debug, Clone)]
pub struct Kavenegar {
    client: Client,
}

impl Kavenegar {
    /// Over a function's client and addresses.
    #[must_use]
    pub fn new(http: EffectClient, config: &Config) -> Self {
        Kavenegar { client: Client::new(http, config, "YAM_URL_KAVENEGAR", "KAVENEGAR") }
    }

    /// The key stands in the path, so it may hold no character that changes the path.
    async fn ask<T>(
        &self,
        account: &Account,
        method: &'static str,
        form: &Form,
        deadline: Deadline,
    ) -> Result<Vec<Value>, CallOutcome<T>> {
        let key = account.credentials.get("api_key");
        if !is_key(key) {
            return Err(ours("the API key is not one of Kavenegar's", RefusalKind::Account));
        }
        wire::entries(self.client.form(method, &format!("v1/{key}/{method}.json"), form, deadline).await)
    }
}

fn is_key(key: &str) -> bool {
    (8..=200).contains(&key.len())
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'='))
}

#[async_trait::async_trait]
impl Messenger for Kavenegar {
    fn id(&self) -> MessengerId {
        MessengerId::Kavenegar
    }

    fn name(&self, language: &str) -> &'static str {
        if language == "fa" { "کاوه‌نگار" } else { "Kavenegar" }
    }

    fn credential_fields(&self) -> &'static [CredentialField] {
        FIELDS
    }

    fn capabilities(&self, _: &Account) -> Capabilities {
        Capabilities {
            channels: &[Channel::Sms, Channel::Voice],
            receipts: ReceiptWay::Pushed(Authenticity::SecretPath),
            look_up: true,
            look_up_by_our_id: true,
            cancel: true,
            balance: true,
            price: false,
            senders: false,
            longest_text: wire::LONGEST_TEXT,
        }
    }

    fn check_sender(&self, sender: &str, _: Channel) -> Result<(), SenderError> {
        sender::number(sender, 4, 15)
    }

    fn recovery(&self, content: &Content) -> Recovery {
        match content {
            Content::Text(text) if text.pattern.is_some() => {
                Recovery::Evidence { wait: SignedDuration::from_hours(72) }
            }
            _ => Recovery::Repeat { within: REPEATABLE, then_wait: SignedDuration::from_hours(72) },
        }
    }

    async fn send(&self, account: &Account, message: &Message, within: Duration) -> CallOutcome<Sent> {
        let request = message.phone().and_then(|to| match &message.content {
            Content::Text(text) => wire::sms(message, text, message.sender(account), to),
            Content::Call(call) => wire::call(message, call, to),
            Content::Email(_) => Err(not_offered("Kavenegar sends no e-mail")),
        });
        let outcome = match request {
            Ok((method, form)) => match self.ask(account, method, &form, Deadline::after(within)).await {
                Ok(entries) => wire::sent(&entries),
                // A repeat may be refused before its localid is looked at [a], and the first may be in.
                Err(CallOutcome::Refused(error)) if message.unclear_sends > 0 => CallOutcome::Unknown(
                    format!("the repeat was refused with {}; an earlier send may be in", error.code),
                ),
                Err(end) => end,
            },
            Err(end) => end,
        };
        finish(NAME, "send", outcome, &account.credentials)
    }

    /// By the provider's id for 48 h, by ours for 12 h.
    async fn look_up(&self, account: &Account, handle: &Handle, within: Duration) -> CallOutcome<Status> {
        let (method, form) = match handle.provider_id.as_deref().filter(|id| is_id(id)) {
            Some(id) => ("sms/status", vec![("messageid", id.to_owned())]),
            None => {
                let ours = positive_63(handle.channel, &handle.key).to_string();
                ("sms/statuslocalmessageid", vec![("localid", ours)])
            }
        };
        let outcome = match self.ask(account, method, &form, Deadline::after(within)).await {
            Ok(entries) => wire::status(&entries),
            Err(end) => end,
        };
        finish(NAME, "look_up", outcome, &account.credentials)
    }

    async fn cancel(&self, account: &Account, handle: &Handle, within: Duration) -> CallOutcome<()> {
        let Some(id) = handle.provider_id.as_deref().filter(|id| is_id(id)) else {
            return ours(
                "the provider's id is not known; look the message up first",
                RefusalKind::NotPossible,
            );
        };
        let form = vec![("messageid", id.to_owned())];
        let outcome = match self.ask(account, "sms/cancel", &form, Deadline::after(within)).await {
            Ok(entries) => wire::cancelled(&entries),
            Err(end) => end,
        };
        finish(NAME, "cancel", outcome, &account.credentials)
    }

    async fn balance(&self, account: &Account, within: Duration) -> CallOutcome<Balance> {
        let outcome = match self.ask(account, "account/info", &Form::new(), Deadline::after(within)).await {
            Ok(entries) => wire::balance(&entries),
            Err(end) => end,
        };
        finish(NAME, "balance", outcome, &account.credentials)
    }

    /// Unsigned, and its names are a guess of the notes: it only says which message to ask about.
    fn receipts(&self, _: &Account, call: &ReceiptCall) -> Result<Receipts, ReceiptError> {
        let fields = call.fields();
        let id = fields.get("messageid").filter(|id| is_id(id)).ok_or(ReceiptError::Unreadable)?;
        let code = fields.get("status").and_then(|code| code.parse().ok());
        let status = code.and_then(codes::status).ok_or(ReceiptError::Unreadable)?;
        let receipt = Receipt { provider_id: id.to_owned(), key: None, status, recipients: Vec::new() };
        Ok(Receipts::of(Authenticity::SecretPath, vec![receipt]))
    }

    async fn probe(&self, account: Option<&Account>, within: Duration) -> ProbeReport {
        let key = account.map(|a| a.credentials.get("api_key")).filter(|key| is_key(key));
        let path = format!("v1/{}/account/info.json", key.unwrap_or("probe000"));
        let probe = Probe::begin(NAME, self.client.address(), "account/info");
        let answer = self.client.form("account/info", &path, &Form::new(), Deadline::after(within)).await;
        probe.report(&answer, |answer| {
            let value: Value = serde_json::from_slice(&answer.body).ok()?;
            value.pointer("/return/status").map(|status| format!("answered with {status}"))
        })
    }
}
