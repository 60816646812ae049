//! Messages as they stand on the wire (gateway notes, section 6.3).

use serde_json::{Value, json};
use yam_domain::money::{Currency, Money};
use yam_platform::http::Answer;

use super::codes::{self, Class};
use crate::account::Account;
use crate::answer::{integer, text};
use crate::attempt::{Attempt, Inquiry, MoneyTold, Refund, Refunded, Start};
use crate::card::MaskedCard;
use crate::errors::{error, outline};
use crate::notice::{Authenticity, Notice, NoticeError, NoticeKind};
use crate::outcome::{CallOutcome, RefusalKind};

const LONGEST_NAME: usize = 100;
const LONGEST_REASON: usize = 200;
const LONGEST_KEY: usize = 200;

/// What the script in the payer's browser is called with.
pub(super) fn script(account: &Account, start: &Start) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        ("clientKey", account.credentials.get("client_key").to_owned()),
        ("orderId", start.order.to_string()),
        ("orderName", start.description.chars().take(LONGEST_NAME).collect()),
        ("amount", start.amount.amount().to_string()),
        ("currency", "KRW".to_owned()),
        ("successUrl", start.return_url.to_string()),
        ("failUrl", start.return_url.to_string()),
    ];
    fields.extend(start.payer.name.clone().map(|name| ("customerName", name)));
    fields.extend(start.payer.email.clone().map(|email| ("customerEmail", email)));
    fields
}

pub(super) fn confirm(attempt: &Attempt, payment_key: &str) -> Value {
    json!({
        "paymentKey": payment_key,
        "orderId": attempt.order.to_string(),
        "amount": attempt.amount.amount(),
    })
}

/// A payment key as it stands in an address.
pub(super) fn is_payment_key(text: &str) -> bool {
    (1..=LONGEST_KEY).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'='))
}

/// What an answer is: a payment, or an error with its code.
pub(super) enum Reply {
    Payment(Value),
    Error { code: String, class: Class, message: String },
}

impl Reply {
    pub(super) fn read<T>(answer: &Answer, value: Value) -> Result<Self, CallOutcome<T>> {
        if answer.status.as_u16() == 200 && value.get("status").is_some() {
            return Ok(Reply::Payment(value));
        }
        match text(value.get("code")) {
            Some(code) if answer.status.is_client_error() => {
                let (class, meaning) = codes::class(&code);
                let words = text(value.get("message")).unwrap_or_else(|| meaning.to_owned());
                Ok(Reply::Error { code, class, message: words })
            }
            _ => Err(CallOutcome::Unknown(outline(answer, "no payment and no code in the answer"))),
        }
    }

    /// The end of a call that was answered with an error.
    pub(super) fn refused<T>(code: &str, class: Class, message: &str) -> CallOutcome<T> {
        match class {
            Class::Refused(kind) => CallOutcome::Refused(error(code, message, message, kind)),
            Class::Read | Class::Unknown => CallOutcome::Unknown(format!("{code}: {message}")),
        }
    }
}

/// Reads a payment that has to be ours.
pub(super) fn inquiry(value: &Value, attempt: &Attempt) -> CallOutcome<Inquiry> {
    if text(value.get("orderId")) != Some(attempt.order.to_string()) {
        return CallOutcome::Unknown("another payment was answered".into());
    }
    let status = text(value.get("status")).unwrap_or_default();
    let Some((_, standing)) = codes::STATUSES.iter().find(|(known, _)| *known == status) else {
        return CallOutcome::Unknown("a payment with a status that is not documented".into());
    };
    let key = text(value.get("paymentKey")).filter(|key| is_payment_key(key));
    let in_won = text(value.get("currency")).is_none_or(|currency| currency == "KRW");
    let told = integer(value.get("totalAmount")).map(|amount| Money::new(amount, Currency::Krw));
    CallOutcome::Done(Inquiry {
        standing: *standing,
        money: MoneyTold::of(attempt.amount, told.filter(|_| in_won)),
        reference: text(value.pointer("/card/approveNo")).or_else(|| key.clone()),
        receipt: key,
        card: text(value.pointer("/card/number")).and_then(|card| MaskedCard::read(&card)),
    })
}

pub(super) fn cancel(refund: &Refund) -> Value {
    json!({ "cancelReason": reason(refund), "cancelAmount": refund.amount.amount() })
}

fn reason(refund: &Refund) -> String {
    let mark = mark(refund);
    let room = LONGEST_REASON.saturating_sub(mark.chars().count());
    format!("{}{mark}", refund.reason.chars().take(room).collect::<String>())
}

/// Our key, by which a cancel is found again.
fn mark(refund: &Refund) -> String {
    format!(" ({})", refund.key)
}

/// Our cancel among those of a payment.
pub(super) fn find_cancel(payment: &Value, attempt: &Attempt, refund: &Refund) -> CallOutcome<Refunded> {
    if text(payment.get("orderId")) != Some(attempt.order.to_string()) {
        return CallOutcome::Unknown("another payment was answered".into());
    }
    let none = Vec::new();
    let cancels = payment.get("cancels").and_then(Value::as_array).unwrap_or(&none);
    let mark = mark(refund);
    let ours = cancels
        .iter()
        .find(|cancel| text(cancel.get("cancelReason")).is_some_and(|r| r.ends_with(mark.trim_start())));
    match ours {
        Some(cancel) => {
            CallOutcome::Done(Refunded { refund_id: text(cancel.get("transactionKey")), finished: true })
        }
        None => CallOutcome::Refused(error("cancels", "", "no such cancel", RefusalKind::NotFound)),
    }
}

/// A webhook. It is unsigned: only what it points at is used, and read again.
pub(super) fn notice(body: &[u8]) -> Result<Notice, NoticeError> {
    let value: Value = serde_json::from_slice(body).map_err(|_| NoticeError::Unreadable)?;
    let event = text(value.get("eventType"));
    // DEPOSIT_CALLBACK is flat and may come without its name.
    let flat = event.is_none() && value.get("secret").is_some();
    let part = if flat { &value } else { value.get("data").unwrap_or(&value) };
    let status = text(part.get("status")).unwrap_or_default();
    let kind = match event.as_deref() {
        Some("PAYMENT_STATUS_CHANGED" | "DEPOSIT_CALLBACK") | None => match status.as_str() {
            "DONE" | "IN_PROGRESS" | "WAITING_FOR_DEPOSIT" => NoticeKind::Paid,
            "CANCELED" | "PARTIAL_CANCELED" => NoticeKind::Refunded,
            "ABORTED" | "EXPIRED" => NoticeKind::Cancelled,
            _ => NoticeKind::Other,
        },
        Some("CANCEL_STATUS_CHANGED") => NoticeKind::Refunded,
        Some(_) => NoticeKind::Other,
    };
    if event.is_none() && !flat {
        return Err(NoticeError::Unreadable);
    }
    let order = text(part.get("orderId")).filter(|order| order.len() <= 64);
    if kind != NoticeKind::Other && order.is_none() {
        return Err(NoticeError::Unreadable);
    }
    Ok(Notice {
        authenticity: Authenticity::AskGateway,
        kind,
        gateway_id: order.clone(),
        order,
        amount: None,
        reply: String::new(),
    })
}
