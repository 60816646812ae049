//! `POST /v1/payments/{id}/attempts/{order}/settle` and `.../refunds/{refund_id}/settle`: what the merchant found in the
//! gateway's panel, where Yam can no longer find it out.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::Value;
use yam_api::{Body, Caller, store_problem};
use yam_domain::payment::PaymentState;
use yam_domain::text::{ascii_digits, bounded, clean};
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_platform::queue::Queue;
use yam_store::Message;
use yam_store::items::{Found, Payment, Scope};
use yam_store::keys::{of_merchant, sk};

use super::{load, shown};
use crate::PayState;
use crate::engine::NotTaken;

/// Most characters of a note.
const LONGEST_NOTE: usize = 200;
/// Most characters of a number of the gateway's panel.
const LONGEST_NUMBER: usize = 100;

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AttemptFinding {
    Paid,
    NotPaid,
}

/// How a refund or reversal ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RefundFinding {
    Refunded,
    NotRefunded,
}

/// What was found about an attempt, as it comes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AttemptRequest {
    found: Option<AttemptFinding>,
    /// The number under which the gateway's panel shows the money; needed with `paid`.
    bank_reference: Option<String>,
    note: Option<String>,
}

/// What was found about a refund, as it comes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RefundRequest {
    found: Option<RefundFinding>,
    /// The gateway's id of the refund, where its panel shows one.
    gateway_refund_id: Option<String>,
    note: Option<String>,
}

/// `POST /v1/payments/{id}/attempts/{order}/settle`; `order` is our number of the attempt.
pub(crate) async fn attempt(
    State(state): State<PayState>,
    caller: Caller,
    Path((id, order)): Path<(String, String)>,
    body: Body<AttemptRequest>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Orders)?;
    let payment = load(&state, &caller.merchant, &id).await?;
    let mut places = payment.attempts.iter().enumerate();
    let place = places.find(|(_, attempt)| attempt.order.to_string() == order);
    let (n, attempt) = place.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let request = body.value;
    let answer = request.found.map(|found| found == AttemptFinding::Paid);
    let number = Number { pointer: "/bank_reference", given: request.bank_reference, needed: true };
    let found = read(&state, &caller, answer, number, request.note)?;
    let after = state.engine.found_attempt(&caller.merchant, &payment.id, n, &found).await;
    told(&state, &caller, after, attempt.state).await
}

/// `POST /v1/payments/{id}/refunds/{refund_id}/settle`; `refund_id` is the id of the request to refund.
pub(crate) async fn refund(
    State(state): State<PayState>,
    caller: Caller,
    Path((id, refund_id)): Path<(String, String)>,
    body: Body<RefundRequest>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Orders)?;
    let payment = load(&state, &caller.merchant, &id).await?;
    let place = payment.attempts.iter().enumerate().find_map(|(n, attempt)| {
        let at = attempt.backs.iter().position(|back| back.id == refund_id)?;
        Some((n, at, attempt.state))
    });
    let (n, at, before) = place.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let request = body.value;
    let answer = request.found.map(|found| found == RefundFinding::Refunded);
    let number = Number { pointer: "/gateway_refund_id", given: request.gateway_refund_id, needed: false };
    let found = read(&state, &caller, answer, number, request.note)?;
    let after = state.engine.found_back(&caller.merchant, &payment.id, (n, at), &found).await;
    told(&state, &caller, after, before).await
}

/// A number of the gateway's panel, as it comes.
struct Number {
    pointer: &'static str,
    given: Option<String>,
    /// A "yes" needs it.
    needed: bool,
}

/// Checks what was sent, field by field.
fn read(
    state: &PayState,
    caller: &Caller,
    answer: Option<bool>,
    number: Number,
    note: Option<String>,
) -> Result<Found, Problem> {
    let mut faults = Vec::new();
    if answer.is_none() {
        faults.push(FieldError::new("/found", Fault::Required));
    }
    let Number { pointer, given, needed } = number;
    let given = ascii_digits(&clean(given.as_deref().unwrap_or_default()));
    let given = Some(given).filter(|given| !given.is_empty());
    let fault = match &given {
        Some(_) if answer == Some(false) => {
            Some(Fault::Other("belongs to money that was found; leave it out".to_owned()))
        }
        Some(given) if bounded(given, LONGEST_NUMBER).is_err() => Some(Fault::TooLong(LONGEST_NUMBER)),
        Some(given) if !given.chars().all(|c| c.is_ascii_graphic()) => {
            Some(Fault::Other("may hold letters, digits and signs, no spaces".to_owned()))
        }
        None if needed && answer == Some(true) => Some(Fault::Required),
        _ => None,
    };
    faults.extend(fault.map(|fault| FieldError::new(pointer, fault)));
    let note = clean(note.as_deref().unwrap_or_default());
    if bounded(&note, LONGEST_NOTE).is_err() {
        faults.push(FieldError::new("/note", Fault::TooLong(LONGEST_NOTE)));
    }
    match answer {
        Some(yes) if faults.is_empty() => {
            Ok(Found { yes, number: given, note, by: caller.key_id.clone(), at: state.store.clock.now() })
        }
        _ => Err(Problem::validation(faults)),
    }
}

/// The payment as it is now; what follows from it (its order, settling, money that nothing wants) is begun at once, and
/// left to the due row otherwise.
async fn told(
    state: &PayState,
    caller: &Caller,
    after: Result<Option<Payment>, NotTaken>,
    before: PaymentState,
) -> Result<Json<Value>, Problem> {
    let after = after.map_err(|error| match error {
        NotTaken::Store(error) => store_problem(error),
        NotTaken::NoSuch => Problem::new(Kind::NotFound),
        other => Problem::new(Kind::NotInThisState).with(before.as_str()).with(other.to_string()),
    })?;
    let after = after.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let at = of_merchant(&caller.merchant, sk::payment(after.id.as_str()));
    if after.due_at.is_some()
        && let Err(error) = state.store.queues.send(Queue::Openpay, &Message::bodies([&at])).await
    {
        tracing::warn!(%error, "what follows is left to the due row");
    }
    Ok(Json(shown(state, caller, &after).await?))
}
