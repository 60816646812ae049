//! `/v1/operator/.../sender-names`: hub staff decide on names (S4-09, S4-11).

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};
use yam_api::{Body, Operator, PageQuery, Query, existing, store_problem};
use yam_domain::ids::{MerchantId, MessengerId};
use yam_domain::limits;
use yam_domain::notice::sender::{Refusal, Review};
use yam_domain::text::clean;
use yam_messengers::message::Channel as WireChannel;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_store::items::notices::{NoticeSender, RegistrationState, SenderRegistration};
use yam_store::{Key, Range, Read, Txn};

use crate::NoticesState;
use crate::senders::{Waiting, find, in_use, leave_list, save, step, view, word};
use crate::shop::{Answer, ShopNotices, fault};

/// Who decides.
const STAFF: &str = "operator";

/// An approval.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ApproveRequest {
    note: Option<String>,
    /// Providers that have the name registered already.
    registered_at: Vec<MessengerId>,
}

/// A refusal.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RejectRequest {
    reason: Refusal,
    note: Option<String>,
}

/// Where a name stands at a provider.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegistrationRequest {
    state: RegistrationState,
    note: Option<String>,
}

/// `GET /v1/operator/sender-names`: names that wait, with those that waited too long.
pub(crate) async fn list(
    State(state): State<NoticesState>,
    _operator: Operator,
    Query(query): Query<PageQuery>,
) -> Answer {
    // The keys hold nothing that is secret to hub staff: plain cursors.
    let range = Range {
        pk: yam_store::keys::WAITING_SENDERS.into(),
        prefix: "",
        after: query.cursor.clone(),
        backwards: false,
        limit: query.limit(),
    };
    let page = state.store.table.query_lenient::<Waiting>(range, Read::Eventual).await;
    let page = page.map_err(store_problem)?;
    let now = state.store.clock.now();
    let mut rows: Vec<Waiting> = page.items.into_iter().map(|(_, row)| row).collect();
    rows.sort_by_key(|row| row.due_at);
    let items: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({
                "merchant_id": row.merchant, "name": row.name, "due_at": row.due_at,
                "overdue": row.due_at < now,
            })
        })
        .collect();
    Ok(Json(json!({"items": items, "next_cursor": page.next})))
}

/// `POST .../{name}/approve`: the shop's texts carry the name wherever a provider has it registered.
pub(crate) async fn approve(
    State(state): State<NoticesState>,
    _operator: Operator,
    Path((merchant, name)): Path<(String, String)>,
    body: Body<ApproveRequest>,
) -> Answer {
    let note = note(body.value.note)?;
    let (merchant, key, mut sender) = load(&state, &merchant, &name).await?;
    let now = state.store.clock.now();
    for provider in body.value.registered_at {
        suits(&state, &sender, provider)?;
        let registration =
            SenderRegistration { state: RegistrationState::Registered, note: String::new(), at: now };
        sender.registrations.insert(provider, registration);
    }
    sender.review = Review::Approved;
    decide(&state, &merchant, &key, sender, None, &note).await
}

/// `POST .../{name}/reject`: with a reason the shop is shown.
pub(crate) async fn reject(
    State(state): State<NoticesState>,
    _operator: Operator,
    Path((merchant, name)): Path<(String, String)>,
    body: Body<RejectRequest>,
) -> Answer {
    let note = note(body.value.note)?;
    let (merchant, key, mut sender) = load(&state, &merchant, &name).await?;
    let reason = body.value.reason;
    sender.review = Review::Rejected { reason };
    decide(&state, &merchant, &key, sender, Some(reason), &note).await
}

/// `PUT .../{name}/providers/{provider}`: where the name stands there.
pub(crate) async fn register(
    State(state): State<NoticesState>,
    _operator: Operator,
    Path((merchant, name, provider)): Path<(String, String, String)>,
    body: Body<RegistrationRequest>,
) -> Answer {
    let provider: MessengerId = provider.parse().map_err(|_| Problem::new(Kind::NotFound))?;
    let note = note(body.value.note)?;
    let merchant = existing(&state.store, &merchant).await?;
    let (key, mut sender) = find(&state, &merchant, &name).await?;
    suits(&state, &sender, provider)?;
    let registration = SenderRegistration { state: body.value.state, note, at: state.store.clock.now() };
    sender.registrations.insert(provider, registration);
    let mut shop = ShopNotices::load(&state, &merchant).await?;
    let mut txn = Txn::new();
    keep_in_use(&state, &mut txn, &mut shop, &sender);
    save(&state, &mut txn, &key, &mut sender);
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    Ok(Json(view(&state, &shop, &sender)))
}

/// 422 when the provider takes no such sender at all.
fn suits(state: &NoticesState, sender: &NoticeSender, provider: MessengerId) -> Result<(), Problem> {
    let Some(messenger) = state.messengers.get(provider) else {
        return Err(Problem::new(Kind::NotFound));
    };
    messenger
        .check_sender(sender.name.as_str(), WireChannel::Sms)
        .map_err(|wrong| Problem::validation(vec![fault("/provider", wrong.to_string())]))
}

/// A name that waits, or was decided on before: staff may think again.
async fn load(
    state: &NoticesState,
    merchant: &str,
    name: &str,
) -> Result<(MerchantId, Key, NoticeSender), Problem> {
    let merchant = existing(&state.store, merchant).await?;
    let (key, sender) = find(state, &merchant, name).await?;
    if sender.review == Review::Draft {
        let words = "the shop has not handed it in";
        return Err(Problem::new(Kind::NotInThisState).with(word(&sender.review)).with(words));
    }
    Ok((merchant, key, sender))
}

async fn decide(
    state: &NoticesState,
    merchant: &MerchantId,
    key: &Key,
    mut sender: NoticeSender,
    reason: Option<Refusal>,
    note: &str,
) -> Answer {
    let mut shop = ShopNotices::load(state, merchant).await?;
    let mut txn = Txn::new();
    leave_list(state, &mut txn, merchant, key, &mut sender);
    step(&mut sender, state.store.clock.now(), STAFF, reason, note);
    let used = shop.settings.sender.as_ref().map(|used| used.name.clone());
    match (&sender.review, used) {
        // The first approved name is used at once; later ones when the shop says so.
        (Review::Approved, None) => {
            shop.settings.sender = Some(in_use(&sender));
            shop.write(state, &mut txn);
        }
        (Review::Rejected { .. }, Some(name)) if name == sender.name => {
            shop.settings.sender = None;
            shop.write(state, &mut txn);
        }
        _ => keep_in_use(state, &mut txn, &mut shop, &sender),
    }
    save(state, &mut txn, key, &mut sender);
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    Ok(Json(view(state, &shop, &sender)))
}

/// Brings the settings up to where the name in use is registered now.
fn keep_in_use(state: &NoticesState, txn: &mut Txn, shop: &mut ShopNotices, sender: &NoticeSender) {
    let now = in_use(sender);
    if shop.settings.sender.as_ref().is_some_and(|used| used.name == now.name && *used != now) {
        shop.settings.sender = Some(now);
        shop.write(state, txn);
    }
}

fn note(note: Option<String>) -> Result<String, Problem> {
    let note = note.as_deref().map(clean).unwrap_or_default();
    if note.chars().count() > limits::MAX_NOTE {
        return Err(Problem::validation(vec![FieldError::new("/note", Fault::TooLong(limits::MAX_NOTE))]));
    }
    Ok(note)
}
