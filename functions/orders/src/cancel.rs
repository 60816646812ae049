//! Calling orders and parcels off, where the operator still allows it.

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use serde_json::Value;
use yam_api::{Caller, store_problem};
use yam_carriers::Support;
use yam_domain::ids::{MerchantId, OrderId, ParcelId};
use yam_domain::parcel::{CancelMode, RegistrationEvent, RegistrationState};
use yam_platform::Problem;
use yam_platform::problem::Kind;
use yam_store::calls::submit_cancel;
use yam_store::items::{OrderPhase, Parcel, Scope};
use yam_store::{Key, Txn};

use crate::OrdersState;
use crate::accounts::Carriage;
use crate::accounts::carriage_for;
use crate::change::{load_order, load_parcel, load_parcels, path_id, put_order, put_parcel, registered_here};
use crate::place::tell;
use crate::view;

/// `POST /v1/orders/{id}/cancel`: all parcels or none.
pub(crate) async fn order(
    State(state): State<OrdersState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    caller.require(Scope::Orders)?;
    let merchant = &caller.merchant;
    let mut order = load_order(&state, merchant, &path_id(OrderId::parse(&id))?).await?;
    let mut parcels = load_parcels(&state, merchant, &order).await?;
    if order.phase == OrderPhase::Cancelled {
        return Ok((StatusCode::OK, Json(view::order(&state.carriers, &order, &parcels))));
    }
    let mut txn = Txn::new();
    let mut calls = Vec::new();
    for parcel in parcels.iter_mut().filter(|p| p.registration != RegistrationState::Cancelled) {
        let carriage = carriage_for(&state, merchant, parcel).await?;
        calls.extend(call_off(&state, &mut txn, merchant, parcel, &carriage)?);
        put_parcel(&state, &mut txn, merchant, parcel);
    }
    order.phase = OrderPhase::Cancelled;
    put_order(&state, &mut txn, merchant, &mut order);
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    tell(&state, &calls).await?;
    Ok((StatusCode::ACCEPTED, Json(view::order(&state.carriers, &order, &parcels))))
}

/// `POST /v1/parcels/{id}/cancel`.
pub(crate) async fn parcel(
    State(state): State<OrdersState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    caller.require(Scope::Orders)?;
    let merchant = &caller.merchant;
    let mut parcel = load_parcel(&state, merchant, &path_id(ParcelId::parse(&id))?).await?;
    registered_here(&parcel)?;
    if parcel.registration == RegistrationState::Cancelled || parcel.cancel_requested {
        return Ok((StatusCode::OK, Json(view::parcel(&state.carriers, &parcel))));
    }
    let carriage = carriage_for(&state, merchant, &parcel).await?;
    let mut txn = Txn::new();
    let call = call_off(&state, &mut txn, merchant, &mut parcel, &carriage)?;
    put_parcel(&state, &mut txn, merchant, &mut parcel);
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    tell(&state, call.as_slice()).await?;
    Ok((StatusCode::ACCEPTED, Json(view::parcel(&state.carriers, &parcel))))
}

/// Changes one parcel; answers with the call to make, if any. While a registration is under way the
/// cancel waits for its outcome; from there dispatch carries it out or asks a person.
fn call_off(
    state: &OrdersState,
    txn: &mut Txn,
    merchant: &MerchantId,
    parcel: &mut Parcel,
    carriage: &Carriage,
) -> Result<Option<Key>, Problem> {
    let now = state.store.clock.now();
    match parcel.registration.cancel_mode() {
        CancelMode::AtOnce => {
            parcel.registration = parcel
                .registration
                .apply(RegistrationEvent::Cancelled)
                .unwrap_or(RegistrationState::Cancelled);
            parcel.task = None;
            parcel.note(now, "merchant", "cancelled; the operator never had it");
            Ok(None)
        }
        CancelMode::WhenSettled => {
            parcel.cancel_requested = true;
            parcel.note(now, "merchant", "cancel asked for; waits for the call under way");
            Ok(None)
        }
        CancelMode::AskCarrier => {
            let unsupported = match carriage.carrier.capabilities(&carriage.settings).cancel {
                Support::Yes => None,
                Support::BeforeRegistration => Some(
                    "This service cannot call off a registered parcel; withdraw it in the operator's panel.",
                ),
                Support::No(text) => Some(text),
            };
            if let Some(text) = unsupported {
                let problem = Problem::new(Kind::NotSupportedByOperator).with(text);
                return Err(problem.member("panel_url", carriage.carrier.panel_url()));
            }
            let Some(code) = parcel.tracking_code.clone() else {
                return Err(Problem::new(Kind::Internal));
            };
            parcel.cancel_requested = true;
            parcel.note(now, "merchant", "cancel asked of the operator");
            Ok(Some(submit_cancel(&state.store, txn, merchant, parcel, &code)))
        }
        CancelMode::NotPossible => {
            let text = "it is with the post; ask the post to bring it back";
            Err(Problem::new(Kind::NotInThisState).with(parcel.registration.as_str()).with(text))
        }
    }
}
