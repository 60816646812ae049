//! `/hooks/{provider}/{token}`: a provider's push. Answered after the commit, so that a push whose booking failed comes
//! again (reliability notes, section 4.10).

use std::time::Duration;

use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::Method;
use sha2::{Digest as _, Sha256};
use url::Url;
use yam_api::store_problem;
use yam_domain::ids::{AccountId, MerchantId, MessengerId};
use yam_messengers::{Fields, ReceiptCall, ReceiptError};
use yam_platform::Problem;
use yam_platform::http::{Limits, Outbound};
use yam_platform::problem::Kind;
use yam_store::Read;
use yam_store::items::notices::MessengerAccount;
use yam_store::keys::{of_merchant, sk};

use super::inbound;
use super::take::Taking;
use crate::NotifyState;
use crate::route;
use crate::shop::ShopNotices;
use crate::tell::Telling;

/// Between merchant, account and secret of a token: none of them holds it.
const SEPARATOR: char = '~';
/// How long a provider is waited for that wants its pushes confirmed.
const CONFIRM: Limits = Limits { total: Duration::from_secs(10), body: 64 * 1024 };

/// Where answers of buyers come, in the place of a provider's name.
const INBOUND: &str = "inbound";

/// Takes a push.
pub(crate) async fn receive(
    State(state): State<NotifyState>,
    Path((provider, token)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    if provider == INBOUND {
        let (shop, _) = account(&state, None, &token).await?;
        return inbound::answer(&state, &shop, &query.unwrap_or_default(), &headers, &body).await;
    }
    let provider: MessengerId = provider.parse().map_err(|_| not_found())?;
    let (shop, stored) = account(&state, Some(provider), &token).await?;
    let messenger = state.messengers.get(provider).ok_or_else(not_found)?.clone();
    let Some(opened) = route::open(&shop, &stored) else {
        tracing::error!(account = %stored.id, "a receipt came for an account that cannot be opened");
        return Err(Problem::new(Kind::Unavailable).retry_after(60));
    };
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let call = ReceiptCall { query, headers, body: body.to_vec() };
    let pushed = messenger.receipts(&opened.account, &call).map_err(|error| {
        tracing::warn!(%provider, account = %stored.id, %error, "a push is not taken");
        match error {
            ReceiptError::None => not_found(),
            ReceiptError::Unreadable | ReceiptError::Forged => {
                Problem::new(Kind::Malformed).with(error.to_string())
            }
        }
    })?;
    if let Some(url) = pushed.confirm {
        confirm(&state, url).await?;
    }
    let telling = Telling::new(&state, shop, Vec::new());
    let taking = Taking {
        state: &state,
        telling: &telling,
        messenger: messenger.as_ref(),
        account: &opened.account,
        authenticity: pushed.authenticity,
    };
    for receipt in &pushed.receipts {
        taking.take(receipt).await?;
    }
    Ok(pushed.reply.into_response())
}

/// The account of a token; 404 for anything that is not one.
async fn account(
    state: &NotifyState,
    provider: Option<MessengerId>,
    token: &str,
) -> Result<(ShopNotices, MessengerAccount), Problem> {
    let mut parts = token.splitn(3, SEPARATOR);
    let (Some(merchant), Some(account), Some(secret)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(not_found());
    };
    let merchant = MerchantId::parse(merchant).map_err(|_| not_found())?;
    let account = AccountId::parse(account).map_err(|_| not_found())?;
    let key = of_merchant(&merchant, sk::messenger(account.as_str()));
    let stored: Option<MessengerAccount> =
        state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?;
    let stored = stored
        .filter(|stored| provider.is_none_or(|provider| stored.messenger == provider))
        .ok_or_else(not_found)?;
    // Hashes are compared, so that the time it takes says nothing about the secret.
    if Sha256::digest(secret) != Sha256::digest(&stored.hook_secret) {
        return Err(not_found());
    }
    let shop = ShopNotices::load(&state.store, &state.prices, &merchant).await.map_err(store_problem)?;
    Ok((shop.ok_or_else(not_found)?, stored))
}

/// Says once that pushes are wanted. The adapter has checked that the address is the provider's own.
async fn confirm(state: &NotifyState, url: Url) -> Result<(), Problem> {
    let call = Outbound {
        system: "SES",
        operation: "ConfirmSubscription",
        method: Method::GET,
        url,
        headers: HeaderMap::new(),
        body: Bytes::new(),
        limits: CONFIRM,
    };
    match state.http.send(call).await {
        Ok(answer) if answer.status.is_success() => Ok(()),
        Ok(answer) => {
            tracing::warn!(status = answer.status.as_u16(), "a subscription could not be confirmed");
            Err(Problem::new(Kind::Unavailable).retry_after(60))
        }
        Err(error) => {
            tracing::warn!(%error, "a subscription could not be confirmed");
            Err(Problem::new(Kind::Unavailable).retry_after(60))
        }
    }
}

pub(crate) fn not_found() -> Problem {
    Problem::new(Kind::NotFound)
}
