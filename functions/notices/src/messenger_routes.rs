//! `/v1/settings/routes`, and asking a provider how an account stands.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};
use yam_api::{Body, Caller, store_problem};
use yam_domain::notice::Channel;
use yam_messengers::{CallOutcome, Cost};
use yam_store::items::Scope;
use yam_store::items::notices::Routes;

use crate::NoticesState;
use crate::messengers::{all, offered, open, opened};
use crate::shop::{Answer, ShopNotices, fault, refuse};

/// One look at an account.
const LOOK: Duration = Duration::from_secs(8);

/// `GET /v1/settings/routes`.
pub(crate) async fn read_routes(State(state): State<NoticesState>, caller: Caller) -> Answer {
    caller.require(Scope::Settings)?;
    Ok(Json(json!(ShopNotices::load(&state, &caller.merchant).await?.settings.routes)))
}

/// `PUT /v1/settings/routes`: the order in which each channel asks its accounts.
pub(crate) async fn write_routes(
    State(state): State<NoticesState>,
    caller: Caller,
    body: Body<Routes>,
) -> Answer {
    caller.require(Scope::Settings)?;
    let mut shop = ShopNotices::load(&state, &caller.merchant).await?;
    let cipher = state.store.vault.cipher(&caller.merchant).await.map_err(store_problem)?;
    let accounts = all(&state, &caller.merchant).await?;
    let mut faults = Vec::new();
    for channel in Channel::ALL {
        let wanted = body.value.of(*channel);
        for (at, id) in wanted.iter().enumerate() {
            let stored = accounts.iter().find(|account| account.id == *id);
            let open = stored.and_then(|stored| open(&cipher, &caller.merchant, stored));
            let words = match open {
                None => "there is no such account; see /v1/settings/messengers",
                Some(account) if !offered(&state, &account).contains(channel) => {
                    "this account does not offer the channel"
                }
                Some(_) if wanted.iter().take(at).any(|earlier| earlier == id) => "stands there twice",
                Some(_) => continue,
            };
            faults.push(fault(format!("/{}/{at}", channel.as_str()), words));
        }
    }
    refuse(faults)?;
    shop.settings.routes = body.value;
    shop.save(&state).await?;
    Ok(Json(json!(shop.settings.routes)))
}

/// `POST /{id}/check`: asks the provider for the balance and the approved senders, where it tells them. Sends
/// nothing.
pub(crate) async fn check(
    State(state): State<NoticesState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    caller.require(Scope::Settings)?;
    let (_, account, messenger) = opened(&state, &caller.merchant, &id).await?;
    let can = messenger.capabilities(&account);
    let (balance, senders) = futures_util::join!(messenger.balance(&account, LOOK), async {
        if can.senders { Some(messenger.senders(&account, LOOK).await) } else { None }
    });
    let probe = if can.balance { None } else { Some(messenger.probe(Some(&account), LOOK).await) };
    let works = match (&balance, &probe) {
        (_, Some(probe)) => probe.works,
        (balance, None) => matches!(balance, CallOutcome::Done(_)),
    };
    let (left, seen) = match (balance, probe) {
        (_, Some(probe)) => (None, probe.seen),
        (CallOutcome::Done(balance), None) => (Some(cost(balance.money)), "answered with its balance".into()),
        (other, None) => (None, other.describe()),
    };
    let senders = senders.map(|told| match told {
        CallOutcome::Done(names) => json!({"names": names}),
        other => json!({"error": other.describe()}),
    });
    Ok(Json(json!({"works": works, "seen": seen, "balance": left, "senders": senders})))
}

/// Money of a provider, exact to a millionth of its unit.
fn cost(cost: Cost) -> Value {
    json!({"micros": cost.micros, "currency": cost.currency})
}
