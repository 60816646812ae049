//! `/v1/settings/gateways`: accounts at payment gateways. Credentials are sealed and never shown again.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use yam_api::{Body, Caller, store_problem};
use yam_domain::ids::{AccountId, GatewayId};
use yam_domain::payment::form::plain_text;
use yam_domain::payment::health::Health;
use yam_gateways::capabilities::RefundSupport;
use yam_gateways::{Account, AccountSettings, Credentials};
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_store::items::{GatewayAccount, Scope};
use yam_store::keys::{merchant_partition, of_merchant, sk};
use yam_store::{Key, Read, Txn};

use crate::PayState;
use crate::notify::token;
use crate::pages::shop::Shop;

/// Longest title of a way to pay.
const LONGEST_TITLE: usize = 60;

/// An account as it comes.
#[derive(Deserialize)]
pub(crate) struct GatewayRequest {
    gateway: GatewayId,
    #[serde(default)]
    title: String,
    /// Kept as they are when absent.
    credentials: Option<BTreeMap<String, String>>,
    #[serde(default)]
    settings: AccountSettings,
    #[serde(default = "yes")]
    enabled: bool,
}

impl std::fmt::Debug for GatewayRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GatewayRequest").field("gateway", &self.gateway).finish_non_exhaustive()
    }
}

const fn yes() -> bool {
    true
}

async fn load(state: &PayState, caller: &Caller, id: &str) -> Result<(Key, Option<GatewayAccount>), Problem> {
    let id = AccountId::parse(id).map_err(|_| Problem::new(Kind::NotFound))?;
    let key = of_merchant(&caller.merchant, sk::gateway(id.as_str()));
    let stored = state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?;
    Ok((key, stored))
}

async fn view(
    state: &PayState,
    caller: &Caller,
    headers: &HeaderMap,
    stored: &GatewayAccount,
) -> Result<Value, Problem> {
    let merchant = &caller.merchant;
    let cipher = state.store.vault.cipher(merchant).await.map_err(store_problem)?;
    let account = yam_accounts::opened_gateway(&cipher, merchant, stored).ok();
    let gateway = state.engine.gateway(stored.gateway).ok();
    let fields: Vec<Value> = gateway
        .iter()
        .flat_map(|gateway| gateway.credential_fields())
        .map(|field| {
            let set = account.as_ref().is_some_and(|account| account.credentials.has(field.name));
            json!({"name": field.name, "required": field.required, "meaning": field.meaning, "set": set})
        })
        .collect();
    let key = of_merchant(merchant, sk::gateway_health(stored.id.as_str()));
    let health: Health =
        state.store.table.get(&key, Read::Eventual).await.map_err(store_problem)?.unwrap_or_default();
    let base = Shop::load(state, merchant.as_str()).await?.base(state, headers);
    let token = token(merchant, &stored.id, &stored.notice_secret);
    Ok(json!({
        "account_id": stored.id,
        "gateway": stored.gateway,
        "title": stored.title,
        "enabled": stored.enabled,
        "settings": stored.settings,
        "credentials": fields,
        "capabilities": gateway.zip(account.as_ref()).map(|(g, account)| capabilities(g, account)),
        "hidden": health.is_hidden(state.store.clock.now()),
        "failures": health.failures,
        "notice_url": format!("{base}/openpay/notify/{}/{token}", stored.gateway),
        "return_url": format!("{base}/openpay/return/{}/{token}", stored.gateway),
    }))
}

fn capabilities(gateway: &dyn yam_gateways::PaymentGateway, account: &Account) -> Value {
    let can = gateway.capabilities(account);
    let refund = match can.refund {
        RefundSupport::Partial => "any_amount",
        RefundSupport::WithPanelId => "with_panel_id",
        RefundSupport::No(advice) => advice,
    };
    json!({
        "currency": can.currency,
        "limits": can.limits,
        "lost_callbacks_are_found": can.can_be_asked(),
        "settles": can.settles,
        "reverses": can.reverses,
        "refund": refund,
        "notices": can.notices.is_some(),
        "fiscal_receipts": can.receipts,
    })
}

