//! `/_local/simulators/{provider}/…`: accounts, switches, messages, scripts and receipts; and the outbox.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::problem::{Problem, body};
use super::settings::merged;
use crate::gateways::{notices, postman};
use crate::messengers::scripts::{self, Receipt, Script};
use crate::messengers::{
    Account, Kavenegar, Message, Messenger, Ses, Settings, SmsRu, Smsc, Smtp, Sns, Solapi, course, outbox,
    vault,
};
use crate::state::Shared;
use crate::{late, store};

/// The routes of all providers.
pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .merge(of::<Smsc>())
        .merge(of::<SmsRu>())
        .merge(of::<Kavenegar>())
        .merge(of::<Solapi>())
        .merge(of::<Sns>())
        .merge(of::<Ses>())
        .merge(of::<Smtp>())
        .route("/_local/simulators/smtp/address", get(address))
        .route("/_local/outbox", get(show_outbox))
}

/// What every provider has.
fn of<M: Messenger>() -> Router<Arc<Shared>> {
    let path = |rest: &str| format!("/_local/simulators/{}/{rest}", M::SYSTEM.name());
    Router::new()
        .route(&path("accounts"), get(accounts::<M>).post(put_account::<M>))
        .route(&path("settings"), get(settings::<M>).post(change::<M>))
        .route(&path("scripts"), get(list_scripts::<M>).post(add_script::<M>).delete(clear_scripts::<M>))
        .route(&path("messages"), get(messages::<M>))
        .route(&path("messages/{id}"), post(end::<M>))
        .route(&path("messages/{id}/receipts"), post(tell::<M>))
        .route(&path("notices"), get(list_notices::<M>))
        .route(&path("notices/deliver"), post(deliver::<M>))
}

async fn accounts<M: Messenger>(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let accounts = M::desk(&shared.messengers).accounts.list();
    let items: Vec<Value> = accounts.iter().map(|account| json!(**account)).collect();
    Json(json!({"items": items}))
}

async fn put_account<M: Messenger>(
    State(shared): State<Arc<Shared>>,
    bytes: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let account: Account = body(&bytes)?;
    if account.name.is_empty() || account.name.len() > 200 {
        return Err(Problem::invalid("name has 1 to 200 bytes"));
    }
    let answer = json!(account);
    M::desk(&shared.messengers).accounts.put(&shared.store, account)?;
    Ok((StatusCode::CREATED, Json(answer)))
}

async fn settings<M: Messenger>(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!(*M::desk(&shared.messengers).settings()))
}

/// Changes the switches that are named, leaves the others.
async fn change<M: Messenger>(
    State(shared): State<Arc<Shared>>,
    bytes: Bytes,
) -> Result<Json<Value>, Problem> {
    let changes: Map<String, Value> = body(&bytes)?;
    let desk = M::desk(&shared.messengers);
    let settings: Settings = merged(&*desk.settings(), changes)?;
    desk.switches.change(&shared.store, settings)?;
    Ok(Json(json!(*desk.settings())))
}

async fn list_scripts<M: Messenger>(State(shared): State<Arc<Shared>>) -> Result<Json<Value>, Problem> {
    let items = shared.store.read(|connection| scripts::list(connection, M::SYSTEM))?;
    Ok(Json(json!({"items": items})))
}

async fn add_script<M: Messenger>(
    State(shared): State<Arc<Shared>>,
    bytes: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let script: Script = body(&bytes)?;
    if script.times == 0 {
        return Err(Problem::invalid("times begins with 1"));
    }
    shared.store.write(|tx| scripts::add(tx, M::SYSTEM, &script))?;
    Ok((StatusCode::CREATED, Json(json!(script))))
}

async fn clear_scripts<M: Messenger>(State(shared): State<Arc<Shared>>) -> Result<Json<Value>, Problem> {
    let cleared = shared.store.write(|tx| scripts::clear(tx, M::SYSTEM))?;
    Ok(Json(json!({"cleared": cleared})))
}

async fn messages<M: Messenger>(State(shared): State<Arc<Shared>>) -> Result<Json<Value>, Problem> {
    late::settle(&shared)?;
    let items = shared.store.read(|connection| vault::list(connection, Some(M::SYSTEM)))?;
    Ok(Json(json!({"items": items})))
}

fn known<M: Messenger>(connection: &rusqlite::Connection, id: &str) -> crate::Result<Option<Message>> {
    vault::by_id(connection, M::SYSTEM, id, None)
}

/// Ends a message now, whatever was to become of it.
async fn end<M: Messenger>(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Result<Json<Value>, Problem> {
    let script: Script = body(&bytes)?;
    late::settle(&shared)?;
    let now = shared.clock.now();
    let ended = shared.store.write(|tx| {
        let Some(mut message) = known::<M>(tx, &id)? else { return Ok(None) };
        course::end::<M>(&shared, tx, &mut message, &script, now)?;
        Ok(Some(message))
    })?;
    ended.map(|message| Json(json!(message))).ok_or_else(|| Problem::not_found(format!("no message {id:?}")))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Again {
    #[serde(default)]
    receipt: Receipt,
}

/// Tells of a message's state once more.
async fn tell<M: Messenger>(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Result<Json<Value>, Problem> {
    let again: Again = body(&bytes)?;
    late::settle(&shared)?;
    let told = shared.store.write(|tx| {
        let Some(message) = known::<M>(tx, &id)? else { return Ok(None) };
        course::tell::<M>(&shared, tx, &message, again.receipt)?;
        Ok(Some(message))
    })?;
    told.map(|message| Json(json!(message))).ok_or_else(|| Problem::not_found(format!("no message {id:?}")))
}

async fn list_notices<M: Messenger>(State(shared): State<Arc<Shared>>) -> Result<Json<Value>, Problem> {
    late::settle(&shared)?;
    let items = shared.store.read(|connection| notices::list(connection, M::SYSTEM))?;
    Ok(Json(json!({"items": items})))
}

/// Sends what is due, of all systems, and returns when it has been answered.
async fn deliver<M: Messenger>(State(shared): State<Arc<Shared>>) -> Result<Json<Value>, Problem> {
    late::settle(&shared)?;
    let attempts = postman::deliver(&shared).await?;
    let items = shared.store.read(|connection| notices::list(connection, M::SYSTEM))?;
    Ok(Json(json!({"attempts": attempts, "items": items})))
}

/// Where the mail server listens.
async fn address(State(shared): State<Arc<Shared>>) -> Result<Json<Value>, Problem> {
    let port = shared.store.read(|connection| store::meta(connection, "smtp_port"))?;
    let port: Option<u16> = port.and_then(|port| port.parse().ok());
    Ok(Json(json!({"host": "127.0.0.1", "port": port})))
}

#[derive(Debug, Deserialize)]
struct Which {
    channel: Option<String>,
    to: Option<String>,
}

async fn show_outbox(
    State(shared): State<Arc<Shared>>,
    Query(which): Query<Which>,
) -> Result<Json<Value>, Problem> {
    late::settle(&shared)?;
    let items = shared
        .store
        .read(|connection| outbox::list(connection, which.channel.as_deref(), which.to.as_deref()))?;
    Ok(Json(json!({"items": items})))
}
