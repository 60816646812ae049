//! Reading parcels, mending the recipient, ordering the pick-up.

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use yam_api::{Body, Caller, PageQuery, Query, store_problem};
use yam_domain::ids::{CarrierId, ParcelId};
use yam_domain::parcel::{ParcelStatus, RegistrationEvent, RegistrationState};
use yam_domain::pickup_date;
use yam_domain::waybill::validate;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_store::calls::submit_ready;
use yam_store::items::{CodeClaim, Order, Parcel, Recipient, Scope};
use yam_store::keys::{merchant_partition, of_merchant, sk};
use yam_store::{Range, Read, Txn};

use crate::OrdersState;
use crate::change::{load_order, load_parcel, path_id, put_parcel, registered_here};
use crate::explain::track_of;
use crate::place::tell;
use crate::recipient::RecipientRequest;
use crate::view;

/// The query of `GET /v1/parcels`.
#[derive(Debug, Deserialize)]
pub(crate) struct ListQuery {
    tracking_code: Option<String>,
    status: Option<ParcelStatus>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// `GET /v1/parcels/{id}`.
pub(crate) async fn read(
    State(state): State<OrdersState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Orders)?;
    let parcel = load_parcel(&state, &caller.merchant, &path_id(ParcelId::parse(&id))?).await?;
    let track = track_of(&state, &caller.merchant, &parcel).await?;
    let now = state.store.clock.now();
    let mut shown = view::parcel_with_events(&state.carriers, &parcel, track.as_ref(), now);
    let cipher = state.store.vault.cipher(&caller.merchant).await.map_err(store_problem)?;
    if let Some(object) = shown.as_object_mut() {
        let token = yam_store::buyer_page::token(&cipher, &caller.merchant, &parcel.id);
        object.insert("buyer_page".into(), json!(format!("/t/{token}")));
    }
    Ok(Json(shown))
}

/// `GET /v1/parcels`, newest first, or `?tracking_code=`.
pub(crate) async fn list(
    State(state): State<OrdersState>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Orders)?;
    let merchant = &caller.merchant;
    if let Some(code) = query.tracking_code {
        let mut items = Vec::new();
        for carrier in CarrierId::ALL {
            let Ok(code) = validate(carrier, &code) else { continue };
            let key = of_merchant(merchant, sk::code(carrier.as_str(), code.as_str()));
            let claim: Option<CodeClaim> =
                state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?;
            if let Some(claim) = claim {
                let parcel = load_parcel(&state, merchant, &claim.parcel).await?;
                items.push(view::parcel(&state.carriers, &parcel));
            }
        }
        return Ok(Json(json!({"items": items, "next_cursor": null})));
    }
    let cipher = state.store.vault.cipher(merchant).await.map_err(store_problem)?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let range = Range {
        pk: merchant_partition(merchant),
        prefix: sk::PARCELS,
        after: page.after(&cipher, "parcels")?,
        backwards: true,
        limit: page.limit(),
    };
    let page = state.store.table.query::<Parcel>(range, Read::Eventual).await.map_err(store_problem)?;
    // A page is what was read: with a filter it may hold less than `limit`, and still have a next one.
    let asked = |parcel: &Parcel| query.status.is_none_or(|status| parcel.whereabouts == status);
    let items = page.items.iter().filter(|(_, p)| asked(p));
    let items = items.map(|(_, p)| view::parcel(&state.carriers, p)).collect();
    Ok(Json(PageQuery::answer(items, page.next, &cipher, "parcels", state.store.ids.as_ref())))
}

