//! Toss Payments (gateway notes, section 6.3). The payer authenticates in a window of Toss's script; no
//! money moves before our confirm, so a lost return costs nobody anything.

mod codes;
#[cfg(test)]
mod tests;
mod wire;

use std::time::Duration;

use serde_json::Value;
use yam_domain::ids::GatewayId;
use yam_domain::money::{Currency, Money};
use yam_domain::payment::callback::Claim;
use yam_platform::Config;
use yam_platform::http::{Answer, Deadline, EffectClient, Endpoint, SendFailure};

use self::codes::Class;
use self::wire::Reply;
use crate::account::{Account, CredentialField, required};
use crate::answer::object;
use crate::attempt::{Attempt, Inquiry, Redirect, Refund, Refunded, Standing, Start, Started, Verified};
use crate::callback::{Callback, CallbackError, Fields, needed};
use crate::capabilities::{Capabilities, RefundSupport};
use crate::client::{Client, Extra, deadline};
use crate::decided::{by_inquiry, by_standing};
use crate::errors::{finish, lacks, unanswered};
use crate::gateway::PaymentGateway;
use crate::notice::{Authenticity, Notice, NoticeError};
use crate::outcome::{CallOutcome, ProbeReport, RefusalKind};
use crate::probe;

const FIELDS: &[CredentialField] = &[
    required("secret_key", "the secret key"),
    required("client_key", "the client key, which the payer's browser sees"),
];
const NAME: &str = "toss";

/// Toss Payments.
#[derive(Debug, Clone)]
pub struct Toss {
    gateway: Client,
    script: Endpoint,
}

impl Toss {
    /// Over a function's client and addresses.
    #[must_use]
    pub fn new(http: EffectClient, config: &Config) -> Self {
        Toss {
            gateway: Client::new(http, config, "YAM_URL_TOSS", "TOSS"),
            script: Endpoint::new(config, "YAM_URL_TOSS_SCRIPT"),
        }
    }

    async fn post<T>(
        &self,
        account: &Account,
        path: &str,
        key: &str,
        body: &Value,
        end: Deadline,
    ) -> Result<Reply, CallOutcome<T>> {
        let extra =
            login(account).and_then(|extra| extra.with("idempotency-key", key)).map_err(unanswered)?;
        reply(self.gateway.post("post", path, body, extra, end).await)
    }

    async fn read<T>(
        &self,
        account: &Account,
        attempt: &Attempt,
        end: Deadline,
    ) -> Result<Reply, CallOutcome<T>> {
        let path = format!("v1/payments/orders/{}", attempt.order);
        let extra = login(account).map_err(unanswered)?;
        reply(self.gateway.get("orders", &path, &[], extra, end).await)
    }

    /// A payment that is not found was never begun, or its window was closed: nothing is charged.
    async fn look(&self, account: &Account, attempt: &Attempt, end: Deadline) -> CallOutcome<Inquiry> {
        match self.read(account, attempt, end).await {
            Ok(Reply::Payment(payment)) => wire::inquiry(&payment, attempt),
            Ok(Reply::Error { class: Class::Refused(RefusalKind::NotFound), .. }) => {
                CallOutcome::Done(Inquiry::bare(Standing::Open))
            }
            Ok(Reply::Error { code, class, message }) => Reply::refused(&code, class, &message),
            Err(end) => end,
        }
    }
}

fn login(account: &Account) -> Result<Extra, SendFailure> {
    Extra::basic(account.credentials.get("secret_key"), "")
}

fn reply<T>(answer: Result<Answer, SendFailure>) -> Result<Reply, CallOutcome<T>> {
    let (answer, value) = object(answer)?;
    Reply::read(&answer, value)
}

#[async_trait::async_trait]
impl PaymentGateway for Toss {
    fn id(&self) -> GatewayId {
        GatewayId::Toss
    }