/// `GET /v1/settings/gateways`.
pub(crate) async fn list(
    State(state): State<PayState>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Settings)?;
    let pk = merchant_partition(&caller.merchant);
    let all: Vec<(Key, GatewayAccount)> =
        state.store.table.query_all(&pk, sk::GATEWAYS, Read::Consistent).await.map_err(store_problem)?;
    let mut items = Vec::with_capacity(all.len());
    for (_, account) in &all {
        items.push(view(&state, &caller, &headers, account).await?);
    }
    Ok(Json(json!({"items": items, "next_cursor": null})))
}

/// `GET /v1/settings/gateways/{id}`.
pub(crate) async fn read(
    State(state): State<PayState>,
    caller: Caller,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Settings)?;
    let (_, stored) = load(&state, &caller, &id).await?;
    let stored = stored.ok_or_else(|| Problem::new(Kind::NotFound))?;
    Ok(Json(view(&state, &caller, &headers, &stored).await?))
}

/// `PUT /v1/settings/gateways/{id}`.
pub(crate) async fn write(
    State(state): State<PayState>,
    caller: Caller,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Body<GatewayRequest>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Settings)?;
    let (key, known) = load(&state, &caller, &id).await?;
    let id = AccountId::parse(&id).map_err(|_| Problem::new(Kind::NotFound))?;
    let account = build(&state, &caller, id, body.value, known.as_ref()).await?;
    let mut txn = Txn::new();
    match &known {
        Some(known) => txn.replace("gateway account", &state.store.table, &key, &account, known.rev),
        None => txn.insert("gateway account", &state.store.table, &key, &account),
    }
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    Ok(Json(view(&state, &caller, &headers, &account).await?))
}

/// `DELETE /v1/settings/gateways/{id}`. Payments that are under way by it can no longer be verified: switch it off
/// first and delete it a day later.
pub(crate) async fn remove(
    State(state): State<PayState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.require(Scope::Settings)?;
    let (key, stored) = load(&state, &caller, &id).await?;
    let stored = stored.ok_or_else(|| Problem::new(Kind::NotFound))?;
    if stored.enabled {
        let advice = "switch it off first ({\"enabled\":false}); its open payments still need it for a day";
        return Err(Problem::new(Kind::NotInThisState).with("enabled").with(advice));
    }
    state.store.table.delete(&key).await.map_err(store_problem)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn build(
    state: &PayState,
    caller: &Caller,
    id: AccountId,
    request: GatewayRequest,
    known: Option<&GatewayAccount>,
) -> Result<GatewayAccount, Problem> {
    let mut faults = Vec::new();
    let other = |words: &str| Fault::Other(words.to_owned());
    if known.is_some_and(|known| known.gateway != request.gateway) {
        faults.push(FieldError::new("/gateway", other("an account stays with its gateway; add another")));
    }
    let gateway = state.engine.gateway(request.gateway).map_err(|_| Problem::new(Kind::Internal))?;
    let cipher = state.store.vault.cipher(&caller.merchant).await.map_err(store_problem)?;
    let before: BTreeMap<String, String> = known
        .and_then(|known| cipher.open(&GatewayAccount::purpose(&id), &known.credentials).ok())
        .unwrap_or_default();
    let fields = request.credentials.unwrap_or(before);
    if fields.values().any(|value| value.chars().count() > 200) {
        faults.push(FieldError::new("/credentials", Fault::TooLong(200)));
    }
    let account = Account {
        merchant: caller.merchant.clone(),
        id: id.clone(),
        gateway: request.gateway,
        credentials: Credentials::new(fields.clone()),
        settings: request.settings.clone(),
    };
    for (field, reason) in gateway.check(&account) {
        faults.push(FieldError::new(format!("/credentials/{field}"), Fault::Other(reason)));
    }
    if !faults.is_empty() {
        return Err(Problem::validation(faults));
    }
    let internal = || Problem::new(Kind::Internal);
    let ids = state.store.ids.as_ref();
    let sealed = cipher.seal(&GatewayAccount::purpose(&id), &fields, ids).map_err(|_| internal())?;
    Ok(GatewayAccount {
        gateway: request.gateway,
        title: plain_text(&request.title, LONGEST_TITLE),
        credentials: sealed,
        settings: serde_json::to_value(&request.settings).map_err(|_| internal())?,
        enabled: request.enabled,
        notice_secret: known.map_or_else(|| ids.token(24), |known| known.notice_secret.clone()),
        rev: known.map_or(1, |known| known.rev.saturating_add(1)),
        id,
    })
}
