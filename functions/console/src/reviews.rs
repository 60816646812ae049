//! `/v1/operator/...`: hub staff answer applications for accounts (S3-10, S3-25).

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};
use yam_api::{Body, Operator, PageQuery, Query, existing, store_problem};
use yam_domain::enrolment::{Actor, EnrolmentEvent, HoldReason};
use yam_domain::ids::{AccountId, MerchantId};
use yam_domain::limits;
use yam_domain::text::clean;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_store::enrolment::{REVIEWS, Review, advance, settle};
use yam_store::event::announce;
use yam_store::items::CarrierAccount;
use yam_store::keys::{of_merchant, sk};
use yam_store::{Key, Range, Read, Txn};

use crate::{ConsoleState, carriers};

/// `GET /v1/operator/reviews`: accounts that wait, soonest due first.
pub(crate) async fn list(
    State(state): State<ConsoleState>,
    _operator: Operator,
    Query(query): Query<PageQuery>,
) -> Result<Json<Value>, Problem> {
    // The keys hold no buyer's data and no secret to hub staff: plain cursors.
    let range = Range {
        pk: REVIEWS.into(),
        prefix: "",
        after: query.cursor.clone(),
        backwards: false,
        limit: query.limit(),
    };
    let page = state.store.table.query_lenient::<Review>(range, Read::Eventual).await;
    let page = page.map_err(store_problem)?;
    let now = state.store.clock.now();
    let items: Vec<Value> = page
        .items
        .iter()
        .map(|(_, review)| {
            json!({
                "merchant_id": review.merchant, "account_id": review.account, "carrier": review.carrier,
                "due_at": review.due_at, "overdue": review.due_at <= now,
            })
        })
        .collect();
    Ok(Json(json!({"items": items, "next_cursor": page.next})))
}

/// Body of an approval.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ApproveRequest {
    note: Option<String>,
}

/// Body of a hold.
#[derive(Debug, Deserialize)]
pub(crate) struct HoldRequest {
    reason: HoldReason,
    note: Option<String>,
}

/// `POST /v1/operator/merchants/{merchant}/carriers/{id}/approve`: the account is in use from now on.
pub(crate) async fn approve(
    State(state): State<ConsoleState>,
    _operator: Operator,
    Path((merchant, id)): Path<(String, String)>,
    body: Body<ApproveRequest>,
) -> Result<Json<Value>, Problem> {
    answer(&state, (&merchant, &id), EnrolmentEvent::Approved, body.value.note).await
}

/// `POST /v1/operator/merchants/{merchant}/carriers/{id}/hold`: something is to be mended first; the shop is told.
pub(crate) async fn hold(
    State(state): State<ConsoleState>,
    _operator: Operator,
    Path((merchant, id)): Path<(String, String)>,
    body: Body<HoldRequest>,
) -> Result<Json<Value>, Problem> {
    answer(&state, (&merchant, &id), EnrolmentEvent::Held(body.value.reason), body.value.note).await
}

/// `GET /v1/operator/merchants/{merchant}/carriers/{id}`: an account with the way it came.
pub(crate) async fn read(
    State(state): State<ConsoleState>,
    _operator: Operator,
    Path((merchant, id)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let (merchant, _, account) = load(&state, (&merchant, &id)).await?;
    Ok(Json(carriers::view(&state, &merchant, &account).await?))
}

async fn load(
    state: &ConsoleState,
    (merchant, id): (&str, &str),
) -> Result<(MerchantId, Key, CarrierAccount), Problem> {
    let merchant: MerchantId = existing(&state.store, merchant).await?;
    let id = AccountId::parse(id).map_err(|_| Problem::new(Kind::NotFound))?;
    let key = of_merchant(&merchant, sk::account(id.as_str()));
    let account: Option<CarrierAccount> =
        state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?;
    let account = account.ok_or_else(|| Problem::new(Kind::NotFound))?;
    Ok((merchant, key, account))
}

async fn answer(
    state: &ConsoleState,
    names: (&str, &str),
    event: EnrolmentEvent,
    note: Option<String>,
) -> Result<Json<Value>, Problem> {
    let note = note.as_deref().map(clean).filter(|note| !note.is_empty());
    if note.as_ref().is_some_and(|note| note.chars().count() > limits::MAX_NOTE) {
        return Err(Problem::validation(vec![FieldError::new("/note", Fault::TooLong(limits::MAX_NOTE))]));
    }
    let (merchant, key, mut account) = load(state, names).await?;
    let rev = account.rev;
    account.rev = rev.saturating_add(1);
    let before = (account.account_state, account.hold_reason);
    let moved = advance(&mut account, event, (Actor::Staff, note), state.store.clock.now());
    moved.map_err(|error| {
        let words =
            "only an account under review or on hold can be approved, and none that was not applied for";
        Problem::new(Kind::NotInThisState).with(error.from.as_str()).with(words)
    })?;
    let mut txn = Txn::new();
    let told = settle(&mut txn, &state.store, &merchant, &mut account, before);
    txn.replace("account", &state.store.table, &key, &account, rev);
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    announce(&state.store, told.as_slice(), "account").await.map_err(store_problem)?;
    Ok(Json(carriers::view(state, &merchant, &account).await?))
}