    fn name(&self, language: &str) -> &'static str {
        if language == "ko" { "토스페이먼츠" } else { "Toss Payments" }
    }

    fn credential_fields(&self) -> &'static [CredentialField] {
        FIELDS
    }

    fn capabilities(&self, account: &Account) -> Capabilities {
        Capabilities {
            refund: RefundSupport::Partial,
            refund_look_up: true,
            notices: Some(Authenticity::AskGateway),
            ..Capabilities::base(self.id(), account)
        }
    }

    /// Nothing is called: the payment opens in the payer's browser.
    async fn start(&self, account: &Account, start: &Start, _: Duration) -> CallOutcome<Started> {
        match self.script.url() {
            Ok(url) => CallOutcome::Done(Started {
                gateway_id: start.order.to_string(),
                redirect: Redirect::Script { url, fields: wire::script(account, start) },
            }),
            Err(failure) => unanswered(failure),
        }
    }

    /// Success brings paymentKey, orderId and amount; failure a code.
    fn callback(&self, _: &Account, fields: &Fields) -> Result<Callback, CallbackError> {
        let order = needed(fields, "orderId")?;
        let key = fields.get("paymentKey").filter(|key| wire::is_payment_key(key)).map(str::to_owned);
        let code = fields.get("code").map(str::to_owned);
        let claim = match (&key, code.as_deref()) {
            (Some(_), None) => Claim::Success,
            (None, Some("PAY_PROCESS_CANCELED" | "USER_CANCEL")) => Claim::Cancelled,
            (None, Some(_)) => Claim::Failed,
            _ => Claim::Unclear,
        };
        let stated = fields.get("amount").map(|amount| amount.parse::<i64>().unwrap_or(-1));
        Ok(Callback {
            gateway_id: Some(order.clone()),
            order: Some(order),
            claim,
            code,
            receipt: key,
            card: None,
            stated: stated.map(|amount| Money::new(amount, Currency::Krw)),
        })
    }

    fn notice(&self, _: &Account, _: &Fields, body: &[u8]) -> Result<Notice, NoticeError> {
        wire::notice(body)
    }

    /// Confirms. Before that nothing is charged; a payment confirmed before is read.
    async fn verify(&self, account: &Account, attempt: &Attempt, within: Duration) -> CallOutcome<Verified> {
        let Some(key) = attempt.receipt.as_deref().filter(|key| wire::is_payment_key(key)) else {
            return lacks("the paymentKey");
        };
        let end = deadline(within);
        let idempotency = format!("confirm-{}-{key}", attempt.order);
        let body = wire::confirm(attempt, key);
        let outcome = match self.post(account, "v1/payments/confirm", &idempotency, &body, end).await {
            Ok(Reply::Payment(payment)) => wire::inquiry(&payment, attempt)
                .then(|found| by_standing(200, found))
                .then(|verified| CallOutcome::Done(Verified { before: false, ..verified })),
            Ok(Reply::Error { code, .. }) if code == codes::ALREADY_PROCESSED => {
                by_inquiry(400, self.look(account, attempt, end).await)
            }
            Ok(Reply::Error { code, class, message }) => Reply::refused(&code, class, &message),
            Err(end) => end,
        };
        finish(NAME, "verify", outcome, &account.credentials)
    }

    async fn inquire(&self, account: &Account, attempt: &Attempt, within: Duration) -> CallOutcome<Inquiry> {
        let outcome = self.look(account, attempt, deadline(within)).await;
        finish(NAME, "inquire", outcome, &account.credentials)
    }

    /// The same key gives the same cancel.
    async fn refund(
        &self,
        account: &Account,
        attempt: &Attempt,
        refund: &Refund,
        within: Duration,
    ) -> CallOutcome<Refunded> {
        let Some(key) = attempt.receipt.as_deref().filter(|key| wire::is_payment_key(key)) else {
            return lacks("the paymentKey");
        };
        let path = format!("v1/payments/{key}/cancel");
        let made = self.post(account, &path, &refund.key, &wire::cancel(refund), deadline(within)).await;
        let outcome = match made {
            Ok(Reply::Payment(payment)) => match wire::find_cancel(&payment, attempt, refund) {
                CallOutcome::Refused(_) => CallOutcome::Unknown("a payment without our cancel".into()),
                other => other,
            },
            Ok(Reply::Error { code, class, message }) => Reply::refused(&code, class, &message),
            Err(end) => end,
        };
        finish(NAME, "refund", outcome, &account.credentials)
    }

    async fn look_up_refund(
        &self,
        account: &Account,
        attempt: &Attempt,
        refund: &Refund,
        within: Duration,
    ) -> CallOutcome<Refunded> {
        let outcome = match self.read(account, attempt, deadline(within)).await {
            Ok(Reply::Payment(payment)) => wire::find_cancel(&payment, attempt, refund),
            Ok(Reply::Error { code, message, .. }) => CallOutcome::Unknown(format!("{code}: {message}")),
            Err(end) => end,
        };
        finish(NAME, "look_up_refund", outcome, &account.credentials)
    }

    async fn probe(&self, account: Option<&Account>, within: Duration) -> ProbeReport {
        let began = probe::begin();
        let extra = account.map_or_else(|| Extra::basic("probe", ""), login);
        let answer = match extra {
            Ok(extra) => {
                self.gateway.get("orders", "v1/payments/orders/probe-000", &[], extra, deadline(within)).await
            }
            Err(failure) => Err(failure),
        };
        probe::report(NAME, self.gateway.address(), "orders", began, &answer, |answer| {
            let value: Value = serde_json::from_slice(&answer.body).ok()?;
            value.get("code").and_then(Value::as_str).map(|code| format!("answered with {code}"))
        })
    }
}
