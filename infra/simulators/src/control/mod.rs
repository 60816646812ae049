//! `/_local/…`: scripts the simulators and shows what they know.

mod clock;
mod faults;
mod iran_post;
mod problem;
mod views;

use std::sync::Arc;

use axum::Router;

use crate::state::Shared;

/// All control routes; the clock's only if the simulators own it.
pub(crate) fn router(owns_clock: bool) -> Router<Arc<Shared>> {
    let router = Router::new().merge(faults::router()).merge(iran_post::router()).merge(views::router());
    if owns_clock { router.merge(clock::router()) } else { router }
}
