//! `/v1/operator/merchants/{merchant}/keys`: API keys, shown once, rotated with an overlap (trap 12).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use yam_api::{Body, NewKey, Operator, existing, store_problem};
use yam_domain::ids::{KeyId, MerchantId};
use yam_domain::text::clean;
use yam_platform::Problem;
use yam_platform::problem::Kind;
use yam_store::items::{ApiKey, Scope};
use yam_store::keys::{merchant_partition, of_merchant, sk};
use yam_store::{Key, Read, Txn};

use crate::ConsoleState;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct KeyRequest {
    label: Option<String>,
    scopes: Option<Vec<Scope>>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct RotateRequest {
    overlap_hours: Option<u32>,
}

/// How long a rotated key still works, unless asked otherwise.
const OVERLAP_HOURS: u32 = 72;

fn view(key: &ApiKey) -> Value {
    json!({
        "key_id": key.id, "label": key.label, "scopes": key.scopes,
        "created_at": key.created_at, "ends_at": key.ends_at,
    })
}

fn made(key: &ApiKey, text: &str) -> Value {
    let mut shown = view(key);
    if let Some(object) = shown.as_object_mut() {
        object.insert("api_key".into(), json!(text));
    }
    shown
}

fn new_key(
    state: &ConsoleState,
    merchant: &MerchantId,
    label: String,
    scopes: Vec<Scope>,
) -> (ApiKey, String) {
    let new = NewKey::make(merchant, state.store.ids.as_ref());
    let key = ApiKey {
        id: new.id,
        secret_sha256: new.secret_sha256,
        scopes,
        label,
        created_at: state.store.clock.now(),
        ends_at: None,
    };
    (key, new.text)
}

/// `POST`.
pub(crate) async fn create(
    State(state): State<ConsoleState>,
    _operator: Operator,
    Path(merchant): Path<String>,
    body: Body<KeyRequest>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let merchant = existing(&state.store, &merchant).await?;
    let label = clean(body.value.label.as_deref().unwrap_or("")).chars().take(60).collect();
    let scopes = body.value.scopes.filter(|s| !s.is_empty()).unwrap_or_else(|| Scope::ALL.to_vec());
    let (key, text) = new_key(&state, &merchant, label, scopes);
    let mut txn = Txn::new();
    txn.insert("api key", &state.store.table, &of_merchant(&merchant, sk::api_key(&key.id)), &key);
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    Ok((StatusCode::CREATED, Json(made(&key, &text))))
}

/// `GET`.
pub(crate) async fn list(
    State(state): State<ConsoleState>,
    _operator: Operator,
    Path(merchant): Path<String>,
) -> Result<Json<Value>, Problem> {
    let merchant = existing(&state.store, &merchant).await?;
    let pk = merchant_partition(&merchant);
    let keys: Vec<(Key, ApiKey)> =
        state.store.table.query_all(&pk, sk::API_KEYS, Read::Consistent).await.map_err(store_problem)?;
    let items: Vec<Value> = keys.iter().map(|(_, key)| view(key)).collect();
    Ok(Json(json!({"items": items, "next_cursor": null})))
}

async fn load(state: &ConsoleState, merchant: &MerchantId, id: &str) -> Result<(Key, ApiKey), Problem> {
    let id = KeyId::parse(id).map_err(|_| Problem::new(Kind::NotFound))?;
    let at = of_merchant(merchant, sk::api_key(id.as_str()));
    let found: Option<ApiKey> = state.store.table.get(&at, Read::Consistent).await.map_err(store_problem)?;
    found.map(|key| (at, key)).ok_or_else(|| Problem::new(Kind::NotFound))
}

/// `POST /{id}/rotate`: a new key at once, the old one until the overlap ends.
pub(crate) async fn rotate(
    State(state): State<ConsoleState>,
    _operator: Operator,
    Path((merchant, id)): Path<(String, String)>,
    body: Body<RotateRequest>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let merchant = existing(&state.store, &merchant).await?;
    let (at, mut old) = load(&state, &merchant, &id).await?;
    let hours = i64::from(body.value.overlap_hours.unwrap_or(OVERLAP_HOURS).min(24 * 90));
    let end =
        state.store.clock.now().saturating_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX);
    old.ends_at = Some(old.ends_at.map_or(end, |known| known.min(end)));
    let (key, text) = new_key(&state, &merchant, old.label.clone(), old.scopes.clone());
    let mut txn = Txn::new();
    txn.upsert("old key", &state.store.table, &at, &old);
    txn.insert("api key", &state.store.table, &of_merchant(&merchant, sk::api_key(&key.id)), &key);
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    let mut shown = made(&key, &text);
    if let Some(object) = shown.as_object_mut() {
        object.insert("replaces".into(), view(&old));
    }
    Ok((StatusCode::CREATED, Json(shown)))
}

/// `DELETE /{id}`: the key ends now.
pub(crate) async fn revoke(
    State(state): State<ConsoleState>,
    _operator: Operator,
    Path((merchant, id)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let merchant = existing(&state.store, &merchant).await?;
    let (at, mut key) = load(&state, &merchant, &id).await?;
    key.ends_at = Some(state.store.clock.now());
    state.store.table.put(&at, &key).await.map_err(store_problem)?;
    Ok(StatusCode::NO_CONTENT)
}
