//! Loading orders and parcels, and changing them under their revisions.

use yam_api::store_problem;
use yam_domain::ids::{MerchantId, OrderId, ParcelId};
use yam_platform::Problem;
use yam_platform::problem::Kind;
use yam_store::items::{Order, Parcel};
use yam_store::keys::{of_merchant, sk};
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
    let keys = parcel_keys(merchant, order);
    let found = state.store.table.get_many::<Parcel>(&keys, Read::Consistent).await;
    let mut found = found.map_err(store_problem)?;
    keys.iter().map(|key| found.remove(key).ok_or_else(|| Problem::new(Kind::NotFound))).collect()
}

/// Orders of a list with their parcels, as they were a moment ago. A parcel that a lagging read misses is read
/// again; one that a release has taken out meanwhile is left out.
pub(crate) async fn with_parcels(
    state: &OrdersState,
    merchant: &MerchantId,
    orders: Vec<Order>,
) -> Result<Vec<(Order, Vec<Parcel>)>, Problem> {
    let table = &state.store.table;
    let mut keys: Vec<Key> = orders.iter().flat_map(|order| parcel_keys(merchant, order)).collect();
    let mut found = table.get_many::<Parcel>(&keys, Read::Eventual).await.map_err(store_problem)?;
    keys.retain(|key| !found.contains_key(key));
    found.extend(table.get_many::<Parcel>(&keys, Read::Consistent).await.map_err(store_problem)?);
    let own = |order: Order| {
        let keys = parcel_keys(merchant, &order);
        let parcels: Vec<Parcel> = keys.iter().filter_map(|key| found.remove(key)).collect();
        (order, parcels)
    };
    Ok(orders.into_iter().map(own).collect())
}

fn parcel_keys(merchant: &MerchantId, order: &Order) -> Vec<Key> {
    order.parcels.iter().map(|id| of_merchant(merchant, sk::parcel(id.as_str()))).collect()
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
    let (settings, patience) = (&carriage.settings, state.patience.0);
    yam_fulfilment::start_registration(&state.store, txn, merchant, parcel, settings, patience).await
}

/// Adds the write of a changed parcel under the revision it was read at.
pub(crate) fn put_parcel(state: &OrdersState, txn: &mut Txn, merchant: &MerchantId, parcel: &mut Parcel) {
    yam_fulfilment::put_parcel(&state.store, txn, merchant, parcel);
}

/// Adds the write of a changed order.
pub(crate) fn put_order(state: &OrdersState, txn: &mut Txn, merchant: &MerchantId, order: &mut Order) {
    yam_fulfilment::put_order(&state.store, txn, merchant, order);
}
