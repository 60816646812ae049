//! Reading, releasing, paying and confirming orders.

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use yam_api::{Caller, PageQuery, Query, store_problem};
use yam_domain::ids::{MerchantId, OrderId};
use yam_domain::order::Dispatch;
use yam_domain::parcel::{RegistrationEvent, RegistrationState};
use yam_platform::Problem;
use yam_platform::problem::Kind;
use yam_store::items::{Order, OrderClaim, OrderPhase, Parcel, Scope};
use yam_store::keys::{merchant_partition, of_merchant, sk};
use yam_store::{Range, Read, Txn};

use crate::OrdersState;
use crate::change::{load_order, load_parcels, path_id, put_order, put_parcel, with_parcels};
use crate::release::release_all;
use crate::view;

/// The query of `GET /v1/orders`.
#[derive(Debug, Deserialize)]
pub(crate) struct ListQuery {
    number: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// `GET /v1/orders/{id}`.
pub(crate) async fn read(
    State(state): State<OrdersState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Orders)?;
    let order = load_order(&state, &caller.merchant, &path_id(OrderId::parse(&id))?).await?;
    shown(&state, &caller.merchant, &order).await
}

async fn shown(state: &OrdersState, merchant: &MerchantId, order: &Order) -> Result<Json<Value>, Problem> {
    let parcels = load_parcels(state, merchant, order).await?;
    Ok(Json(view::order(&state.carriers, order, &parcels)))
}

/// `GET /v1/orders`, newest first, or `?number=`.
pub(crate) async fn list(
    State(state): State<OrdersState>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Orders)?;
    let merchant = &caller.merchant;
    if let Some(number) = query.number {
        let key = of_merchant(merchant, sk::order_number(number.trim()));
        let claim: Option<OrderClaim> =
            state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?;
        let mut items = Vec::new();
        if let Some(claim) = claim {
            let order = load_order(&state, merchant, &claim.order).await?;
            items.push(shown(&state, merchant, &order).await?.0);
        }
        return Ok(Json(json!({"items": items, "next_cursor": null})));
    }
    let cipher = state.store.vault.cipher(merchant).await.map_err(store_problem)?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let range = Range {
        pk: merchant_partition(merchant),
        prefix: sk::ORDERS,
        after: page.after(&cipher, "orders")?,
        backwards: true,
        limit: page.limit(),
    };
    let page = state.store.table.query::<Order>(range, Read::Eventual).await.map_err(store_problem)?;
    let orders = page.items.into_iter().map(|(_, order)| order).collect();
    let orders = with_parcels(&state, merchant, orders).await?;
    let items = orders.iter().map(|(order, parcels)| view::order(&state.carriers, order, parcels)).collect();
    Ok(Json(PageQuery::answer(items, page.next, &cipher, "orders", state.store.ids.as_ref())))
}

/// `POST /v1/orders/{id}/paid`: payment confirmed; an order that waited for it is released.
pub(crate) async fn paid(
    State(state): State<OrdersState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    caller.require(Scope::Orders)?;
    let merchant = &caller.merchant;
    let mut order = load_order(&state, merchant, &path_id(OrderId::parse(&id))?).await?;
    if order.paid {
        return Ok((StatusCode::OK, shown(&state, merchant, &order).await?));
    }
    if order.phase == OrderPhase::Cancelled {
        return Err(Problem::new(Kind::NotInThisState)
            .with("cancelled")
            .with("pay the money back in the shop"));
    }
    order.paid = true;
    if order.dispatch == Dispatch::OnCreated && order.phase == OrderPhase::Placed {
        return release_all(&state, merchant, order).await;
    }
    let mut txn = Txn::new();
    put_order(&state, &mut txn, merchant, &mut order);
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    Ok((StatusCode::OK, shown(&state, merchant, &order).await?))
}

/// `POST /v1/orders/{id}/confirm`: the merchant's final approval of all its parcels (S0-05, S0-26).
pub(crate) async fn confirm(
    State(state): State<OrdersState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Orders)?;
    let merchant = &caller.merchant;
    let order = load_order(&state, merchant, &path_id(OrderId::parse(&id))?).await?;
    let mut parcels = load_parcels(&state, merchant, &order).await?;
    let mut txn = Txn::new();
    for parcel in parcels.iter_mut().filter(|p| p.registration != RegistrationState::Cancelled) {
        if confirm_parcel(&state, parcel)? {
            put_parcel(&state, &mut txn, merchant, parcel);
        }
    }
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    Ok(Json(view::order(&state.carriers, &order, &parcels)))
}

/// Confirms one parcel; `false` when it was confirmed before.
pub(crate) fn confirm_parcel(state: &OrdersState, parcel: &mut Parcel) -> Result<bool, Problem> {
    let next = parcel.registration.apply(RegistrationEvent::Confirm).map_err(|error| {
        Problem::new(Kind::NotInThisState)
            .with(error.state)
            .with(error.advice)
            .member("parcel_id", parcel.id.to_string())
    })?;
    if next == parcel.registration {
        return Ok(false);
    }
    parcel.registration = next;
    parcel.note(state.store.clock.now(), "merchant", "confirmed by the merchant");
    Ok(true)
}
