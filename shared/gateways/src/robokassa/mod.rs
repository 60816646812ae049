//! Robokassa (gateway notes, section 6.1): a signed form out, a signed notice in, state by `OpStateExt`.

mod fiscal;
mod refund;
mod signature;
mod state;
#[cfg(test)]
mod tests;

use std::time::Duration;

use yam_domain::ids::GatewayId;
use yam_domain::payment::callback::Claim;
use yam_platform::Config;
use yam_platform::http::{Deadline, EffectClient};

use crate::account::{Account, CredentialField, optional, required};
use crate::answer::{object, whole};
use crate::attempt::{Attempt, Inquiry, Redirect, Refund, Refunded, Standing, Start, Started, Verified};
use crate::callback::{Callback, CallbackError, Fields, needed};
use crate::capabilities::{Capabilities, RefundSupport};
use crate::client::{Client, Extra, deadline};
use crate::decided::by_standing;
use crate::decimal::{kopecks, rubles};
use crate::errors::{finish, lacks, not_offered, unanswered};
use crate::gateway::PaymentGateway;
use crate::notice::{Authenticity, Notice, NoticeError, NoticeKind};
use crate::outcome::{CallOutcome, ProbeReport};
use crate::probe;

const FIELDS: &[CredentialField] = &[
    required("merchant_login", "the shop's login"),
    required("password1", "password 1: signs payments"),
    required("password2", "password 2: signs notices and states"),
    optional("password3", "password 3: signs refunds"),
];
const NAME: &str = "robokassa";
const LONGEST_DESCRIPTION: usize = 100;
const STATE: &str = "Merchant/WebService/Service.asmx/OpStateExt";

/// Robokassa.
#[derive(Debug, Clone)]
pub struct Robokassa {
    gateway: Client,
    refunds: Client,
}

impl Robokassa {
    /// Over a function's client and addresses.
    #[must_use]
    pub fn new(http: EffectClient, config: &Config) -> Self {
        Robokassa {
            gateway: Client::new(http.clone(), config, "YAM_URL_ROBOKASSA", "ROBOKASSA"),
            refunds: Client::new(http, config, "YAM_URL_ROBOKASSA_REFUND", "ROBOKASSA"),
        }
    }

    async fn state(&self, account: &Account, attempt: &Attempt, end: Deadline) -> CallOutcome<Inquiry> {
        let (login, order) = (account.credentials.get("merchant_login"), attempt.order.to_string());
        let parts = [login, &order, account.credentials.get("password2")];
        let signature = signature::sign(account.settings.hash, &parts);
        let query =
            [("MerchantLogin", login), ("InvoiceID", order.as_str()), ("Signature", signature.as_str())];
        match whole(self.gateway.get("OpStateExt", STATE, &query, Extra::default(), end).await) {
            Ok(answer) if answer.status.is_success() => state::read(&answer.body, attempt.amount),
            Ok(answer) => CallOutcome::Unknown(crate::errors::outline(&answer, "no answer of OpStateExt")),
            Err(end) => end,
        }
    }
}

/// The fields of the payment form.
fn form(account: &Account, start: &Start) -> Vec<(&'static str, String)> {
    let secret = |name: &str| account.credentials.get(name).to_owned();
    let (login, sum, order) = (secret("merchant_login"), rubles(start.amount), start.order.to_string());
    // Signed and sent in its URL-encoded form, which the form then encodes once more.
    let receipt = start.receipt.as_ref().map(|receipt| {
        let json = fiscal::payment(receipt, &account.settings);
        url::form_urlencoded::byte_serialize(json.as_bytes()).collect::<String>()
    });
    let password = secret("password1");
    let mut signed = vec![login.as_str(), &sum, &order];
    signed.extend(receipt.as_deref());
    signed.push(&password);
    let signature = signature::sign(account.settings.hash, &signed);
    let description: String = start.description.chars().take(LONGEST_DESCRIPTION).collect();
    let culture = if start.language == "ru" { "ru" } else { "en" };
    let mut fields = vec![
        ("MerchantLogin", login.clone()),
        ("OutSum", sum.clone()),
        ("InvId", order.clone()),
        ("Description", description),
        ("SignatureValue", signature),
        ("Culture", culture.to_owned()),
        ("Encoding", "utf-8".to_owned()),
    ];
    if let Ok(ends) = start.at.checked_add(start.payable_for) {
        fields.push(("ExpirationDate", ends.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()));
    }
    fields.extend(start.payer.email.clone().map(|email| ("Email", email)));
    fields.extend(receipt.map(|receipt| ("Receipt", receipt)));
    if account.settings.test {
        fields.push(("IsTest", "1".to_owned()));
    }
    fields
}

/// Whether the fields are signed with a password; the sum is taken exactly as it came.
fn is_signed(account: &Account, fields: &Fields, password: &str) -> bool {
    let (Some(sum), Some(order), Some(given)) =
        (fields.get("OutSum"), fields.get("InvId"), fields.get("SignatureValue"))
    else {
        return false;
    };
    let own: Vec<String> =
        fields.starting_with("Shp_").into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    let password = account.credentials.get(password);
    let mut parts = vec![sum, order, password];
    parts.extend(own.iter().map(String::as_str));
    !password.is_empty() && signature::fits(account.settings.hash, &parts, given)
}

#[async_trait::async_trait]
impl PaymentGateway for Robokassa {
    fn id(&self) -> GatewayId {
        GatewayId::Robokassa
    }

