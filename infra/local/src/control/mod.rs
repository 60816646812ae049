//! The hub's whole HTTP surface: functions, and `/_local` where it exists.

mod clock;
mod problem;
mod queues;
mod simulators;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

use crate::runner::{Costs, Hub};

pub(crate) use simulators::SimulatorControl;

/// Which `/_local` routes exist.
#[derive(Debug)]
pub(crate) enum Control {
    /// All.
    Full(SimulatorControl),
    /// Clock, drain, queues and costs.
    Clock,
    /// None.
    None,
}

/// Everything the hub answers to, but the start page.
pub(crate) fn app(hub: Arc<Hub>, control: Control) -> Router {
    let api = hub.clone();
    let own = own().with_state(hub);
    let router = match control {
        Control::None => Router::new(),
        Control::Clock => own,
        Control::Full(simulators) => {
            let theirs = match simulators {
                SimulatorControl::Here(theirs) => theirs,
                SimulatorControl::There(theirs) => theirs.router(),
            };
            own.merge(theirs)
        }
    };
    router.fallback(move |request: Request| {
        let api = api.clone();
        async move { api.answer(request).await }
    })
}

fn own() -> Router<Arc<Hub>> {
    Router::new()
        .route("/_local/clock", get(clock::read).post(clock::change))
        .route("/_local/drain", post(clock::drain))
        .route("/_local/queues", get(queues::list))
        .route("/_local/queues/{name}/dead", get(queues::dead))
        .route("/_local/costs", get(costs))
        .route("/_local/costs/reset", post(reset_costs))
}

async fn costs(State(hub): State<Arc<Hub>>) -> Json<Costs> {
    Json(hub.costs())
}

async fn reset_costs(State(hub): State<Arc<Hub>>) -> Json<serde_json::Value> {
    hub.reset_costs();
    Json(json!({}))
}
