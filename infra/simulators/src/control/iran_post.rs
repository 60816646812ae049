//! Iran Post's own controls: parcels, accounts, switches, tokens.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::{Problem, body};
use crate::iran_post::accounts::Account;
use crate::iran_post::settings::Settings;
use crate::iran_post::{parcels, status};
use crate::late;
use crate::state::Shared;

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/_local/simulators/iran_post/parcels/{code}", get(parcel))
        .route("/_local/simulators/iran_post/parcels/{code}/events", post(add_event))
        .route("/_local/simulators/iran_post/accounts", get(accounts).post(put_account))
        .route("/_local/simulators/iran_post/settings", get(settings).post(change_settings))
        .route("/_local/simulators/iran_post/tokens/revoke", post(revoke))
}

/// A new scan: a word of the control surface, or the post's own code.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scan {
    status: Option<String>,
    raw: Option<Raw>,
    at: Option<Timestamp>,
    office: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    status: i64,
}

async fn parcel(State(shared): State<Arc<Shared>>, Path(code): Path<String>) -> Result<Json<Value>, Problem> {
    late::settle(&shared)?;
    let found = shared.store.read(|connection| {
        let parcel = parcels::by_code(connection, &code)?;
        parcel.map(|parcel| Ok((parcels::events(connection, &code)?, parcel))).transpose()
    })?;
    let (events, parcel) = found.ok_or_else(|| Problem::not_found("no such parcel"))?;
    let events: Vec<Value> = events
        .iter()
        .map(|event| {
            let label = status::label(event.status);
            json!({"at": event.at, "status": event.status, "label": label, "office": event.office})
        })
        .collect();
    Ok(Json(json!({
        "code": parcel.code, "account": parcel.account, "our_id": parcel.our_id, "shenase": parcel.shenase,
        "city": parcel.city, "service": parcel.service, "pay": parcel.pay, "weight_g": parcel.weight,
        "goods": parcel.goods, "postage": parcel.postage, "vat": parcel.vat, "collect": parcel.collect,
        "status": parcel.status, "label": status::label(parcel.status), "ready_date": parcel.ready_date,
        "recipient": parcel.recipient, "events": events,
    })))
}

async fn add_event(
    State(shared): State<Arc<Shared>>,
    Path(code): Path<String>,
    bytes: Bytes,
) -> Result<Json<Value>, Problem> {
    let scan: Scan = body(&bytes)?;
    let to = match (&scan.status, &scan.raw) {
        (None, Some(raw)) => raw.status,
        (Some(word), None) => status::from_word(word).ok_or_else(|| {
            let words = status::words().collect::<Vec<_>>().join(", ");
            Problem::invalid(format!("status {word:?} has no code at this post; known: {words}"))
        })?,
        _ => return Err(Problem::invalid("give either \"status\" or \"raw\"")),
    };
    late::settle(&shared)?;
    let at = scan.at.unwrap_or_else(|| shared.clock.now());
    let moved = shared.store.write(|tx| {
        let Some(parcel) = parcels::by_code(tx, &code)? else { return Ok(false) };
        parcels::set_status(tx, &parcel, to, scan.office.as_deref(), at)?;
        Ok(true)
    })?;
    if !moved {
        return Err(Problem::not_found("no such parcel"));
    }
    Ok(Json(json!({"code": code, "status": to, "label": status::label(to), "at": at, "office": scan.office})))
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

async fn settings(State(shared): State<Arc<Shared>>) -> Json<Settings> {
    Json(shared.iran_post.settings())
}

/// Changes the switches that are named, leaves the others.
async fn change_settings(State(shared): State<Arc<Shared>>, bytes: Bytes) -> Result<Json<Settings>, Problem> {
    let changes: serde_json::Map<String, Value> = body(&bytes)?;
    let mut merged = json!(shared.iran_post.settings());
    if let Some(members) = merged.as_object_mut() {
        members.extend(changes);
    }
    let settings: Settings =
        serde_json::from_value(merged).map_err(|error| Problem::invalid(error.to_string()))?;
    shared.iran_post.change_settings(&shared.store, settings.clone())?;
    Ok(Json(settings))
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
