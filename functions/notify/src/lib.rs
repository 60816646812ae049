//! HTTP and SQS function: tells people what happened, by the merchant's rules.
//!
//! A queue message holds keys of events, of messages, of minutes in which messages leave and of blocks of money. An
//! event is planned into messages (`yam_domain::notice::plan`), a message gets one turn of `yam_store::work`, a block
//! that outlived its worker is settled. Providers' receipts and people's wishes to hear no more come by HTTP.

mod batch;
mod departure;
mod digest;
mod fresh;
mod health;
mod hooks;
mod leave;
mod mail;
mod money;
mod page;
mod plan;
mod route;
mod shop;
mod tell;
mod text;
mod words;

use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use axum::Router;
use axum::routing::{get, post};
use jiff::SignedDuration;
use yam_messengers::Messengers;
use yam_platform::Platform;
use yam_platform::http::EffectClient;
use yam_platform::lambda::{Invocation, harden, process_batch};
use yam_store::Store;
use yam_store::hooks::Hooks;

use batch::Batch;
use departure::Departures;
use digest::Digests;
use health::Healths;
use shop::Prices;

/// The longest a call to a provider may take, by which windows are judged (reliability notes, section 2).
pub(crate) const CALL: SignedDuration = SignedDuration::from_secs(15);

/// What the handlers share.
#[derive(Debug, Clone)]
pub(crate) struct NotifyState {
    pub(crate) store: Store,
    pub(crate) messengers: Messengers,
    pub(crate) healths: Healths,
    pub(crate) prices: Prices,
    pub(crate) digests: Digests,
    pub(crate) departures: Departures,
    /// The hub's own address; empty when it has none.
    pub(crate) public_url: Arc<str>,
    /// Where letters come from whose account names no address.
    pub(crate) mail_from: Option<Arc<str>>,
    /// One call to a provider.
    pub(crate) deadline: Duration,
    /// Confirms that receipts are wanted.
    pub(crate) http: EffectClient,
}

/// The function.
#[derive(Debug, Clone)]
pub struct Notify {
    state: NotifyState,
}

/// Records of a batch worked on at once.
const CONCURRENCY: usize = 10;
/// Largest push that is read, in bytes.
const BODY_LIMIT: usize = 256 * 1024;

impl Notify {
    /// Over a function's platform and the providers; opens no socket.
    #[must_use]
    pub fn new(platform: &Platform, messengers: Messengers) -> Self {
        let config = &platform.config;
        Notify {
            state: NotifyState {
                store: Store::new(platform),
                messengers,
                healths: Healths::default(),
                prices: Prices::default(),
                digests: Digests::default(),
                departures: Departures::default(),
                public_url: config.text("YAM_PUBLIC_URL").trim_end_matches('/').into(),
                mail_from: config.optional("YAM_MAIL_FROM").map(Arc::from),
                deadline: config.millis("YAM_MESSAGE_DEADLINE_MS"),
                http: platform.http.clone(),
            },
        }
    }

    /// The same function with crash points.
    #[must_use]
    pub fn with_hooks(self, hooks: Hooks) -> Self {
        let store = self.state.store.clone().with_hooks(hooks);
        Notify { state: NotifyState { store, ..self.state } }
    }

    /// The function's routes.
    pub fn router(&self) -> Router {
        let (clock, ids) = (self.state.store.clock.clone(), self.state.store.ids.clone());
        let router = Router::new()
            .route("/hooks/{provider}/{token}", post(hooks::receive).get(hooks::receive))
            .route("/t/{token}", get(page::show))
            .route("/t/{token}/collected", post(page::collected))
            .route("/t/{token}/unsubscribe", get(hooks::ask).post(hooks::leave))
            .with_state(self.state.clone());
        harden(router, BODY_LIMIT, clock, ids)
    }

    /// Handles a batch. The money of all its messages is reserved together and settled at its end.
    pub async fn handle(&self, event: SqsEvent, invocation: Invocation) -> SqsBatchResponse {
        let ids = self.state.store.ids.clone();
        let batch = Box::pin(Batch::of(&self.state, &event, invocation)).await;
        let answer = Box::pin(process_batch(event, CONCURRENCY, ids.as_ref(), "notify", |message| {
            batch.record(message)
        }))
        .await;
        batch.close().await;
        answer
    }
}