    fn name(&self, language: &str) -> &'static str {
        if language == "ru" { "Робокасса" } else { "Robokassa" }
    }

    fn credential_fields(&self) -> &'static [CredentialField] {
        FIELDS
    }

    fn capabilities(&self, account: &Account) -> Capabilities {
        let refund = if account.credentials.has("password3") {
            RefundSupport::Partial
        } else {
            RefundSupport::No("enter password 3, or refund it in Robokassa's cabinet")
        };
        Capabilities {
            refund,
            refund_look_up: true,
            notices: Some(Authenticity::Signed),
            receipts: true,
            ..Capabilities::base(self.id(), account)
        }
    }

    /// Nothing is called: the payment opens with the form.
    async fn start(&self, account: &Account, start: &Start, _: Duration) -> CallOutcome<Started> {
        let url = match self.gateway.page("Merchant/Index.aspx") {
            Ok(url) => url,
            Err(failure) => return unanswered(failure),
        };
        let redirect = Redirect::Post { url, fields: form(account, start) };
        CallOutcome::Done(Started { gateway_id: start.order.to_string(), redirect })
    }

    /// The success page is signed with password 1, the fail page not at all; both only show something.
    fn callback(&self, account: &Account, fields: &Fields) -> Result<Callback, CallbackError> {
        let order = needed(fields, "InvId")?;
        let claim = match fields.get("SignatureValue") {
            Some(_) if is_signed(account, fields, "password1") => Claim::Success,
            Some(_) => Claim::Unclear,
            None => Claim::Cancelled,
        };
        Ok(Callback {
            gateway_id: Some(order.clone()),
            order: Some(order),
            claim,
            code: None,
            receipt: None,
            card: None,
            stated: None,
        })
    }

    fn notice(&self, account: &Account, fields: &Fields, _: &[u8]) -> Result<Notice, NoticeError> {
        let order = fields.get("InvId").ok_or(NoticeError::Unreadable)?;
        let amount = fields.get("OutSum").and_then(kopecks).ok_or(NoticeError::Unreadable)?;
        if !order.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NoticeError::Unreadable);
        }
        if !is_signed(account, fields, "password2") {
            return Err(NoticeError::Forged);
        }
        Ok(Notice {
            authenticity: Authenticity::Signed,
            kind: NoticeKind::Paid,
            order: Some(order.to_owned()),
            gateway_id: Some(order.to_owned()),
            amount: Some(amount),
            reply: format!("OK{order}"),
        })
    }

    /// The state is the verify: 100 is paid, and only with our sum.
    async fn verify(&self, account: &Account, attempt: &Attempt, within: Duration) -> CallOutcome<Verified> {
        let state = self.state(account, attempt, deadline(within)).await;
        let outcome = state.then(|found| by_standing(100, found));
        finish(NAME, "verify", outcome, &account.credentials)
    }

    async fn inquire(&self, account: &Account, attempt: &Attempt, within: Duration) -> CallOutcome<Inquiry> {
        let outcome = self.state(account, attempt, deadline(within)).await;
        finish(NAME, "inquire", outcome, &account.credentials)
    }

    async fn refund(
        &self,
        account: &Account,
        attempt: &Attempt,
        refund: &Refund,
        within: Duration,
    ) -> CallOutcome<Refunded> {
        let password = account.credentials.get("password3");
        if password.is_empty() {
            return not_offered("refunds need password 3 of Robokassa's cabinet");
        }
        let Some(key) = attempt.receipt.as_deref() else { return lacks("the OpKey, which an inquiry tells") };
        let token = signature::token(&refund::payload(key, refund), password);
        let answer =
            self.refunds.post_token("Refund/Create", "RefundService/Refund/Create", token, deadline(within));
        let outcome = match object(answer.await) {
            Ok((answer, value)) => refund::created(&answer, &value),
            Err(end) => end,
        };
        finish(NAME, "refund", outcome, &account.credentials)
    }

    async fn look_up_refund(
        &self,
        account: &Account,
        _: &Attempt,
        refund: &Refund,
        within: Duration,
    ) -> CallOutcome<Refunded> {
        let Some(id) = refund.refund_id.as_deref() else { return lacks("the refund's requestId") };
        let (path, query) = ("RefundService/Refund/GetState", [("id", id)]);
        let answer = self.refunds.get("Refund/GetState", path, &query, Extra::default(), deadline(within));
        let outcome = match object(answer.await) {
            Ok((answer, value)) => refund::state(&answer, &value, id),
            Err(end) => end,
        };
        finish(NAME, "look_up_refund", outcome, &account.credentials)
    }

    /// The state of an invoice that cannot be; without an account the signature does not fit either.
    async fn probe(&self, account: Option<&Account>, within: Duration) -> ProbeReport {
        let began = probe::begin();
        let (login, password, hash) = account.map_or(("demo", "", Default::default()), |a| {
            (a.credentials.get("merchant_login"), a.credentials.get("password2"), a.settings.hash)
        });
        let signature = signature::sign(hash, &[login, "1", password]);
        let query = [("MerchantLogin", login), ("InvoiceID", "1"), ("Signature", signature.as_str())];
        let answer = self.gateway.get("OpStateExt", STATE, &query, Extra::default(), deadline(within)).await;
        probe::report(NAME, self.gateway.address(), "OpStateExt", began, &answer, |answer| {
            let nothing = yam_domain::money::Money::zero(self.id().currency());
            match state::read(&answer.body, nothing) {
                CallOutcome::Done(found) if found.standing == Standing::Open => {
                    Some("the login works".to_owned())
                }
                CallOutcome::Done(_) => Some("answered".to_owned()),
                CallOutcome::Refused(error) => Some(format!("answered with result {}", error.code)),
                _ => None,
            }
        })
    }
}
