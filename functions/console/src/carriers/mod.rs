//! `/v1/settings/carriers`: accounts at postal operators (S0-15 ... S0-18).

mod enrol;
mod request;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};
use yam_api::{Body, Caller, store_problem};
use yam_domain::ids::{AccountId, MerchantId};
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_store::enrolment::forget;
use yam_store::items::{CarrierAccount, Scope};
use yam_store::keys::{merchant_partition, of_merchant, sk};
use yam_store::{Key, Read, Txn};

use self::enrol::enrol;
pub(crate) use self::request::AccountRequest;
use self::request::build;
use crate::operator::Operator;
use crate::{ConsoleState, checklist, quota};

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

/// An account as its shop and hub staff see it.
pub(crate) async fn view(
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
        "hold_reason": account.hold_reason,
        "review_due_at": account.review_due_at,
        "transitions": account.transitions,
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

/// `PUT /v1/settings/carriers/{id}`: seals the credentials, tries them by a harmless call, and applies for the
/// account where it is new or names another contract.
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
    let account = build(&state, id, body.value, known.clone(), &operator, &cipher)?;
    let account = enrol(&state, &caller.merchant, known, account, &operator, &cipher).await?;
    Ok(Json(view(&state, &caller.merchant, &account).await?))
}

/// `POST /v1/settings/carriers/{id}/apply`: tries the credentials again, and applies again for an account that
/// was refused or is on hold.
pub(crate) async fn apply(
    State(state): State<ConsoleState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Settings)?;
    let known =
        load(&state, &caller, &account_id(&id)?).await?.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let cipher = state.store.vault.cipher(&caller.merchant).await.map_err(store_problem)?;
    let operator = Operator::of(&state, known.carrier).ok_or_else(|| Problem::new(Kind::NotFound))?;
    let account = CarrierAccount { rev: known.rev.saturating_add(1), ..known.clone() };
    let account = enrol(&state, &caller.merchant, Some(known), account, &operator, &cipher).await?;
    Ok(Json(view(&state, &caller.merchant, &account).await?))
}

/// `DELETE /v1/settings/carriers/{id}`: also gives back its contract, so that another shop may enter it.
pub(crate) async fn remove(
    State(state): State<ConsoleState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.require(Scope::Settings)?;
    let id = account_id(&id)?;
    let mut account = load(&state, &caller, &id).await?.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let key = of_merchant(&caller.merchant, sk::account(id.as_str()));
    let mut txn = Txn::new();
    forget(&mut txn, &state.store, &caller.merchant, &mut account);
    txn.delete("account", &state.store.table, &key);
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    Ok(StatusCode::NO_CONTENT)
}
