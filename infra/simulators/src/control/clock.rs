//! `/_local/clock`, where the simulators own the time.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::{Problem, body};
use crate::error::Error;
use crate::late;
use crate::state::{CLOCK_OFFSET, Shared};
use crate::store::set_meta;

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new().route("/_local/clock", get(read).post(change))
}

/// Forward by a span, or to a moment.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Change {
    Advance(String),
    Set(Timestamp),
}

async fn read(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!({"now": shared.clock.now()}))
}

async fn change(State(shared): State<Arc<Shared>>, bytes: Bytes) -> Result<Json<Value>, Problem> {
    let change: Change = body(&bytes)?;
    let Some(clock) = shared.clock.owned() else { return Err(Problem::not_found("the clock is not ours")) };
    shared.store.write(|tx| {
        // Inside the write lock, so that two changes cannot overtake each other.
        let offset = match &change {
            Change::Advance(span) => {
                let span: SignedDuration =
                    span.parse().map_err(|_| Error::Range("\"advance\", such as \"3h\""))?;
                clock.offset_after(span)?
            }
            Change::Set(target) => clock.offset_for(*target)?,
        };
        let offset = offset.ok_or(Error::Range("time never goes back"))?;
        set_meta(tx, CLOCK_OFFSET, &offset.to_string())?;
        clock.raise_offset_ms(offset);
        Ok(())
    })?;
    late::settle(&shared)?;
    Ok(Json(json!({"now": shared.clock.now()})))
}
