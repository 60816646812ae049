//! `/v1/settings/carriers`: accounts at postal operators (S0-15 ... S0-18).

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};
use yam_api::{Body, Caller, store_problem};
use yam_carriers::account::AccountSettings;
use yam_domain::ids::{AccountId, CarrierId, MerchantId};
use yam_domain::iran;
use yam_domain::text::clean;
use yam_domain::weight::WeightLimits;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_platform::secrets::Cipher;
use yam_store::items::{AccountState, CarrierAccount, Scope, StoredCredentials};
use yam_store::keys::{merchant_partition, of_merchant, sk};
use yam_store::{Key, Read, Txn};

use crate::operator::Operator;
use crate::{ConsoleState, checklist, quota};

/// An account as it comes.
#[derive(Debug, Deserialize)]
pub(crate) struct AccountRequest {
    carrier: CarrierId,
    wire: Option<String>,
    credentials: Option<CredentialsRequest>,
    #[serde(default)]
    sender: Sender,
    limits: Option<WeightLimits>,
    tariff: Option<String>,
    address_marker: Option<bool>,
    track_every_minutes: Option<u16>,
    vendor_id: Option<String>,
    #[serde(default)]
    checklist: Vec<String>,
}

#[derive(Deserialize)]
struct CredentialsRequest {
    username: String,
    password: String,
}

impl std::fmt::Debug for CredentialsRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CredentialsRequest(..)")
    }
}

#[derive(Debug, Default, Deserialize)]
struct Sender {
    region: Option<String>,
    city: Option<String>,
    postal_code: Option<String>,
}

fn account_id(text: &str) -> Result<AccountId, Problem> {
    AccountId::parse(text).map_err(|_| Problem::new(Kind::NotFound))
}

async fn load(
    state: &ConsoleState,
    caller: &Caller,
    id: &AccountId,
) -> Result<Option<CarrierAccount>, Problem> {
    let key = of_merchant(&caller.merchant, sk::account(id.as_str()));
    state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)
}

async fn view(
    state: &ConsoleState,
    merchant: &MerchantId,
    account: &CarrierAccount,
) -> Result<Value, Problem> {
    let carrier = state.carriers.get(account.carrier);
    let quota = quota::of(state, merchant, account).await?;
    Ok(json!({
        "account_id": account.id,
        "carrier": account.carrier,
        "settings": account.settings,
        "vendor_id": account.vendor_id,
        "state": account.account_state,
        "state_reason": account.state_reason,
        "checked_at": account.checked_at,
        "checklist": checklist::list(account),
        "panel_url": carrier.map(|c| c.panel_url()),
        "support": carrier.map(|c| c.support()),
        "quota": quota,
        "review_due_at": null,
    }))
}

/// `GET /v1/settings/carriers`.
pub(crate) async fn list(State(state): State<ConsoleState>, caller: Caller) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Settings)?;
    let pk = merchant_partition(&caller.merchant);
    let all: Vec<(Key, CarrierAccount)> =
        state.store.table.query_all(&pk, sk::ACCOUNTS, Read::Consistent).await.map_err(store_problem)?;
    let mut items = Vec::with_capacity(all.len());
    for (_, account) in &all {
        items.push(view(&state, &caller.merchant, account).await?);
    }
    Ok(Json(json!({"items": items, "next_cursor": null})))
}

/// `GET /v1/settings/carriers/{id}`.
pub(crate) async fn read(
    State(state): State<ConsoleState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Settings)?;
    let account =
        load(&state, &caller, &account_id(&id)?).await?.ok_or_else(|| Problem::new(Kind::NotFound))?;
    Ok(Json(view(&state, &caller.merchant, &account).await?))
}

/// `PUT /v1/settings/carriers/{id}`: seals the credentials and tries them by a harmless call.
pub(crate) async fn write(
    State(state): State<ConsoleState>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body<AccountRequest>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Settings)?;
    let id = account_id(&id)?;
    let known = load(&state, &caller, &id).await?;
    let cipher = state.store.vault.cipher(&caller.merchant).await.map_err(store_problem)?;
    let operator = Operator::of(&state, body.value.carrier).ok_or_else(|| {
        let fault = Fault::Other("this hub does not speak with that operator yet".into());
        Problem::validation(vec![FieldError::new("/carrier", fault)])
    })?;
    let rev = known.as_ref().map(|k| k.rev);
    let mut account = build(&state, id, body.value, known, &operator, &cipher)?;
    try_credentials(&state, &caller, &mut account, &operator, &cipher).await;
    store(&state, &caller, &account, rev).await?;
    Ok(Json(view(&state, &caller.merchant, &account).await?))
}

/// `POST /v1/settings/carriers/{id}/apply`: tries the credentials again.
pub(crate) async fn apply(
    State(state): State<ConsoleState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Settings)?;
    let mut account =
        load(&state, &caller, &account_id(&id)?).await?.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let cipher = state.store.vault.cipher(&caller.merchant).await.map_err(store_problem)?;
    let operator = Operator::of(&state, account.carrier).ok_or_else(|| Problem::new(Kind::NotFound))?;
    let rev = account.rev;
    account.rev = rev.saturating_add(1);
    try_credentials(&state, &caller, &mut account, &operator, &cipher).await;
    store(&state, &caller, &account, Some(rev)).await?;
    Ok(Json(view(&state, &caller.merchant, &account).await?))
}

