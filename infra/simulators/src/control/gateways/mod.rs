//! `/_local/simulators/{gateway}/…`: accounts, switches, payments, scripts and notices of a gateway.

mod payments;

use std::sync::Arc;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::problem::{Problem, body};
use super::settings::merged;
use crate::gateways::scripts::{self, Script};
use crate::gateways::{Gateway, notices, postman};
use crate::gateways::{Mellat, Robokassa, Sep, Toss, YooKassa, Zarinpal, Zibal};
use crate::late;
use crate::state::Shared;

/// The routes of all gateways.
pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .merge(of::<Zarinpal>())
        .merge(of::<Zibal>())
        .merge(of::<Mellat>())
        .merge(of::<Sep>())
        .merge(of::<Robokassa>())
        .merge(of::<YooKassa>())
        .merge(of::<Toss>())
        .route("/_local/simulators/gateways/hosts", get(hosts).post(set_hosts))
}

/// What every gateway has.
fn of<G: Gateway>() -> Router<Arc<Shared>> {
    let path = |rest: &str| format!("/_local/simulators/{}/{rest}", G::SYSTEM.name());
    Router::new()
        .route(&path("accounts"), get(accounts::<G>).post(put_account::<G>))
        .route(&path("settings"), get(settings::<G>).post(change::<G>))
        .route(&path("scripts"), get(list_scripts::<G>).post(add_script::<G>).delete(clear_scripts::<G>))
        .route(&path("notices"), get(list_notices::<G>))
        .route(&path("notices/deliver"), post(deliver::<G>))
        .merge(payments::router::<G>())
}

async fn accounts<G: Gateway>(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let accounts = G::desk(&shared.gateways).accounts.list();
    let items: Vec<Value> = accounts.iter().map(|account| json!(**account)).collect();
    Json(json!({"items": items}))
}

async fn put_account<G: Gateway>(
    State(shared): State<Arc<Shared>>,
    bytes: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let account: G::Account = body(&bytes)?;
    let answer = json!(account);
    G::desk(&shared.gateways).accounts.put(&shared.store, account)?;
    Ok((StatusCode::CREATED, Json(answer)))
}

async fn settings<G: Gateway>(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!(*G::desk(&shared.gateways).settings()))
}

/// Changes the switches that are named, leaves the others.
async fn change<G: Gateway>(State(shared): State<Arc<Shared>>, bytes: Bytes) -> Result<Json<Value>, Problem> {
    let changes: Map<String, Value> = body(&bytes)?;
    let desk = G::desk(&shared.gateways);
    let settings: G::Settings = merged(&*desk.settings(), changes)?;
    desk.switches.change(&shared.store, settings)?;
    Ok(Json(json!(*desk.settings())))
}

async fn list_scripts<G: Gateway>(State(shared): State<Arc<Shared>>) -> Result<Json<Value>, Problem> {
    let items = shared.store.read(|connection| scripts::list(connection, G::SYSTEM))?;
    Ok(Json(json!({"items": items})))
}

async fn add_script<G: Gateway>(
    State(shared): State<Arc<Shared>>,
    bytes: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let script: Script = body(&bytes)?;
    if script.times == 0 {
        return Err(Problem::invalid("times begins with 1"));
    }
    shared.store.write(|tx| scripts::add(tx, G::SYSTEM, &script))?;
    Ok((StatusCode::CREATED, Json(json!(script))))
}

async fn clear_scripts<G: Gateway>(State(shared): State<Arc<Shared>>) -> Result<Json<Value>, Problem> {
    let cleared = shared.store.write(|tx| scripts::clear(tx, G::SYSTEM))?;
    Ok(Json(json!({"cleared": cleared})))
}

async fn list_notices<G: Gateway>(State(shared): State<Arc<Shared>>) -> Result<Json<Value>, Problem> {
    late::settle(&shared)?;
    let items = shared.store.read(|connection| notices::list(connection, G::SYSTEM))?;
    Ok(Json(json!({"items": items})))
}

/// Sends what is due, of all gateways, and returns when it has been answered.
async fn deliver<G: Gateway>(State(shared): State<Arc<Shared>>) -> Result<Json<Value>, Problem> {
    late::settle(&shared)?;
    let attempts = postman::deliver(&shared).await?;
    let items = shared.store.read(|connection| notices::list(connection, G::SYSTEM))?;
    Ok(Json(json!({"attempts": attempts, "items": items})))
}

async fn hosts(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!(*shared.gateways.hosts.get()))
}

async fn set_hosts(State(shared): State<Arc<Shared>>, bytes: Bytes) -> Result<Json<Value>, Problem> {
    let hosts: postman::Hosts = body(&bytes)?;
    shared.gateways.hosts.change(&shared.store, hosts)?;
    Ok(Json(json!(*shared.gateways.hosts.get())))
}
