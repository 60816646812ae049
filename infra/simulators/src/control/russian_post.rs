//! Russian Post's own controls: accounts and money orders.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::problem::{Problem, body};
use crate::dossier::{self, Dossier, Kind};
use crate::post::Post;
use crate::russian_post::RussianPost;
use crate::russian_post::accounts::Account;
use crate::russian_post::money::MoneyOrder;
use crate::state::Shared;
use crate::system::System;

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/_local/simulators/russian_post/accounts", get(accounts).post(put_account))
        .route("/_local/simulators/russian_post/parcels/{code}/money_orders", post(add_money_order))
}

async fn accounts(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let items: Vec<Value> =
        shared.russian_post.accounts.list().iter().map(|account| json!(**account)).collect();
    Json(json!({"items": items}))
}

async fn put_account(
    State(shared): State<Arc<Shared>>,
    bytes: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let account: Account = body(&bytes)?;
    let answer = json!(account);
    shared.russian_post.accounts.put(&shared.store, account)?;
    Ok((StatusCode::CREATED, Json(answer)))
}

async fn add_money_order(
    State(shared): State<Arc<Shared>>,
    Path(code): Path<String>,
    bytes: Bytes,
) -> Result<Json<Value>, Problem> {
    if !RussianPost::accepts(&code) {
        return Err(Problem::not_found("this is no code of this post"));
    }
    let mut members: Map<String, Value> = body(&bytes)?;
    let now = shared.clock.now();
    let at = members.remove("at").map(read::<Timestamp>).transpose()?.unwrap_or(now);
    let order: MoneyOrder = read(Value::Object(members))?;
    shared.store.write(|tx| {
        let dossier = Dossier::read(tx, System::RussianPost, &code)?;
        dossier::add(tx, (System::RussianPost, &dossier.code, Kind::MoneyOrder), (at, now), &order)?;
        Ok(())
    })?;
    let mut answer = json!(order);
    answer["at"] = json!(at);
    Ok(Json(answer))
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_json::from_value(value).map_err(|error| Problem::invalid(error.to_string()))
}
