//! "Get the barcode again", and codes typed in by hand (S0-23, S0-27 ... S0-29).

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use yam_api::{Body, Caller, store_problem};
use yam_domain::effect::{Phase, Power, Resolution};
use yam_domain::ids::{MerchantId, ParcelId};
use yam_domain::parcel::{BarcodeEvent, ParcelStatus, RegistrationEvent, RegistrationState};
use yam_domain::waybill::{WaybillNumber, validate};
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_store::calls::register_key;
use yam_store::event::{announce, record};
use yam_store::items::{CallWork, CodeClaim, Parcel, PollEnd, Scope};
use yam_store::keys::{of_merchant, sk};
use yam_store::tracking::look_later;
use yam_store::{Intent, Key, Read, StoreError, Txn};

use crate::OrdersState;
use crate::accounts::carriage_for;
use crate::change::{load_order, load_parcel, path_id, put_parcel, registered_here, start_registration};
use crate::place::{into_registration, tell};
use crate::track::end_polling;
use crate::view;

/// Body of `register`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct RegisterRequest {
    #[serde(default)]
    confirmed_absent: bool,
}

/// `POST /v1/parcels/{id}/register`. Never sends blindly: under way or registered it answers as is; an
/// unknown outcome is looked up where the wire can, else it takes a person's word that the parcel is
/// not at the operator (reliability notes, section 4.1).
pub(crate) async fn again(
    State(state): State<OrdersState>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body<RegisterRequest>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    caller.require(Scope::Orders)?;
    let merchant = &caller.merchant;
    let mut parcel = load_parcel(&state, merchant, &path_id(ParcelId::parse(&id))?).await?;
    registered_here(&parcel)?;
    let as_is = |parcel: &Parcel| Ok((StatusCode::OK, Json(view::parcel(&state.carriers, parcel))));
    let event = match parcel.registration {
        RegistrationState::Registering
        | RegistrationState::Registered
        | RegistrationState::Confirmed
        | RegistrationState::Ready => return as_is(&parcel),
        RegistrationState::Draft | RegistrationState::NeedsAttention => RegistrationEvent::Start,
        RegistrationState::OutcomeUnknown => {
            if let Some(answer) = unknown(&state, merchant, &parcel, body.value.confirmed_absent).await? {
                return Ok(answer);
            }
            RegistrationEvent::ConfirmedAbsent
        }
        RegistrationState::Cancelled => {
            return Err(Problem::new(Kind::NotInThisState).with("cancelled").with("place a new order"));
        }
    };
    let order = load_order(&state, merchant, &parcel.order).await?;
    if !yam_domain::order::PayState::from_flags(order.cod, order.paid).allows_release() {
        return Err(Problem::new(Kind::OrderUnpaid).with(order.id.as_str()));
    }
    let carriage = carriage_for(&state, merchant, &parcel).await?;
    let mut txn = Txn::new();
    if event == RegistrationEvent::ConfirmedAbsent {
        close_intent(&state, &mut txn, merchant, &parcel, "a person found it absent at the operator").await?;
        let words = format!(
            "key {} says that generation {} is not at the operator",
            caller.key_id, parcel.generation
        );
        parcel.note(state.store.clock.now(), "merchant", words);
    }
    into_registration(&mut parcel, event)?;
    parcel.task = None;
    let call = start_registration(&state, &mut txn, merchant, &mut parcel, &carriage).await;
    let call = call.map_err(store_problem)?;
    put_parcel(&state, &mut txn, merchant, &mut parcel);
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    tell(&state, &[call]).await?;
    Ok((StatusCode::ACCEPTED, Json(view::parcel(&state.carriers, &parcel))))
}

