//! An order that may go: its parcels' registrations begin. Orders does it when a shop releases an order, OpenPay
//! when its payment has come in.

use jiff::SignedDuration;
use yam_carriers::account::AccountSettings;
use yam_carriers::{ClientId, capabilities};
use yam_domain::ids::{AccountId, MerchantId, OrderId};
use yam_domain::order::{Dispatch, PayState};
use yam_domain::parcel::{RegistrationEvent, RegistrationState};
use yam_domain::release::promise;
use yam_store::calls::{RegisterWith, submit_register};
use yam_store::items::{CarrierAccount, Order, OrderPhase, Parcel};
use yam_store::keys::{of_merchant, sk};
use yam_store::watch::watch;
use yam_store::{Key, Read, Store, StoreError, Txn};

/// Starts (the next generation of) a parcel's registration: state, intent, due rows. Answers with the intent's
/// key; `settings` are those of the parcel's own account, which a vendor may have.
///
/// # Errors
/// The table does not answer.
pub async fn start_registration(
    store: &Store,
    txn: &mut Txn,
    merchant: &MerchantId,
    parcel: &mut Parcel,
    settings: &AccountSettings,
    patience: SignedDuration,
) -> Result<Key, StoreError> {
    if let Ok(registering) = parcel.registration.apply(RegistrationEvent::Start) {
        parcel.registration = registering;
    }
    parcel.generation = parcel.generation.saturating_add(1);
    let note = format!("registration {} begun", parcel.generation);
    parcel.note(store.clock.now(), "hub", note);
    if let Some(promise) = promise(parcel.carrier) {
        watch(txn, store, merchant, parcel, promise.warn_after);
    }
    let client_id = capabilities(parcel.carrier, settings).client_id;
    let with = RegisterWith {
        wire: &settings.wire,
        counted: client_id == ClientId::Counter,
        marked: settings.address_marker && client_id == ClientId::None,
        patience,
    };
    submit_register(store, txn, merchant, parcel, with).await
}

/// Adds the write of a changed order.
pub fn put_order(store: &Store, txn: &mut Txn, merchant: &MerchantId, order: &mut Order) {
    let rev = order.rev;
    order.rev = rev.saturating_add(1);
    order.sequence = order.sequence.saturating_add(1);
    txn.replace("order", &store.table, &of_merchant(merchant, sk::order(order.id.as_str())), order, rev);
}

/// Adds the write of a changed parcel.
pub fn put_parcel(store: &Store, txn: &mut Txn, merchant: &MerchantId, parcel: &mut Parcel) {
    let rev = parcel.rev;
    parcel.rev = rev.saturating_add(1);
    txn.replace("parcel", &store.table, &of_merchant(merchant, sk::parcel(parcel.id.as_str())), parcel, rev);
}

/// Why a paid order cannot go.
#[derive(Debug, thiserror::Error)]
pub enum NotReleased {
    /// It does not exist.
    #[error("the order {0} does not exist")]
    Missing(OrderId),
    /// It was called off.
    #[error("the order was cancelled; pay the money back")]
    Cancelled,
    /// An account that sends its parcels is gone or cannot be read.
    #[error("the carrier account of the order cannot be used: {0}")]
    Account(String),
    /// The table does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Adds the writes that mark an order paid and, where its dispatch waited only for that, begin its
/// registrations; answers with the intents' keys, to be told to the queue after the commit. An order that is
/// paid already is left as it is.
///
/// # Errors
/// [`NotReleased`].
pub async fn mark_paid(
    store: &Store,
    txn: &mut Txn,
    merchant: &MerchantId,
    id: &OrderId,
    patience: SignedDuration,
) -> Result<Vec<Key>, NotReleased> {
    let key = of_merchant(merchant, sk::order(id.as_str()));
    let order: Option<Order> = store.table.get(&key, Read::Consistent).await?;
    let mut order = order.ok_or_else(|| NotReleased::Missing(id.clone()))?;
    if order.paid {
        return Ok(vec![]);
    }
    if order.phase == OrderPhase::Cancelled {
        return Err(NotReleased::Cancelled);
    }
    order.paid = true;
    let goes = order.dispatch == Dispatch::OnCreated
        && order.phase == OrderPhase::Placed
        && PayState::from_flags(order.cod, order.paid).allows_release();
    let mut calls = Vec::new();
    if goes {
        for parcel in &order.parcels {
            let key = of_merchant(merchant, sk::parcel(parcel.as_str()));
            let Some(mut parcel) = store.table.get::<Parcel>(&key, Read::Consistent).await? else { continue };
            if parcel.registration != RegistrationState::Draft {
                continue;
            }
            let settings = settings(store, merchant, &parcel.account).await?;
            calls.push(start_registration(store, txn, merchant, &mut parcel, &settings, patience).await?);
            put_parcel(store, txn, merchant, &mut parcel);
        }
        order.phase = OrderPhase::Released;
    }
    put_order(store, txn, merchant, &mut order);
    Ok(calls)
}

async fn settings(
    store: &Store,
    merchant: &MerchantId,
    id: &AccountId,
) -> Result<AccountSettings, NotReleased> {
    let key = of_merchant(merchant, sk::account(id.as_str()));
    let stored: Option<CarrierAccount> = store.table.get(&key, Read::Consistent).await?;
    let stored = stored.ok_or_else(|| NotReleased::Account(format!("{id} does not exist any more")))?;
    serde_json::from_value(stored.settings)
        .map_err(|_| NotReleased::Account(format!("save {id} again in /v1/settings/carriers")))
}
