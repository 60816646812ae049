//! `GET /v1/events?after=`: what happened, for shops that prefer to ask.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use yam_api::{Caller, PageQuery, Query, store_problem};
use yam_domain::ids::EventId;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError};
use yam_store::items::Scope;
use yam_store::keys::{merchant_partition, sk};
use yam_store::{Event, Range, Read};

use crate::ConsoleState;

#[derive(Debug, Deserialize)]
pub(crate) struct EventsQuery {
    after: Option<String>,
    limit: Option<u32>,
}

/// Oldest first, behind `after` (an event id); `next_after` goes into the next call.
pub(crate) async fn list(
    State(state): State<ConsoleState>,
    caller: Caller,
    Query(query): Query<EventsQuery>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Orders)?;
    let after = match query.after.as_deref().filter(|a| !a.is_empty()).map(EventId::parse) {
        None => None,
        Some(Ok(id)) => Some(sk::event(id.as_str())),
        Some(Err(_)) => {
            let fault = Fault::Other("is not an event id".into());
            return Err(Problem::validation(vec![FieldError::new("/after", fault)]));
        }
    };
    let limit = PageQuery { limit: query.limit, cursor: None }.limit();
    let pk = merchant_partition(&caller.merchant);
    let range = Range { pk, prefix: sk::EVENTS, after, backwards: false, limit };
    let page = state.store.table.query::<Event>(range, Read::Consistent).await.map_err(store_problem)?;
    let now = state.store.clock.now().as_second();
    let id = |key: &yam_store::Key| key.sk.strip_prefix(sk::EVENTS).unwrap_or_default().to_owned();
    let next = page.items.last().map(|(key, _)| id(key)).or(query.after);
    let items: Vec<Value> = page
        .items
        .iter()
        .filter(|(_, event)| event.expires_at > now)
        .map(|(key, event)| {
            json!({
                "id": id(key), "type": event.kind, "timestamp": event.at, "sequence": event.sequence, "data": event.data,
            })
        })
        .collect();
    Ok(Json(json!({"items": items, "next_after": next, "more": page.next.is_some()})))
}
