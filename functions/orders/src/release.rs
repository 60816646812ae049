//! Releasing packed orders, whole or in parts, each part from its vendor's account (S3-02, S3-12, S3-13, S3-21,
//! S3-23).

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use yam_api::{Body, Caller, IdempotencyKey, Idempotent, store_problem};
use yam_domain::ids::{MerchantId, OrderId, ParcelId};
use yam_domain::limits::MAX_PARCELS;
use yam_domain::order::PayState;
use yam_domain::parcel::RegistrationState;
use yam_domain::release::{Pieces, ReleaseFault, check, left, without};
use yam_domain::weight::{Grams, check_weights};
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_store::items::{CarrierAccount, Cod, CodState, Order, OrderPhase, Parcel, ParcelLine, Scope};
use yam_store::keys::{of_merchant, sk};
use yam_store::{Key, StoreError, Txn};

use crate::OrdersState;
use crate::accounts::{Carriage, accounts_of, carriage_for, vendors_account};
use crate::change::{load_order, load_parcels, path_id, put_order, put_parcel, start_registration};
use crate::place::{draft_parcel, tell};
use crate::view;

/// What one parcel makes a release write at most: the waiting parcel that is left empty, the new one, its
/// intent, the due row of that and the one of its watch.
const WRITES_OF_PARCEL: usize = 5;
/// What a release writes besides: the order and the record of its `Idempotency-Key`.
const WRITES_OF_RELEASE: usize = 2;
// No other change of an order writes more: placing one writes four for a parcel and three besides.
const _: () = assert!(MAX_PARCELS * WRITES_OF_PARCEL + WRITES_OF_RELEASE <= Txn::MOST);

/// Body of a release.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ReleaseRequest {
    #[serde(default)]
    items: Vec<Pieces>,
}

/// `POST /v1/orders/{id}/release`: the shop packed it, the waybill is issued now.
pub(crate) async fn release(
    State(state): State<OrdersState>,
    caller: Caller,
    Path(id): Path<String>,
    key: IdempotencyKey,
    body: Body<ReleaseRequest>,
) -> Result<Response, Problem> {
    caller.require(Scope::Orders)?;
    let merchant = &caller.merchant;
    let id = path_id(OrderId::parse(&id))?;
    if body.value.items.is_empty() {
        let order = load_order(&state, merchant, &id).await?;
        return Ok(release_all(&state, merchant, order).await?.into_response());
    }
    // The same items twice may be meant: only a key tells a repetition (reliability notes, section 5).
    if key.0.is_none() {
        return Err(Problem::new(Kind::IdempotencyRequired));
    }
    let path = format!("/v1/orders/{id}/release");
    let once = match Idempotent::begin(&state.store, merchant, "POST", &path, &key, &body.json).await {
        Ok(once) => once,
        Err(earlier) => return earlier,
    };
    let order = load_order(&state, merchant, &id).await?;
    let (answer, calls) = release_part(&state, merchant, order, &body.value.items, &once).await?;
    tell(&state, &calls).await?;
    Ok((StatusCode::ACCEPTED, Json(answer)).into_response())
}

/// Refuses orders that may not go out.
fn may_go(order: &Order) -> Result<(), Problem> {
    if order.phase == OrderPhase::Cancelled {
        return Err(Problem::new(Kind::NotInThisState).with("cancelled").with("place a new order"));
    }
    if !PayState::from_flags(order.cod, order.paid).allows_release() {
        return Err(Problem::new(Kind::OrderUnpaid).with(order.id.as_str()));
    }
    Ok(())
}

/// Begins the registration of every parcel that waits; parcels under way are left as they are, so a
/// repeated release changes nothing.
pub(crate) async fn release_all(
    state: &OrdersState,
    merchant: &MerchantId,
    mut order: Order,
) -> Result<(StatusCode, Json<Value>), Problem> {
    may_go(&order)?;
    let mut parcels = load_parcels(state, merchant, &order).await?;
    let mut txn = Txn::new();
    let mut calls = Vec::new();
    for parcel in parcels.iter_mut().filter(|p| p.registration == RegistrationState::Draft) {
        let carriage = carriage_for(state, merchant, parcel).await?;
        let call = start_registration(state, &mut txn, merchant, parcel, &carriage).await;
        calls.push(call.map_err(store_problem)?);
        put_parcel(state, &mut txn, merchant, parcel);
    }
    if order.phase == OrderPhase::Placed || !calls.is_empty() {
        order.phase = OrderPhase::Released;
        put_order(state, &mut txn, merchant, &mut order);
    }
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    tell(state, &calls).await?;
    Ok((StatusCode::ACCEPTED, Json(view::order(&state.carriers, &order, &parcels))))
}

