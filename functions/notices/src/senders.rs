//! `/v1/settings/sender-names`: names that texts carry, handed in for review (S4-08 ... S4-12).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use yam_api::{Body, Caller, store_problem};
use yam_domain::ids::MerchantId;
use yam_domain::notice::SenderName;
use yam_domain::notice::sender::{Refusal, Review, review_due};
use yam_platform::Problem;
use yam_platform::problem::Kind;
use yam_platform::queue::Queue;
use yam_store::items::Scope;
use yam_store::items::notices::{KEPT_SENDER_STEPS, NameInUse, NoticeSender, RegistrationState, SenderStep};
use yam_store::keys::{due_row, merchant_partition, of_merchant, sk, waiting_sender};
use yam_store::{Key, Read, Txn};

use crate::NoticesState;
use crate::shop::{Answer, ShopNotices, fault};

/// Most names of a shop.
const MOST_NAMES: usize = 20;

/// What is wanted of a name.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SenderRequest {
    /// Hand it in for review now; otherwise it stays a draft.
    submit: bool,
    /// Put an approved name in use.
    in_use: Option<bool>,
}

/// A name in the list of hub staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub(crate) merchant: MerchantId,
    pub(crate) name: SenderName,
    pub(crate) due_at: jiff::Timestamp,
}

/// `GET`.
pub(crate) async fn list(State(state): State<NoticesState>, caller: Caller) -> Answer {
    caller.require(Scope::Settings)?;
    let shop = ShopNotices::load(&state, &caller.merchant).await?;
    let names = all(&state, &caller.merchant).await?;
    let items: Vec<Value> = names.iter().map(|name| view(&state, &shop, name)).collect();
    Ok(Json(json!({"items": items, "next_cursor": null})))
}

/// `GET /{name}`.
pub(crate) async fn read(
    State(state): State<NoticesState>,
    caller: Caller,
    Path(name): Path<String>,
) -> Answer {
    caller.require(Scope::Settings)?;
    let shop = ShopNotices::load(&state, &caller.merchant).await?;
    let (_, found) = find(&state, &caller.merchant, &name).await?;
    Ok(Json(view(&state, &shop, &found)))
}

/// `PUT /{name}`: makes a draft, hands it in, or puts an approved one in use. Texts may be written meanwhile
/// (S4-12).
pub(crate) async fn write(
    State(state): State<NoticesState>,
    caller: Caller,
    Path(name): Path<String>,
    body: Body<SenderRequest>,
) -> Answer {
    caller.require(Scope::Settings)?;
    let name = SenderName::parse(&name)
        .map_err(|wrong| Problem::validation(vec![fault("/name", wrong.to_string())]))?;
    let mut shop = ShopNotices::load(&state, &caller.merchant).await?;
    let key = of_merchant(&caller.merchant, sk::sender(name.as_str()));
    let before: Option<NoticeSender> =
        state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?;
    if before.is_none() && all(&state, &caller.merchant).await?.len() >= MOST_NAMES {
        let words = format!("a shop may have {MOST_NAMES} sender names; delete one first");
        return Err(Problem::validation(vec![fault("/name", words)]));
    }
    let now = state.store.clock.now();
    let mut sender = before.clone().unwrap_or_else(|| NoticeSender {
        name: name.clone(),
        review: Review::Draft,
        review_due_at: None,
        registrations: Default::default(),
        steps: Vec::new(),
        rev: 0,
    });
    if before.is_none() {
        step(&mut sender, now, &caller.key_id, None, "");
    }
    let mut txn = Txn::new();
    if body.value.submit {
        match sender.review {
            Review::Draft | Review::Rejected { .. } => {
                sender.review = Review::Pending { since: now };
                let due_at = review_due(now, &shop.zone());
                sender.review_due_at = Some(due_at);
                step(&mut sender, now, &caller.key_id, None, "");
                let row = Waiting { merchant: caller.merchant.clone(), name: name.clone(), due_at };
                let table = &state.store.table;
                txn.upsert("waiting", table, &waiting_sender(&caller.merchant, name.as_str()), &row);
                let due = due_row(Queue::Dispatch, due_at, &key);
                txn.upsert("review's row", table, &due, &serde_json::Map::new());
            }
            // Handing in twice is harmless.
            Review::Pending { .. } | Review::Approved => {}
        }
    }
    if let Some(wanted) = body.value.in_use {
        use_name(&mut shop, &sender, wanted)?;
        shop.write(&state, &mut txn);
    }
    save(&state, &mut txn, &key, &mut sender);
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    Ok(Json(view(&state, &shop, &sender)))
}

