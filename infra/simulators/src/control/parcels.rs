//! `/_local/simulators/{carrier}/parcels/{code}` and what lies below: facts and scans of any code.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::{get, patch, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::problem::{Problem, body};
use super::settings::merged;
use crate::dossier::{self, Dossier, Kept, Kind};
use crate::late;
use crate::post::{Post, Told};
use crate::state::Shared;

/// The routes of one post.
pub(super) fn router<P: Post>() -> Router<Arc<Shared>> {
    let parcel = format!("/_local/simulators/{}/parcels/{{code}}", P::CARRIER.name());
    Router::new()
        .route(&parcel, get(show::<P>).post(describe::<P>))
        .route(&format!("{parcel}/events"), post(add::<P>))
        .route(&format!("{parcel}/events/{{id}}"), patch(edit::<P>).delete(vanish::<P>))
}

/// A scan: a word of the control surface, or the post's own codes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Event {
    status: Option<String>,
    raw: Option<Value>,
    /// When it happened; now if not given.
    at: Option<Timestamp>,
    /// When the post begins to show it; now if not given.
    visible_at: Option<Timestamp>,
    office: Option<String>,
}

impl Event {
    /// What it says in the post's codes, if it says anything.
    fn told<P: Post>(&self) -> Result<Option<Told<P::Scan>>, Problem> {
        let office = self.office.as_deref();
        match (&self.status, &self.raw) {
            (None, None) => Ok(None),
            (None, Some(raw)) => P::from_raw(raw.clone(), office).map(Some).map_err(Problem::invalid),
            (Some(word), None) => match P::from_word(word, office) {
                Some(scan) => Ok(Some(Told { scan, at: None })),
                None => Err(Problem::invalid(format!(
                    "status {word:?} has no code at this post; known: {}",
                    P::words().join(", ")
                ))),
            },
            (Some(_), Some(_)) => Err(Problem::invalid("give either \"status\" or \"raw\"")),
        }
    }
}

/// The dossier of a code, which must have the post's format.
fn dossier_of<P: Post>(shared: &Shared, code: &str) -> Result<Dossier, Problem> {
    if !P::accepts(code) {
        return Err(Problem::not_found("this is no code of this post"));
    }
    Ok(shared.store.read(|connection| Dossier::read(connection, P::CARRIER, code))?)
}

/// A scan as it is shown.
fn scan<P: Post>(kept: &Kept<P::Scan>) -> Value {
    let mut shown = P::shown(&kept.value);
    if let Some(members) = shown.as_object_mut() {
        members.insert("id".to_owned(), json!(kept.id));
        members.insert("at".to_owned(), json!(kept.at));
        members.insert("visible_at".to_owned(), json!(kept.visible));
        if let Some(gone) = kept.gone {
            members.insert("gone_at".to_owned(), json!(gone));
        }
    }
    shown
}

/// All that is known, also what has vanished or is not visible yet.
async fn show<P: Post>(
    State(shared): State<Arc<Shared>>,
    Path(code): Path<String>,
) -> Result<Json<Value>, Problem> {
    late::settle(&shared)?;
    let dossier = dossier_of::<P>(&shared, &code)?;
    let registered = shared.store.read(|connection| P::registered(connection, &dossier.code))?;
    let facts = dossier.latest::<P::Facts>(Kind::Facts)?;
    let scans = dossier.all::<P::Scan>(Kind::Scan)?;
    if registered.is_none() && facts.is_none() && scans.is_empty() {
        return Err(Problem::not_found("no such parcel"));
    }
    let mut answer = registered.unwrap_or_else(|| json!({}));
    answer["code"] = json!(dossier.code);
    answer["facts"] = json!(facts);
    answer["events"] = scans.iter().map(scan::<P>).collect();
    Ok(Json(answer))
}

