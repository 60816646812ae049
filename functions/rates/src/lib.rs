//! HTTP function: the price at checkout.
//!
//! `POST /v1/rates` asks all wanted operators in parallel inside one deadline, shares one call between
//! equal concurrent requests, caches by a canonical key, and falls back to the tariff table when an
//! operator is late: a checkout always gets its answer in time (S0-01).

mod accounts;
mod answer;
mod cache;
mod flight;
mod quote;
mod request;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{FromRef, Request};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use yam_api::{Authenticator, BODY_LIMIT};
use yam_carriers::Carriers;
use yam_platform::lambda::harden;
use yam_platform::problem::Kind;
use yam_platform::{Platform, Problem};
use yam_store::Store;

pub use request::RatesRequest;

/// What the handlers share.
#[derive(Debug, Clone)]
pub struct RatesState {
    store: Store,
    authenticator: Authenticator,
    carriers: Carriers,
    accounts: Arc<accounts::Accounts>,
    cache: Arc<cache::Cache>,
    flights: Arc<flight::Flights>,
    settings: Settings,
}

/// Deadlines and times of the function.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// The whole request.
    deadline: Duration,
    /// One operator.
    carrier: Duration,
    /// How long a price stays fresh.
    fresh: Duration,
    /// How long a `rate_id` is honoured.
    honoured: Duration,
}

impl FromRef<RatesState> for Authenticator {
    fn from_ref(state: &RatesState) -> Self {
        state.authenticator.clone()
    }
}

/// The function's routes.
pub fn app(platform: Platform) -> Router {
    let carriers = Carriers::new(&platform);
    app_with(platform, carriers)
}

/// The function's routes over given operators, for tests.
pub fn app_with(platform: Platform, carriers: Carriers) -> Router {
    let store = Store::new(&platform);
    let config = &platform.config;
    let settings = Settings {
        deadline: config.millis("YAM_QUOTE_DEADLINE_MS"),
        carrier: config.millis("YAM_QUOTE_CARRIER_MS").min(config.millis("YAM_QUOTE_DEADLINE_MS")),
        fresh: config.seconds("YAM_QUOTE_CACHE_SECONDS"),
        honoured: config.seconds("YAM_RATE_ID_SECONDS"),
    };
    let state = RatesState {
        authenticator: Authenticator::new(&store, config),
        accounts: Arc::new(accounts::Accounts::new(config.seconds("YAM_API_KEY_CACHE_SECONDS"))),
        cache: Arc::default(),
        flights: Arc::default(),
        carriers,
        settings,
        store,
    };
    let router = Router::new().route("/v1/rates", post(answer::rates)).with_state(state);
    let router = router.layer(from_fn(move |request, next| within(settings.deadline, request, next)));
    harden(router, BODY_LIMIT, platform.clock, platform.ids)
}

/// The promise to the checkout, whatever is slow: operators have shorter deadlines and a tariff table,
/// so this one strikes only when the hub's own table hangs.
async fn within(deadline: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(deadline, next.run(request)).await {
        Ok(response) => response,
        Err(_late) => Problem::new(Kind::Unavailable).retry_after(2).into_response(),
    }
}
