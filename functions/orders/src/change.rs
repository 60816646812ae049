//! Loading orders and parcels, and changing them under their revisions.

use yam_api::store_problem;
use yam_domain::ids::{MerchantId, OrderId, ParcelId};
use yam_domain::parcel::RegistrationEvent;
use yam_domain::release::promise;
use yam_platform::Problem;
use yam_platform::problem::Kind;
use yam_store::calls::{RegisterWith, submit_register};
use yam_store::items::{Order, Parcel};
use yam_store::keys::{of_merchant, sk};
use yam_store::watch::watch;
use yam_store::{Key, Read, StoreError, Txn};

use crate::OrdersState;
use crate::accounts::Carriage;

/// An order of the merchant, or 404: what belongs to others does not exist.
pub(crate) async fn load_order(
    state: &OrdersState,
    merchant: &MerchantId,
    id: &OrderId,
) -> Result<Order, Problem> {
    let key = of_merchant(merchant, sk::order(id.as_str()));
    let order = state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?;
    order.ok_or_else(|| Problem::new(Kind::NotFound))
}

/// A parcel of the merchant, or 404.
pub(crate) async fn load_parcel(
    state: &OrdersState,
    merchant: &MerchantId,
    id: &ParcelId,
) -> Result<Parcel, Problem> {
    let key = of_merchant(merchant, sk::parcel(id.as_str()));
    let parcel = state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?;
    parcel.ok_or_else(|| Problem::new(Kind::NotFound))
}

/// Refuses what only parcels that were registered here can do.
pub(crate) fn registered_here(parcel: &Parcel) -> Result<(), Problem> {
    if parcel.tracked_only {
        let text = "it was registered elsewhere and is only tracked here";
        return Err(Problem::new(Kind::NotInThisState).with("tracked").with(text));
    }
    Ok(())
}

/// The parcels of an order.
pub(crate) async fn load_parcels(
    state: &OrdersState,
    merchant: &MerchantId,
    order: &Order,
) -> Result<Vec<Parcel>, Problem> {
    let mut parcels = Vec::with_capacity(order.parcels.len());
    for id in &order.parcels {
        parcels.push(load_parcel(state, merchant, id).await?);
    }
    Ok(parcels)
}

/// Reads an id of the path, or 404.
pub(crate) fn path_id<T, E>(parsed: Result<T, E>) -> Result<T, Problem> {
    parsed.map_err(|_| Problem::new(Kind::NotFound))
}

/// Starts (the next generation of) a parcel's registration: state, intent, due row. Answers with the
/// intent's key.
pub(crate) async fn start_registration(
    state: &OrdersState,
    txn: &mut Txn,
    merchant: &MerchantId,
    parcel: &mut Parcel,
    carriage: &Carriage,
) -> Result<Key, StoreError> {
    if let Ok(registering) = parcel.registration.apply(RegistrationEvent::Start) {
        parcel.registration = registering;
    }
    parcel.generation = parcel.generation.saturating_add(1);
    let note = format!("registration {} begun", parcel.generation);
    parcel.note(state.store.clock.now(), "hub", note);
    if let Some(promise) = promise(parcel.carrier) {
        watch(txn, &state.store, merchant, parcel, promise.warn_after);
    }
    let capabilities = carriage.carrier.capabilities(&carriage.settings);
    let with = RegisterWith {
        wire: &carriage.settings.wire,
        counted: capabilities.client_id == yam_carriers::ClientId::Counter,
        marked: carriage.settings.address_marker && capabilities.client_id == yam_carriers::ClientId::None,
        patience: state.patience.0,
    };
    submit_register(&state.store, txn, merchant, parcel, with).await
}

/// Adds the write of a changed parcel under the revision it was read at.
pub(crate) fn put_parcel(state: &OrdersState, txn: &mut Txn, merchant: &MerchantId, parcel: &mut Parcel) {
    let rev = parcel.rev;
    parcel.rev = rev.saturating_add(1);
    let key = of_merchant(merchant, sk::parcel(parcel.id.as_str()));
    txn.replace("parcel", &state.store.table, &key, parcel, rev);
}

/// Adds the write of a changed order.
pub(crate) fn put_order(state: &OrdersState, txn: &mut Txn, merchant: &MerchantId, order: &mut Order) {
    let rev = order.rev;
    order.rev = rev.saturating_add(1);
    order.sequence = order.sequence.saturating_add(1);
    let key = of_merchant(merchant, sk::order(order.id.as_str()));
    txn.replace("order", &state.store.table, &key, order, rev);
}