/// What to say while the outcome is not known; `None` when a person's word opens a new generation.
async fn unknown(
    state: &OrdersState,
    merchant: &MerchantId,
    parcel: &Parcel,
    confirmed_absent: bool,
) -> Result<Option<(StatusCode, Json<Value>)>, Problem> {
    let key = register_key(merchant, &parcel.id, parcel.generation);
    let intent: Option<Intent<CallWork>> =
        Intent::load(&state.store.table, &key).await.map_err(store_problem)?;
    let Some(held) = intent.filter(|intent| intent.state.phase == Phase::Held) else {
        // The hub itself is asking the operator: give it a turn now.
        tell(state, &[key]).await?;
        return Ok(Some((StatusCode::ACCEPTED, Json(view::parcel(&state.carriers, parcel)))));
    };
    if !confirmed_absent && can_be_asked(state, &held.work) {
        return ask_again(state, merchant, parcel.clone(), (&key, held)).await.map(Some);
    }
    let from = parcel.task.as_ref().and_then(|t| t.absent_from);
    if confirmed_absent && from.is_none_or(|from| from <= state.store.clock.now()) {
        return Ok(None);
    }
    let panel = state.carriers.get(parcel.carrier).map_or("", |c| c.panel_url());
    let problem = Problem::new(Kind::OutcomeUnknown)
        .with(panel)
        .with(parcel.id.as_str())
        .with(from.map(|f| f.to_string()).unwrap_or_default())
        .member("panel_url", panel);
    Err(match parcel.task.as_ref().and_then(|t| t.marker.clone()) {
        Some(marker) => problem.member("marker", marker),
        None => problem,
    })
}

/// Whether the wire of a registration finds it again.
fn can_be_asked(state: &OrdersState, work: &CallWork) -> bool {
    let CallWork::Register { carrier, wire, .. } = work else { return false };
    let carrier = state.carriers.get(*carrier);
    carrier.is_some_and(|carrier| matches!(carrier.registration_policy(wire).power, Power::LookUp { .. }))
}

/// Look-ups went on failing until the hub's patience ended; now they begin anew.
async fn ask_again(
    state: &OrdersState,
    merchant: &MerchantId,
    mut parcel: Parcel,
    (key, held): (&Key, Intent<CallWork>),
) -> Result<(StatusCode, Json<Value>), Problem> {
    let now = state.store.clock.now();
    let mut again = held.clone();
    again.state.ask_again(now, now.saturating_add(state.patience.0).unwrap_or(Timestamp::MAX));
    parcel.task = None;
    parcel.note(now, "merchant", "the operator is asked again");
    let mut txn = Txn::new();
    again.advance(&held.state, &mut txn, &state.store.table, key);
    put_parcel(state, &mut txn, merchant, &mut parcel);
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    tell(state, std::slice::from_ref(key)).await?;
    Ok((StatusCode::ACCEPTED, Json(view::parcel(&state.carriers, &parcel))))
}

/// Ends the intent of the present generation, if it is at rest or only planned. One in mid-call goes
/// on: what it proves is booked when it comes.
async fn close_intent(
    state: &OrdersState,
    txn: &mut Txn,
    merchant: &MerchantId,
    parcel: &Parcel,
    words: &str,
) -> Result<(), Problem> {
    let key = register_key(merchant, &parcel.id, parcel.generation);
    let found: Option<Intent<CallWork>> =
        Intent::load(&state.store.table, &key).await.map_err(store_problem)?;
    let Some(before) = found else { return Ok(()) };
    if matches!(before.state.phase, Phase::Final | Phase::Calling) {
        return Ok(());
    }
    let mut after = before.clone();
    after.state.end(Resolution::GivenUp);
    after.note = Some(words.to_owned());
    after.set_expiry(state.store.clock.now());
    after.advance(&before.state, txn, &state.store.table, &key);
    Ok(())
}

/// Body of `tracking-code`.
#[derive(Debug, Deserialize)]
pub(crate) struct CodeRequest {
    tracking_code: String,
}

