//! HTTP and SQS function: tells people what happened, by the merchant's rules.
//!
//! A queue message holds keys of events, of messages and of blocks of money. An event is planned into messages
//! (`yam_domain::notice::plan`), a message gets one turn of `yam_store::work`, a block that outlived its worker is
//! settled. Providers' receipts and people's wishes to hear no more come by HTTP.

mod hooks;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use axum::Router;
use axum::routing::{get, post};
use yam_messengers::Messengers;
use yam_platform::Platform;
use yam_platform::lambda::{Invocation, QueueMessage, Verdict, harden, process_batch};
use yam_store::hooks::Hooks;
use yam_store::{Message, Store};

/// What the handlers share.
#[derive(Debug, Clone)]
pub(crate) struct NotifyState {
    pub(crate) store: Store,
    pub(crate) messengers: Messengers,
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
        Notify { state: NotifyState { store: Store::new(platform), messengers } }
    }

    /// The same function with crash points.
    #[must_use]
    pub fn with_hooks(self, hooks: Hooks) -> Self {
        let store = self.state.store.with_hooks(hooks);
        Notify { state: NotifyState { store, messengers: self.state.messengers } }
    }

    /// The function's routes.
    pub fn router(&self) -> Router {
        let (clock, ids) = (self.state.store.clock.clone(), self.state.store.ids.clone());
        let router = Router::new()
            .route("/hooks/{provider}/{token}", post(hooks::receive).get(hooks::receive))
            .route("/t/{token}/unsubscribe", get(hooks::leave).post(hooks::leave))
            .with_state(self.state.clone());
        harden(router, BODY_LIMIT, clock, ids)
    }

    /// Handles a batch.
    pub async fn handle(&self, event: SqsEvent, invocation: Invocation) -> SqsBatchResponse {
        let ids = self.state.store.ids.clone();
        process_batch(event, CONCURRENCY, ids.as_ref(), "notify", |message| self.message(message, invocation))
            .await
    }

    async fn message(&self, message: QueueMessage, _invocation: Invocation) -> Verdict {
        match Message::parse(&message.body) {
            Ok(keys) => {
                tracing::info!(
                    keys = keys.len(),
                    messengers = self.state.messengers.iter().count(),
                    "noticed"
                );
                Verdict::Done
            }
            Err(error) => {
                tracing::error!(message.id = %message.id, %error, "a message that is not ours goes to the dead letters");
                Verdict::Again
            }
        }
    }
}