fn use_name(shop: &mut ShopNotices, sender: &NoticeSender, wanted: bool) -> Result<(), Problem> {
    if wanted && sender.review != Review::Approved {
        let words = "only an approved name can be put in use";
        return Err(Problem::new(Kind::NotInThisState).with(word(&sender.review)).with(words));
    }
    if wanted {
        shop.settings.sender = Some(in_use(sender));
    } else if shop.settings.sender.as_ref().is_some_and(|used| used.name == sender.name) {
        shop.settings.sender = None;
    }
    Ok(())
}

/// `DELETE /{name}`. Texts go under each account's own sender from then on.
pub(crate) async fn remove(
    State(state): State<NoticesState>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.require(Scope::Settings)?;
    let (key, mut sender) = find(&state, &caller.merchant, &name).await?;
    let mut shop = ShopNotices::load(&state, &caller.merchant).await?;
    let mut txn = Txn::new();
    leave_list(&state, &mut txn, &caller.merchant, &key, &mut sender);
    txn.delete("sender name", &state.store.table, &key);
    if shop.settings.sender.as_ref().is_some_and(|used| used.name == sender.name) {
        shop.settings.sender = None;
        shop.write(&state, &mut txn);
    }
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a name out of the list of hub staff, and its alarm.
pub(crate) fn leave_list(
    state: &NoticesState,
    txn: &mut Txn,
    merchant: &MerchantId,
    key: &Key,
    sender: &mut NoticeSender,
) {
    if let Some(due_at) = sender.review_due_at.take() {
        let table = &state.store.table;
        txn.delete("waiting", table, &waiting_sender(merchant, sender.name.as_str()));
        txn.delete("review's row", table, &due_row(Queue::Dispatch, due_at, key));
    }
}

/// Adds the write of a changed name to a transaction.
pub(crate) fn save(state: &NoticesState, txn: &mut Txn, key: &Key, sender: &mut NoticeSender) {
    let rev = sender.rev;
    sender.rev = rev.saturating_add(1);
    if rev == 0 {
        txn.insert("sender name", &state.store.table, key, sender);
    } else {
        txn.replace("sender name", &state.store.table, key, sender, rev);
    }
}

/// Notes that a name came into its present state.
pub(crate) fn step(
    sender: &mut NoticeSender,
    at: jiff::Timestamp,
    actor: &str,
    reason: Option<Refusal>,
    note: &str,
) {
    if sender.steps.len() >= KEPT_SENDER_STEPS {
        sender.steps.remove(0);
    }
    let (state, actor, note) = (word(&sender.review).to_owned(), actor.to_owned(), note.to_owned());
    sender.steps.push(SenderStep { at, state, actor, reason, note });
}

/// The name as texts carry it: where it is registered.
pub(crate) fn in_use(sender: &NoticeSender) -> NameInUse {
    let registered = sender.registrations.iter().filter(|(_, at)| at.state == RegistrationState::Registered);
    NameInUse {
        name: sender.name.clone(),
        registered_at: registered.map(|(provider, _)| *provider).collect(),
    }
}

/// The word of a state.
pub(crate) const fn word(review: &Review) -> &'static str {
    match review {
        Review::Draft => "draft",
        Review::Pending { .. } => "pending",
        Review::Approved => "approved",
        Review::Rejected { .. } => "rejected",
    }
}

async fn all(state: &NoticesState, merchant: &MerchantId) -> Result<Vec<NoticeSender>, Problem> {
    let pk = merchant_partition(merchant);
    let all: Vec<(Key, NoticeSender)> =
        state.store.table.query_all(&pk, sk::SENDERS, Read::Consistent).await.map_err(store_problem)?;
    Ok(all.into_iter().map(|(_, sender)| sender).collect())
}

/// A name, or 404.
pub(crate) async fn find(
    state: &NoticesState,
    merchant: &MerchantId,
    name: &str,
) -> Result<(Key, NoticeSender), Problem> {
    let name = SenderName::parse(name).map_err(|_| Problem::new(Kind::NotFound))?;
    let key = of_merchant(merchant, sk::sender(name.as_str()));
    let found: Option<NoticeSender> =
        state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?;
    found.map(|sender| (key, sender)).ok_or_else(|| Problem::new(Kind::NotFound))
}

/// A name as it is shown.
pub(crate) fn view(state: &NoticesState, shop: &ShopNotices, sender: &NoticeSender) -> Value {
    let overdue = sender.review_due_at.is_some_and(|due| due < state.store.clock.now());
    let reason = match sender.review {
        Review::Rejected { reason } => Some(reason),
        _ => None,
    };
    json!({
        "name": sender.name,
        "state": word(&sender.review),
        "reason": reason,
        "review_due_at": sender.review_due_at,
        "overdue": overdue,
        "in_use": shop.settings.sender.as_ref().is_some_and(|used| used.name == sender.name),
        "providers": sender.registrations,
        "steps": sender.steps,
    })
}