/// `PATCH /v1/parcels/{id}/recipient`: mends the consignee's data until the merchant's approval (S0-22).
pub(crate) async fn edit_recipient(
    State(state): State<OrdersState>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body<RecipientRequest>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Orders)?;
    let merchant = &caller.merchant;
    let mut parcel = load_parcel(&state, merchant, &path_id(ParcelId::parse(&id))?).await?;
    if !parcel.registration.recipient_editable() {
        let text = "it is approved; place a new order for another address";
        return Err(Problem::new(Kind::NotInThisState).with(parcel.registration.as_str()).with(text));
    }
    registered_here(&parcel)?;
    let order = load_order(&state, merchant, &parcel.order).await?;
    let cipher = state.store.vault.cipher(merchant).await.map_err(store_problem)?;
    let internal = || Problem::new(Kind::Internal);
    let known: Recipient = match &parcel.recipient {
        Some(own) => cipher.open(&Parcel::purpose(&parcel.id), own),
        None => cipher.open(&Order::purpose(&order.id), &order.recipient),
    }
    .map_err(|_| internal())?;
    let mut faults = Vec::new();
    let Some(mended) = body.value.check("", Some(known), None, &mut faults) else {
        return Err(Problem::validation(faults));
    };
    let sealed = cipher.seal(&Parcel::purpose(&parcel.id), &mended, state.store.ids.as_ref());
    parcel.recipient = Some(sealed.map_err(|_| internal())?);
    parcel.note(state.store.clock.now(), "merchant", "recipient mended");
    let mut txn = Txn::new();
    put_parcel(&state, &mut txn, merchant, &mut parcel);
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    Ok(Json(view::parcel(&state.carriers, &parcel)))
}

/// Body of `ready`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ReadyRequest {
    pickup_date: Option<String>,
}

/// `POST /v1/parcels/{id}/ready`: "send to the postal system" with a pick-up date, Gregorian or Jalali
/// (S0-06, S0-24).
pub(crate) async fn ready(
    State(state): State<OrdersState>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body<ReadyRequest>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    caller.require(Scope::Orders)?;
    let merchant = &caller.merchant;
    let mut parcel = load_parcel(&state, merchant, &path_id(ParcelId::parse(&id))?).await?;
    registered_here(&parcel)?;
    let asked = body.value.pickup_date.as_deref();
    let pickup = asked.map(|text| read_date(&state, text)).transpose()?.map(|d| d.to_string());
    if let (Some(ordered), true) = (&parcel.pickup_date, parcel.registration == RegistrationState::Ready) {
        if pickup.is_none() || pickup.as_ref() == Some(ordered) {
            return Ok((StatusCode::OK, Json(view::parcel(&state.carriers, &parcel))));
        }
        let text = format!("the operator keeps the first date, {ordered}; call the post to change it");
        return Err(Problem::new(Kind::NotInThisState).with("ready").with(text));
    }
    parcel
        .registration
        .apply(RegistrationEvent::Ready)
        .map_err(|error| Problem::new(Kind::NotInThisState).with(error.state).with(error.advice))?;
    let Some(code) = parcel.tracking_code.clone() else {
        return Err(Problem::new(Kind::NotInThisState)
            .with(parcel.registration.as_str())
            .with("it has no code yet"));
    };
    let shown = pickup.as_deref().unwrap_or("the first opportunity");
    parcel.note(state.store.clock.now(), "merchant", format!("pick-up asked for {shown}"));
    let mut txn = Txn::new();
    let call = submit_ready(&state.store, &mut txn, merchant, &parcel, &code, pickup);
    put_parcel(&state, &mut txn, merchant, &mut parcel);
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    tell(&state, &[call]).await?;
    Ok((StatusCode::ACCEPTED, Json(view::parcel(&state.carriers, &parcel))))
}

fn read_date(state: &OrdersState, text: &str) -> Result<jiff::civil::Date, Problem> {
    // Iran Post's day is Tehran's, not UTC's (Iran Post notes, section 14).
    let now = state.store.clock.now();
    let today =
        now.in_tz("Asia/Tehran").map_or_else(|_| now.to_zoned(jiff::tz::TimeZone::UTC).date(), |z| z.date());
    pickup_date::parse(text, today).map_err(|error| {
        Problem::validation(vec![FieldError::new("/pickup_date", Fault::Date(error.to_string()))])
    })
}

/// `POST /v1/parcels/{id}/confirm`.
pub(crate) async fn confirm(
    State(state): State<OrdersState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Orders)?;
    let merchant = &caller.merchant;
    let mut parcel = load_parcel(&state, merchant, &path_id(ParcelId::parse(&id))?).await?;
    registered_here(&parcel)?;
    if crate::orders::confirm_parcel(&state, &mut parcel)? {
        let mut txn = Txn::new();
        put_parcel(&state, &mut txn, merchant, &mut parcel);
        txn.commit(&state.store.table).await.map_err(store_problem)?;
    }
    Ok(Json(view::parcel(&state.carriers, &parcel)))
}
