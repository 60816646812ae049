//! Messages as they stand on the wire (gateway notes, section 6.2).

use serde_json::{Value, json};
use url::Url;
use yam_domain::money::Money;
use yam_domain::payment::receipt::{Receipt, ReceiptLine};
use yam_platform::http::Answer;

use super::codes;
use crate::account::AccountSettings;
use crate::answer::text;
use crate::attempt::{Attempt, Inquiry, MoneyTold, Refund, Refunded, Standing, Start, Verified};
use crate::card::MaskedCard;
use crate::decimal::{kopecks, rubles};
use crate::errors::{error, outline};
use crate::notice::{Authenticity, Notice, NoticeError, NoticeKind};
use crate::outcome::{CallOutcome, RefusalKind};

const LONGEST_DESCRIPTION: usize = 128;

fn amount(money: Money) -> Value {
    json!({ "value": rubles(money), "currency": "RUB" })
}

pub(super) fn payment(settings: &AccountSettings, start: &Start) -> Value {
    let description: String = start.description.chars().take(LONGEST_DESCRIPTION).collect();
    let mut body = json!({
        "amount": amount(start.amount),
        "capture": true,
        "confirmation": { "type": "redirect", "return_url": start.return_url.as_str() },
        "description": description,
        "metadata": { "order_number": start.order.to_string() },
    });
    if let (Some(receipt), Some(fields)) = (&start.receipt, body.as_object_mut()) {
        fields.insert("receipt".into(), fiscal(receipt, settings));
    }
    body
}

/// The receipt of a payment or a refund (54-FZ).
fn fiscal(receipt: &Receipt, settings: &AccountSettings) -> Value {
    let mut customer = json!({});
    if let Some(fields) = customer.as_object_mut() {
        if let Some(email) = &receipt.email {
            fields.insert("email".into(), json!(email));
        }
        if let Some(phone) = &receipt.phone {
            fields.insert("phone".into(), json!(phone.trim_start_matches('+')));
        }
    }
    let line = |line: &ReceiptLine| {
        json!({
            "description": line.name,
            "quantity": line.quantity.to_string(),
            "amount": amount(line.price),
            "vat_code": line.vat.get(),
            "payment_mode": "full_payment",
            "payment_subject": line.subject.as_str(),
        })
    };
    let mut body =
        json!({ "customer": customer, "items": receipt.lines.iter().map(line).collect::<Vec<_>>() });
    if let (Some(system), Some(fields)) = (settings.tax_system, body.as_object_mut()) {
        fields.insert("tax_system_code".into(), json!(system));
    }
    body
}

/// A whole JSON answer: the object of a success, or a refusal.
pub(super) fn success(answer: &Answer, value: Value) -> CallOutcome<Value> {
    let status = answer.status.as_u16();
    if status == 200 {
        return CallOutcome::Done(value);
    }
    match codes::refusal(answer.status) {
        Some((kind, meaning)) if text(value.get("type")).as_deref() == Some("error") => {
            let code = text(value.get("code")).unwrap_or_else(|| status.to_string());
            let words = text(value.get("description")).unwrap_or_default();
            CallOutcome::Refused(error(code, &words, meaning, kind))
        }
        _ => CallOutcome::Unknown(outline(answer, "still processed, or no answer of YooKassa")),
    }
}

/// A new payment: its id and the page that confirms it.
pub(super) fn created(value: &Value) -> CallOutcome<(String, Url)> {
    let page = text(value.pointer("/confirmation/confirmation_url")).and_then(|page| Url::parse(&page).ok());
    match (id(value), page.filter(|page| matches!(page.scheme(), "http" | "https"))) {
        (Some(id), Some(page)) => CallOutcome::Done((id, page)),
        _ => CallOutcome::Unknown("a payment without its id or its page".into()),
    }
}

/// An id as it stands in an address and a key.
fn id(value: &Value) -> Option<String> {
    text(value.get("id")).filter(|id| is_id(id))
}

pub(super) fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn money(value: &Value) -> Option<Money> {
    let in_rubles = text(value.pointer("/amount/currency")).as_deref() == Some("RUB");
    text(value.pointer("/amount/value")).and_then(|text| kopecks(&text)).filter(|_| in_rubles)
}

