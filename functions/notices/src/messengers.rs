//! `/v1/settings/messengers`: accounts at providers of messages. Credentials are sealed and never shown again.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use yam_api::{Body, Caller, store_problem};
use yam_domain::ids::{AccountId, MerchantId, MessengerId};
use yam_domain::notice::Channel;
use yam_messengers::message::Channel as WireChannel;
use yam_messengers::{Account, AccountSettings, Credentials, Messenger};
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_platform::secrets::Cipher;
use yam_store::items::Scope;
use yam_store::items::notices::MessengerAccount;
use yam_store::keys::{merchant_partition, of_merchant, sk};
use yam_store::{Key, Read, Txn};

use crate::NoticesState;
use crate::shop::{Answer, ShopNotices, fault, refuse};

/// Most accounts of a shop.
const MOST_ACCOUNTS: usize = 30;
/// Longest value of a credential, in characters.
const LONGEST_SECRET: usize = 300;

/// An account as it comes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MessengerRequest {
    messenger: MessengerId,
    /// Kept as they are when absent.
    credentials: Option<BTreeMap<String, String>>,
    #[serde(default)]
    settings: AccountSettings,
    #[serde(default = "yes")]
    enabled: bool,
}

impl std::fmt::Debug for MessengerRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MessengerRequest").field("messenger", &self.messenger).finish_non_exhaustive()
    }
}

const fn yes() -> bool {
    true
}

/// Every account of a shop.
pub(crate) async fn all(
    state: &NoticesState,
    merchant: &MerchantId,
) -> Result<Vec<MessengerAccount>, Problem> {
    let pk = merchant_partition(merchant);
    let all: Vec<(Key, MessengerAccount)> =
        state.store.table.query_all(&pk, sk::MESSENGERS, Read::Consistent).await.map_err(store_problem)?;
    Ok(all.into_iter().map(|(_, account)| account).collect())
}

/// An account with its secrets opened; none when they cannot be read.
pub(crate) fn open(cipher: &Cipher, merchant: &MerchantId, stored: &MessengerAccount) -> Option<Account> {
    let fields: BTreeMap<String, String> =
        cipher.open(&MessengerAccount::purpose(&stored.id), &stored.credentials).ok()?;
    Some(Account {
        merchant: merchant.clone(),
        id: stored.id.clone(),
        messenger: stored.messenger,
        credentials: Credentials::new(fields),
        settings: serde_json::from_value(stored.settings.clone()).ok()?,
    })
}

/// A stored account with its provider, ready to call with.
pub(crate) async fn opened<'a>(
    state: &'a NoticesState,
    merchant: &MerchantId,
    id: &str,
) -> Result<(MessengerAccount, Account, &'a dyn Messenger), Problem> {
    let (_, stored) = load(state, merchant, id).await?;
    let stored = stored.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let cipher = state.store.vault.cipher(merchant).await.map_err(store_problem)?;
    let unreadable = || {
        let words = "its credentials cannot be read; send the account again with its credentials";
        Problem::new(Kind::NotInThisState).with("unreadable").with(words)
    };
    let account = open(&cipher, merchant, &stored).ok_or_else(unreadable)?;
    let messenger = state.messengers.get(stored.messenger).ok_or_else(|| Problem::new(Kind::Internal))?;
    Ok((stored, account, messenger.as_ref()))
}

async fn load(
    state: &NoticesState,
    merchant: &MerchantId,
    id: &str,
) -> Result<(Key, Option<MessengerAccount>), Problem> {
    let id = AccountId::parse(id).map_err(|_| Problem::new(Kind::NotFound))?;
    let key = of_merchant(merchant, sk::messenger(id.as_str()));
    let stored = state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?;
    Ok((key, stored))
}

