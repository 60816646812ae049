//! HTTP function: orders and parcels.
//!
//! Placing an order is one transaction: order, claim of its number, parcels, the registration intents
//! with their due rows, and the `Idempotency-Key` record. The queue is told afterwards and may lose
//! the message; the due rows find what it lost.

mod accounts;
mod cancel;
mod change;
mod explain;
mod label;
mod money;
mod order_request;
mod orders;
mod parcels;
mod place;
mod recipient;
mod register;
mod release;
mod scans;
mod track;
mod view;

use axum::Router;
use axum::extract::FromRef;
use axum::routing::{get, patch, post, put};
use jiff::SignedDuration;
use yam_api::{Authenticator, BODY_LIMIT};
use yam_carriers::Carriers;
use yam_platform::Platform;
use yam_platform::lambda::harden;
use yam_store::Store;
use yam_store::hooks::Hooks;

/// What the handlers share.
#[derive(Debug, Clone)]
pub struct OrdersState {
    store: Store,
    authenticator: Authenticator,
    carriers: Carriers,
    patience: Patience,
}

/// How long a registration is retried while the operator is down.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience(SignedDuration);

impl FromRef<OrdersState> for Authenticator {
    fn from_ref(state: &OrdersState) -> Self {
        state.authenticator.clone()
    }
}

/// The function's routes.
pub fn app(platform: Platform) -> Router {
    app_with(&platform, Carriers::new(&platform), Hooks::default())
}

/// The function's routes over given operators and crash points, for tests.
pub fn app_with(platform: &Platform, carriers: Carriers, hooks: Hooks) -> Router {
    let store = Store::new(platform).with_hooks(hooks);
    let patience = SignedDuration::try_from(platform.config.hours("YAM_REGISTRATION_PATIENCE_HOURS"));
    let state = OrdersState {
        authenticator: Authenticator::new(&store, &platform.config),
        carriers,
        patience: Patience(patience.unwrap_or(SignedDuration::from_hours(72))),
        store,
    };
    let router = Router::new()
        .route("/v1/orders", post(place::place).get(orders::list))
        .route("/v1/orders/{id}", get(orders::read))
        .route("/v1/orders/{id}/release", post(release::release))
        .route("/v1/orders/{id}/paid", post(orders::paid))
        .route("/v1/orders/{id}/confirm", post(orders::confirm))
        .route("/v1/orders/{id}/cancel", post(cancel::order))
        .route("/v1/parcels", get(parcels::list).post(track::add))
        .route("/v1/parcels/scans", post(scans::add))
        .route("/v1/parcels/stop", post(track::stop_by_code))
        .route("/v1/parcels/{id}", get(parcels::read).delete(track::delete))
        .route("/v1/parcels/{id}/stop", post(track::stop))
        .route("/v1/parcels/{id}/explain", get(explain::explain))
        .route("/v1/parcels/{id}/recipient", patch(parcels::edit_recipient))
        .route("/v1/parcels/{id}/register", post(register::again))
        .route("/v1/parcels/{id}/tracking-code", put(register::typed_code))
        .route("/v1/parcels/{id}/ready", post(parcels::ready))
        .route("/v1/parcels/{id}/confirm", post(parcels::confirm))
        .route("/v1/parcels/{id}/cancel", post(cancel::parcel))
        .route("/v1/parcels/{id}/label", get(label::read))
        .with_state(state);
    harden(router, BODY_LIMIT, platform.clock.clone(), platform.ids.clone())
}