/// Reads a payment that was asked for by its id.
pub(super) fn inquiry(value: &Value, attempt: &Attempt) -> CallOutcome<Inquiry> {
    let status = text(value.get("status")).unwrap_or_default();
    let reason = text(value.pointer("/cancellation_details/reason"));
    let Some(standing) = codes::standing(&status, reason.as_deref()) else {
        return CallOutcome::Unknown("a payment with a status that is not documented".into());
    };
    if id(value).as_deref() != Some(attempt.gateway_id.as_str()) {
        return CallOutcome::Unknown("another payment was answered".into());
    }
    let order = text(value.pointer("/metadata/order_number"));
    if order.is_some_and(|order| order != attempt.order.to_string()) {
        let meaning = "the payment is another order's";
        return CallOutcome::Refused(error("order_number", "", meaning, RefusalKind::Foreign));
    }
    // `succeeded` and not `paid`, or all of it refunded: nothing is held.
    let refunded = text(value.pointer("/refunded_amount/value")).and_then(|t| kopecks(&t));
    let standing = match standing {
        Standing::Verified if value.get("paid").and_then(Value::as_bool) == Some(false) => Standing::Open,
        Standing::Verified if refunded.is_some() && refunded == money(value) => Standing::Returned,
        other => other,
    };
    CallOutcome::Done(Inquiry {
        standing,
        money: MoneyTold::of(attempt.amount, money(value)),
        reference: text(value.pointer("/authorization_details/rrn")).or_else(|| id(value)),
        receipt: id(value),
        card: card(value),
    })
}

fn card(value: &Value) -> Option<MaskedCard> {
    let first = text(value.pointer("/payment_method/card/first6")).unwrap_or_default();
    let last = text(value.pointer("/payment_method/card/last4"))?;
    MaskedCard::read(&format!("{first}******{last}"))
}

/// A payment is verified by being read: it is captured without us.
pub(super) fn verified(inquiry: CallOutcome<Inquiry>) -> CallOutcome<Verified> {
    inquiry.then(|found| crate::decided::by_standing(200, found))
}

/// A refund; our key stands in its description, by which it is found again.
pub(super) fn refund(settings: &AccountSettings, attempt: &Attempt, refund: &Refund) -> Value {
    let mut body = json!({
        "payment_id": attempt.gateway_id,
        "amount": amount(refund.amount),
        "description": description(refund),
    });
    if let (Some(receipt), Some(fields)) = (&refund.receipt, body.as_object_mut()) {
        fields.insert("receipt".into(), fiscal(receipt, settings));
    }
    body
}

fn description(refund: &Refund) -> String {
    let mark = mark(refund);
    let room = 250_usize.saturating_sub(mark.len());
    format!("{}{mark}", refund.reason.chars().take(room).collect::<String>())
}

fn mark(refund: &Refund) -> String {
    format!(" ({})", refund.key)
}

pub(super) fn refunded(value: &Value) -> CallOutcome<Refunded> {
    let made = |finished| CallOutcome::Done(Refunded { refund_id: id(value), finished });
    match text(value.get("status")).as_deref() {
        Some("succeeded") => made(true),
        Some("pending") => made(false),
        Some("canceled") => {
            let reason = text(value.pointer("/cancellation_details/reason")).unwrap_or_default();
            let meaning = "the refund was cancelled";
            CallOutcome::Refused(error("canceled", &reason, meaning, RefusalKind::NotPossible))
        }
        _ => CallOutcome::Unknown("a refund with a status that is not documented".into()),
    }
}

/// Our refund in the list of a payment's refunds: by its id, or by the key in its description.
pub(super) fn find_refund(value: &Value, refund: &Refund) -> CallOutcome<Refunded> {
    let Some(items) = value.get("items").and_then(Value::as_array) else {
        return CallOutcome::Unknown("a list without its items".into());
    };
    let mark = mark(refund);
    let ours = items.iter().find(|item| {
        let by_id = refund.refund_id.is_some() && id(item) == refund.refund_id;
        by_id || text(item.get("description")).is_some_and(|d| d.ends_with(mark.trim_start()))
    });
    match ours {
        Some(item) => refunded(item),
        None if text(value.get("next_cursor")).is_some() => {
            CallOutcome::Unknown("more refunds than one page lists".into())
        }
        None => CallOutcome::Refused(error("list", "", "no such refund", RefusalKind::NotFound)),
    }
}

/// A notice. It is unsigned: only what it points at is used, and read again.
pub(super) fn notice(body: &[u8]) -> Result<Notice, NoticeError> {
    let value: Value = serde_json::from_slice(body).map_err(|_| NoticeError::Unreadable)?;
    if text(value.get("type")).as_deref() != Some("notification") {
        return Err(NoticeError::Unreadable);
    }
    let event = text(value.get("event")).ok_or(NoticeError::Unreadable)?;
    let object = value.get("object").ok_or(NoticeError::Unreadable)?;
    let (kind, payment) = match event.as_str() {
        "payment.succeeded" | "payment.waiting_for_capture" => (NoticeKind::Paid, id(object)),
        "payment.canceled" => (NoticeKind::Cancelled, id(object)),
        "refund.succeeded" => {
            (NoticeKind::Refunded, text(object.get("payment_id")).filter(|payment| is_id(payment)))
        }
        _ => (NoticeKind::Other, None),
    };
    if kind != NoticeKind::Other && payment.is_none() {
        return Err(NoticeError::Unreadable);
    }
    Ok(Notice {
        authenticity: Authenticity::AskGateway,
        kind,
        order: None,
        gateway_id: payment,
        amount: None,
        reply: String::new(),
    })
}
