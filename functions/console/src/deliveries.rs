//! Webhook deliveries: seen, repeated, tried out.

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use yam_api::{Caller, PageQuery, Query, store_problem};
use yam_domain::effect::{EffectState, Phase};
use yam_domain::ids::{EndpointId, EventId};
use yam_platform::Problem;
use yam_platform::problem::Kind;
use yam_platform::queue::Queue;
use yam_store::event::{announce, record};
use yam_store::items::{DeliveryWork, Scope};
use yam_store::keys::{merchant_partition, of_merchant, sk};
use yam_store::{Intent, Key, Message, Range, Read, Txn};

use crate::ConsoleState;

/// Key prefix of deliveries.
const DELIVERIES: &str = "INTENT#deliver#";

fn view(key: &Key, intent: &Intent<DeliveryWork>) -> Value {
    let id = key.sk.strip_prefix(DELIVERIES).unwrap_or_default().replace('#', "~");
    let delivered = intent.work.last_status.is_some_and(|s| (200..300).contains(&s));
    let state = match intent.state.phase {
        Phase::Final if delivered => "delivered",
        Phase::Final | Phase::Held => "failed",
        Phase::Planned | Phase::Calling | Phase::Settling => "pending",
    };
    json!({
        "delivery_id": id,
        "event_id": intent.work.event_id,
        "event_type": intent.work.event_type,
        "endpoint_id": intent.work.endpoint,
        "state": state,
        "attempts": intent.state.sends,
        "last_status": intent.work.last_status,
        "note": intent.note,
        "next_attempt_at": intent.state.due_at,
        "created_at": intent.created_at,
    })
}

/// `GET /v1/webhooks/deliveries`, newest first.
pub(crate) async fn list(
    State(state): State<ConsoleState>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Settings)?;
    let cipher = state.store.vault.cipher(&caller.merchant).await.map_err(store_problem)?;
    let range = Range {
        pk: merchant_partition(&caller.merchant),
        prefix: DELIVERIES,
        after: query.after(&cipher, "deliveries")?,
        backwards: true,
        limit: query.limit(),
    };
    let page = state
        .store
        .table
        .query::<Intent<DeliveryWork>>(range, Read::Eventual)
        .await
        .map_err(store_problem)?;
    let items = page.items.iter().map(|(key, intent)| view(key, intent)).collect();
    Ok(Json(PageQuery::answer(items, page.next, &cipher, "deliveries", state.store.ids.as_ref())))
}

/// `POST /v1/webhooks/deliveries/{id}/resend`: the same event under the same `webhook-id`.
pub(crate) async fn resend(
    State(state): State<ConsoleState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    caller.require(Scope::Settings)?;
    let not_found = || Problem::new(Kind::NotFound);
    let (event, endpoint) = id.split_once('~').ok_or_else(not_found)?;
    EventId::parse(event).map_err(|_| not_found())?;
    EndpointId::parse(endpoint).map_err(|_| not_found())?;
    let key = of_merchant(&caller.merchant, sk::intent("deliver", &format!("{event}#{endpoint}")));
    let found: Option<Intent<DeliveryWork>> =
        Intent::load(&state.store.table, &key).await.map_err(store_problem)?;
    let before = found.ok_or_else(not_found)?;
    if before.state.phase != Phase::Final {
        return Ok((StatusCode::OK, Json(view(&key, &before))));
    }
    let now = state.store.clock.now();
    let later = |by: SignedDuration| now.saturating_add(by).unwrap_or(Timestamp::MAX);
    let fresh = EffectState::planned(
        now,
        later(SignedDuration::from_secs(120)),
        later(SignedDuration::from_hours(25)),
    );
    let mut after = before.clone();
    after.state =
        EffectState { fence: before.state.fence.saturating_add(1), sends: before.state.sends, ..fresh };
    after.work.last_status = None;
    after.expires_at = None;
    let mut txn = Txn::new();
    after.advance(&before.state, &mut txn, &state.store.table, &key);
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    if let Err(error) = state.store.queues.send(Queue::Sync, &Message::bodies([&key])).await {
        tracing::warn!(%error, "a repeated delivery is left to its due row");
    }
    Ok((StatusCode::ACCEPTED, Json(view(&key, &after))))
}

/// `POST /v1/webhooks/test`: an event of type `webhook.test` to every endpoint that wants it.
pub(crate) async fn test(
    State(state): State<ConsoleState>,
    caller: Caller,
) -> Result<(StatusCode, Json<Value>), Problem> {
    caller.require(Scope::Settings)?;
    let mut txn = Txn::new();
    let data = json!({"message": "This is a test. Nothing happened.", "key_id": caller.key_id});
    let told = record(&mut txn, &state.store, &caller.merchant, "webhook.test", 1, data);
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    announce(&state.store, &[told], "test").await.map_err(store_problem)?;
    Ok((StatusCode::ACCEPTED, Json(json!({"queued": true, "see": "/v1/webhooks/deliveries"}))))
}
