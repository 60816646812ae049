//! `POST /v1/payments/{id}/refund`: all of it or a part, by reversal while that is possible for all of it.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use yam_api::{Body, Caller, IdempotencyKey, store_problem};
use yam_domain::money::Money;
use yam_domain::payment::reversal::may_reverse;
use yam_domain::text::clean;
use yam_gateways::capabilities::RefundSupport;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_platform::queue::Queue;
use yam_store::Message;
use yam_store::items::{BackKind, Scope};
use yam_store::keys::{of_merchant, sk};

use super::{load, shown};
use crate::PayState;
use crate::engine::{NotBack, Wish, held, holds_money, money, sent_back, submit};

/// A refund as it comes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RefundRequest {
    /// All that is left unless named.
    amount: Option<Money>,
    reason: String,
    /// The request's id: the same one twice is one refund, for ever.
    refund_id: Option<String>,
    /// An id of the gateway's panel (Zarinpal's session).
    panel_id: Option<String>,
}

/// `POST`. The id of the request is kept for ever: body `refund_id`, else the `Idempotency-Key`.
pub(crate) async fn refund(
    State(state): State<PayState>,
    caller: Caller,
    Path(id): Path<String>,
    key: IdempotencyKey,
    body: Body<RefundRequest>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    caller.require(Scope::Orders)?;
    let merchant = &caller.merchant;
    let request = body.value;
    let refund_id = request.refund_id.or(key.0).ok_or_else(|| Problem::new(Kind::IdempotencyRequired))?;
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if refund_id.is_empty() || refund_id.len() > 64 || !refund_id.chars().all(fits) {
        let words = "1 to 64 letters, digits, hyphens, dots and underscores";
        return Err(Problem::validation(vec![FieldError::new("/refund_id", Fault::Other(words.into()))]));
    }
    let payment = load(&state, merchant, &id).await?;
    let known = payment.attempts.iter().any(|a| a.backs.iter().any(|back| back.id == refund_id));
    if known {
        return Ok((StatusCode::ACCEPTED, Json(shown(&state, &caller, &payment).await?)));
    }
    let not_now = |words: String| Problem::new(Kind::NotInThisState).with(payment.state.as_str()).with(words);
    let n = payment.attempts.iter().position(holds_money).ok_or_else(|| {
        not_now(if payment.slip.is_some() {
            "a bank transfer is paid back by the shop's own bank".to_owned()
        } else {
            NotBack::Nothing.to_string()
        })
    })?;
    let Some(attempt) = payment.attempts.get(n) else { return Err(Problem::new(Kind::Internal)) };
    let account = state
        .engine
        .account(merchant, &attempt.account)
        .await
        .map_err(|error| Problem::new(Kind::AccountNotReady).with(error.to_string()))?;
    let gateway = state.engine.gateway(attempt.gateway).map_err(|_| Problem::new(Kind::Internal))?;
    let left = held(attempt).amount().saturating_sub(sent_back(attempt));
    let amount = request.amount.unwrap_or(Money::new(left, attempt.amount.currency()));
    if amount.currency() != attempt.amount.currency() {
        let expected = Fault::Currency(attempt.amount.currency().to_string());
        return Err(Problem::validation(vec![FieldError::new("/amount/currency", expected)]));
    }
    let reverses = amount == held(attempt)
        && may_reverse(attempt.gateway, &money(attempt), state.store.clock.now()).is_ok();
    let kind = match gateway.capabilities(&account).refund {
        _ if reverses => BackKind::Reverse,
        RefundSupport::No(advice) => {
            return Err(Problem::new(Kind::NotSupportedByOperator).with(advice));
        }
        RefundSupport::WithPanelId if request.panel_id.is_none() => {
            let words = "the gateway's panel shows an id for this payment; give it here";
            return Err(Problem::validation(vec![FieldError::new("/panel_id", Fault::Other(words.into()))]));
        }
        RefundSupport::WithPanelId | RefundSupport::Partial => BackKind::Refund,
    };
    let number = state.engine.take_number(merchant, &account).await;
    let number = number.map_err(|error| Problem::new(Kind::AccountNotReady).with(error.to_string()))?;
    let reason: String = clean(&request.reason).chars().take(100).collect();
    let wish = Wish { id: refund_id, kind, amount, reason, panel_id: request.panel_id };
    let mut refused = None;
    let after = state
        .engine
        .change(merchant, &payment.id, |draft| {
            refused = submit(draft, n, &wish, number).err();
            refused.is_none()
        })
        .await
        .map_err(store_problem)?;
    if let Some(refused) = refused {
        return Err(not_now(refused.to_string()));
    }
    let after = after.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let at = of_merchant(merchant, sk::payment(after.id.as_str()));
    if let Err(error) = state.store.queues.send(Queue::Openpay, &Message::bodies([&at])).await {
        tracing::warn!(%error, "a refund is left to its due row");
    }
    Ok((StatusCode::ACCEPTED, Json(shown(&state, &caller, &after).await?)))
}