/// Releases some pieces: they leave the parcels that wait and go into new ones, one for each vendor.
async fn release_part(
    state: &OrdersState,
    merchant: &MerchantId,
    mut order: Order,
    asked: &[Pieces],
    once: &Idempotent,
) -> Result<(Value, Vec<Key>), Problem> {
    may_go(&order)?;
    let mut parcels = load_parcels(state, merchant, &order).await?;
    check(asked, &left(&ordered(&order), gone(&order, &parcels).iter())).map_err(problem)?;
    // Before any goes: the number of a parcel that is left empty is not given again.
    let mut number = order.parcels.iter().filter_map(number_of).max().unwrap_or(0);
    let mut txn = Txn::new();
    take_from_waiting(state, &mut txn, merchant, (&mut order, &mut parcels), asked);
    let groups = by_vendor(&order, asked);
    if order.parcels.len().saturating_add(groups.len()) > MAX_PARCELS {
        let fault = format!("make more than {MAX_PARCELS} parcels of the order, those called off included");
        return Err(Problem::validation(vec![FieldError::new("/items", Fault::Other(fault))]));
    }
    let accounts = accounts_of(state, merchant).await?;
    let mut calls = Vec::new();
    for (vendor, pieces) in groups {
        number = number.saturating_add(1);
        let id = ParcelId::parse(&format!("{}.{number}", order.id));
        let id = id.map_err(|_| Problem::new(Kind::Internal))?;
        let parcel = new_parcel(state, merchant, &order, &accounts, id, (vendor.as_deref(), &pieces)).await?;
        let (mut parcel, carriage) = parcel;
        let call = start_registration(state, &mut txn, merchant, &mut parcel, &carriage).await;
        calls.push(call.map_err(store_problem)?);
        let at = of_merchant(merchant, sk::parcel(parcel.id.as_str()));
        txn.insert("parcel", &state.store.table, &at, &parcel);
        order.parcels.push(parcel.id.clone());
        parcels.push(parcel);
    }
    if !parcels.iter().any(|parcel| parcel.registration == RegistrationState::Draft) {
        order.phase = OrderPhase::Released;
    }
    put_order(state, &mut txn, merchant, &mut order);
    let answer = view::order(&state.carriers, &order, &parcels);
    once.finish(&mut txn, &state.store, StatusCode::ACCEPTED, &answer);
    match txn.commit(&state.store.table).await {
        Ok(()) => Ok((answer, calls)),
        // Another release, or the same key, at the same time.
        Err(StoreError::Condition { .. }) => Err(Problem::new(Kind::Overtaken).retry_after(1)),
        Err(error) => Err(store_problem(error)),
    }
}

fn ordered(order: &Order) -> Vec<Pieces> {
    order.lines.iter().map(|l| Pieces { line_id: l.line_id.clone(), quantity: l.quantity }).collect()
}

/// What a parcel holds; no lines stand for the whole order.
fn held(order: &Order, parcel: &Parcel) -> Vec<Pieces> {
    if parcel.lines.is_empty() {
        return ordered(order);
    }
    parcel.lines.iter().map(|l| Pieces { line_id: l.line_id.clone(), quantity: l.quantity }).collect()
}

/// What is on its way or delivered: neither waiting nor called off.
fn gone(order: &Order, parcels: &[Parcel]) -> Vec<Pieces> {
    let counts =
        |p: &&Parcel| !matches!(p.registration, RegistrationState::Draft | RegistrationState::Cancelled);
    parcels.iter().filter(counts).flat_map(|parcel| held(order, parcel)).collect()
}

