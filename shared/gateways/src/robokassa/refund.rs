//! Refunds (gateway notes, sections 6.1 and 13): a token signed with password 3, then a state by its id.

use serde_json::{Value, json};
use yam_platform::http::Answer;

use super::fiscal;
use crate::answer::text;
use crate::attempt::{Refund, Refunded};
use crate::decimal::rubles;
use crate::errors::{error, outline};
use crate::outcome::{CallOutcome, RefusalKind};

pub(super) fn payload(op_key: &str, refund: &Refund) -> Value {
    let mut payload = json!({ "OpKey": op_key, "RefundSum": fiscal::number(&rubles(refund.amount)) });
    if let (Some(receipt), Some(fields)) = (&refund.receipt, payload.as_object_mut()) {
        fields.insert("InvoiceItems".into(), Value::Array(fiscal::refund(receipt)));
    }
    payload
}

/// `{success, requestId | message}`
pub(super) fn created(answer: &Answer, value: &Value) -> CallOutcome<Refunded> {
    let id = text(value.get("requestId"));
    match (value.get("success").and_then(Value::as_bool), id) {
        (Some(true), Some(id)) => CallOutcome::Done(Refunded { refund_id: Some(id), finished: false }),
        (Some(false), _) => {
            let words = text(value.get("message")).unwrap_or_default();
            CallOutcome::Refused(error("refund", &words, "refund refused", RefusalKind::NotPossible))
        }
        _ => CallOutcome::Unknown(outline(answer, "no refund in the answer")),
    }
}

/// `{requestId, amount, label}` with the label finished, processing or canceled.
pub(super) fn state(answer: &Answer, value: &Value, id: &str) -> CallOutcome<Refunded> {
    let refunded = |finished| CallOutcome::Done(Refunded { refund_id: Some(id.to_owned()), finished });
    match text(value.get("label")).as_deref() {
        Some("finished") => refunded(true),
        Some("processing") => refunded(false),
        Some("canceled") => {
            CallOutcome::Refused(error("canceled", "", "the refund was cancelled", RefusalKind::NotPossible))
        }
        _ => CallOutcome::Unknown(outline(answer, "no state of a refund in the answer")),
    }
}
