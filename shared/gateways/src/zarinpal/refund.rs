//! Refunds days later, by the panel's GraphQL interface (gateway notes, section 1).

use serde_json::{Value, json};
use yam_platform::http::Answer;

use crate::answer::text;
use crate::attempt::{Refund, Refunded};
use crate::errors::{error, outline};
use crate::outcome::{CallOutcome, RefusalKind};

const MUTATION: &str = "mutation AddRefund($session_id: ID!, $amount: BigInteger!, $description: String, \
    $method: InstantPayoutActionTypeEnum, $reason: RefundReasonEnum) { resource: AddRefund(session_id: $session_id, \
    amount: $amount, description: $description, method: $method, reason: $reason) { terminal_id id amount \
    timeline { refund_amount refund_time refund_status } } }";

/// A refund to the payer's account by the next settlement of the banks (`PAYA`).
pub(super) fn mutation(session: &str, refund: &Refund) -> Value {
    json!({
        "query": MUTATION,
        "variables": {
            "session_id": session,
            "amount": refund.amount.amount(),
            "description": format!("{} ({})", refund.reason, refund.key),
            "method": "PAYA",
            "reason": "CUSTOMER_REQUEST",
        },
    })
}

/// GraphQL says "no" in `errors`, beside an empty `data`.
pub(super) fn read(answer: &Answer, value: &Value) -> CallOutcome<Refunded> {
    let errors = value.get("errors").and_then(Value::as_array).filter(|e| !e.is_empty());
    if let Some(first) = errors.and_then(|errors| errors.first()) {
        let words = text(first.get("message")).unwrap_or_default();
        let kind =
            if answer.status.as_u16() == 401 { RefusalKind::Account } else { RefusalKind::NotPossible };
        return CallOutcome::Refused(error("graphql", &words, "refund refused", kind));
    }
    if matches!(answer.status.as_u16(), 401 | 403) {
        let meaning = "the access token is not accepted";
        return CallOutcome::Refused(error(answer.status.as_u16(), "", meaning, RefusalKind::Account));
    }
    let data = value.get("data");
    let made = data.and_then(|d| d.get("resource").or_else(|| d.get("AddRefund")));
    match made.and_then(|refund| text(refund.get("id"))) {
        Some(id) if answer.status.is_success() => {
            CallOutcome::Done(Refunded { refund_id: Some(id), finished: true })
        }
        _ => CallOutcome::Unknown(outline(answer, "no refund in the answer")),
    }
}
