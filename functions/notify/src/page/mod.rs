//! `/t/{token}`: the parcel's page for its buyer, as a page and as JSON; "I have it" (S4-53); and no more messages.
//!
//! The address is the permission: it names a parcel under a keyed hash. The page tells where the parcel is and nothing
//! of who it is for, so that a forwarded link gives nobody away.

mod frame;
mod view;
mod words;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use yam_api::store_problem;
use yam_domain::money::display::Locale;
use yam_platform::Problem;
use yam_platform::problem::{Kind, Language};
use yam_platform::secrets::Cipher;
use yam_store::items::{Merchant, Parcel, Shop, Track};
use yam_store::keys::{of_merchant, sk};
use yam_store::{Read, StoreError, Txn, buyer_page};

use crate::NotifyState;
use crate::hooks::not_found;
pub(crate) use frame::frame;
use view::Seen;

/// Attempts of one write against others.
const ATTEMPTS: u32 = 6;

/// A parcel that a token of ours names.
pub(crate) struct Opened {
    pub(crate) merchant: yam_domain::ids::MerchantId,
    pub(crate) parcel: Parcel,
    pub(crate) cipher: Cipher,
    owner: Merchant,
}

/// The parcel of a token; 404 for anything that is no token of ours. 1.5 read units.
pub(crate) async fn open(state: &NotifyState, token: &str) -> Result<Opened, Problem> {
    let (merchant, id) = buyer_page::named(token).ok_or_else(not_found)?;
    let table = &state.store.table;
    let owner: Option<Merchant> =
        table.get(&of_merchant(&merchant, sk::MERCHANT), Read::Eventual).await.map_err(store_problem)?;
    let owner = owner.ok_or_else(not_found)?;
    let cipher = state.store.vault.cipher(&merchant).await.map_err(store_problem)?;
    if !buyer_page::is_genuine(&cipher, &merchant, &id, token) {
        return Err(not_found());
    }
    let key = of_merchant(&merchant, sk::parcel(id.as_str()));
    let parcel: Option<Parcel> = table.get(&key, Read::Consistent).await.map_err(store_problem)?;
    Ok(Opened { merchant, parcel: parcel.ok_or_else(not_found)?, cipher, owner })
}

/// `GET /t/{token}`, and `/t/{token}.json`.
pub(crate) async fn show(
    State(state): State<NotifyState>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    match token.strip_suffix(".json") {
        Some(token) => {
            let opened = open(&state, token).await?;
            answer(&state, opened, &headers, true).await
        }
        None => {
            let opened = open(&state, &token).await?;
            answer(&state, opened, &headers, false).await
        }
    }
}

/// `POST /t/{token}/collected`: the buyer has it. Reminders end; what the post says is left as it is. Once more changes
/// nothing.
pub(crate) async fn collected(
    State(state): State<NotifyState>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut opened = open(&state, &token).await?;
    let now = state.store.clock.now();
    for _ in 0..ATTEMPTS {
        let rev = opened.parcel.rev;
        if opened.parcel.collected_told_at.is_some() || opened.parcel.whereabouts.is_final() {
            let json = accepts_json(&headers);
            return answer(&state, opened, &headers, json).await;
        }
        opened.parcel.collected_told_at = Some(now);
        opened.parcel.note(now, "buyer", "has it, as the buyer says");
        opened.parcel.rev = rev.saturating_add(1);
        let key = of_merchant(&opened.merchant, sk::parcel(opened.parcel.id.as_str()));
        let mut txn = Txn::new();
        txn.replace("parcel", &state.store.table, &key, &opened.parcel, rev);
        match txn.commit(&state.store.table).await {
            Ok(()) => {}
            Err(StoreError::Condition { .. } | StoreError::Conflict) => opened = open(&state, &token).await?,
            Err(error) => return Err(store_problem(error)),
        }
    }
    Err(Problem::new(Kind::Overtaken).retry_after(1))
}

fn accepts_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    accept.contains("application/json")
}

async fn answer(
    state: &NotifyState,
    opened: Opened,
    headers: &HeaderMap,
    json: bool,
) -> Result<Response, Problem> {
    let at = |sk: &str| of_merchant(&opened.merchant, sk);
    let table = &state.store.table;
    let code = opened.parcel.tracking_code.as_ref();
    let track: Option<Track> = match code {
        Some(code) => {
            let sk = sk::track(opened.parcel.carrier.as_str(), code.as_str());
            table.get(&at(&sk), Read::Eventual).await.map_err(store_problem)?
        }
        None => None,
    };
    let shop: Option<Shop> = table.get(&at(sk::SHOP), Read::Eventual).await.map_err(store_problem)?;
    let locale = match headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()) {
        Some(wanted) => Locale::from_tag(Language::negotiate(wanted).tag()),
        None => shop.as_ref().map_or(Locale::En, |shop| Locale::from_tag(&shop.locale)),
    };
    let now = state.store.clock.now();
    let seen =
        Seen { shop: &opened.owner.display_name, parcel: &opened.parcel, track: track.as_ref(), locale, now };
    if json {
        let mut answer = Json(seen.json()).into_response();
        answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        return Ok(answer);
    }
    let token = buyer_page::token(&opened.cipher, &opened.merchant, &opened.parcel.id);
    Ok(frame(state, locale, &opened.owner.display_name, &seen.html(&token)))
}
