//! Saman SEP (gateway notes, section 4). Without a return nothing can be asked.

mod codes;
#[cfg(test)]
mod tests;
mod wire;

use std::time::Duration;

use serde_json::{Value, json};
use yam_domain::ids::GatewayId;
use yam_platform::Config;
use yam_platform::http::EffectClient;

use crate::account::{Account, CredentialField, required};
use crate::answer::{integer, object};
use crate::attempt::{Attempt, Inquiry, Redirect, Reversed, Start, Started, Verified};
use crate::callback::{Callback, CallbackError, Fields, needed};
use crate::capabilities::{Capabilities, LostReturn, RefundSupport};
use crate::card::MaskedCard;
use crate::client::{Client, Extra, deadline};
use crate::errors::{finish, lacks, not_offered, unanswered};
use crate::gateway::PaymentGateway;
use crate::outcome::{CallOutcome, ProbeReport};
use crate::probe;

const FIELDS: &[CredentialField] = &[required("terminal_id", "the terminal's number")];
const NAME: &str = "sep";
const VERIFY: &str = "verifyTxnRandomSessionkey/ipg/VerifyTransaction";
const REVERSE: &str = "verifyTxnRandomSessionkey/ipg/ReverseTransaction";

/// Saman SEP.
#[derive(Debug, Clone)]
pub struct Sep {
    gateway: Client,
}

impl Sep {
    /// Over a function's client and address.
    #[must_use]
    pub fn new(http: EffectClient, config: &Config) -> Self {
        Sep { gateway: Client::new(http, config, "YAM_URL_SEP", "SEP") }
    }

    async fn post(
        &self,
        operation: &'static str,
        path: &str,
        body: Value,
        within: Duration,
    ) -> CallOutcome<Value> {
        match object(self.gateway.post(operation, path, &body, Extra::default(), deadline(within)).await) {
            Ok((_, value)) => CallOutcome::Done(value),
            Err(end) => end,
        }
    }
}

#[async_trait::async_trait]
impl PaymentGateway for Sep {
    fn id(&self) -> GatewayId {
        GatewayId::Sep
    }

    fn name(&self, language: &str) -> &'static str {
        if language == "fa" { "پرداخت الکترونیک سامان" } else { "Saman SEP" }
    }

    fn credential_fields(&self) -> &'static [CredentialField] {
        FIELDS
    }

    fn capabilities(&self, account: &Account) -> Capabilities {
        Capabilities {
            lost_return: LostReturn::Nothing,
            reverses: true,
            refund: RefundSupport::No("SEP reverses for 50 minutes; later, transfer the money by hand"),
            ..Capabilities::base(self.id(), account)
        }
    }

    fn check(&self, account: &Account) -> Vec<(String, String)> {
        let mut wrong = account.credentials.check(FIELDS);
        let terminal = account.credentials.get("terminal_id");
        if !terminal.is_empty() && terminal.parse::<i64>().is_err() {
            wrong.push(("terminal_id".into(), "must be a number".into()));
        }
        wrong
    }

    async fn start(&self, account: &Account, start: &Start, within: Duration) -> CallOutcome<Started> {
        let body = wire::token_request(account, start);
        let answer = self.post("token", "onlinepg/onlinepg", body, within).await;
        let outcome = answer.then(|value| wire::token(&value)).then(|token| {
            match self.gateway.page("OnlinePG/OnlinePG") {
                Err(failure) => unanswered(failure),
                Ok(url) => {
                    let fields = vec![("Token", token.clone()), ("GetMethod", String::new())];
                    CallOutcome::Done(Started { gateway_id: token, redirect: Redirect::Post { url, fields } })
                }
            }
        });
        finish(NAME, "start", outcome, &account.credentials)
    }

    fn callback(&self, _: &Account, fields: &Fields) -> Result<Callback, CallbackError> {
        let status = fields.get("Status");
        let number = status.and_then(|s| s.trim().parse().ok());
        // A status that is no number is not passed over: it must not leave the decision to `State`.
        let number = number.or(status.map(|_| i64::MIN));
        Ok(Callback {
            order: Some(needed(fields, "ResNum")?),
            gateway_id: fields.get("Token").map(str::to_owned),
            claim: codes::claim(number, fields.get("State")),
            code: status.or(fields.get("State")).map(str::to_owned),
            receipt: fields.get("RefNum").filter(|r| wire::is_ref_num(r)).map(str::to_owned),
            card: fields.get("SecurePan").and_then(MaskedCard::read),
            stated: None,
        })
    }

    async fn verify(&self, account: &Account, attempt: &Attempt, within: Duration) -> CallOutcome<Verified> {
        let Some(ref_num) = attempt.receipt.as_deref() else { return lacks("the RefNum") };
        let answer = self.post("VerifyTransaction", VERIFY, wire::by_ref_num(account, ref_num), within).await;
        let outcome = answer.then(|value| wire::verified(&value, attempt, ref_num, account));
        finish(NAME, "verify", outcome, &account.credentials)
    }

    async fn inquire(&self, _: &Account, _: &Attempt, _: Duration) -> CallOutcome<Inquiry> {
        not_offered("SEP has no inquiry; the money returns by itself unless it is verified")
    }

    async fn reverse(&self, account: &Account, attempt: &Attempt, within: Duration) -> CallOutcome<Reversed> {
        let Some(ref_num) = attempt.receipt.as_deref() else { return lacks("the RefNum") };
        let answer =
            self.post("ReverseTransaction", REVERSE, wire::by_ref_num(account, ref_num), within).await;
        let outcome = answer.then(|value| wire::reversed(&value));
        finish(NAME, "reverse", outcome, &account.credentials)
    }

    /// A verify of a RefNum that cannot be.
    async fn probe(&self, account: Option<&Account>, within: Duration) -> ProbeReport {
        let began = probe::begin();
        let body = match account {
            Some(account) => wire::by_ref_num(account, "probe"),
            None => json!({ "RefNum": "probe", "TerminalNumber": 0 }),
        };
        let answer =
            self.gateway.post("VerifyTransaction", VERIFY, &body, Extra::default(), deadline(within)).await;
        probe::report(NAME, self.gateway.address(), "VerifyTransaction", began, &answer, |answer| {
            let value: Value = serde_json::from_slice(&answer.body).ok()?;
            integer(value.get("ResultCode")).map(|code| format!("answered with ResultCode {code}"))
        })
    }
}
