//! Who am I (S4-42).

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use yam_api::{Caller, store_problem};
use yam_platform::Problem;
use yam_platform::problem::Kind;
use yam_store::Read;
use yam_store::items::Merchant;
use yam_store::keys::{of_merchant, sk};

use crate::ConsoleState;

/// The caller's shop.
pub(crate) async fn merchant(state: &ConsoleState, caller: &Caller) -> Result<Merchant, Problem> {
    let key = of_merchant(&caller.merchant, sk::MERCHANT);
    let found = state.store.table.get(&key, Read::Eventual).await.map_err(store_problem)?;
    found.ok_or_else(|| Problem::new(Kind::NotFound))
}

/// `GET /v1/me`.
pub(crate) async fn me(State(state): State<ConsoleState>, caller: Caller) -> Result<Json<Value>, Problem> {
    let merchant = merchant(&state, &caller).await?;
    Ok(Json(json!({
        "merchant": merchant.id, "name": merchant.display_name, "country": merchant.country,
        "user_id": merchant.id, "key_id": caller.key_id, "scopes": caller.scopes,
    })))
}