/// Changes the facts that are named, leaves the others.
async fn describe<P: Post>(
    State(shared): State<Arc<Shared>>,
    Path(code): Path<String>,
    bytes: Bytes,
) -> Result<Json<Value>, Problem> {
    let changes: Map<String, Value> = body(&bytes)?;
    let dossier = dossier_of::<P>(&shared, &code)?;
    let facts: P::Facts = merged(&dossier.latest::<P::Facts>(Kind::Facts)?.unwrap_or_default(), changes)?;
    let now = shared.clock.now();
    shared.store.write(|tx| {
        dossier::add(tx, (P::CARRIER, &dossier.code, Kind::Facts), (now, now), &facts)?;
        Ok(())
    })?;
    Ok(Json(json!({"code": dossier.code, "facts": facts})))
}

async fn add<P: Post>(
    State(shared): State<Arc<Shared>>,
    Path(code): Path<String>,
    bytes: Bytes,
) -> Result<Json<Value>, Problem> {
    let event: Event = body(&bytes)?;
    let told = event.told::<P>()?.ok_or_else(|| Problem::invalid("give \"status\" or \"raw\""))?;
    late::settle(&shared)?;
    let dossier = dossier_of::<P>(&shared, &code)?;
    let now = shared.clock.now();
    let at = told.at.or(event.at).unwrap_or(now);
    let visible = event.visible_at.unwrap_or(now);
    let id = shared.store.write(|tx| {
        let id = dossier::add(tx, (P::CARRIER, &dossier.code, Kind::Scan), (at, visible), &told.scan)?;
        P::follow(tx, &dossier.code, &told.scan, at)?;
        Ok(id)
    })?;
    let mut answer = scan::<P>(&Kept { id, at, visible, gone: None, value: told.scan });
    answer["code"] = json!(dossier.code);
    Ok(Json(answer))
}

/// A scan of a code that is still there.
fn standing<P: Post>(dossier: &Dossier, id: i64) -> Result<Kept<P::Scan>, Problem> {
    let scans = dossier.all::<P::Scan>(Kind::Scan)?;
    let found = scans.into_iter().find(|kept| kept.id == id && kept.gone.is_none());
    found.ok_or_else(|| Problem::not_found("no such scan, or it is gone already"))
}

/// The scan ends, and a changed one takes its place at the same moment.
async fn edit<P: Post>(
    State(shared): State<Arc<Shared>>,
    Path((code, id)): Path<(String, i64)>,
    bytes: Bytes,
) -> Result<Json<Value>, Problem> {
    let event: Event = body(&bytes)?;
    let dossier = dossier_of::<P>(&shared, &code)?;
    let old = standing::<P>(&dossier, id)?;
    let (value, told_at) = match event.told::<P>()? {
        Some(told) => (told.scan, told.at),
        None => match &event.office {
            Some(office) => (P::moved(old.value, office), None),
            None => (old.value, None),
        },
    };
    let at = told_at.or(event.at).unwrap_or(old.at);
    let visible = event.visible_at.unwrap_or_else(|| shared.clock.now());
    let id = shared.store.write(|tx| {
        dossier::vanish(tx, P::CARRIER, &dossier.code, id, visible)?;
        let id = dossier::add(tx, (P::CARRIER, &dossier.code, Kind::Scan), (at, visible), &value)?;
        P::recede(tx, &dossier.code)?;
        Ok(id)
    })?;
    let mut answer = scan::<P>(&Kept { id, at, visible, gone: None, value });
    answer["code"] = json!(dossier.code);
    Ok(Json(answer))
}

async fn vanish<P: Post>(
    State(shared): State<Arc<Shared>>,
    Path((code, id)): Path<(String, i64)>,
) -> Result<StatusCode, Problem> {
    let dossier = dossier_of::<P>(&shared, &code)?;
    standing::<P>(&dossier, id)?;
    let now = shared.clock.now();
    shared.store.write(|tx| {
        dossier::vanish(tx, P::CARRIER, &dossier.code, id, now)?;
        P::recede(tx, &dossier.code)
    })?;
    Ok(StatusCode::NO_CONTENT)
}
