//! `/_local/clock` and `/_local/drain`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use bytes::Bytes;
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use yam_platform::Clock as _;

use super::problem::Refusal;
use crate::clock::parse_span;
use crate::runner::{AdvanceError, Hub};

/// Forward by a span, or to a moment.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Change {
    Advance(String),
    Set(Timestamp),
}

pub(super) async fn read(State(hub): State<Arc<Hub>>) -> Result<Json<Value>, Refusal> {
    Ok(Json(json!({ "now": hub.now().await? })))
}

pub(super) async fn change(State(hub): State<Arc<Hub>>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let invalid = |detail: String| Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, detail);
    let change: Change = serde_json::from_slice(&body).map_err(|e| {
        invalid(format!(r#"give {{"advance":"3h"}} or {{"set":"2026-12-01T09:00:00+03:00"}}: {e}"#))
    })?;
    let target = match change {
        Change::Set(target) => target,
        Change::Advance(span) => {
            let span = parse_span(&span).map_err(invalid)?;
            hub.now().await?;
            hub.clock.after(span).map_err(AdvanceError::from)?
        }
    };
    // In a task of its own: a caller that hangs up does not stop time half-way.
    let work = tokio::spawn({
        let hub = hub.clone();
        async move { hub.advance_to(target).await }
    });
    let gone = |e: tokio::task::JoinError| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, e.to_string());
    let ran = work.await.map_err(gone)??;
    Ok(Json(json!({ "now": hub.clock.now(), "ran": ran })))
}

pub(super) async fn drain(State(hub): State<Arc<Hub>>) -> Result<Json<Value>, Refusal> {
    let ran = hub.drain().await?;
    Ok(Json(json!({ "now": hub.clock.now(), "ran": ran })))
}
