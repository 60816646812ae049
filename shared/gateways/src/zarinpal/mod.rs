//! Zarinpal v4 (gateway notes, section 1). Amounts in rial, always said so.

mod codes;
mod refund;
#[cfg(test)]
mod tests;
mod wire;

use std::time::Duration;

use yam_domain::ids::GatewayId;
use yam_domain::payment::callback::Claim;
use yam_platform::Config;
use yam_platform::http::{Deadline, EffectClient};

use crate::account::{Account, CredentialField, optional, required};
use crate::answer::object;
use crate::attempt::{
    Attempt, Inquiry, Redirect, Refund, Refunded, Reversed, Start, Started, Unverified, Verified,
};
use crate::callback::{Callback, CallbackError, Fields, needed};
use crate::capabilities::{Capabilities, LostReturn, RefundSupport};
use crate::client::{Client, Extra, deadline};
use crate::decided::by_inquiry;
use crate::errors::{finish, lacks, not_offered, unanswered};
use crate::gateway::PaymentGateway;
use crate::outcome::{CallOutcome, ProbeReport};
use crate::probe;

const FIELDS: &[CredentialField] = &[
    required("merchant_id", "the merchant code, a UUID"),
    optional("access_token", "the panel's access token, for refunds"),
];
const NAME: &str = "zarinpal";

/// Zarinpal.
#[derive(Debug, Clone)]
pub struct Zarinpal {
    gateway: Client,
    panel: Client,
}

impl Zarinpal {
    /// Over a function's client and addresses.
    #[must_use]
    pub fn new(http: EffectClient, config: &Config) -> Self {
        Zarinpal {
            gateway: Client::new(http.clone(), config, "YAM_URL_ZARINPAL", "ZARINPAL"),
            panel: Client::new(http, config, "YAM_URL_ZARINPAL_REFUND", "ZARINPAL"),
        }
    }

    async fn ask(
        &self,
        operation: &'static str,
        path: &str,
        body: serde_json::Value,
        deadline: Deadline,
    ) -> Result<wire::Reply, CallOutcome<std::convert::Infallible>> {
        let answer = self.gateway.post(operation, path, &body, Extra::default(), deadline).await;
        let (answer, value) = object(answer)?;
        wire::Reply::read(&value)
            .ok_or_else(|| CallOutcome::Unknown(crate::errors::outline(&answer, "no code in the answer")))
    }

    async fn inquire_by(
        &self,
        account: &Account,
        attempt: &Attempt,
        deadline: Deadline,
    ) -> CallOutcome<Inquiry> {
        let body = wire::by_authority(account, attempt);
        match self.ask("inquiry", "pg/v4/payment/inquiry.json", body, deadline).await {
            Ok(reply) => wire::inquiry(&reply),
            Err(end) => end.then(|never| match never {}),
        }
    }
}

#[async_trait::async_trait]
impl PaymentGateway for Zarinpal {
    fn id(&self) -> GatewayId {
        GatewayId::Zarinpal
    }

