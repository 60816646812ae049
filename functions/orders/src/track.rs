//! Tracking a number that was not registered here: add, stop, delete.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use yam_api::{Body, Caller, IdempotencyKey, Idempotent, store_problem};
use yam_domain::ids::{AccountId, CarrierId, MerchantId, OrderId, ParcelId, Service};
use yam_domain::limits;
use yam_domain::money::Money;
use yam_domain::parcel::{BarcodeState, ParcelStatus, RegistrationState};
use yam_domain::text::clean;
use yam_domain::tracking::{CodeVerdict, check_code};
use yam_domain::waybill::{WaybillNumber, validate};
use yam_domain::weight::Grams;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_platform::queue::Queue;
use yam_store::event::{announce, record};
use yam_store::items::{Cod, CodState, CodeClaim, Parcel, PollEnd, Recipient, Scope, Track, Tracked};
use yam_store::keys::{self, of_merchant, sk};
use yam_store::tracking::{leave, look_later};
use yam_store::{Read, StoreError, Txn};

use crate::OrdersState;
use crate::change::{load_parcel, path_id, put_parcel};
use crate::recipient::RecipientRequest;
use crate::view;

/// Body of `POST /v1/parcels`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct TrackRequest {
    carrier: CarrierId,
    tracking_code: String,
    #[serde(default)]
    recipient: RecipientRequest,
    order_number: Option<String>,
    order_total: Option<Money>,
    product_name: Option<String>,
    cod_amount: Option<Money>,
}

/// What the request came to.
struct Draft {
    carrier: CarrierId,
    code: WaybillNumber,
    recipient: Recipient,
    order_number: String,
    order_total: Option<Money>,
    product_name: Option<String>,
    cod_amount: Option<Money>,
}

impl TrackRequest {
    fn check(self) -> Result<Draft, Problem> {
        let mut faults = Vec::new();
        let code = match check_code(self.carrier, &self.tracking_code) {
            CodeVerdict::Valid(number) | CodeVerdict::Repaired { number, .. } => Some(number),
            CodeVerdict::Invalid { reason, fits } => {
                let hint = fits.iter().map(|c| c.as_str()).collect::<Vec<_>>().join(", ");
                let hint = if hint.is_empty() { hint } else { format!("; it would fit {hint}") };
                faults.push(FieldError::new("/tracking_code", Fault::Other(format!("{reason}{hint}"))));
                None
            }
        };
        let number = self.order_number.as_deref().map(clean).filter(|n| !n.is_empty());
        if number.as_ref().is_some_and(|n| n.chars().count() > limits::MAX_NAME) {
            faults.push(FieldError::new("/order_number", Fault::TooLong(limits::MAX_NAME)));
        }
        if self.product_name.as_ref().is_some_and(|n| n.chars().count() > limits::MAX_NOTE) {
            faults.push(FieldError::new("/product_name", Fault::TooLong(limits::MAX_NOTE)));
        }
        for (field, money) in [("/order_total", self.order_total), ("/cod_amount", self.cod_amount)] {
            if money.is_some_and(Money::is_negative) {
                faults.push(FieldError::new(field, Fault::Negative));
            }
        }
        let home = match self.carrier {
            CarrierId::IranPost => "IR",
            CarrierId::KoreaPost => "KR",
            CarrierId::RussianPost => "RU",
        };
        let recipient = self.recipient.contact("/recipient", home, &mut faults);
        match (code, recipient) {
            (Some(code), Some(recipient)) if faults.is_empty() => {
                let order_number = number.unwrap_or_else(|| code.as_str().to_owned());
                Ok(Draft {
                    carrier: self.carrier,
                    code,
                    recipient,
                    order_number,
                    order_total: self.order_total,
                    cod_amount: self.cod_amount.filter(|amount| !amount.is_zero()),
                    product_name: self.product_name.as_deref().map(clean).filter(|name| !name.is_empty()),
                })
            }
            _ => Err(Problem::validation(faults)),
        }
    }
}

/// `POST /v1/parcels`: the number is polled for the first time within a minute or two (S1-15). The same
/// number again answers with the parcel that has it.
pub(crate) async fn add(
    State(state): State<OrdersState>,
    caller: Caller,
    key: IdempotencyKey,
    body: Body<TrackRequest>,
) -> Result<Response, Problem> {
    caller.require(Scope::Orders)?;
    let merchant = &caller.merchant;
    let draft = body.value.check()?;
    let begun = Idempotent::begin(&state.store, merchant, "POST", "/v1/parcels", &key, &body.json).await;
    let once = match begun {
        Ok(once) => once,
        Err(earlier) => return earlier,
    };
    let finish = |txn: &mut Txn, parcel: &Parcel| {
        let answer = view::parcel(&state.carriers, parcel);
        once.finish(txn, &state.store, StatusCode::CREATED, &answer);
    };
    let (status, parcel) = match enter(&state, merchant, draft, finish).await? {
        Entered::Known(parcel) => (StatusCode::OK, parcel),
        Entered::New(parcel) => (StatusCode::CREATED, parcel),
    };
    Ok((status, Json(view::parcel(&state.carriers, &parcel))).into_response())
}