/// `PUT /v1/parcels/{id}/tracking-code`: a code found in the operator's panel, or a corrected one
/// (S0-28). It takes the code's claim; a later answer of the operator with another code makes a task.
pub(crate) async fn typed_code(
    State(state): State<OrdersState>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body<CodeRequest>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Orders)?;
    let merchant = &caller.merchant;
    let mut parcel = load_parcel(&state, merchant, &path_id(ParcelId::parse(&id))?).await?;
    let code = validate(parcel.carrier, &body.value.tracking_code).map_err(|error| {
        Problem::validation(vec![FieldError::new("/tracking_code", Fault::Other(error.to_string()))])
    })?;
    if parcel.tracking_code.as_ref() == Some(&code) && parcel.task.is_none() {
        return Ok(Json(view::parcel(&state.carriers, &parcel)));
    }
    if parcel.registration == RegistrationState::Cancelled {
        return Err(Problem::new(Kind::NotInThisState).with("cancelled").with("place a new order"));
    }
    let mut txn = Txn::new();
    move_claim(&state, &mut txn, merchant, &parcel, &code).await?;
    if parcel.tracking_code.as_ref() != Some(&code) {
        end_polling(&state, &mut txn, merchant, &mut parcel, PollEnd::Replaced).await?;
        parcel.whereabouts = ParcelStatus::Registered;
        parcel.tracked = None;
    }
    close_intent(&state, &mut txn, merchant, &parcel, "a code was typed in").await?;
    parcel.registration = match parcel.registration {
        state @ (RegistrationState::Confirmed | RegistrationState::Ready) => state,
        _ => RegistrationState::Registered,
    };
    parcel.barcode = parcel.barcode.apply(BarcodeEvent::TypedByHand).unwrap_or(parcel.barcode);
    parcel.tracking_code = Some(code.clone());
    parcel.task = None;
    // Not in this very millisecond: a row written in it may be deleted in the same transaction.
    let soon = state.store.clock.now().saturating_add(SignedDuration::from_secs(1)).unwrap_or(Timestamp::MAX);
    look_later(&mut txn, &state.store, merchant, &mut parcel, soon);
    parcel.note(state.store.clock.now(), "merchant", format!("code typed in with key {}", caller.key_id));
    put_parcel(&state, &mut txn, merchant, &mut parcel);
    let data = serde_json::json!({
        "parcel_id": parcel.id, "order_id": parcel.order, "order_number": parcel.order_number,
        "carrier": parcel.carrier, "service": parcel.service, "state": parcel.registration,
        "barcode_state": parcel.barcode, "status": parcel.whereabouts, "tracking_code": parcel.tracking_code,
    });
    let told = record(&mut txn, &state.store, merchant, "parcel.registered", parcel.sequence, data);
    match txn.commit(&state.store.table).await {
        Ok(()) => {}
        Err(StoreError::Condition { what: "code claim", .. }) => {
            return Err(Problem::new(Kind::TrackingCodeTaken).with(code.as_str()));
        }
        Err(error) => return Err(store_problem(error)),
    }
    announce(&state.store, &[told], "typed code").await.map_err(store_problem)?;
    Ok(Json(view::parcel(&state.carriers, &parcel)))
}

async fn move_claim(
    state: &OrdersState,
    txn: &mut Txn,
    merchant: &MerchantId,
    parcel: &Parcel,
    code: &WaybillNumber,
) -> Result<(), Problem> {
    let key = of_merchant(merchant, sk::code(parcel.carrier.as_str(), code.as_str()));
    let holder: Option<CodeClaim> =
        state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?;
    match holder {
        Some(holder) if holder.parcel != parcel.id => {
            return Err(Problem::new(Kind::TrackingCodeTaken).with(code.as_str()));
        }
        Some(_) => {}
        None => {
            let claim = CodeClaim { parcel: parcel.id.clone() };
            txn.insert("code claim", &state.store.table, &key, &claim);
        }
    }
    if let Some(old) = parcel.tracking_code.as_ref().filter(|old| *old != code) {
        let old = of_merchant(merchant, sk::code(parcel.carrier.as_str(), old.as_str()));
        txn.delete("old code claim", &state.store.table, &old);
    }
    Ok(())
}
