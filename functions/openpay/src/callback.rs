//! A browser that comes back from a gateway. What it carries is an unsigned text from anybody: it is kept,
//! compared with what is stored, and at most makes us ask the gateway (reliability notes, section 4.5).

use std::time::Duration;

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use yam_domain::ids::{AccountId, GatewayId, MerchantId, PaymentId};
use yam_domain::payment::callback::{Ids, Judgement, judge};
use yam_domain::payment::policy::Place;
use yam_gateways::{Callback, Fields, MaskedCard};
use yam_platform::Problem;
use yam_platform::lambda::Invocation;
use yam_platform::problem::Kind;
use yam_store::items::{Payment, PaymentClaim, PaymentReturn};
use yam_store::keys::{of_merchant, sk};
use yam_store::{Read, Store, StoreError};

use crate::PayState;
use crate::codes::merchant_of;
use crate::engine::errands::can_be_asked;
use crate::engine::{Brought, EngineError, Turn};
use crate::notify::account_of_token;

/// The front door waits 30 s; verify and settle have to be done, and booked, before that.
const LONGEST: Duration = Duration::from_secs(28);
/// How long what came back is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(180 * 24);
/// Fields and characters of a return that are kept.
const KEPT_FIELDS: usize = 30;
const KEPT_CHARACTERS: usize = 200;

