//! `/_local/simulators/{carrier}/journeys/{code}`: what really happens to a code, past and future.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::problem::Problem;
use crate::dossier::{Dossier, Kind};
use crate::journey::Step;
use crate::late;
use crate::post::{Post, journey};
use crate::state::Shared;

/// The route of one post.
pub(super) fn router<P: Post>() -> Router<Arc<Shared>> {
    let path = format!("/_local/simulators/{}/journeys/{{code}}", P::CARRIER.name());
    Router::new().route(&path, get(show::<P>))
}

async fn show<P: Post>(
    State(shared): State<Arc<Shared>>,
    Path(code): Path<String>,
) -> Result<Json<Value>, Problem> {
    late::settle(&shared)?;
    let found = shared.store.read(|connection| {
        let dossier = Dossier::read(connection, P::CARRIER, &code)?;
        let facts = dossier.latest::<P::Facts>(Kind::Facts)?;
        journey::<P>(&shared, connection, &dossier, facts.as_ref())
    })?;
    let journey = found.ok_or_else(|| Problem::not_found("no journey belongs to this code"))?;
    let scans: Vec<Value> = journey.steps.iter().map(|step| scan::<P>(step, &code)).collect();
    Ok(Json(json!({"code": code, "start": journey.start, "truth": journey.truth, "scans": scans})))
}

/// A step with its times; `scan` is null where the post writes nothing down.
fn scan<P: Post>(step: &Step, code: &str) -> Value {
    json!({
        "happening": step.happening, "place": P::network().office(step.place), "happened_at": step.at,
        "visible_at": step.visible, "gone_at": step.gone,
        "scan": P::scan_of(step, code).as_ref().map(P::shown),
    })
}