/// Takes the pieces out of the parcels that wait; one that is left empty goes.
fn take_from_waiting(
    state: &OrdersState,
    txn: &mut Txn,
    merchant: &MerchantId,
    (order, parcels): (&mut Order, &mut Vec<Parcel>),
    asked: &[Pieces],
) {
    let mut wanted = asked.to_vec();
    for parcel in parcels.iter_mut().filter(|p| p.registration == RegistrationState::Draft) {
        if wanted.is_empty() {
            break;
        }
        let before = held(order, parcel);
        let rest = without(&before, &mut wanted);
        if rest == before {
            continue;
        }
        if rest.is_empty() {
            order.parcels.retain(|id| *id != parcel.id);
            txn.delete("parcel", &state.store.table, &of_merchant(merchant, sk::parcel(parcel.id.as_str())));
            parcel.lines.clear();
            parcel.weight_g = Grams::new(0);
        } else {
            parcel.weight_g = weigh(order, &rest).unwrap_or(parcel.weight_g);
            parcel.lines = lines(&rest);
            parcel.dimensions_mm = None;
            put_parcel(state, txn, merchant, parcel);
        }
    }
    parcels.retain(|parcel| order.parcels.contains(&parcel.id));
}

/// The pieces of each vendor, in the order they were asked for.
fn by_vendor(order: &Order, asked: &[Pieces]) -> Vec<(Option<String>, Vec<Pieces>)> {
    let mut groups: Vec<(Option<String>, Vec<Pieces>)> = Vec::new();
    for pieces in asked {
        let line = order.lines.iter().find(|line| line.line_id == pieces.line_id);
        let vendor = line.and_then(|line| line.vendor_id.clone());
        match groups.iter_mut().find(|(known, _)| *known == vendor) {
            Some((_, group)) => group.push(pieces.clone()),
            None => groups.push((vendor, vec![pieces.clone()])),
        }
    }
    groups
}

async fn new_parcel(
    state: &OrdersState,
    merchant: &MerchantId,
    order: &Order,
    accounts: &[CarrierAccount],
    id: ParcelId,
    (vendor, pieces): (Option<&str>, &[Pieces]),
) -> Result<(Parcel, Carriage), Problem> {
    let account = vendors_account(accounts, vendor, &order.rate);
    let weight = weigh(order, pieces).ok_or_else(|| {
        let fault = Fault::Other("the weights are too large to add up".into());
        Problem::validation(vec![FieldError::new("/items", fault)])
    })?;
    let now = state.store.clock.now();
    let mut parcel = draft_parcel(order, id, lines(pieces), weight, now);
    parcel.account = account;
    // What is collected for each of several parcels only the operator knows.
    parcel.cod = order.cod.then_some(Cod { amount: None, state: CodState::Due });
    let carriage = carriage_for(state, merchant, &parcel).await?;
    let limits = &carriage.settings.limits;
    let products: Vec<Grams> = order
        .lines
        .iter()
        .filter(|line| pieces.iter().any(|p| p.line_id == line.line_id))
        .map(|line| line.weight_g)
        .collect();
    if check_weights(&products, weight, limits).is_err() {
        let (least, most) = (limits.parcel_min.grams.get(), limits.parcel_max.grams.get());
        let problem = Problem::new(Kind::WeightOverCarrierLimit)
            .with(least.to_string())
            .with(most.to_string())
            .with(carriage.carrier.support());
        return Err(problem.at(FieldError::new("/items", Fault::Weight(least, most))));
    }
    Ok((parcel, carriage))
}

fn number_of(id: &ParcelId) -> Option<u32> {
    id.as_str().rsplit_once('.')?.1.parse().ok()
}

fn lines(pieces: &[Pieces]) -> Vec<ParcelLine> {
    pieces.iter().map(|p| ParcelLine { line_id: p.line_id.clone(), quantity: p.quantity }).collect()
}

fn weigh(order: &Order, pieces: &[Pieces]) -> Option<Grams> {
    pieces.iter().try_fold(Grams::new(0), |sum, pieces| {
        let line = order.lines.iter().find(|line| line.line_id == pieces.line_id)?;
        sum.checked_add(line.weight_g.checked_mul(pieces.quantity)?)
    })
}

fn problem(faults: Vec<ReleaseFault>) -> Problem {
    let faults = faults.into_iter().map(|fault| match fault {
        ReleaseFault::UnknownLine { index } => FieldError::new(
            format!("/items/{index}/line_id"),
            Fault::Other("is not a line of the order".into()),
        ),
        ReleaseFault::NamedTwice { index } => FieldError::new(
            format!("/items/{index}/line_id"),
            Fault::Other("is named twice; add the quantities up".into()),
        ),
        ReleaseFault::Quantity { index, left } => FieldError::new(
            format!("/items/{index}/quantity"),
            Fault::OutOfRange("1".into(), left.to_string()),
        ),
    });
    Problem::validation(faults.collect())
}