/// `GET|POST /openpay/callback/{gateway}/{payment}`.
pub(crate) async fn returned(
    State(state): State<PayState>,
    Path((gateway, payment)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, Problem> {
    let (merchant, payment) = back(&state, &gateway, &payment, query, &body).await?;
    Ok(see(&format!("../../{merchant}/p/{payment}")))
}

/// The same behind a shop's own proxy, which leads `/openpay/` to `/openpay/{shop}/`.
pub(crate) async fn returned_behind_proxy(
    State(state): State<PayState>,
    Path((shop, gateway, payment)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, Problem> {
    let (merchant, payment) = back(&state, &gateway, &payment, query, &body).await?;
    if merchant.as_str() != shop {
        return Err(Problem::new(Kind::NotFound));
    }
    Ok(see(&format!("../../p/{payment}")))
}

/// `GET|POST /openpay/return/{gateway}/{token}`: for gateways whose return address is set once for a shop
/// (Robokassa); the fields name the payment.
pub(crate) async fn returned_to_account(
    State(state): State<PayState>,
    Path((gateway, token)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, Problem> {
    let not_found = || Problem::new(Kind::NotFound);
    let gateway: GatewayId = gateway.parse().map_err(|_| not_found())?;
    let (merchant, account) = account_of_token(&state, gateway, &token).await?;
    let fields = fields(query.as_deref(), &body);
    let reader = state.engine.gateway(gateway).map_err(|_| not_found())?;
    let read = reader.callback(&account, &fields).map_err(|_| not_found())?;
    let id = read.gateway_id.clone().or(read.order.clone()).ok_or_else(not_found)?;
    let claim = claim_of(&state.store, &merchant, &account.id, &id).await.map_err(yam_api::store_problem)?;
    let claim = claim.ok_or_else(not_found)?;
    let order = claim.order.map(|order| order.to_string()).unwrap_or_default();
    come_back(&state, &merchant, &claim.payment, gateway, &order, &fields).await?;
    Ok(see(&format!("../../{merchant}/p/{}", claim.payment)))
}

fn see(place: &str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, place)]).into_response()
}

/// The attempt that has a gateway's id.
pub(crate) async fn claim_of(
    store: &Store,
    merchant: &MerchantId,
    account: &AccountId,
    gateway_id: &str,
) -> Result<Option<PaymentClaim>, StoreError> {
    let at = sk::gateway_payment(account.as_str(), &gateway_id.chars().take(200).collect::<String>());
    store.table.get(&of_merchant(merchant, at), Read::Consistent).await
}

/// Fields of address and form together.
pub(crate) fn fields(query: Option<&str>, body: &[u8]) -> Fields {
    let mut encoded = query.unwrap_or_default().as_bytes().to_vec();
    if !body.is_empty() && !matches!(body.first(), Some(b'{' | b'[')) {
        if !encoded.is_empty() {
            encoded.push(b'&');
        }
        encoded.extend_from_slice(body);
    }
    Fields::parse(&encoded)
}

async fn back(
    state: &PayState,
    gateway: &str,
    payment: &str,
    query: Option<String>,
    body: &[u8],
) -> Result<(MerchantId, PaymentId), Problem> {
    let not_found = || Problem::new(Kind::NotFound);
    let gateway: GatewayId = gateway.parse().map_err(|_| not_found())?;
    let payment = PaymentId::parse(payment).map_err(|_| not_found())?;
    let merchant = merchant_of(&payment).ok_or_else(not_found)?;
    let fields = fields(query.as_deref(), body);
    let order = fields.get("order").unwrap_or("").to_owned();
    come_back(state, &merchant, &payment, gateway, &order, &fields).await?;
    Ok((merchant, payment))
}

/// Judges a return and does what it may set in motion. Whatever happens, the payer goes on to the payment's page:
/// what could not be done is left to the due row.
async fn come_back(
    state: &PayState,
    merchant: &MerchantId,
    id: &PaymentId,
    gateway: GatewayId,
    order: &str,
    fields: &Fields,
) -> Result<(), Problem> {
    let key = of_merchant(merchant, sk::payment(id.as_str()));
    let payment: Option<Payment> =
        state.store.table.get(&key, Read::Consistent).await.map_err(yam_api::store_problem)?;
    let payment = payment.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let Some(n) = payment.attempt_of(gateway, order) else {
        keep(&state.store, merchant, id, "return", "no_such_attempt", fields).await;
        return Ok(());
    };
    let invocation = Invocation::lasting(state.store.clock.real_now(), LONGEST);
    let turn = Turn { place: Place::Callback, invocation };
    if let Err(error) = Box::pin(act(state, merchant, &payment, n, fields, turn)).await {
        tracing::warn!(payment = %id, %error, "a return is left to its due row");
        if let EngineError::Store(StoreError::Crashed(_)) = error {
            return Err(Problem::new(Kind::Internal));
        }
    }
    Ok(())
}

async fn act(
    state: &PayState,
    merchant: &MerchantId,
    payment: &Payment,
    n: usize,
    fields: &Fields,
    turn: Turn,
) -> Result<(), EngineError> {
    let Some(attempt) = payment.attempts.get(n) else { return Ok(()) };
    let account = state.engine.account(merchant, &attempt.account).await?;
    let gateway = state.engine.gateway(attempt.gateway)?;
    let read = match gateway.callback(&account, fields) {
        Ok(read) => read,
        Err(error) => {
            keep(&state.store, merchant, &payment.id, "return", &error.to_string(), fields).await;
            return Ok(());
        }
    };
    let judgement = judged(attempt, &read);
    let word = match judgement {
        Judgement::Foreign => "foreign",
        Judgement::Note => "noted",
        Judgement::Book(_) => "booked",
        Judgement::Inquire(_) => "asks",
        Judgement::Verify(_) => "verifies",
    };
    keep(&state.store, merchant, &payment.id, "return", word, fields).await;
    state.store.hooks.pass("K1", "callback")?;
    let said = read.code.as_deref().unwrap_or("");
    match judgement {
        Judgement::Foreign | Judgement::Note => Ok(()),
        Judgement::Book(event) => {
            state.engine.change(merchant, &payment.id, |draft| draft.step(n, event, said).is_some()).await?;
            Ok(())
        }
        Judgement::Inquire(event) => {
            let after = state
                .engine
                .change(merchant, &payment.id, |draft| draft.step(n, event, said).is_some())
                .await?;
            match after {
                Some(after) => state.engine.inquire(merchant, &after, n, turn).await.map(|_| ()),
                None => Ok(()),
            }
        }
        Judgement::Verify(_) => {
            let brought = Brought { receipt: read.receipt.clone(), card: read.card.clone() };
            state.engine.verify(merchant, payment, n, Some(brought), turn).await?;
            // A paid order goes at once; its due row is the net.
            state.engine.turn(merchant, &payment.id, turn).await
        }
    }
}

/// Judges a return; an amount it states has to be the frozen one before anything is confirmed (Toss).
fn judged(attempt: &yam_store::items::Attempt, read: &Callback) -> Judgement {
    if read.stated.is_some_and(|stated| stated != attempt.amount) {
        return Judgement::Foreign;
    }
    let order = attempt.order.to_string();
    let stored = Ids { order: Some(&order), gateway: attempt.gateway_id.as_deref() };
    judge(attempt.state, stored, read.ids(), read.claim, can_be_asked(attempt))
}

/// Keeps what came, for people; a failure is logged, since nothing is decided by it.
pub(crate) async fn keep(
    store: &Store,
    merchant: &MerchantId,
    payment: &PaymentId,
    kind: &str,
    judged: &str,
    fields: &Fields,
) {
    let now = store.clock.now();
    let kept = fields.iter().take(KEPT_FIELDS).map(|(name, value)| (short(name), masked(name, value)));
    let record = PaymentReturn {
        at: now,
        kind: kind.to_owned(),
        judged: judged.to_owned(),
        fields: kept.collect(),
        expires_at: now.saturating_add(KEPT).unwrap_or(Timestamp::MAX).as_second(),
    };
    let at = format!("{}{}", sk::payment_returns(payment.as_str()), store.ids.ordered(now));
    if let Err(error) = store.table.put(&of_merchant(merchant, at), &record).await {
        tracing::warn!(payment = %payment, %error, "a return could not be kept");
    }
}

fn short(text: &str) -> String {
    text.chars().take(KEPT_CHARACTERS).collect()
}

/// Card numbers stand in fields of many names; sixteen digits in a row are one.
fn masked(name: &str, value: &str) -> String {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let named = ["pan", "card"].iter().any(|part| name.to_ascii_lowercase().contains(part));
    if named || (digits >= 15 && digits == value.len() && value.len() <= 19) {
        return MaskedCard::read(value).map_or_else(String::new, |card| card.as_str().to_owned());
    }
    short(value)
}
