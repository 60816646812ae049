//! Payments and links as merchants see them.

use serde_json::{Value, json};
use yam_domain::payment::link::{LinkAmount, Uses};
use yam_store::items::{Attempt, BackKind, Found, PayerDetails, Payment, PaymentLink, PaymentTaskReason};

/// The word of a reason, for metrics and the API.
pub(crate) const fn reason(reason: PaymentTaskReason) -> &'static str {
    match reason {
        PaymentTaskReason::OutcomeUnknown => "outcome_unknown",
        PaymentTaskReason::Mismatch => "mismatch",
        PaymentTaskReason::ReceiptTaken => "receipt_taken",
        PaymentTaskReason::Overpaid => "overpaid",
        PaymentTaskReason::BackUnknown => "back_unknown",
        PaymentTaskReason::Contradiction => "contradiction",
        PaymentTaskReason::Slip => "slip",
        PaymentTaskReason::Order => "order",
    }
}

/// The attempt that matters most: the one that shows the payment's state, the newest of several.
pub(crate) fn leading(payment: &Payment) -> Option<&Attempt> {
    let state = payment.overall();
    payment.attempts.iter().rev().find(|attempt| attempt.state == state).or(payment.attempts.last())
}

/// What went back to the payer, in minor units.
pub(crate) fn refunded(payment: &Payment) -> i64 {
    let backs = payment.attempts.iter().flat_map(|attempt| &attempt.backs);
    backs.filter(|back| back.went_back == Some(true)).map(|back| back.amount.amount()).sum()
}

/// Full state without buyers' data: what webhooks tell.
pub(crate) fn event_data(payment: &Payment) -> Value {
    let lead = leading(payment);
    let slip = payment.slip.as_ref();
    let paid = payment.paid_told.then_some(payment.amount);
    json!({
        "payment_id": payment.id,
        "code": payment.code.shown(),
        "status": payment.overall(),
        "amount": payment.amount,
        "requested_amount": payment.asked,
        "paid_amount": paid,
        "refunded_amount": yam_domain::money::Money::new(refunded(payment), payment.amount.currency()),
        "currency_unit": payment.unit,
        "description": payment.description,
        "link_id": payment.link,
        "order_id": payment.order,
        "method": if slip.is_some() { "slip" } else { "gateway" },
        "gateway": lead.map(|attempt| attempt.gateway),
        "account_id": lead.map(|attempt| &attempt.account),
        "gateway_order": lead.map(|attempt| attempt.order),
        "bank_reference": lead.and_then(|a| a.reference.clone()).or(slip.map(|s| s.slip.number.as_str().to_owned())),
        "card": lead.and_then(|attempt| attempt.card.clone()),
        "told_amount": lead.and_then(|attempt| attempt.told),
        "task": payment.task.as_ref().map(|task| json!({
            "reason": reason(task.reason), "words": task.words, "since": task.since,
        })),
        "created_at": payment.created_at,
        "paid_at": payment.paid_at,
    })
}

/// A payment with everything that is kept of it.
pub(crate) fn payment(payment: &Payment, payer: Option<&PayerDetails>) -> Value {
    let mut shown = event_data(payment);
    if let Value::Object(members) = &mut shown {
        members.insert("payer".into(), payer.map_or(Value::Null, self::payer));
        members.insert("attempts".into(), payment.attempts.iter().map(attempt).collect());
        members.insert("slip".into(), slip(payment));
        members.insert("steps".into(), json!(steps(payment)));
        members.insert("sequence".into(), json!(payment.sequence));
        members.insert("next_at".into(), json!(payment.due_at));
    }
    shown
}

fn payer(payer: &PayerDetails) -> Value {
    json!({
        "name": payer.name,
        "mobile": payer.mobile.as_ref().map(|phone| phone.e164()),
        "phone": payer.phone.as_ref().map(|phone| phone.e164()),
        "email": payer.email,
    })
}

fn attempt(attempt: &Attempt) -> Value {
    let backs = attempt.backs.iter().map(|back| {
        json!({
            "refund_id": back.id,
            "kind": match back.kind { BackKind::Reverse => "reverse", BackKind::Refund => "refund" },
            "amount": back.amount,
            "reason": back.reason,
            "went_back": back.went_back,
            "gateway_refund_id": back.refund_id,
            "note": back.note,
            "since": back.since,
            "settled": back.found.as_ref().map(|found| settled(found, "refunded", "not_refunded")),
        })
    });
    json!({
        "gateway": attempt.gateway,
        "account_id": attempt.account,
        "order": attempt.order,
        "gateway_id": attempt.gateway_id,
        "status": attempt.state,
        "amount": attempt.amount,
        "bank_reference": attempt.reference,
        "card": attempt.card,
        "unwanted": attempt.unwanted,
        "created_at": attempt.created_at,
        "redirected_at": attempt.redirected_at,
        "asked_at": attempt.asked_at,
        "verified_at": attempt.verified_at,
        "settled": attempt.found.as_ref().map(|found| settled(found, "paid", "not_paid")),
        "refunds": backs.collect::<Vec<_>>(),
    })
}

/// What the merchant found where the gateway could not be asked.
fn settled(found: &Found, yes: &str, no: &str) -> Value {
    json!({
        "found": if found.yes { yes } else { no },
        "note": found.note,
        "by": found.by,
        "at": found.at,
    })
}

fn slip(payment: &Payment) -> Value {
    payment.slip.as_ref().map_or(Value::Null, |record| {
        json!({
            "bank": record.slip.bank,
            "number": record.slip.number,
            "paid_on": record.slip.paid_on,
            "amount": record.slip.amount,
            "last4": record.slip.last4,
            "seen": record.seen,
            "status": record.state,
            "statement_row": record.row,
            "decided": record.decided,
            "picture": record.picture.as_ref().map(|picture| json!({
                "type": picture.kind.media_type(),
                "bytes": picture.bytes,
                "path": format!("/v1/payments/{}/slip-picture", payment.id),
                "kept_until": jiff::Timestamp::from_second(picture.expires_at).ok(),
            })),
        })
    })
}

fn steps(payment: &Payment) -> Vec<Value> {
    let steps = payment.steps.iter();
    steps
        .map(|step| {
            json!({
                "at": step.at, "attempt": step.attempt, "status": step.state, "event": step.event,
                "words": step.words, "by": step.by,
            })
        })
        .collect()
}

/// A link; `url` is where it is paid.
pub(crate) fn link(link: &PaymentLink, url: &str, open: Result<(), String>) -> Value {
    let (amount, min, max) = match link.terms.amount {
        LinkAmount::Locked(amount) => (Some(amount), None, None),
        LinkAmount::Range { min, max } => (None, Some(min), Some(max)),
    };
    let max_uses = match link.terms.uses {
        Uses::Once => Some(1),
        Uses::Max(most) => Some(most),
        Uses::Reusable => None,
    };
    json!({
        "link_id": link.id,
        "url": url,
        "qr_svg_url": format!("{url}/qr.svg"),
        "amount": amount,
        "min": min,
        "max": max,
        "description": link.description,
        "order_id": link.terms.order,
        "expires_at": link.terms.expires_at,
        "single_use": max_uses == Some(1),
        "max_uses": max_uses,
        "paid": link.paid,
        "gateways": link.gateways,
        "redirect_url": link.redirect_url,
        "send_via": link.send_via,
        "revoked_at": link.revoked_at,
        "open": open.is_ok(),
        "closed_because": open.err(),
        "created_at": link.created_at,
    })
}