fn view(state: &NoticesState, cipher: &Cipher, shop: &ShopNotices, stored: &MessengerAccount) -> Value {
    let merchant = &shop.merchant.id;
    let account = open(cipher, merchant, stored);
    let messenger = state.messengers.get(stored.messenger);
    let fields: Vec<Value> = messenger
        .iter()
        .flat_map(|messenger| messenger.credential_fields())
        .map(|field| {
            let set = account.as_ref().is_some_and(|account| account.credentials.has(field.name));
            json!({"name": field.name, "required": field.required, "meaning": field.meaning, "set": set})
        })
        .collect();
    let can = messenger.zip(account.as_ref()).map(|(messenger, account)| {
        let can = messenger.capabilities(account);
        let channels: Vec<&str> = can.channels.iter().map(|channel| channel.as_str()).collect();
        json!({
            "channels": channels, "look_up": can.look_up, "balance": can.balance, "senders": can.senders,
            "longest_text": can.longest_text,
        })
    });
    let routes: Vec<Channel> = Channel::ALL
        .iter()
        .copied()
        .filter(|channel| shop.settings.routes.of(*channel).contains(&stored.id))
        .collect();
    json!({
        "account_id": stored.id,
        "messenger": stored.messenger,
        "enabled": stored.enabled,
        "settings": stored.settings,
        "credentials": fields,
        "capabilities": can,
        "used_for": routes,
        "health": stored.health,
        "hook_url": format!(
            "{}/hooks/{}/{merchant}~{}~{}", state.public_url, stored.messenger, stored.id, stored.hook_secret
        ),
    })
}

/// `GET`: the accounts, the order in which each channel asks them, and the providers there are.
pub(crate) async fn list(State(state): State<NoticesState>, caller: Caller) -> Answer {
    caller.require(Scope::Settings)?;
    let shop = ShopNotices::load(&state, &caller.merchant).await?;
    let cipher = state.store.vault.cipher(&caller.merchant).await.map_err(store_problem)?;
    let accounts = all(&state, &caller.merchant).await?;
    let items: Vec<Value> = accounts.iter().map(|account| view(&state, &cipher, &shop, account)).collect();
    let providers: Vec<Value> = state
        .messengers
        .iter()
        .map(|messenger| {
            json!({
                "messenger": messenger.id(), "name": messenger.name("en"),
                "credentials": messenger.credential_fields(),
            })
        })
        .collect();
    Ok(Json(json!({
        "items": items, "next_cursor": null, "routes": shop.settings.routes, "providers": providers,
    })))
}

/// `GET /{id}`.
pub(crate) async fn read(
    State(state): State<NoticesState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    caller.require(Scope::Settings)?;
    let (_, stored) = load(&state, &caller.merchant, &id).await?;
    let stored = stored.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let shop = ShopNotices::load(&state, &caller.merchant).await?;
    let cipher = state.store.vault.cipher(&caller.merchant).await.map_err(store_problem)?;
    Ok(Json(view(&state, &cipher, &shop, &stored)))
}

/// `PUT /{id}`. A new account is asked last on each channel it offers.
pub(crate) async fn write(
    State(state): State<NoticesState>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body<MessengerRequest>,
) -> Answer {
    caller.require(Scope::Settings)?;
    let (key, known) = load(&state, &caller.merchant, &id).await?;
    let id = AccountId::parse(&id).map_err(|_| Problem::new(Kind::NotFound))?;
    if known.is_none() && all(&state, &caller.merchant).await?.len() >= MOST_ACCOUNTS {
        let words = format!("a shop may have {MOST_ACCOUNTS} messenger accounts; delete one first");
        return Err(Problem::validation(vec![fault("", words)]));
    }
    let cipher = state.store.vault.cipher(&caller.merchant).await.map_err(store_problem)?;
    let (made, opened) = build(&state, &cipher, &caller.merchant, id, body.value, known.as_ref())?;
    let mut shop = ShopNotices::load(&state, &caller.merchant).await?;
    let mut txn = Txn::new();
    match &known {
        Some(known) => txn.replace("messenger account", &state.store.table, &key, &made, known.rev),
        None => {
            txn.insert("messenger account", &state.store.table, &key, &made);
            for channel in offered(&state, &opened) {
                shop.settings.routes.of_mut(channel).push(made.id.clone());
            }
            shop.write(&state, &mut txn);
        }
    }
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    Ok(Json(view(&state, &cipher, &shop, &made)))
}

