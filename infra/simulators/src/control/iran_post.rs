//! Iran Post's own controls: accounts and tokens.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::{Problem, body};
use crate::iran_post::accounts::Account;
use crate::state::Shared;

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/_local/simulators/iran_post/accounts", get(accounts).post(put_account))
        .route("/_local/simulators/iran_post/tokens/revoke", post(revoke))
}

async fn accounts(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let items: Vec<Value> = shared.iran_post.accounts.list().iter().map(|account| json!(**account)).collect();
    Json(json!({"items": items}))
}

async fn put_account(
    State(shared): State<Arc<Shared>>,
    bytes: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let account: Account = body(&bytes)?;
    if account.shop_code > 99_999 {
        return Err(Problem::invalid("shop_code has at most five digits"));
    }
    let answer = json!(account);
    shared.iran_post.accounts.put(&shared.store, account)?;
    Ok((StatusCode::CREATED, Json(answer)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Revoke {
    account: Option<String>,
}

async fn revoke(State(shared): State<Arc<Shared>>, bytes: Bytes) -> Result<Json<Value>, Problem> {
    let revoke: Revoke = body(&bytes)?;
    let revoked = shared.iran_post.tokens.revoke(&shared.store, revoke.account.as_deref())?;
    Ok(Json(json!({"revoked": revoked})))
}
