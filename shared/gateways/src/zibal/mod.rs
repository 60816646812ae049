//! Zibal v1 (gateway notes, section 2). HTTP 200 also for errors: `result` decides. Amounts in rial.

mod codes;
mod refund;
#[cfg(test)]
mod tests;
mod wire;

use std::convert::Infallible;
use std::time::Duration;

use serde_json::{Value, json};
use yam_domain::ids::GatewayId;
use yam_domain::payment::callback::Claim;
use yam_platform::Config;
use yam_platform::http::{Deadline, EffectClient};

use crate::account::{Account, CredentialField, optional, required};
use crate::answer::object;
use crate::attempt::{Attempt, Inquiry, Redirect, Refund, Refunded, Start, Started, Verified};
use crate::callback::{Callback, CallbackError, Fields, needed};
use crate::capabilities::{Capabilities, RefundSupport};
use crate::card::MaskedCard;
use crate::client::{Client, Extra, deadline};
use crate::decided::by_inquiry;
use crate::errors::{finish, not_offered, outline, unanswered};
use crate::gateway::PaymentGateway;
use crate::outcome::{CallOutcome, ProbeReport};
use crate::probe;

const FIELDS: &[CredentialField] = &[
    required("merchant", "the merchant code; `zibal` is the public test merchant"),
    optional("api_key", "the platform's API key, for refunds"),
];
const NAME: &str = "zibal";

/// Zibal.
#[derive(Debug, Clone)]
pub struct Zibal {
    gateway: Client,
    platform: Client,
}

impl Zibal {
    /// Over a function's client and addresses.
    #[must_use]
    pub fn new(http: EffectClient, config: &Config) -> Self {
        Zibal {
            gateway: Client::new(http.clone(), config, "YAM_URL_ZIBAL", "ZIBAL"),
            platform: Client::new(http, config, "YAM_URL_ZIBAL_PLATFORM", "ZIBAL"),
        }
    }

    async fn ask(
        &self,
        operation: &'static str,
        body: Value,
        deadline: Deadline,
    ) -> Result<wire::Reply, CallOutcome<Infallible>> {
        let path = format!("v1/{operation}");
        let answer = self.gateway.post(operation, &path, &body, Extra::default(), deadline).await;
        let (answer, value) = object(answer)?;
        wire::Reply::read(value)
            .ok_or_else(|| CallOutcome::Unknown(outline(&answer, "no result in the answer")))
    }

    async fn inquire_by(
        &self,
        account: &Account,
        attempt: &Attempt,
        deadline: Deadline,
    ) -> CallOutcome<Inquiry> {
        match self.ask("inquiry", wire::by_track(account, &attempt.gateway_id), deadline).await {
            Ok(reply) => wire::inquiry(&reply, attempt.amount),
            Err(end) => end.then(|never| match never {}),
        }
    }
}

#[async_trait::async_trait]
impl PaymentGateway for Zibal {
    fn id(&self) -> GatewayId {
        GatewayId::Zibal
    }

