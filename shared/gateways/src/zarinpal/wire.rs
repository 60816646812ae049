//! Messages as they stand on the wire (gateway notes, sections 1.1 to 1.4).

use serde_json::{Map, Value, json};
use yam_domain::money::{Currency, Money};

use super::codes;
use crate::account::Account;
use crate::answer::{integer, text};
use crate::attempt::{Attempt, Inquiry, MoneyTold, Reversed, Standing, Start, Unverified, Verified};
use crate::card::MaskedCard;
use crate::mobile::iranian;
use crate::outcome::CallOutcome;

const LONGEST_DESCRIPTION: usize = 500;

pub(super) fn request(account: &Account, start: &Start) -> Value {
    let mut metadata = Map::new();
    // The money must come back when nobody verifies (reliability notes, section 4.6).
    metadata.insert("auto_verify".into(), json!(false));
    metadata.insert("order_id".into(), json!(start.order.to_string()));
    if let Some(mobile) = iranian(&start.payer) {
        metadata.insert("mobile".into(), json!(mobile));
    }
    if let Some(email) = &start.payer.email {
        metadata.insert("email".into(), json!(email));
    }
    let description: String = start.description.chars().take(LONGEST_DESCRIPTION).collect();
    json!({
        "merchant_id": account.credentials.get("merchant_id"),
        "amount": start.amount.amount(),
        "currency": "IRR",
        "description": description,
        "callback_url": start.return_url.as_str(),
        "metadata": metadata,
    })
}

pub(super) fn verify(account: &Account, attempt: &Attempt) -> Value {
    json!({
        "merchant_id": account.credentials.get("merchant_id"),
        "amount": attempt.amount.amount(),
        "authority": attempt.gateway_id,
    })
}

pub(super) fn by_authority(account: &Account, attempt: &Attempt) -> Value {
    json!({ "merchant_id": account.credentials.get("merchant_id"), "authority": attempt.gateway_id })
}

pub(super) fn by_merchant(account: &Account) -> Value {
    json!({ "merchant_id": account.credentials.get("merchant_id") })
}

/// A question about a payment that cannot be.
pub(super) fn probe(account: Option<&Account>) -> Value {
    let merchant =
        account.map_or("00000000-0000-0000-0000-000000000000", |a| a.credentials.get("merchant_id"));
    json!({ "merchant_id": merchant, "authority": format!("A{}", "0".repeat(35)) })
}

/// An answer with a code: of `data`, or of `errors`. Each of the two may be an object or an array, and the
/// code a number or a text.
#[derive(Debug)]
pub(super) struct Reply {
    code: i64,
    message: String,
    data: Map<String, Value>,
}

impl Reply {
    pub(super) fn read(value: &Value) -> Option<Self> {
        let part = |name: &str| value.get(name).and_then(Value::as_object).filter(|o| !o.is_empty()).cloned();
        if let Some(errors) = part("errors") {
            let code = integer(errors.get("code"))?;
            return Some(Reply { code, message: said(&errors), data: Map::new() });
        }
        if let Some(data) = part("data") {
            let code = integer(data.get("code"))?;
            return Some(Reply { code, message: said(&data), data });
        }
        odd_error(value)
    }

    pub(super) fn code(&self) -> i64 {
        self.code
    }

    fn outcome<T>(&self, done: impl FnOnce(bool) -> CallOutcome<T>) -> CallOutcome<T> {
        codes::outcome(self.code, &self.message, done)
    }
}

fn said(part: &Map<String, Value>) -> String {
    let mut message = text(part.get("message")).unwrap_or_default();
    if let Some(fields) = part.get("validations").filter(|v| v.as_array().is_some_and(|a| !a.is_empty())) {
        message.push_str(&format!(" {fields}"));
    }
    message
}

/// `{"authority":["Invalid authority.","-54"]}`, seen for an inquiry.
fn odd_error(value: &Value) -> Option<Reply> {
    let words = value.as_object()?.values().find_map(Value::as_array)?;
    let code = words.iter().find_map(|word| integer(Some(word)).filter(|code| *code < 0))?;
    let message = words.iter().find_map(Value::as_str).unwrap_or_default().to_owned();
    Some(Reply { code, message, data: Map::new() })
}

/// The authority of a new payment: `A` or `S` (sandbox) and 35 letters and digits.
pub(super) fn authority(reply: &Reply) -> CallOutcome<String> {
    reply.outcome(|_| match text(reply.data.get("authority")) {
        Some(authority) if is_authority(&authority) => CallOutcome::Done(authority),
        _ => CallOutcome::Unknown("a success without an authority".into()),
    })
}

fn is_authority(text: &str) -> bool {
    text.len() == 36 && text.starts_with(['A', 'S']) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// The gateway has compared our amount with its own.
pub(super) fn verified(reply: &Reply) -> CallOutcome<Verified> {
    reply.outcome(|before| match text(reply.data.get("ref_id")) {
        Some(reference) => CallOutcome::Done(Verified {
            before,
            money: MoneyTold::Equal,
            receipt: Some(reference.clone()),
            reference: Some(reference),
            card: text(reply.data.get("card_pan")).and_then(|pan| MaskedCard::read(&pan)),
            unsettled: false,
        }),
        None => CallOutcome::Unknown("a success without a ref_id".into()),
    })
}

pub(super) fn inquiry(reply: &Reply) -> CallOutcome<Inquiry> {
    reply.outcome(|_| {
        let status = text(reply.data.get("status")).unwrap_or_default();
        match standing(&status) {
            Some(standing) => CallOutcome::Done(Inquiry::bare(standing)),
            None => CallOutcome::Unknown("an inquiry with a status that is not documented".into()),
        }
    })
}

/// Section 1.4.
pub(super) fn standing(status: &str) -> Option<Standing> {
    match status {
        "VERIFIED" => Some(Standing::Verified),
        "PAID" => Some(Standing::PaidUnverified),
        "IN_BANK" => Some(Standing::Open),
        "FAILED" => Some(Standing::Failed),
        "REVERSED" => Some(Standing::Returned),
        _ => None,
    }
}

/// Rows that cannot be read are left out: the inquiry of that attempt finds it too.
pub(super) fn unverified(reply: &Reply) -> CallOutcome<Vec<Unverified>> {
    reply.outcome(|_| match reply.data.get("authorities").and_then(Value::as_array) {
        Some(rows) => CallOutcome::Done(rows.iter().filter_map(waiting).collect()),
        None => CallOutcome::Unknown("a list without its rows".into()),
    })
}

fn waiting(row: &Value) -> Option<Unverified> {
    let gateway_id = text(row.get("authority")).filter(|a| is_authority(a))?;
    Some(Unverified { gateway_id, amount: Money::new(integer(row.get("amount"))?, Currency::Irr) })
}

pub(super) fn reversed(reply: &Reply) -> CallOutcome<Reversed> {
    reply.outcome(|before| CallOutcome::Done(Reversed { before }))
}
