//! `/v1/opt-outs`: people who want no messages. Nothing but a keyed hash is kept of them.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use yam_api::{Body, Caller, store_problem};
use yam_domain::notice::Channel;
use yam_domain::phone::Phone;
use yam_messengers::mail::EmailAddress;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError};
use yam_store::items::Scope;
use yam_store::items::notices::{OptOut, OptOutSource};
use yam_store::keys::{of_merchant, sk};
use yam_store::{Key, Read, notices};

use crate::NoticesState;
use crate::shop::{Answer, ShopNotices, fault};

/// Who. In the body, so that numbers stay out of access logs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OptOutRequest {
    phone: Option<String>,
    email: Option<String>,
    /// On these channels; on all when empty.
    #[serde(default)]
    channels: BTreeSet<Channel>,
}

impl std::fmt::Debug for OptOutRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OptOutRequest").field("channels", &self.channels).finish_non_exhaustive()
    }
}

/// `POST`: no more messages from now on, planned ones included. What was said before stays said.
pub(crate) async fn add(
    State(state): State<NoticesState>,
    caller: Caller,
    body: Body<OptOutRequest>,
) -> Answer {
    caller.require(Scope::Orders)?;
    let key = key(&state, &caller, &body.value).await?;
    let made = notices::opt_out(&state.store, &key, &body.value.channels, OptOutSource::Api).await;
    let made = made.map_err(store_problem)?;
    Ok(Json(view(Some(&made))))
}

/// `POST /check`: whether somebody said stop, and how.
pub(crate) async fn check(
    State(state): State<NoticesState>,
    caller: Caller,
    body: Body<OptOutRequest>,
) -> Answer {
    caller.require(Scope::Orders)?;
    let key = key(&state, &caller, &body.value).await?;
    let known: Option<OptOut> = state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?;
    Ok(Json(view(known.as_ref())))
}

/// `DELETE`: they want messages again, which the shop must be able to show.
pub(crate) async fn remove(
    State(state): State<NoticesState>,
    caller: Caller,
    body: Body<OptOutRequest>,
) -> Result<StatusCode, Problem> {
    caller.require(Scope::Orders)?;
    let key = key(&state, &caller, &body.value).await?;
    state.store.table.delete(&key).await.map_err(store_problem)?;
    Ok(StatusCode::NO_CONTENT)
}

fn view(known: Option<&OptOut>) -> Value {
    json!({
        "opted_out": known.is_some(),
        "channels": known.map(|out| if out.channels.is_empty() {
            Channel::ALL.to_vec()
        } else {
            out.channels.iter().copied().collect()
        }),
        "since": known.map(|out| out.since),
        "source": known.map(|out| out.source),
    })
}

async fn key(state: &NoticesState, caller: &Caller, who: &OptOutRequest) -> Result<Key, Problem> {
    let shop = ShopNotices::load(state, &caller.merchant).await?;
    let cipher = state.store.vault.cipher(&caller.merchant).await.map_err(store_problem)?;
    let wrong = |field: FieldError| Problem::validation(vec![field]);
    let hash = match (&who.phone, &who.email) {
        (Some(phone), None) => {
            let phone = Phone::parse(phone, shop.country())
                .map_err(|_| wrong(FieldError::new("/phone", Fault::Phone)))?;
            OptOut::hash_of_phone(&cipher, &phone)
        }
        (None, Some(email)) => {
            let email =
                EmailAddress::parse(email).map_err(|error| wrong(fault("/email", error.to_string())))?;
            OptOut::hash_of_email(&cipher, email.as_str())
        }
        _ => return Err(wrong(fault("/phone", "give a phone or an email, one of the two"))),
    };
    Ok(of_merchant(&caller.merchant, sk::opt_out(&hash)))
}
