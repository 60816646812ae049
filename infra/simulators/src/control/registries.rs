//! What systems of their own have: `/_local/simulators/{system}/accounts` and `…/settings`.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::problem::{Problem, body};
use super::settings::merged;
use crate::registry::{Named, Registry};
use crate::state::Shared;
use crate::switches::Switches;
use crate::system::System;

/// All routes of this kind.
pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .merge(accounts(System::KoreaPostShip, |shared| &shared.korea_post.ship.customers, |it| it.problem()))
        .merge(accounts(
            System::RussianPostOtpravka,
            |shared| &shared.russian_post.otpravka.clients,
            |it| it.problem(),
        ))
        .merge(switches(System::KoreaPostShip, |shared| &shared.korea_post.ship.settings))
        .merge(switches(System::RussianPostTariff, |shared| &shared.russian_post.tariff))
        .merge(switches(System::RussianPostOtpravka, |shared| &shared.russian_post.otpravka.settings))
}

/// Lists accounts; adds one or replaces it unless `problem` finds fault with it.
fn accounts<T: Named + Send + Sync + 'static>(
    system: System,
    of: fn(&Shared) -> &Registry<T>,
    problem: fn(&T) -> Option<&'static str>,
) -> Router<Arc<Shared>> {
    let list = move |State(shared): State<Arc<Shared>>| async move {
        let items: Vec<Value> = of(&shared).list().iter().map(|account| json!(**account)).collect();
        Json(json!({"items": items}))
    };
    let put = move |State(shared): State<Arc<Shared>>, bytes: Bytes| async move {
        let account: T = body(&bytes)?;
        if let Some(problem) = problem(&account) {
            return Err(Problem::invalid(problem));
        }
        let answer = json!(account);
        of(&shared).put(&shared.store, account)?;
        Ok((StatusCode::CREATED, Json(answer)))
    };
    Router::new().route(&format!("/_local/simulators/{}/accounts", system.name()), get(list).post(put))
}

/// Shows switches; changes those that are named and leaves the others.
fn switches<T>(system: System, of: fn(&Shared) -> &Switches<T>) -> Router<Arc<Shared>>
where
    T: Default + Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let show = move |State(shared): State<Arc<Shared>>| async move { Json(json!(*of(&shared).get())) };
    let change = move |State(shared): State<Arc<Shared>>, bytes: Bytes| async move {
        let changes: Map<String, Value> = body(&bytes)?;
        let next: T = merged(&*of(&shared).get(), changes)?;
        of(&shared).change(&shared.store, next)?;
        Ok::<_, Problem>(Json(json!(*of(&shared).get())))
    };
    Router::new().route(&format!("/_local/simulators/{}/settings", system.name()), get(show).post(change))
}
