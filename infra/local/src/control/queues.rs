//! `/_local/queues`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::problem::Refusal;
use crate::runner::{AdvanceError, Hub};

/// Dead letters in one answer.
const LETTERS: usize = 1_000;

/// Queues are called by what they are for: `dispatch`, not `yam-dispatch`.
fn short(name: &str) -> &str {
    name.split_once('-').map_or(name, |(_stack, short)| short)
}

pub(super) async fn list(State(hub): State<Arc<Hub>>) -> Result<Json<Value>, Refusal> {
    let mut items = Vec::new();
    for name in hub.queues() {
        let counts = hub.engines.sqs.counts(name).await.map_err(AdvanceError::from)?;
        items.push(json!({
            "name": short(name),
            "waiting": counts.waiting,
            "in_flight": counts.in_flight,
            "delayed": counts.delayed,
            "dead": counts.dead,
        }));
    }
    Ok(Json(json!({ "items": items, "next_cursor": null })))
}

pub(super) async fn dead(
    State(hub): State<Arc<Hub>>,
    Path(asked): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let Some(name) = hub.queues().find(|name| *name == asked || short(name) == asked) else {
        let names: Vec<&str> = hub.queues().map(short).collect();
        let detail = format!("no queue {asked:?}; there are {}", names.join(", "));
        return Err(Refusal::new(StatusCode::NOT_FOUND, detail));
    };
    let letters = hub.engines.sqs.dead_letters(name, LETTERS).await.map_err(AdvanceError::from)?;
    let items: Vec<Value> = letters
        .iter()
        .map(|letter| {
            json!({
                "message_id": letter.message_id,
                "body": letter.body,
                "attributes": letter.attributes,
                "receive_count": letter.receive_count,
                "sent_at": Timestamp::from_millisecond(letter.sent_ms).ok(),
            })
        })
        .collect();
    Ok(Json(json!({ "items": items, "next_cursor": null })))
}