/// What became of a number.
pub(crate) enum Entered {
    /// A parcel has it already.
    Known(Parcel),
    /// It has a parcel now, which is looked at soon.
    New(Parcel),
}

/// Enters a number of which nothing else is known.
pub(crate) async fn enter_number(
    state: &OrdersState,
    merchant: &MerchantId,
    carrier: CarrierId,
    code: &WaybillNumber,
) -> Result<Entered, Problem> {
    let bare = TrackRequest {
        carrier,
        tracking_code: code.to_string(),
        recipient: RecipientRequest::default(),
        order_number: None,
        order_total: None,
        product_name: None,
        cod_amount: None,
    };
    enter(state, merchant, bare.check()?, |_txn, _parcel| {}).await
}

/// Makes a parcel of a number in one transaction, to which `finish` adds what goes with it.
async fn enter(
    state: &OrdersState,
    merchant: &MerchantId,
    draft: Draft,
    finish: impl FnOnce(&mut Txn, &Parcel) + Send,
) -> Result<Entered, Problem> {
    let claim_key = of_merchant(merchant, sk::code(draft.carrier.as_str(), draft.code.as_str()));
    let claim: Option<CodeClaim> =
        state.store.table.get(&claim_key, Read::Consistent).await.map_err(store_problem)?;
    if let Some(claim) = claim {
        return Ok(Entered::Known(load_parcel(state, merchant, &claim.parcel).await?));
    }
    let code = draft.code.clone();
    let mut parcel = build(state, merchant, draft).await?;
    let mut txn = Txn::new();
    let claim = CodeClaim { parcel: parcel.id.clone() };
    txn.insert("code claim", &state.store.table, &claim_key, &claim);
    look_later(&mut txn, &state.store, merchant, &mut parcel, state.store.clock.now());
    let at = of_merchant(merchant, sk::parcel(parcel.id.as_str()));
    txn.insert("parcel", &state.store.table, &at, &parcel);
    finish(&mut txn, &parcel);
    match txn.commit(&state.store.table).await {
        Ok(()) => Ok(Entered::New(parcel)),
        Err(StoreError::Condition { what: "code claim", .. }) => {
            Err(Problem::new(Kind::TrackingCodeTaken).with(code.as_str()))
        }
        Err(error) => Err(store_problem(error)),
    }
}

async fn build(state: &OrdersState, merchant: &MerchantId, draft: Draft) -> Result<Parcel, Problem> {
    let internal = || Problem::new(Kind::Internal);
    let now = state.store.clock.now();
    let order = OrderId::parse(&state.store.ids.ordered(now)).map_err(|_| internal())?;
    let id = ParcelId::parse(&format!("{order}.1")).map_err(|_| internal())?;
    let cipher = state.store.vault.cipher(merchant).await.map_err(store_problem)?;
    let sealed = cipher.seal(&Parcel::purpose(&id), &draft.recipient, state.store.ids.as_ref());
    Ok(Parcel {
        collected_told_at: None,
        recipient: Some(sealed.map_err(|_| internal())?),
        order,
        order_number: draft.order_number,
        carrier: draft.carrier,
        account: AccountId::parse("none").map_err(|_| internal())?,
        service: Service::parse("tracked").map_err(|_| internal())?,
        lines: vec![],
        weight_g: Grams::new(0),
        dimensions_mm: None,
        registration: RegistrationState::Registered,
        barcode: BarcodeState::Received,
        generation: 0,
        watch: None,
        tracking_code: Some(draft.code),
        reference: None,
        postage: None,
        vat: None,
        pickup_date: None,
        cancel_requested: false,
        task: None,
        whereabouts: ParcelStatus::Registered,
        tracked_only: true,
        tracked: None,
        order_total: draft.order_total,
        product_name: draft.product_name,
        cod: draft.cod_amount.map(|amount| Cod { amount: Some(amount), state: CodState::Due }),
        history: vec![],
        created_at: now,
        sequence: 0,
        rev: 1,
        id,
    })
}

