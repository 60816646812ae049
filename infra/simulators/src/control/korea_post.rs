//! Korea Post's own controls: keys.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use super::problem::{Problem, body};
use crate::korea_post::keys::Key;
use crate::state::Shared;

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new().route("/_local/simulators/korea_post/keys", get(keys).post(put_key))
}

async fn keys(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let items: Vec<Value> = shared.korea_post.keys.list().iter().map(|key| json!(**key)).collect();
    Json(json!({"items": items}))
}

async fn put_key(
    State(shared): State<Arc<Shared>>,
    bytes: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let key: Key = body(&bytes)?;
    let answer = json!(key);
    shared.korea_post.keys.put(&shared.store, key)?;
    Ok((StatusCode::CREATED, Json(answer)))
}