/// The channels an account can take. Kakao notices go through a text provider that has a Kakao channel.
pub(crate) fn offered(state: &NoticesState, account: &Account) -> Vec<Channel> {
    let Some(messenger) = state.messengers.get(account.messenger) else { return Vec::new() };
    let can = messenger.capabilities(account);
    let fits = |channel: Channel| match channel {
        Channel::Sms => can.has(WireChannel::Sms),
        Channel::Call => can.has(WireChannel::Voice),
        Channel::Email => can.has(WireChannel::Email),
        Channel::Kakao => can.has(WireChannel::Sms) && account.settings.kakao_channel.is_some(),
    };
    Channel::ALL.iter().copied().filter(|channel| fits(*channel)).collect()
}

fn build(
    state: &NoticesState,
    cipher: &Cipher,
    merchant: &MerchantId,
    id: AccountId,
    request: MessengerRequest,
    known: Option<&MessengerAccount>,
) -> Result<(MessengerAccount, Account), Problem> {
    let mut faults = Vec::new();
    if known.is_some_and(|known| known.messenger != request.messenger) {
        faults.push(fault("/messenger", "an account stays with its provider; add another"));
    }
    let messenger = state.messengers.get(request.messenger).ok_or_else(|| Problem::new(Kind::Internal))?;
    let before: BTreeMap<String, String> = known
        .and_then(|known| cipher.open(&MessengerAccount::purpose(&id), &known.credentials).ok())
        .unwrap_or_default();
    let renewed = request.credentials.is_some();
    let fields = request.credentials.unwrap_or(before);
    if fields.values().any(|value| value.chars().count() > LONGEST_SECRET) {
        faults.push(FieldError::new("/credentials", Fault::TooLong(LONGEST_SECRET)));
    }
    let account = Account {
        merchant: merchant.clone(),
        id: id.clone(),
        messenger: request.messenger,
        credentials: Credentials::new(fields.clone()),
        settings: request.settings.clone(),
    };
    let secret = |field: &str| messenger.credential_fields().iter().any(|known| known.name == field);
    for (field, reason) in messenger.check(&account) {
        let unknown = fields.contains_key(&field);
        let place = if secret(&field) || unknown { "credentials" } else { "settings" };
        faults.push(fault(format!("/{place}/{}", field.replace('~', "~0").replace('/', "~1")), reason));
    }
    refuse(faults)?;
    let internal = || Problem::new(Kind::Internal);
    let ids = state.store.ids.as_ref();
    let made = MessengerAccount {
        messenger: request.messenger,
        credentials: cipher.seal(&MessengerAccount::purpose(&id), &fields, ids).map_err(|_| internal())?,
        settings: serde_json::to_value(&request.settings).map_err(|_| internal())?,
        enabled: request.enabled,
        hook_secret: known.map_or_else(|| ids.token(24), |known| known.hook_secret.clone()),
        // New credentials deserve a new try.
        health: known.filter(|_| !renewed).map_or(Value::Null, |known| known.health.clone()),
        rev: known.map_or(1, |known| known.rev.saturating_add(1)),
        id,
    };
    Ok((made, account))
}

/// `DELETE /{id}`. Receipts of messages under way are lost with it: switch it off first and delete it days later.
pub(crate) async fn remove(
    State(state): State<NoticesState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.require(Scope::Settings)?;
    let (key, stored) = load(&state, &caller.merchant, &id).await?;
    let stored = stored.ok_or_else(|| Problem::new(Kind::NotFound))?;
    if stored.enabled {
        let advice =
            "switch it off first ({\"enabled\":false}); messages under way still need it for three days";
        return Err(Problem::new(Kind::NotInThisState).with("enabled").with(advice));
    }
    let mut shop = ShopNotices::load(&state, &caller.merchant).await?;
    let mut txn = Txn::new();
    txn.delete("messenger account", &state.store.table, &key);
    for channel in Channel::ALL {
        shop.settings.routes.of_mut(*channel).retain(|id| *id != stored.id);
    }
    shop.write(&state, &mut txn);
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    Ok(StatusCode::NO_CONTENT)
}