/// `DELETE /v1/settings/carriers/{id}`.
pub(crate) async fn remove(
    State(state): State<ConsoleState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<axum::http::StatusCode, Problem> {
    caller.require(Scope::Settings)?;
    let id = account_id(&id)?;
    load(&state, &caller, &id).await?.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let key = of_merchant(&caller.merchant, sk::account(id.as_str()));
    state.store.table.delete(&key).await.map_err(store_problem)?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}

async fn store(
    state: &ConsoleState,
    caller: &Caller,
    account: &CarrierAccount,
    rev: Option<u64>,
) -> Result<(), Problem> {
    let key = of_merchant(&caller.merchant, sk::account(account.id.as_str()));
    let mut txn = Txn::new();
    match rev {
        Some(rev) => txn.replace("account", &state.store.table, &key, account, rev),
        None => txn.insert("account", &state.store.table, &key, account),
    }
    txn.commit(&state.store.table).await.map_err(store_problem)
}

fn build(
    state: &ConsoleState,
    id: AccountId,
    request: AccountRequest,
    known: Option<CarrierAccount>,
    operator: &Operator,
    cipher: &Cipher,
) -> Result<CarrierAccount, Problem> {
    let mut faults = Vec::new();
    if known.as_ref().is_some_and(|k| k.carrier != request.carrier) {
        faults.push(FieldError::new(
            "/carrier",
            Fault::Other("an account stays with its operator; add another".into()),
        ));
    }
    let (origin_state, origin_city) = origin(&request, &mut faults);
    let settings = AccountSettings {
        wire: request.wire.unwrap_or_else(|| operator.usual_wire().into()),
        origin_state,
        origin_city,
        limits: request.limits.unwrap_or_default(),
        tariff: request.tariff.map(|t| t.to_ascii_lowercase()),
        address_marker: request.address_marker.unwrap_or(true),
        track_every_minutes: request.track_every_minutes,
    };
    if request.track_every_minutes.is_some_and(|minutes| !(15..=1_440).contains(&minutes)) {
        let fault = Fault::OutOfRange("15 min".into(), "1440 min".into());
        faults.push(FieldError::new("/track_every_minutes", fault));
    }
    for (field, reason) in operator.check_settings(&settings) {
        faults.push(FieldError::new(format!("/{field}"), Fault::Other(reason)));
    }
    for (i, slug) in request.checklist.iter().enumerate() {
        if !checklist::is_step(request.carrier, slug) {
            faults.push(FieldError::new(
                format!("/checklist/{i}"),
                Fault::Other("is not a step of this operator".into()),
            ));
        }
    }
    let sealed = match (&request.credentials, &known) {
        (Some(c), _) if c.username.trim().is_empty() || c.username.len() > 200 => {
            faults.push(FieldError::new("/credentials/username", Fault::Required));
            None
        }
        (Some(c), _) if c.password.is_empty() || c.password.len() > 200 => {
            faults.push(FieldError::new("/credentials/password", Fault::Required));
            None
        }
        (Some(c), _) => {
            let plain = StoredCredentials { username: clean(&c.username), password: c.password.clone() };
            cipher.seal(&CarrierAccount::purpose(&id), &plain, state.store.ids.as_ref()).ok()
        }
        (None, Some(known)) => Some(known.credentials.clone()),
        (None, None) => {
            faults.push(FieldError::new("/credentials", Fault::Required));
            None
        }
    };
    let (Some(credentials), true) = (sealed, faults.is_empty()) else {
        return Err(Problem::validation(faults));
    };
    let settings = serde_json::to_value(settings).map_err(|_| Problem::new(Kind::Internal))?;
    Ok(CarrierAccount {
        id,
        carrier: request.carrier,
        credentials,
        settings,
        account_state: AccountState::Draft,
        state_reason: None,
        checked_at: None,
        checklist_done: request.checklist,
        vendor_id: request.vendor_id,
        rev: known.map_or(1, |k| k.rev.saturating_add(1)),
    })
}

/// The place parcels leave from, in the operator's numbering.
fn origin(request: &AccountRequest, faults: &mut Vec<FieldError>) -> (Option<u32>, Option<u32>) {
    let Sender { region, city, postal_code } = &request.sender;
    if request.carrier != CarrierId::IranPost || (region.is_none() && city.is_none() && postal_code.is_none())
    {
        return (None, None);
    }
    match iran::resolve_city(region.as_deref(), city.as_deref(), postal_code.as_deref()) {
        Ok(city) => (Some(u32::from(city.state)), Some(city.code)),
        Err(error) => {
            faults.push(FieldError::new("/sender/city", Fault::UnknownCity(error.to_string())));
            (None, None)
        }
    }
}

/// Tries the account and keeps what came of it.
async fn try_credentials(
    state: &ConsoleState,
    caller: &Caller,
    account: &mut CarrierAccount,
    operator: &Operator,
    cipher: &Cipher,
) {
    let Ok(ready) = yam_accounts::opened(cipher, &caller.merchant, account.clone()) else { return };
    (account.account_state, account.state_reason) = operator.verify(&ready).await;
    account.checked_at = Some(state.store.clock.now());
}
