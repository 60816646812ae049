//! Who am I (S4-42).

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use yam_api::{Caller, merchant};
use yam_platform::Problem;
use yam_store::Read;

use crate::ConsoleState;

/// `GET /v1/me`.
pub(crate) async fn me(State(state): State<ConsoleState>, caller: Caller) -> Result<Json<Value>, Problem> {
    let merchant = merchant(&state.store, &caller.merchant, Read::Eventual).await?;
    Ok(Json(json!({
        "merchant": merchant.id, "name": merchant.display_name, "country": merchant.country,
        "user_id": merchant.id, "key_id": caller.key_id, "scopes": caller.scopes,
    })))
}