    fn name(&self, language: &str) -> &'static str {
        if language == "fa" { "زرین‌پال" } else { "Zarinpal" }
    }

    fn credential_fields(&self) -> &'static [CredentialField] {
        FIELDS
    }

    fn capabilities(&self, account: &Account) -> Capabilities {
        let refund = if account.credentials.has("access_token") {
            RefundSupport::WithPanelId
        } else {
            RefundSupport::No("enter the panel's access token, or refund it in Zarinpal's panel")
        };
        Capabilities {
            lost_return: LostReturn::ListThenInquiry,
            reverses: true,
            refund,
            ..Capabilities::base(self.id(), account)
        }
    }

    async fn start(&self, account: &Account, start: &Start, within: Duration) -> CallOutcome<Started> {
        let body = wire::request(account, start);
        let outcome = match self.ask("request", "pg/v4/payment/request.json", body, deadline(within)).await {
            Ok(reply) => wire::authority(&reply).then(|authority| {
                match self.gateway.page(&format!("pg/StartPay/{authority}")) {
                    Ok(url) => {
                        CallOutcome::Done(Started { gateway_id: authority, redirect: Redirect::Get { url } })
                    }
                    Err(failure) => unanswered(failure),
                }
            }),
            Err(end) => end.then(|never| match never {}),
        };
        finish(NAME, "start", outcome, &account.credentials)
    }

    fn callback(&self, _: &Account, fields: &Fields) -> Result<Callback, CallbackError> {
        let status = fields.get_any_case("Status").unwrap_or("");
        let claim = match status.to_ascii_uppercase().as_str() {
            "OK" => Claim::Success,
            "NOK" => Claim::Cancelled,
            _ => Claim::Unclear,
        };
        Ok(Callback {
            order: None,
            gateway_id: Some(needed(fields, "Authority")?),
            claim,
            code: Some(status.to_owned()).filter(|s| !s.is_empty()),
            receipt: None,
            card: None,
            stated: None,
        })
    }

    async fn verify(&self, account: &Account, attempt: &Attempt, within: Duration) -> CallOutcome<Verified> {
        let end = deadline(within);
        let body = wire::verify(account, attempt);
        let outcome = match self.ask("verify", "pg/v4/payment/verify.json", body, end).await {
            Ok(reply) if reply.code() == codes::NOT_PAID => {
                by_inquiry(codes::NOT_PAID, self.inquire_by(account, attempt, end).await)
            }
            Ok(reply) => wire::verified(&reply),
            Err(end) => end.then(|never| match never {}),
        };
        finish(NAME, "verify", outcome, &account.credentials)
    }

    async fn inquire(&self, account: &Account, attempt: &Attempt, within: Duration) -> CallOutcome<Inquiry> {
        let outcome = self.inquire_by(account, attempt, deadline(within)).await;
        finish(NAME, "inquire", outcome, &account.credentials)
    }

    async fn unverified(&self, account: &Account, within: Duration) -> CallOutcome<Vec<Unverified>> {
        let body = wire::by_merchant(account);
        let outcome =
            match self.ask("unVerified", "pg/v4/payment/unVerified.json", body, deadline(within)).await {
                Ok(reply) => wire::unverified(&reply),
                Err(end) => end.then(|never| match never {}),
            };
        finish(NAME, "unverified", outcome, &account.credentials)
    }

    async fn reverse(&self, account: &Account, attempt: &Attempt, within: Duration) -> CallOutcome<Reversed> {
        let body = wire::by_authority(account, attempt);
        let outcome = match self.ask("reverse", "pg/v4/payment/reverse.json", body, deadline(within)).await {
            Ok(reply) => wire::reversed(&reply),
            Err(end) => end.then(|never| match never {}),
        };
        finish(NAME, "reverse", outcome, &account.credentials)
    }

    async fn refund(
        &self,
        account: &Account,
        _: &Attempt,
        refund: &Refund,
        within: Duration,
    ) -> CallOutcome<Refunded> {
        let token = account.credentials.get("access_token");
        if token.is_empty() {
            return not_offered("refunds need the access token of Zarinpal's panel");
        }
        let Some(session) = refund.panel_id.as_deref() else {
            return lacks("the session id that Zarinpal's panel shows");
        };
        let outcome = match Extra::bearer(token) {
            Err(failure) => unanswered(failure),
            Ok(extra) => {
                let body = refund::mutation(session, refund);
                let path = "api/v4/graphql/";
                let answer = self.panel.post("AddRefund", path, &body, extra, deadline(within)).await;
                match object(answer) {
                    Ok((answer, value)) => refund::read(&answer, &value),
                    Err(end) => end,
                }
            }
        };
        finish(NAME, "refund", outcome, &account.credentials)
    }

    async fn probe(&self, account: Option<&Account>, within: Duration) -> ProbeReport {
        let began = probe::begin();
        let body = wire::probe(account);
        let path = "pg/v4/payment/inquiry.json";
        let answer = self.gateway.post("inquiry", path, &body, Extra::default(), deadline(within)).await;
        probe::report(NAME, self.gateway.address(), "inquiry", began, &answer, |answer| {
            let value = serde_json::from_slice(&answer.body).ok()?;
            wire::Reply::read(&value).map(|reply| format!("answered with code {}", reply.code()))
        })
    }
}
