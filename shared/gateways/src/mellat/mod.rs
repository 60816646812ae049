//! Behpardakht Mellat (gateway notes, section 3; SOAP). Verified money is paid out only after a settle.

mod codes;
mod envelope;
#[cfg(test)]
mod tests;
mod wire;

use std::time::Duration;

use yam_domain::ids::GatewayId;
use yam_domain::payment::callback::Claim;
use yam_platform::Config;
use yam_platform::http::{Deadline, EffectClient};

use self::codes::Operation;
use crate::account::{Account, CredentialField, required};
use crate::answer::whole;
use crate::attempt::{
    Attempt, Inquiry, MoneyTold, Redirect, Refund, Refunded, Reversed, Settled, Start, Started, Verified,
};
use crate::callback::{Callback, CallbackError, Fields, needed};
use crate::capabilities::{Capabilities, LostReturn, RefundSupport};
use crate::card::MaskedCard;
use crate::client::{Client, Extra, deadline};
use crate::errors::{finish, lacks, outline, unanswered};
use crate::gateway::PaymentGateway;
use crate::outcome::{CallOutcome, ProbeReport};
use crate::probe;

const FIELDS: &[CredentialField] = &[
    required("terminal_id", "the terminal's number"),
    required("username", "the terminal's user name"),
    required("password", "its password"),
];
const NAME: &str = "mellat";
const SERVICE: &str = "pgwchannel/services/pgw";
const LONGEST_REF_ID: usize = 64;

/// A code and what stood behind its comma.
type Coded = (i64, Option<String>);

/// Behpardakht Mellat.
#[derive(Debug, Clone)]
pub struct Mellat {
    gateway: Client,
}

impl Mellat {
    /// Over a function's client and address.
    #[must_use]
    pub fn new(http: EffectClient, config: &Config) -> Self {
        Mellat { gateway: Client::new(http, config, "YAM_URL_MELLAT", "MELLAT") }
    }

    async fn call(
        &self,
        operation: &'static str,
        parameters: wire::Parameters,
        deadline: Deadline,
    ) -> CallOutcome<Coded> {
        let text = envelope::write(operation, &parameters);
        let answer = match whole(self.gateway.soap(operation, SERVICE, text, deadline).await) {
            Ok(answer) => answer,
            Err(end) => return end,
        };
        let coded = envelope::read(operation, &answer.body).map(|text| envelope::code(&text));
        match coded {
            Ok(Some(coded)) if answer.status.is_success() => CallOutcome::Done(coded),
            Ok(_) => CallOutcome::Unknown(outline(&answer, "no code in the answer")),
            Err(why) => CallOutcome::Unknown(outline(&answer, why)),
        }
    }

    /// Asks about a sale whose reference is known.
    async fn inquire_sale(
        &self,
        account: &Account,
        attempt: &Attempt,
        reference: &str,
        end: Deadline,
    ) -> CallOutcome<Inquiry> {
        let parameters = wire::of_sale(account, attempt.order, reference);
        self.call("bpInquiryRequest", parameters, end).await.then(|(code, _)| {
            codes::standing(code).then(|standing| {
                CallOutcome::Done(Inquiry {
                    receipt: Some(reference.to_owned()),
                    reference: Some(reference.to_owned()),
                    ..Inquiry::bare(standing)
                })
            })
        })
    }

    /// The reference of a sale whose payer did not come back, by an operation that stands in the WSDL only;
    /// "not found" means that nobody has paid.
    async fn lost_reference(
        &self,
        account: &Account,
        attempt: &Attempt,
        end: Deadline,
    ) -> CallOutcome<Option<String>> {
        let parameters = wire::by_order(account, attempt.order);
        let coded = self.call("bpSaleReferenceIdRequest", parameters, end).await;
        coded.then(|(code, rest)| {
            // Codes have at most three digits; a bare reference has more.
            if code > 9_999 {
                return CallOutcome::Done(Some(code.to_string()));
            }
            if codes::meaning(code).0 == codes::Meaning::NotFound {
                return CallOutcome::Done(None);
            }
            codes::outcome(Operation::SaleReference, code, |_| match rest.filter(|r| wire::is_reference(r)) {
                Some(reference) => CallOutcome::Done(Some(reference)),
                None => CallOutcome::Unknown("a success without a reference".into()),
            })
        })
    }
}