/// `POST /v1/parcels/{id}/stop`.
pub(crate) async fn stop(
    State(state): State<OrdersState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Orders)?;
    stop_parcel(&state, &caller, &path_id(ParcelId::parse(&id))?).await
}

/// Body of `POST /v1/parcels/stop`.
#[derive(Debug, Deserialize)]
pub(crate) struct StopRequest {
    tracking_code: String,
}

/// `POST /v1/parcels/stop`: by number.
pub(crate) async fn stop_by_code(
    State(state): State<OrdersState>,
    caller: Caller,
    body: Body<StopRequest>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Orders)?;
    for carrier in CarrierId::ALL {
        let Ok(code) = validate(carrier, &body.value.tracking_code) else { continue };
        let key = of_merchant(&caller.merchant, sk::code(carrier.as_str(), code.as_str()));
        let claim: Option<CodeClaim> =
            state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?;
        if let Some(claim) = claim {
            return stop_parcel(&state, &caller, &claim.parcel).await;
        }
    }
    Err(Problem::new(Kind::NotFound))
}

async fn stop_parcel(state: &OrdersState, caller: &Caller, id: &ParcelId) -> Result<Json<Value>, Problem> {
    let merchant = &caller.merchant;
    let mut parcel = load_parcel(state, merchant, id).await?;
    if parcel.tracked.as_ref().is_some_and(|t| t.stopped) {
        return Ok(Json(view::parcel(&state.carriers, &parcel)));
    }
    let mut txn = Txn::new();
    end_polling(state, &mut txn, merchant, &mut parcel, PollEnd::Stopped).await?;
    parcel.tracked.get_or_insert_with(Tracked::default).stopped = true;
    let told = if parcel.whereabouts.is_final() {
        None
    } else {
        parcel.whereabouts = ParcelStatus::Stopped;
        parcel.sequence = parcel.sequence.saturating_add(1);
        let data = json!({
            "parcel_id": parcel.id, "order_number": parcel.order_number, "carrier": parcel.carrier,
            "tracking_code": parcel.tracking_code, "status": parcel.whereabouts, "change": null,
        });
        let kind = "parcel.status_changed";
        Some(record(&mut txn, &state.store, merchant, kind, parcel.sequence, data))
    };
    put_parcel(state, &mut txn, merchant, &mut parcel);
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    announce(&state.store, told.as_slice(), "stop").await.map_err(store_problem)?;
    Ok(Json(view::parcel(&state.carriers, &parcel)))
}

/// `DELETE /v1/parcels/{id}`: forgets a parcel that was only tracked. Orders' parcels stay.
pub(crate) async fn delete(
    State(state): State<OrdersState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.require(Scope::Orders)?;
    let merchant = &caller.merchant;
    let mut parcel = load_parcel(&state, merchant, &path_id(ParcelId::parse(&id))?).await?;
    if !parcel.tracked_only {
        let text = "it belongs to an order; stop its tracking or cancel it instead";
        return Err(Problem::new(Kind::NotInThisState).with(parcel.registration.as_str()).with(text));
    }
    let mut txn = Txn::new();
    end_polling(&state, &mut txn, merchant, &mut parcel, PollEnd::Deleted).await?;
    if let Some(code) = &parcel.tracking_code {
        let claim = of_merchant(merchant, sk::code(parcel.carrier.as_str(), code.as_str()));
        txn.delete("code claim", &state.store.table, &claim);
    }
    txn.delete("parcel", &state.store.table, &of_merchant(merchant, sk::parcel(parcel.id.as_str())));
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Adds the writes that take a parcel out of its bucket: the number's history says why it ended.
pub(crate) async fn end_polling(
    state: &OrdersState,
    txn: &mut Txn,
    merchant: &MerchantId,
    parcel: &mut Parcel,
    why: PollEnd,
) -> Result<(), Problem> {
    leave(txn, &state.store, merchant, parcel);
    let due = parcel.tracked.as_mut().and_then(|tracked| tracked.due_at.take());
    if let Some(due) = due {
        let key = of_merchant(merchant, sk::parcel(parcel.id.as_str()));
        txn.delete("look", &state.store.table, &keys::due_row(Queue::Tracking, due, &key));
    }
    let Some(code) = &parcel.tracking_code else { return Ok(()) };
    let key = of_merchant(merchant, sk::track(parcel.carrier.as_str(), code.as_str()));
    let track: Option<Track> = state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?;
    if let Some(track) = track {
        let rev = track.rev;
        let ended = Track { ended: track.ended.or(Some(why)), rev: rev.saturating_add(1), ..track };
        txn.replace("track", &state.store.table, &key, &ended, rev);
    }
    Ok(())
}
