//! `/_local/simulators/{system}/ledger` and `/_local/webhooks`.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::faults::system;
use super::problem::Problem;
use crate::state::Shared;
use crate::{late, ledger, usage, webhooks};

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/_local/simulators/{system}/ledger", get(show_ledger))
        .route("/_local/webhooks", get(show_webhooks))
}

async fn show_ledger(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
) -> Result<Json<Value>, Problem> {
    let system = system(&name)?;
    late::settle(&shared)?;
    let (items, bodies, usage) = shared.store.write(|tx| {
        shared.calls.flush(tx)?;
        Ok((ledger::entries(tx, system)?, ledger::bodies(tx, system)?, usage::list(tx, system)?))
    })?;
    let calls = shared.calls.list(system);
    Ok(Json(json!({"items": items, "bodies": bodies, "calls": calls, "usage": usage})))
}

#[derive(Debug, Deserialize)]
struct Which {
    #[serde(default)]
    all: bool,
}

async fn show_webhooks(
    State(shared): State<Arc<Shared>>,
    Query(which): Query<Which>,
) -> Result<Json<Value>, Problem> {
    late::settle(&shared)?;
    let items = shared.store.read(|connection| webhooks::list(connection, which.all))?;
    Ok(Json(json!({"items": items})))
}