#[async_trait::async_trait]
impl PaymentGateway for Mellat {
    fn id(&self) -> GatewayId {
        GatewayId::Mellat
    }

    fn name(&self, language: &str) -> &'static str {
        if language == "fa" { "به‌پرداخت ملت" } else { "Behpardakht Mellat" }
    }

    fn credential_fields(&self) -> &'static [CredentialField] {
        FIELDS
    }

    fn capabilities(&self, account: &Account) -> Capabilities {
        let lost_return = if account.settings.sale_reference_lookup {
            LostReturn::UndocumentedLookUp
        } else {
            LostReturn::Nothing
        };
        Capabilities {
            lost_return,
            settles: true,
            reverses: true,
            refund: RefundSupport::Partial,
            refund_look_up: true,
            ..Capabilities::base(self.id(), account)
        }
    }

    fn check(&self, account: &Account) -> Vec<(String, String)> {
        let mut wrong = account.credentials.check(FIELDS);
        if account.credentials.has("terminal_id")
            && !wire::is_reference(account.credentials.get("terminal_id"))
        {
            wrong.push(("terminal_id".into(), "must be a number".into()));
        }
        wrong
    }

    async fn start(&self, account: &Account, start: &Start, within: Duration) -> CallOutcome<Started> {
        let coded = self.call("bpPayRequest", wire::pay(account, start), deadline(within)).await;
        let page = if start.language == "fa" { "startpay.mellat" } else { "enstartpay.mellat" };
        let outcome = coded.then(|(code, rest)| {
            codes::outcome(Operation::Pay, code, |_| match rest.filter(|id| is_ref_id(id)) {
                None => CallOutcome::Unknown("a success without a RefId".into()),
                Some(ref_id) => match self.gateway.page(&format!("pgwchannel/{page}")) {
                    Err(failure) => unanswered(failure),
                    Ok(url) => {
                        let fields = vec![("RefId", ref_id.clone())];
                        CallOutcome::Done(Started {
                            gateway_id: ref_id,
                            redirect: Redirect::Post { url, fields },
                        })
                    }
                },
            })
        });
        finish(NAME, "start", outcome, &account.credentials)
    }

    fn callback(&self, _: &Account, fields: &Fields) -> Result<Callback, CallbackError> {
        let code = fields.get("ResCode");
        let claim = match code.map(str::trim) {
            Some("0") => Claim::Success,
            Some("17") => Claim::Cancelled,
            Some(_) => Claim::Failed,
            None => Claim::Unclear,
        };
        Ok(Callback {
            order: Some(needed(fields, "SaleOrderId")?),
            gateway_id: Some(needed(fields, "RefId")?),
            claim,
            code: code.map(str::to_owned),
            receipt: fields.get("SaleReferenceId").filter(|r| wire::is_reference(r)).map(str::to_owned),
            card: fields.get("CardHolderPan").and_then(MaskedCard::read),
            stated: None,
        })
    }

    async fn verify(&self, account: &Account, attempt: &Attempt, within: Duration) -> CallOutcome<Verified> {
        let Some(reference) = attempt.receipt.as_deref() else { return lacks("the SaleReferenceId") };
        let parameters = wire::of_sale(account, attempt.order, reference);
        let coded = self.call("bpVerifyRequest", parameters, deadline(within)).await;
        let outcome = coded.then(|(code, _)| {
            let settled = codes::meaning(code).0 == codes::Meaning::SettledBefore;
            codes::outcome(Operation::Verify, code, |before| {
                CallOutcome::Done(Verified {
                    before,
                    money: MoneyTold::NotTold,
                    reference: Some(reference.to_owned()),
                    receipt: Some(reference.to_owned()),
                    card: None,
                    unsettled: !settled,
                })
            })
        });
        finish(NAME, "verify", outcome, &account.credentials)
    }

    async fn settle(&self, account: &Account, attempt: &Attempt, within: Duration) -> CallOutcome<Settled> {
        let Some(reference) = attempt.receipt.as_deref() else { return lacks("the SaleReferenceId") };
        let parameters = wire::of_sale(account, attempt.order, reference);
        let coded = self.call("bpSettleRequest", parameters, deadline(within)).await;
        let done = |before| CallOutcome::Done(Settled { before });
        let outcome = coded.then(|(code, _)| codes::outcome(Operation::Settle, code, done));
        finish(NAME, "settle", outcome, &account.credentials)
    }

    async fn inquire(&self, account: &Account, attempt: &Attempt, within: Duration) -> CallOutcome<Inquiry> {
        let end = deadline(within);
        let outcome = match attempt.receipt.as_deref() {
            Some(reference) => self.inquire_sale(account, attempt, reference, end).await,
            None if !account.settings.sale_reference_lookup => return lacks("the SaleReferenceId"),
            None => match self.lost_reference(account, attempt, end).await {
                CallOutcome::Done(Some(reference)) => {
                    self.inquire_sale(account, attempt, &reference, end).await
                }
                CallOutcome::Done(None) => CallOutcome::Done(Inquiry::bare(crate::attempt::Standing::Open)),
                other => other.then(|_| CallOutcome::Unknown("no reference".into())),
            },
        };
        finish(NAME, "inquire", outcome, &account.credentials)
    }

    async fn reverse(&self, account: &Account, attempt: &Attempt, within: Duration) -> CallOutcome<Reversed> {
        let Some(reference) = attempt.receipt.as_deref() else { return lacks("the SaleReferenceId") };
        let parameters = wire::of_sale(account, attempt.order, reference);
        let coded = self.call("bpReversalRequest", parameters, deadline(within)).await;
        let done = |before| CallOutcome::Done(Reversed { before });
        let outcome = coded.then(|(code, _)| codes::outcome(Operation::Reversal, code, done));
        finish(NAME, "reverse", outcome, &account.credentials)
    }

    async fn refund(
        &self,
        account: &Account,
        attempt: &Attempt,
        refund: &Refund,
        within: Duration,
    ) -> CallOutcome<Refunded> {
        let Some(reference) = attempt.receipt.as_deref() else { return lacks("the SaleReferenceId") };
        let parameters = wire::refund(account, attempt.order, reference, refund);
        let coded = self.call("bpRefundRequest", parameters, deadline(within)).await;
        let outcome = coded.then(|(code, refund_id)| {
            codes::outcome(Operation::Refund, code, |_| {
                CallOutcome::Done(Refunded { refund_id, finished: true })
            })
        });
        finish(NAME, "refund", outcome, &account.credentials)
    }

    async fn look_up_refund(
        &self,
        account: &Account,
        _: &Attempt,
        refund: &Refund,
        within: Duration,
    ) -> CallOutcome<Refunded> {
        let parameters = wire::refund_inquiry(account, refund);
        let coded = self.call("bpRefundInquiryRequest", parameters, deadline(within)).await;
        let outcome = coded.then(|(code, rest)| {
            codes::outcome(Operation::RefundInquiry, code, |_| {
                let refund_id = rest.or_else(|| refund.refund_id.clone());
                CallOutcome::Done(Refunded { refund_id, finished: true })
            })
        });
        finish(NAME, "look_up_refund", outcome, &account.credentials)
    }

    async fn probe(&self, _: Option<&Account>, within: Duration) -> ProbeReport {
        let began = probe::begin();
        let answer = self.gateway.get("wsdl", SERVICE, &[("wsdl", "")], Extra::default(), deadline(within));
        let answer = answer.await;
        probe::report(NAME, self.gateway.address(), "wsdl", began, &answer, |answer| {
            let text = String::from_utf8_lossy(&answer.body);
            let known = answer.status.is_success() && text.contains("bpPayRequest");
            known.then(|| "the service describes itself".to_owned())
        })
    }
}

/// Letters and digits in both cases, kept exactly as they came.
fn is_ref_id(text: &str) -> bool {
    (1..=LONGEST_REF_ID).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}
