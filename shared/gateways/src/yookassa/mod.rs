//! YooKassa v3 (gateway notes, section 6.2). Every call that does something carries an `Idempotence-Key`.

mod codes;
#[cfg(test)]
mod tests;
mod wire;

use std::time::Duration;

use serde_json::Value;
use yam_domain::ids::GatewayId;
use yam_domain::payment::callback::Claim;
use yam_platform::Config;
use yam_platform::http::{Answer, Deadline, EffectClient, SendFailure};

use crate::account::{Account, CredentialField, required};
use crate::answer::object;
use crate::attempt::{Attempt, Inquiry, Redirect, Refund, Refunded, Start, Started, Verified};
use crate::callback::{Callback, CallbackError, Fields};
use crate::capabilities::{Capabilities, RefundSupport};
use crate::client::{Client, Extra, deadline};
use crate::errors::{finish, lacks, unanswered};
use crate::gateway::PaymentGateway;
use crate::notice::{Authenticity, Notice, NoticeError};
use crate::outcome::{CallOutcome, ProbeReport};
use crate::probe;

const FIELDS: &[CredentialField] =
    &[required("shop_id", "the shop's id"), required("secret_key", "the shop's secret key")];
const NAME: &str = "yookassa";
/// Longest key the gateway takes.
const LONGEST_KEY: usize = 64;

/// YooKassa.
#[derive(Debug, Clone)]
pub struct Yookassa {
    gateway: Client,
}

impl Yookassa {
    /// Over a function's client and address.
    #[must_use]
    pub fn new(http: EffectClient, config: &Config) -> Self {
        Yookassa { gateway: Client::new(http, config, "YAM_URL_YOOKASSA", "YOOKASSA") }
    }

    async fn post(
        &self,
        account: &Account,
        path: &'static str,
        key: &str,
        body: Value,
        within: Duration,
    ) -> CallOutcome<Value> {
        if key.is_empty() || key.len() > LONGEST_KEY {
            return CallOutcome::NotSent(format!("an Idempotence-Key has 1 to {LONGEST_KEY} characters"));
        }
        let extra = match login(account).and_then(|extra| extra.with("idempotence-key", key)) {
            Ok(extra) => extra,
            Err(failure) => return unanswered(failure),
        };
        read(self.gateway.post(path, &format!("v3/{path}"), &body, extra, deadline(within)).await)
    }

    async fn get(
        &self,
        account: &Account,
        path: &str,
        query: &[(&str, &str)],
        end: Deadline,
    ) -> CallOutcome<Value> {
        match login(account) {
            Ok(extra) => read(self.gateway.get("read", &format!("v3/{path}"), query, extra, end).await),
            Err(failure) => unanswered(failure),
        }
    }

    async fn payment(&self, account: &Account, attempt: &Attempt, end: Deadline) -> CallOutcome<Inquiry> {
        if !wire::is_id(&attempt.gateway_id) {
            return lacks("the payment's id");
        }
        let found = self.get(account, &format!("payments/{}", attempt.gateway_id), &[], end).await;
        found.then(|value| wire::inquiry(&value, attempt))
    }
}

fn login(account: &Account) -> Result<Extra, SendFailure> {
    Extra::basic(account.credentials.get("shop_id"), account.credentials.get("secret_key"))
}

fn read(answer: Result<Answer, SendFailure>) -> CallOutcome<Value> {
    match object(answer) {
        Ok((answer, value)) => wire::success(&answer, value),
        Err(end) => end,
    }
}

#[async_trait::async_trait]
impl PaymentGateway for Yookassa {
    fn id(&self) -> GatewayId {
        GatewayId::Yookassa
    }

    fn name(&self, language: &str) -> &'static str {
        if language == "ru" { "ЮKassa" } else { "YooKassa" }
    }

    fn credential_fields(&self) -> &'static [CredentialField] {
        FIELDS
    }

    fn capabilities(&self, account: &Account) -> Capabilities {
        Capabilities {
            refund: RefundSupport::Partial,
            refund_look_up: true,
            notices: Some(Authenticity::AskGateway),
            receipts: true,
            ..Capabilities::base(self.id(), account)
        }
    }

    /// The one gateway whose `start` may be repeated: the same key within 24 hours gives the same payment.
    async fn start(&self, account: &Account, start: &Start, within: Duration) -> CallOutcome<Started> {
        let body = wire::payment(&account.settings, start);
        let created = self.post(account, "payments", &start.idempotency_key, body, within).await;
        let outcome = created.then(|value| wire::created(&value)).then(|(gateway_id, url)| {
            CallOutcome::Done(Started { gateway_id, redirect: Redirect::Get { url } })
        });
        finish(NAME, "start", outcome, &account.credentials)
    }

    /// The return address brings nothing of the gateway's: the attempt in our own address is asked about.
    fn callback(&self, _: &Account, fields: &Fields) -> Result<Callback, CallbackError> {
        let order = fields.get("order").map(str::to_owned).ok_or(CallbackError::Missing("order"))?;
        Ok(Callback {
            order: Some(order),
            gateway_id: None,
            claim: Claim::Unclear,
            code: None,
            receipt: None,
            card: None,
            stated: None,
        })
    }

    fn notice(&self, _: &Account, _: &Fields, body: &[u8]) -> Result<Notice, NoticeError> {
        wire::notice(body)
    }

    async fn verify(&self, account: &Account, attempt: &Attempt, within: Duration) -> CallOutcome<Verified> {
        let outcome = wire::verified(self.payment(account, attempt, deadline(within)).await);
        finish(NAME, "verify", outcome, &account.credentials)
    }

    async fn inquire(&self, account: &Account, attempt: &Attempt, within: Duration) -> CallOutcome<Inquiry> {
        let outcome = self.payment(account, attempt, deadline(within)).await;
        finish(NAME, "inquire", outcome, &account.credentials)
    }

    /// The same key within 24 hours gives the same refund; later, look it up first.
    async fn refund(
        &self,
        account: &Account,
        attempt: &Attempt,
        refund: &Refund,
        within: Duration,
    ) -> CallOutcome<Refunded> {
        let body = wire::refund(&account.settings, attempt, refund);
        let made = self.post(account, "refunds", &refund.key, body, within).await;
        let outcome = made.then(|value| wire::refunded(&value));
        finish(NAME, "refund", outcome, &account.credentials)
    }

    async fn look_up_refund(
        &self,
        account: &Account,
        attempt: &Attempt,
        refund: &Refund,
        within: Duration,
    ) -> CallOutcome<Refunded> {
        let query = [("payment_id", attempt.gateway_id.as_str()), ("limit", "100")];
        let list = self.get(account, "refunds", &query, deadline(within)).await;
        let outcome = list.then(|value| wire::find_refund(&value, refund));
        finish(NAME, "look_up_refund", outcome, &account.credentials)
    }

    async fn probe(&self, account: Option<&Account>, within: Duration) -> ProbeReport {
        let began = probe::begin();
        let extra = account.map_or_else(|| Extra::basic("probe", "probe"), login);
        let answer = match extra {
            Ok(extra) => self.gateway.get("me", "v3/me", &[], extra, deadline(within)).await,
            Err(failure) => Err(failure),
        };
        probe::report(NAME, self.gateway.address(), "me", began, &answer, |answer| {
            let value: Value = serde_json::from_slice(&answer.body).ok()?;
            let known = value.get("account_id").is_some() || value.get("code").is_some();
            known.then(|| format!("answered with HTTP {}", answer.status.as_u16()))
        })
    }
}
