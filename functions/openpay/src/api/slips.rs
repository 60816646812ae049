//! Approving and rejecting slips (S2-22).

use axum::Json;
use axum::extract::{Path, State};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;
use yam_api::{Body, Caller, store_problem};
use yam_domain::text::clean;
use yam_platform::Problem;
use yam_platform::problem::Kind;
use yam_store::items::Scope;

use super::{load, shown};
use crate::PayState;
use crate::slips::{self, Approval, NotDecided};

/// An approval as it comes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ApproveRequest {
    /// Account of the shop; the first one unless named.
    account: Option<String>,
    /// The day as the statement has it; the payer's unless named.
    statement_date: Option<Date>,
    /// Approve although it is paid already.
    even_so: bool,
}

/// A rejection as it comes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RejectRequest {
    reason: String,
}

pub(super) fn problem(error: NotDecided) -> Problem {
    match error {
        NotDecided::Store(error) => store_problem(error),
        other => Problem::new(Kind::NotInThisState).with("decided").with(other.to_string()),
    }
}

/// `POST /v1/payments/{id}/approve`.
pub(crate) async fn approve(
    State(state): State<PayState>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body<ApproveRequest>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Orders)?;
    let payment = load(&state, &caller.merchant, &id).await?;
    let Some(slip) = &payment.slip else { return Err(problem(NotDecided::NotWaiting)) };
    let approval = Approval {
        account: body.value.account.unwrap_or_else(|| "account".to_owned()),
        on_statement: body.value.statement_date.unwrap_or(slip.slip.paid_on),
        row: None,
        even_so: body.value.even_so,
        by: "merchant".to_owned(),
    };
    let after = slips::approve(&state.engine, &caller.merchant, &payment.id, &approval).await;
    let after = after.map_err(problem)?.ok_or_else(|| Problem::new(Kind::NotFound))?;
    if let Err(error) = state.engine.tell_order(&caller.merchant, &after.id).await {
        tracing::warn!(payment = %after.id, %error, "its order is left to the due row");
    }
    let after = load(&state, &caller.merchant, &id).await?;
    Ok(Json(shown(&state, &caller, &after).await?))
}

/// `POST /v1/payments/{id}/reject`.
pub(crate) async fn reject(
    State(state): State<PayState>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body<RejectRequest>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Orders)?;
    let payment = load(&state, &caller.merchant, &id).await?;
    let reason: String = clean(&body.value.reason).chars().take(200).collect();
    let after = slips::reject(&state.engine, &caller.merchant, &payment.id, &reason).await;
    let after = after.map_err(problem)?.ok_or_else(|| Problem::new(Kind::NotFound))?;
    Ok(Json(shown(&state, &caller, &after).await?))
}
