//! `/_local/…`: scripts the simulators and shows what they know.

mod clock;
mod faults;
mod gateways;
mod iran_post;
mod journeys;
mod korea_post;
mod messengers;
mod parcels;
mod problem;
mod registries;
mod russian_post;
mod settings;
mod views;

use std::sync::Arc;

use axum::Router;

use crate::iran_post::IranPost;
use crate::korea_post::KoreaPost;
use crate::post::Post;
use crate::russian_post::RussianPost;
use crate::state::Shared;

/// All control routes; the clock's only if the simulators own it.
pub(crate) fn router(owns_clock: bool) -> Router<Arc<Shared>> {
    let router = Router::new()
        .merge(faults::router())
        .merge(views::router())
        .merge(of_post::<IranPost>())
        .merge(of_post::<KoreaPost>())
        .merge(of_post::<RussianPost>())
        .merge(iran_post::router())
        .merge(korea_post::router())
        .merge(russian_post::router())
        .merge(registries::router())
        .merge(gateways::router())
        .merge(messengers::router());
    if owns_clock { router.merge(clock::router()) } else { router }
}

/// What every post has.
fn of_post<P: Post>() -> Router<Arc<Shared>> {
    parcels::router::<P>().merge(settings::router::<P>()).merge(journeys::router::<P>())
}
