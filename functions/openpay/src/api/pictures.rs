//! `GET /v1/payments/{id}/slip-picture`: what the payer photographed, for the eyes of the shop alone.

use axum::extract::{Path, State};
use axum::http::HeaderName;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse as _, Response};
use yam_api::{Caller, store_problem};
use yam_platform::Problem;
use yam_platform::problem::Kind;
use yam_store::items::Scope;

use super::load;
use crate::PayState;
use crate::pictures;

/// `GET`. A file from a stranger: to be saved, never shown inside a page of the hub.
pub(crate) async fn show(
    State(state): State<PayState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.require(Scope::Orders)?;
    let payment = load(&state, &caller.merchant, &id).await?;
    let not_found = || Problem::new(Kind::NotFound);
    let picture = payment.slip.as_ref().and_then(|record| record.picture.as_ref()).ok_or_else(not_found)?;
    let bytes = pictures::open(&state.store, &caller.merchant, &payment.id, picture).await;
    let bytes = bytes.map_err(store_problem)?.ok_or_else(not_found)?;
    let name =
        format!("attachment; filename=\"slip-{}.{}\"", payment.code.as_str(), picture.kind.extension());
    let headers = [
        (CONTENT_TYPE, picture.kind.media_type()),
        (CONTENT_DISPOSITION, name.as_str()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; sandbox"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, bytes).into_response())
}
