//! HTTP function: what a shop settles and reads of its messages (rules, texts, sender names, accounts, money, the log of
//! every message), and what the hub's staff decide about them. It tries accounts out at the providers; what is due is
//! sent by `notify`.

mod balance;
mod log;
mod messenger_routes;
mod messenger_test;
mod messengers;
mod opt_outs;
mod preview;
mod prices;
mod receivers;
mod report;
mod routes;
mod rules;
mod senders;
mod senders_review;
mod shop;
mod sound;
mod texts;
mod values;
mod voice;
mod window;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use yam_api::{Authenticator, BODY_LIMIT};
use yam_messengers::Messengers;
use yam_platform::Platform;
use yam_platform::lambda::harden;
use yam_store::Store;

use sound::Sound;

/// What the handlers share.
#[derive(Debug, Clone)]
struct NoticesState {
    store: Store,
    authenticator: Authenticator,
    messengers: Messengers,
    sound: Sound,
    /// The hub's own address; empty when it has none.
    public_url: Arc<str>,
    /// Where letters come from whose account names no address.
    mail_from: Option<Arc<str>>,
}

impl FromRef<NoticesState> for Authenticator {
    fn from_ref(state: &NoticesState) -> Self {
        state.authenticator.clone()
    }
}

/// The function's routes.
pub fn app(platform: &Platform) -> Router {
    let store = Store::new(platform);
    let state = NoticesState {
        authenticator: Authenticator::new(&store, &platform.config),
        messengers: Messengers::new(platform, &platform.sdk),
        sound: Sound::new(platform),
        public_url: platform.config.text("YAM_PUBLIC_URL").trim_end_matches('/').into(),
        mail_from: platform.config.optional("YAM_MAIL_FROM").map(Into::into),
        store,
    };
    harden(routes::routes().with_state(state), BODY_LIMIT, platform.clock.clone(), platform.ids.clone())
}
