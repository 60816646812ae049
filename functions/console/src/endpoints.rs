//! `/v1/settings/webhooks`: where webhooks go, and the secrets that sign them.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;
use yam_api::{Body, Caller, store_problem};
use yam_domain::ids::EndpointId;
use yam_domain::limits;
use yam_platform::Problem;
use yam_platform::http::check_url;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_platform::secrets::Cipher;
use yam_store::items::{Endpoint, EndpointSecret, Scope};
use yam_store::keys::{merchant_partition, of_merchant, sk};
use yam_store::{Key, Read, Txn};
use yam_storefronts::standard_webhooks::Secret;

use crate::ConsoleState;

#[derive(Debug, Deserialize)]
pub(crate) struct EndpointRequest {
    url: String,
    #[serde(default)]
    types: Vec<String>,
    #[serde(default = "yes")]
    enabled: bool,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct RotateRequest {
    overlap_hours: Option<u32>,
}

/// Endpoints a shop may have.
const ENDPOINTS: usize = 20;
/// How long an old secret still signs, unless asked otherwise.
const OVERLAP_HOURS: u32 = 24;

fn endpoint_id(text: &str) -> Result<EndpointId, Problem> {
    EndpointId::parse(text).map_err(|_| Problem::new(Kind::NotFound))
}

fn at(caller: &Caller, id: &EndpointId) -> Key {
    of_merchant(&caller.merchant, sk::endpoint(id.as_str()))
}

async fn load(state: &ConsoleState, caller: &Caller, id: &EndpointId) -> Result<Option<Endpoint>, Problem> {
    state.store.table.get(&at(caller, id), Read::Consistent).await.map_err(store_problem)
}

fn view(endpoint: &Endpoint) -> Value {
    json!({
        "endpoint_id": endpoint.id,
        "url": endpoint.url,
        "types": endpoint.types,
        "enabled": endpoint.enabled,
        "disabled_reason": endpoint.disabled_reason,
        "secrets": endpoint.secrets.iter().map(|s| json!({"ends_at": s.ends_at})).collect::<Vec<_>>(),
    })
}

fn new_secret(
    state: &ConsoleState,
    id: &EndpointId,
    cipher: &Cipher,
) -> Result<(String, EndpointSecret), Problem> {
    let mut bytes = [0u8; 32];
    state.store.ids.fill(&mut bytes);
    let text = Secret::text_of(&bytes);
    let sealed = cipher.seal(&Endpoint::purpose(id), &text, state.store.ids.as_ref());
    let sealed = sealed.map_err(|_| Problem::new(Kind::Internal))?;
    Ok((text, EndpointSecret { sealed, ends_at: None }))
}

/// `GET /v1/settings/webhooks`.
pub(crate) async fn list(State(state): State<ConsoleState>, caller: Caller) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Settings)?;
    let pk = merchant_partition(&caller.merchant);
    let all: Vec<(Key, Endpoint)> =
        state.store.table.query_all(&pk, sk::ENDPOINTS, Read::Consistent).await.map_err(store_problem)?;
    let items: Vec<Value> = all.iter().map(|(_, e)| view(e)).collect();
    Ok(Json(json!({"items": items, "next_cursor": null})))
}

/// `GET /v1/settings/webhooks/{id}`.
pub(crate) async fn read(
    State(state): State<ConsoleState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Settings)?;
    let endpoint =
        load(&state, &caller, &endpoint_id(&id)?).await?.ok_or_else(|| Problem::new(Kind::NotFound))?;
    Ok(Json(view(&endpoint)))
}

