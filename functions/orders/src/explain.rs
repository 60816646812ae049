//! `GET /v1/parcels/{id}/explain`: why this status, what was polled when, what comes next.

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde_json::{Value, json};
use yam_api::{Caller, message_view, store_problem};
use yam_domain::ids::{MerchantId, ParcelId};
use yam_domain::tracking::Epoch;
use yam_platform::Problem;
use yam_store::items::notices::{MessageWork, NoticePlan};
use yam_store::items::{Bucket, Parcel, Scope, Track};
use yam_store::keys::{self, of_merchant, sk};
use yam_store::{Intent, Key, Range, Read};

use crate::OrdersState;
use crate::change::{load_parcel, path_id};

/// The handler.
pub(crate) async fn explain(
    State(state): State<OrdersState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Orders)?;
    let parcel = load_parcel(&state, &caller.merchant, &path_id(ParcelId::parse(&id))?).await?;
    let track = track_of(&state, &caller.merchant, &parcel).await?;
    let tracked = parcel.tracked.clone().unwrap_or_default();
    let bucket: Option<Bucket> = match &tracked.place {
        Some(place) => {
            let key = keys::bucket(parcel.carrier, place);
            state.store.table.get(&key, Read::Eventual).await.map_err(store_problem)?
        }
        None => None,
    };
    let begins = |bucket: &Bucket, slot: i64| {
        let second = slot.checked_mul(bucket.cadence_s)?.checked_add(bucket.phase_s)?;
        Timestamp::from_second(second).ok()
    };
    let epochs = track.as_ref().map(|t| t.epochs.all()).unwrap_or_default();
    Ok(Json(json!({
        "parcel_id": parcel.id,
        "status": parcel.whereabouts,
        "since": tracked.since,
        "why": why(&parcel, track.as_ref()),
        "epochs": epochs.iter().filter(|e| e.opened_at.is_some()).map(epoch).collect::<Vec<_>>(),
        "polling": {
            "active": tracked.place.is_some(),
            "ended": track.as_ref().and_then(|t| t.ended),
            "suspended": tracked.suspended,
            "every_seconds": bucket.as_ref().map(|b| b.cadence_s),
            "last_round_at": bucket.as_ref().and_then(|b| begins(b, b.last_slot)),
            "next_round_at": bucket.as_ref().and_then(|b| begins(b, b.last_slot.saturating_add(1))),
            "operator_trouble": bucket.as_ref().and_then(|b| b.trouble.clone()),
            "answer_last_used_at": track.as_ref().and_then(|t| t.looked_at),
            "looked_at_again_at": tracked.due_at,
        },
        "next": {"something_may_follow_from_time_at": track.as_ref().and_then(|t| t.next_eval_at)},
        "messages": messages(&state, &caller.merchant, &parcel).await?,
    })))
}

/// Most messages that are shown.
const MOST_MESSAGES: usize = 100;

/// The parcel's messages, in the order in which they were planned, each with why it went or did not. Every epoch has
/// a plan that names its messages; what went to further contacts of the shop stands behind the first.
async fn messages(
    state: &OrdersState,
    merchant: &MerchantId,
    parcel: &Parcel,
) -> Result<Vec<Value>, Problem> {
    let Some(code) = &parcel.tracking_code else { return Ok(vec![]) };
    let (table, pk) = (&state.store.table, keys::merchant_partition(merchant));
    let prefix = sk::notice_plan(parcel.carrier.as_str(), code.as_str(), "");
    let plans: Vec<(Key, NoticePlan)> =
        table.query_all(&pk, &prefix, Read::Eventual).await.map_err(store_problem)?;
    let mut names: Vec<String> = plans.into_iter().flat_map(|(_, plan)| plan.keys.into_values()).collect();
    names.sort();
    let mut found = Vec::new();
    for name in names {
        let range = Range { pk: pk.clone(), prefix: &name, after: None, backwards: false, limit: 10 };
        let page = table.query::<Intent<MessageWork>>(range, Read::Eventual).await.map_err(store_problem)?;
        let of_parcel = |intent: &Intent<MessageWork>| intent.work.about.parcel.as_ref() == Some(&parcel.id);
        let own = page.items.iter().filter(|(_, intent)| of_parcel(intent));
        found.extend(own.map(|(key, intent)| message_view(key, intent)));
        if found.len() >= MOST_MESSAGES {
            found.truncate(MOST_MESSAGES);
            break;
        }
    }
    Ok(found)
}

/// The number's history, if it has one.
pub(crate) async fn track_of(
    state: &OrdersState,
    merchant: &MerchantId,
    parcel: &Parcel,
) -> Result<Option<Track>, Problem> {
    let Some(code) = &parcel.tracking_code else { return Ok(None) };
    let key = of_merchant(merchant, sk::track(parcel.carrier.as_str(), code.as_str()));
    state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)
}

fn why(parcel: &Parcel, track: Option<&Track>) -> String {
    let Some(track) = track else {
        return match &parcel.tracking_code {
            Some(_) => "the operator has not been asked yet".to_owned(),
            None => "the parcel has no number yet".to_owned(),
        };
    };
    let open = track.epochs.all().iter().rfind(|e| e.open && e.status == parcel.whereabouts);
    match (open, track.known) {
        (Some(Epoch { cause: yam_domain::tracking::EpochCause::Silence(_), .. }), _) => {
            "it follows from the time that passed since the operator's last scan".to_owned()
        }
        (Some(_), _) => "the operator's scans say so".to_owned(),
        (None, true) => "the operator's scans say nothing of where it is".to_owned(),
        (None, false) => "the operator does not know the number yet".to_owned(),
    }
}

fn epoch(epoch: &Epoch) -> Value {
    json!({
        "epoch": epoch.id.as_str(), "status": epoch.status, "happened_at": epoch.happened_at,
        "opened_at": epoch.opened_at, "open": epoch.open, "verdict": epoch.verdict,
        "office": epoch.office, "reason": epoch.reason, "cause": epoch.cause,
    })
}
