//! Notices from server to server, one address for each gateway account.

use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use yam_domain::ids::{AccountId, GatewayId, MerchantId};
use yam_domain::payment::PaymentEvent;
use yam_domain::payment::policy::Place;
use yam_domain::payment::wanted::Wanted;
use yam_gateways::meaning::after_notice;
use yam_gateways::{Account, NoticeKind};
use yam_platform::Problem;
use yam_platform::lambda::Invocation;
use yam_platform::problem::Kind;
use yam_store::Read;
use yam_store::items::GatewayAccount;
use yam_store::keys::{of_merchant, sk};

use crate::PayState;
use crate::callback::{claim_of, fields, keep};
use crate::engine::Turn;

/// Parts of a token: none of them holds this.
const SEPARATOR: char = '~';
/// As long as a gateway waits at the least.
const LONGEST: std::time::Duration = std::time::Duration::from_secs(28);

/// The token of an account's addresses: merchant, account and a secret.
pub(crate) fn token(merchant: &MerchantId, account: &AccountId, secret: &str) -> String {
    format!("{merchant}{SEPARATOR}{account}{SEPARATOR}{secret}")
}

/// The account of a token, opened; 404 for anything that is not one.
pub(crate) async fn account_of_token(
    state: &PayState,
    gateway: GatewayId,
    token: &str,
) -> Result<(MerchantId, Account), Problem> {
    let not_found = || Problem::new(Kind::NotFound);
    let mut parts = token.splitn(3, SEPARATOR);
    let (Some(merchant), Some(account), Some(secret)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(not_found());
    };
    let merchant = MerchantId::parse(merchant).map_err(|_| not_found())?;
    let account = AccountId::parse(account).map_err(|_| not_found())?;
    let key = of_merchant(&merchant, sk::gateway(account.as_str()));
    let stored: Option<GatewayAccount> =
        state.store.table.get(&key, Read::Consistent).await.map_err(yam_api::store_problem)?;
    let stored = stored.filter(|stored| stored.gateway == gateway).ok_or_else(not_found)?;
    // Hashes are compared, so that the time it takes says nothing about the secret.
    if Sha256::digest(secret) != Sha256::digest(&stored.notice_secret) {
        return Err(not_found());
    }
    let cipher = state.store.vault.cipher(&merchant).await.map_err(yam_api::store_problem)?;
    let account = yam_accounts::opened_gateway(&cipher, &merchant, &stored).map_err(|error| {
        tracing::error!(%error, "a notice came for an account that cannot be opened");
        Problem::new(Kind::Unavailable).retry_after(60)
    })?;
    Ok((merchant, account))
}

/// `POST /openpay/notify/{gateway}/{token}`. The answer that ends a gateway's retries is given after the commit.
pub(crate) async fn notice(
    State(state): State<PayState>,
    Path((gateway, token)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, Problem> {
    let not_found = || Problem::new(Kind::NotFound);
    let gateway: GatewayId = gateway.parse().map_err(|_| not_found())?;
    let (merchant, account) = account_of_token(&state, gateway, &token).await?;
    let reader = state.engine.gateway(gateway).map_err(|_| not_found())?;
    let fields = fields(query.as_deref(), &body);
    let notice = reader.notice(&account, &fields, &body).map_err(|error| {
        tracing::warn!(%gateway, %error, "a notice is not taken");
        Problem::new(Kind::Malformed).with(error.to_string())
    })?;
    if notice.kind == NoticeKind::Other {
        return Ok(notice.reply.into_response());
    }
    let id = notice.gateway_id.clone().or(notice.order.clone()).ok_or_else(not_found)?;
    let claim = claim_of(&state.store, &merchant, &account.id, &id).await.map_err(yam_api::store_problem)?;
    let claim = claim.ok_or_else(not_found)?;
    let failed = |error: crate::engine::EngineError| {
        tracing::warn!(payment = %claim.payment, %error, "a notice could not be booked");
        Problem::new(Kind::Unavailable).retry_after(30)
    };
    keep(&state.store, &merchant, &claim.payment, "notice", "", &fields).await;
    let mut place = None;
    let mut ask = false;
    let after = state
        .engine
        .change(&merchant, &claim.payment, |draft| {
            place = draft.payment.attempts.iter().position(|attempt| Some(attempt.order) == claim.order);
            let Some(n) = place else { return false };
            let wanted = !matches!(draft.wanted(n), Wanted::No(_));
            let now = draft.now;
            let Some(attempt) = draft.payment.attempts.get_mut(n) else { return false };
            ask = false;
            match after_notice(&notice, attempt.amount, wanted) {
                Some(event) => {
                    if matches!(event, PaymentEvent::Verified | PaymentEvent::VerifiedUnwanted) {
                        attempt.verified_at.get_or_insert(now);
                        attempt.heard_at.get_or_insert(now);
                    }
                    draft.step(n, event, "the gateway's signed notice").is_some()
                }
                None => {
                    ask = true;
                    false
                }
            }
        })
        .await
        .map_err(|error| failed(error.into()))?;
    let invocation = Invocation::lasting(state.store.clock.real_now(), LONGEST);
    let turn = Turn { place: Place::Callback, invocation };
    if let (true, Some(n), Some(payment)) = (ask, place, &after) {
        state.engine.inquire(&merchant, payment, n, turn).await.map_err(failed)?;
    }
    if let Err(error) = state.engine.turn(&merchant, &claim.payment, turn).await {
        tracing::warn!(payment = %claim.payment, %error, "what follows a notice is left to its due row");
    }
    Ok(notice.reply.into_response())
}