/// `PUT /v1/settings/webhooks/{id}`. A new endpoint's secret is in the answer, once.
pub(crate) async fn write(
    State(state): State<ConsoleState>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body<EndpointRequest>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    caller.require(Scope::Settings)?;
    let id = endpoint_id(&id)?;
    let EndpointRequest { url, types, enabled } = check(&state, body.value)?;
    let known = load(&state, &caller, &id).await?;
    let mut txn = Txn::new();
    let key = at(&caller, &id);
    if let Some(known) = known {
        let rev = known.rev;
        let endpoint =
            Endpoint { url, types, enabled, disabled_reason: None, rev: rev.saturating_add(1), ..known };
        txn.replace("endpoint", &state.store.table, &key, &endpoint, rev);
        txn.commit(&state.store.table).await.map_err(store_problem)?;
        return Ok((StatusCode::OK, Json(view(&endpoint))));
    }
    let pk = merchant_partition(&caller.merchant);
    let others: Vec<(Key, Endpoint)> =
        state.store.table.query_all(&pk, sk::ENDPOINTS, Read::Consistent).await.map_err(store_problem)?;
    if others.len() >= ENDPOINTS {
        let fault = Fault::Other(format!("a shop has at most {ENDPOINTS} endpoints; delete one first"));
        return Err(Problem::validation(vec![FieldError::new("/url", fault)]));
    }
    let cipher = state.store.vault.cipher(&caller.merchant).await.map_err(store_problem)?;
    let (text, secret) = new_secret(&state, &id, &cipher)?;
    let endpoint = Endpoint { id, url, types, secrets: vec![secret], enabled, disabled_reason: None, rev: 1 };
    txn.insert("endpoint", &state.store.table, &key, &endpoint);
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    let mut shown = view(&endpoint);
    if let Some(object) = shown.as_object_mut() {
        object.insert("secret".into(), json!(text));
    }
    Ok((StatusCode::CREATED, Json(shown)))
}

fn check(state: &ConsoleState, request: EndpointRequest) -> Result<EndpointRequest, Problem> {
    let mut faults = Vec::new();
    let address = request.url.trim().to_owned();
    if address.len() > limits::MAX_URL {
        faults.push(FieldError::new("/url", Fault::TooLong(limits::MAX_URL)));
    }
    match Url::parse(&address) {
        Err(_) => faults.push(FieldError::new("/url", Fault::Other("is not a web address".into()))),
        Ok(url) => {
            if let Err(error) = check_url(&url, state.http.trusted_origins()) {
                faults.push(FieldError::new("/url", Fault::Other(error.to_string())));
            }
        }
    }
    for (i, kind) in request.types.iter().enumerate() {
        let good = !kind.is_empty()
            && kind.len() <= 64
            && kind.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'_');
        if !good {
            faults.push(FieldError::new(format!("/types/{i}"), Fault::Other("is not an event type".into())));
        }
    }
    if request.types.len() > limits::MAX_CHOICES {
        faults.push(FieldError::new("/types", Fault::TooLong(limits::MAX_CHOICES)));
    }
    if faults.is_empty() {
        Ok(EndpointRequest { url: address, ..request })
    } else {
        Err(Problem::validation(faults))
    }
}

/// `POST /v1/settings/webhooks/{id}/rotate`: a new secret signs at once, the old ones for the overlap.
pub(crate) async fn rotate(
    State(state): State<ConsoleState>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body<RotateRequest>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Settings)?;
    let id = endpoint_id(&id)?;
    let mut endpoint = load(&state, &caller, &id).await?.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let hours = body.value.overlap_hours.unwrap_or(OVERLAP_HOURS).min(24 * 30);
    let now = state.store.clock.now();
    let ends = now.saturating_add(SignedDuration::from_hours(i64::from(hours))).unwrap_or(Timestamp::MAX);
    let cipher = state.store.vault.cipher(&caller.merchant).await.map_err(store_problem)?;
    let (text, secret) = new_secret(&state, &id, &cipher)?;
    endpoint.secrets.retain(|s| s.ends_at.is_none_or(|end| now < end));
    for old in &mut endpoint.secrets {
        old.ends_at = Some(old.ends_at.map_or(ends, |end| end.min(ends)));
    }
    endpoint.secrets.insert(0, secret);
    endpoint.secrets.truncate(3);
    let rev = endpoint.rev;
    endpoint.rev = rev.saturating_add(1);
    let mut txn = Txn::new();
    txn.replace("endpoint", &state.store.table, &at(&caller, &id), &endpoint, rev);
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    let mut shown = view(&endpoint);
    if let Some(object) = shown.as_object_mut() {
        object.insert("secret".into(), json!(text));
    }
    Ok(Json(shown))
}

/// `DELETE /v1/settings/webhooks/{id}`.
pub(crate) async fn remove(
    State(state): State<ConsoleState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.require(Scope::Settings)?;
    let id = endpoint_id(&id)?;
    load(&state, &caller, &id).await?.ok_or_else(|| Problem::new(Kind::NotFound))?;
    state.store.table.delete(&at(&caller, &id)).await.map_err(store_problem)?;
    Ok(StatusCode::NO_CONTENT)
}
