//! `/_local/simulators/{carrier}/settings`: an operator's switches, and how its parcels travel.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::problem::{Problem, body};
use crate::journey::Journeys;
use crate::post::Post;
use crate::state::Shared;

/// The routes of one post.
pub(super) fn router<P: Post>() -> Router<Arc<Shared>> {
    let path = format!("/_local/simulators/{}/settings", P::CARRIER.name());
    Router::new().route(&path, get(show::<P>).post(change::<P>))
}

/// The old value with some members changed.
pub(super) fn merged<T: Serialize + DeserializeOwned>(
    old: &T,
    changes: Map<String, Value>,
) -> Result<T, Problem> {
    let mut merged = json!(old);
    if let Some(members) = merged.as_object_mut() {
        members.extend(changes);
    }
    serde_json::from_value(merged).map_err(|error| Problem::invalid(error.to_string()))
}

fn present<P: Post>(shared: &Shared) -> Json<Value> {
    let mut shown = json!(*P::switches(shared).get());
    shown["journeys"] = json!(shared.journeys.get(P::CARRIER).as_deref());
    Json(shown)
}

async fn show<P: Post>(State(shared): State<Arc<Shared>>) -> Json<Value> {
    present::<P>(&shared)
}

/// Changes the switches that are named, leaves the others. `journeys` is taken whole: what it does not
/// name has its usual value, and null ends it.
async fn change<P: Post>(State(shared): State<Arc<Shared>>, bytes: Bytes) -> Result<Json<Value>, Problem> {
    let mut changes: Map<String, Value> = body(&bytes)?;
    let journeys = changes.remove("journeys").map(|value| journeys(value, &shared)).transpose()?;
    let settings: P::Settings = merged(&*P::switches(&shared).get(), changes)?;
    P::switches(&shared).change(&shared.store, settings)?;
    if let Some(journeys) = journeys {
        shared.journeys.set(&shared.store, P::CARRIER, journeys)?;
    }
    Ok(present::<P>(&shared))
}

fn journeys(value: Value, shared: &Shared) -> Result<Option<Journeys>, Problem> {
    let journeys: Option<Journeys> =
        serde_json::from_value(value).map_err(|error| Problem::invalid(error.to_string()))?;
    let Some(mut journeys) = journeys else { return Ok(None) };
    if let Some(problem) = journeys.problem() {
        return Err(Problem::invalid(problem));
    }
    journeys.start.get_or_insert_with(|| shared.clock.now());
    Ok(Some(journeys))
}
