//! Refunds by Zibal's platform, which is another host with another credential (gateway notes, section 2.3).

use serde_json::{Value, json};
use yam_platform::http::Answer;

use super::wire::Reply;
use crate::account::Account;
use crate::answer::{integer, text};
use crate::attempt::{Attempt, Refund, Refunded};
use crate::errors::{error, outline};
use crate::outcome::{CallOutcome, RefusalKind as K};

/// The platform's results.
pub(super) const RESULTS: &[(i64, Option<K>, &str)] = &[
    (1, None, "done"),
    (2, Some(K::Account), "no API key"),
    (3, Some(K::Account), "the API key is not valid"),
    (4, Some(K::Account), "no access"),
    (5, Some(K::Request), "the return address is not valid"),
    (6, Some(K::Request), "the input is not valid"),
    (7, Some(K::Account), "the address is not allowed"),
    (8, Some(K::Account), "the API key is inactive"),
    (9, Some(K::Amount), "the amount is below 1,000 rial"),
    (10, Some(K::Account), "the wallet was not found"),
    (11, Some(K::NotPossible), "the balance is too low"),
    (12, Some(K::Amount), "the amount is below 10,000 rial"),
    (18, Some(K::Account), "the merchant was not found"),
];

pub(super) fn request(account: &Account, attempt: &Attempt, refund: &Refund) -> Value {
    let mut body = json!({
        "trackId": attempt.gateway_id.parse::<i64>().map_or_else(|_| json!(attempt.gateway_id), |n| json!(n)),
        // Reversed where that is still possible, which costs nobody a fee.
        "tryReverse": true,
        "amount": refund.amount.amount(),
        "description": format!("{} ({})", refund.reason, refund.key),
    });
    if let (Some(source), Some(fields)) = (&account.settings.refund_account, body.as_object_mut()) {
        fields.insert("accountId".into(), json!(source));
    }
    body
}

pub(super) fn read(answer: &Answer, value: &Value) -> CallOutcome<Refunded> {
    let Some(result) = integer(value.get("result")) else {
        return CallOutcome::Unknown(outline(answer, "no result in the answer"));
    };
    match RESULTS.iter().find(|(known, _, _)| *known == result) {
        Some((_, None, _)) => {
            let part = value.pointer("/data/split/0");
            let refund_id = text(part.and_then(|part| part.get("refundId")));
            CallOutcome::Done(Refunded { refund_id, finished: true })
        }
        Some((_, Some(kind), meaning)) => {
            let words = text(value.get("message")).unwrap_or_default();
            CallOutcome::Refused(error(result, &words, meaning, *kind))
        }
        None => CallOutcome::Unknown(format!("result {result} is not documented")),
    }
}

/// By the payment's status: 15 and 18 are back, 16 is under way; anything else knows of no refund.
pub(super) fn look_up(reply: &Reply) -> CallOutcome<Refunded> {
    reply.outcome(|| match reply.status() {
        Some(15 | 18) => CallOutcome::Done(Refunded { refund_id: None, finished: true }),
        Some(16) => CallOutcome::Done(Refunded { refund_id: None, finished: false }),
        Some(1) => CallOutcome::Refused(error(1, "", "no refund is known", K::NotFound)),
        _ => CallOutcome::Unknown("an inquiry that says nothing about a refund".into()),
    })
}
