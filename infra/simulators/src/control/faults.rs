//! `/_local/simulators/{system}/faults`.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use super::problem::{Problem, body};
use crate::faults::{Fault, Spec};
use crate::state::Shared;
use crate::system::System;

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new().route("/_local/simulators/{system}/faults", get(list).post(add).delete(clear))
}

/// The system a path names.
pub(super) fn system(name: &str) -> Result<System, Problem> {
    name.parse().map_err(Problem::not_found)
}

async fn list(State(shared): State<Arc<Shared>>, Path(name): Path<String>) -> Result<Json<Value>, Problem> {
    let items: Vec<Fault> = shared.faults.list(system(&name)?);
    Ok(Json(json!({"items": items})))
}

async fn add(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    bytes: Bytes,
) -> Result<(StatusCode, Json<Fault>), Problem> {
    let spec: Spec = body(&bytes)?;
    if let Some(problem) = spec.problem() {
        return Err(Problem::invalid(problem));
    }
    let fault = shared.faults.add(&shared.store, system(&name)?, spec)?;
    Ok((StatusCode::CREATED, Json(fault)))
}

async fn clear(State(shared): State<Arc<Shared>>, Path(name): Path<String>) -> Result<Json<Value>, Problem> {
    let cleared = shared.faults.clear(&shared.store, system(&name)?)?;
    Ok(Json(json!({"cleared": cleared})))
}
