//! Results and statuses (section 2.3).

use serde_json::{Value, json};

use crate::gateways::json as read;
use crate::gateways::{Payment, State};
use crate::pipeline::Answer;

/// Nothing but a result.
pub(super) fn result(code: i64) -> Answer {
    read::ok(&json!({"result": code, "message": message(code)}))
}

/// The text of a result.
pub(super) fn message(code: i64) -> &'static str {
    match code {
        100 => "success",
        102 => "merchant not found",
        103 => "merchant inactive",
        104 => "merchant invalid",
        105 => "amount must be greater than 1,000",
        106 => "callbackUrl invalid",
        107 => "percentMode invalid",
        108 => "multiplexing beneficiary invalid",
        110 => "self beneficiary missing",
        111 => "multiplexing amounts do not add up",
        113 => "amount over the limit",
        114 => "national code invalid",
        115 => "ip not registered",
        201 => "already verified",
        202 => "not paid or failed",
        203 => "trackId invalid",
        _ => "error",
    }
}

/// The status of a payment.
pub(super) fn status(payment: &Payment) -> i64 {
    match payment.state {
        State::Verified | State::Settled => 1,
        State::Paid => 2,
        State::Cancelled => 3,
        State::Failed => payment.reason.as_deref().and_then(|code| code.parse().ok()).unwrap_or(-2),
        State::Refunded => 15,
        State::Returned | State::Reversed => 18,
        // Also once the page's time is over: nothing was paid.
        _ => -1,
    }
}

/// A `trackId` is a number.
pub(super) fn number(id: &str) -> Value {
    id.parse::<i64>().map_or_else(|_| json!(id), |number| json!(number))
}
