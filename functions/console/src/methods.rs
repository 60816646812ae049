//! `/v1/settings/shipping-methods`: what a checkout line stands for (S0-19).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use yam_api::{Body, Caller, store_problem};
use yam_carriers::account::AccountSettings;
use yam_domain::ids::{AccountId, Service};
use yam_domain::limits;
use yam_domain::text::clean;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_store::items::{CarrierAccount, Scope, ShippingMethod};
use yam_store::keys::{merchant_partition, of_merchant, sk};
use yam_store::{Key, Read};

use crate::ConsoleState;

#[derive(Debug, Deserialize)]
pub(crate) struct MethodRequest {
    title: String,
    account_id: String,
    service: String,
    #[serde(default = "yes")]
    enabled: bool,
}

fn yes() -> bool {
    true
}

fn method_id(text: &str) -> Result<String, Problem> {
    AccountId::parse(text).map(|id| id.to_string()).map_err(|_| Problem::new(Kind::NotFound))
}

fn view(method: &ShippingMethod) -> Value {
    json!({
        "method_id": method.id, "title": method.title, "account_id": method.account,
        "service": method.service, "enabled": method.enabled,
    })
}

/// `GET`.
pub(crate) async fn list(State(state): State<ConsoleState>, caller: Caller) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Settings)?;
    let pk = merchant_partition(&caller.merchant);
    let all: Vec<(Key, ShippingMethod)> =
        state.store.table.query_all(&pk, sk::METHODS, Read::Consistent).await.map_err(store_problem)?;
    let items: Vec<Value> = all.iter().map(|(_, m)| view(m)).collect();
    Ok(Json(json!({"items": items, "next_cursor": null})))
}

/// `PUT /{id}`.
pub(crate) async fn write(
    State(state): State<ConsoleState>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body<MethodRequest>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Settings)?;
    let id = method_id(&id)?;
    let mut faults = Vec::new();
    let title = clean(&body.value.title);
    if title.is_empty() {
        faults.push(FieldError::new("/title", Fault::Required));
    } else if title.chars().count() > limits::MAX_NAME {
        faults.push(FieldError::new("/title", Fault::TooLong(limits::MAX_NAME)));
    }
    let account = AccountId::parse(&body.value.account_id).ok();
    let stored: Option<CarrierAccount> = match &account {
        Some(account) => {
            let key = of_merchant(&caller.merchant, sk::account(account.as_str()));
            state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?
        }
        None => None,
    };
    let service = Service::parse(&clean(&body.value.service)).ok();
    match &stored {
        None => {
            let fault = Fault::Other("there is no such account; see /v1/settings/carriers".into());
            faults.push(FieldError::new("/account_id", fault));
        }
        Some(stored) => {
            let settings: Option<AccountSettings> = serde_json::from_value(stored.settings.clone()).ok();
            let offered =
                state.carriers.get(stored.carrier).zip(settings).map(|(c, s)| c.capabilities(&s).services);
            let offered = offered.unwrap_or_default();
            if !service.as_ref().is_some_and(|s| offered.contains(&s.as_str())) {
                faults.push(FieldError::new("/service", Fault::OneOf(offered.join(", "))));
            }
        }
    }
    let (Some(account), Some(service), true) = (account, service, faults.is_empty()) else {
        return Err(Problem::validation(faults));
    };
    let method = ShippingMethod { id: id.clone(), title, account, service, enabled: body.value.enabled };
    let key = of_merchant(&caller.merchant, sk::method(&id));
    state.store.table.put(&key, &method).await.map_err(store_problem)?;
    Ok(Json(view(&method)))
}

/// `DELETE /{id}`.
pub(crate) async fn remove(
    State(state): State<ConsoleState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.require(Scope::Settings)?;
    let key = of_merchant(&caller.merchant, sk::method(&method_id(&id)?));
    state.store.table.delete(&key).await.map_err(store_problem)?;
    Ok(StatusCode::NO_CONTENT)
}