    fn name(&self, language: &str) -> &'static str {
        if language == "fa" { "زیبال" } else { "Zibal" }
    }

    fn credential_fields(&self) -> &'static [CredentialField] {
        FIELDS
    }

    fn capabilities(&self, account: &Account) -> Capabilities {
        let refund = if account.credentials.has("api_key") {
            RefundSupport::Partial
        } else {
            RefundSupport::No("enter the API key of Zibal's platform, or refund it in Zibal's panel")
        };
        Capabilities { refund, refund_look_up: true, ..Capabilities::base(self.id(), account) }
    }

    async fn start(&self, account: &Account, start: &Start, within: Duration) -> CallOutcome<Started> {
        let outcome = match self.ask("request", wire::request(account, start), deadline(within)).await {
            Ok(reply) => {
                wire::track_id(&reply).then(|track| match self.gateway.page(&format!("start/{track}")) {
                    Ok(url) => {
                        CallOutcome::Done(Started { gateway_id: track, redirect: Redirect::Get { url } })
                    }
                    Err(failure) => unanswered(failure),
                })
            }
            Err(end) => end.then(|never| match never {}),
        };
        finish(NAME, "start", outcome, &account.credentials)
    }

    fn callback(&self, _: &Account, fields: &Fields) -> Result<Callback, CallbackError> {
        let status = fields.get("status");
        // `success` is 1 or 0, seen as true and 2 too; `status` 3 is the payer's own cancel.
        let claim = match (fields.get("success"), status) {
            (Some("1" | "2" | "true"), _) => Claim::Success,
            (_, Some("3")) => Claim::Cancelled,
            (Some("0" | "false"), _) => Claim::Failed,
            _ => Claim::Unclear,
        };
        Ok(Callback {
            order: fields.get("orderId").map(str::to_owned),
            gateway_id: Some(needed(fields, "trackId")?),
            claim,
            code: status.map(str::to_owned),
            receipt: None,
            card: fields.get("cardNumber").and_then(MaskedCard::read),
            stated: None,
        })
    }

    async fn verify(&self, account: &Account, attempt: &Attempt, within: Duration) -> CallOutcome<Verified> {
        let end = deadline(within);
        let outcome = match self.ask("verify", wire::by_track(account, &attempt.gateway_id), end).await {
            Ok(reply) => match reply.result() {
                code @ (codes::VERIFIED_BEFORE | codes::NOT_PAID) => {
                    by_inquiry(code, self.inquire_by(account, attempt, end).await)
                }
                _ => wire::verified(&reply, attempt),
            },
            Err(end) => end.then(|never| match never {}),
        };
        finish(NAME, "verify", outcome, &account.credentials)
    }

    async fn inquire(&self, account: &Account, attempt: &Attempt, within: Duration) -> CallOutcome<Inquiry> {
        let outcome = self.inquire_by(account, attempt, deadline(within)).await;
        finish(NAME, "inquire", outcome, &account.credentials)
    }

    async fn refund(
        &self,
        account: &Account,
        attempt: &Attempt,
        refund: &Refund,
        within: Duration,
    ) -> CallOutcome<Refunded> {
        let key = account.credentials.get("api_key");
        if key.is_empty() {
            return not_offered("refunds need the API key of Zibal's platform");
        }
        let outcome = match Extra::bearer(key) {
            Err(failure) => unanswered(failure),
            Ok(extra) => {
                let body = refund::request(account, attempt, refund);
                let answer =
                    self.platform.post("refund", "v1/account/refund", &body, extra, deadline(within)).await;
                match object(answer) {
                    Ok((answer, value)) => refund::read(&answer, &value),
                    Err(end) => end,
                }
            }
        };
        finish(NAME, "refund", outcome, &account.credentials)
    }

    /// The gateway's own inquiry tells it: the platform's refund inquiry is described nowhere.
    async fn look_up_refund(
        &self,
        account: &Account,
        attempt: &Attempt,
        _: &Refund,
        within: Duration,
    ) -> CallOutcome<Refunded> {
        let body = wire::by_track(account, &attempt.gateway_id);
        let outcome = match self.ask("inquiry", body, deadline(within)).await {
            Ok(reply) => refund::look_up(&reply),
            Err(end) => end.then(|never| match never {}),
        };
        finish(NAME, "look_up_refund", outcome, &account.credentials)
    }

    async fn probe(&self, account: Option<&Account>, within: Duration) -> ProbeReport {
        let began = probe::begin();
        let merchant = account.map_or("zibal", |a| a.credentials.get("merchant"));
        let body = json!({ "merchant": merchant, "trackId": 1 });
        let answer =
            self.gateway.post("inquiry", "v1/inquiry", &body, Extra::default(), deadline(within)).await;
        probe::report(NAME, self.gateway.address(), "inquiry", began, &answer, |answer| {
            let value = serde_json::from_slice(&answer.body).ok()?;
            wire::Reply::read(value).map(|reply| format!("answered with result {}", reply.result()))
        })
    }
}
