//! HTTP function: the merchant's settings, webhook deliveries, events and reports, and the hub
//! staff's API.

mod carriers;
mod checklist;
mod deliveries;
mod endpoints;
mod events;
mod me;
mod merchants;
mod methods;
mod operator;
mod operator_keys;
mod quota;
mod reports;
mod reviews;
mod shop;
mod tracking;

use axum::Router;
use axum::extract::FromRef;
use axum::http::header::CONTENT_TYPE;
use axum::routing::{get, post, put};
use yam_api::{Authenticator, BODY_LIMIT};
use yam_carriers::{Carriers, Trackers};
use yam_platform::Platform;
use yam_platform::http::EffectClient;
use yam_platform::lambda::harden;
use yam_store::Store;

/// The contract, as integrators read it.
pub const OPENAPI: &str = include_str!("../openapi.json");

/// What the handlers share.
#[derive(Debug, Clone)]
pub struct ConsoleState {
    store: Store,
    authenticator: Authenticator,
    carriers: Carriers,
    trackers: Trackers,
    http: EffectClient,
}

impl FromRef<ConsoleState> for Authenticator {
    fn from_ref(state: &ConsoleState) -> Self {
        state.authenticator.clone()
    }
}

/// The function's routes.
pub fn app(platform: Platform) -> Router {
    let carriers = Carriers::new(&platform);
    app_with(&platform, carriers)
}

/// The function's routes over given operators, for tests.
pub fn app_with(platform: &Platform, carriers: Carriers) -> Router {
    let store = Store::new(platform);
    let state = ConsoleState {
        authenticator: Authenticator::new(&store, &platform.config),
        carriers,
        trackers: Trackers::new(platform),
        http: platform.http.clone(),
        store,
    };
    let router = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/openapi.json", get(|| async { ([(CONTENT_TYPE, "application/json")], OPENAPI) }))
        .route("/v1/me", get(me::me))
        .route("/v1/settings/shop", get(shop::read).put(shop::write))
        .route("/v1/settings/tracking", get(tracking::read).put(tracking::write))
        .route("/v1/settings/carriers", get(carriers::list))
        .route(
            "/v1/settings/carriers/{id}",
            put(carriers::write).get(carriers::read).delete(carriers::remove),
        )
        .route("/v1/settings/carriers/{id}/apply", post(carriers::apply))
        .route("/v1/settings/shipping-methods", get(methods::list))
        .route("/v1/settings/shipping-methods/{id}", put(methods::write).delete(methods::remove))
        .route("/v1/settings/webhooks", get(endpoints::list))
        .route(
            "/v1/settings/webhooks/{id}",
            put(endpoints::write).get(endpoints::read).delete(endpoints::remove),
        )
        .route("/v1/settings/webhooks/{id}/rotate", post(endpoints::rotate))
        .route("/v1/webhooks/test", post(deliveries::test))
        .route("/v1/webhooks/deliveries", get(deliveries::list))
        .route("/v1/webhooks/deliveries/{id}/resend", post(deliveries::resend))
        .route("/v1/events", get(events::list))
        .route("/v1/reports/claims", get(reports::claims))
        .route("/v1/operator/merchants", post(merchants::create).get(merchants::list))
        .route("/v1/operator/reviews", get(reviews::list))
        .route("/v1/operator/merchants/{merchant}/carriers/{id}", get(reviews::read))
        .route("/v1/operator/merchants/{merchant}/carriers/{id}/approve", post(reviews::approve))
        .route("/v1/operator/merchants/{merchant}/carriers/{id}/hold", post(reviews::hold))
        .route("/v1/operator/merchants/{merchant}/keys", post(operator_keys::create).get(operator_keys::list))
        .route("/v1/operator/merchants/{merchant}/keys/{id}/rotate", post(operator_keys::rotate))
        .route("/v1/operator/merchants/{merchant}/keys/{id}", axum::routing::delete(operator_keys::revoke))
        .with_state(state);
    harden(router, BODY_LIMIT, platform.clock.clone(), platform.ids.clone())
}
