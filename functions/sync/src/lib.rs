//! SQS function: tells shops what happened, by signed webhooks.
//!
//! A message holds keys of events and of deliveries. An event fans out into one delivery intent per
//! endpoint that wants it (a broken endpoint delays no other); a delivery gets one turn of
//! `yam_store::work`.

mod deliver;
mod fan_out;

use std::time::Duration;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use futures_util::future::join_all;
use yam_platform::Platform;
use yam_platform::lambda::{Invocation, QueueMessage, Verdict, process_batch};
use yam_store::hooks::Hooks;
use yam_store::keys::sk;
use yam_store::{Key, Message, Store, StoreError, work};

pub use deliver::Deliveries;
pub use fan_out::delivery_key;

/// The function.
#[derive(Debug, Clone)]
pub struct Sync {
    store: Store,
    deliveries: Deliveries,
}

/// Records of a batch worked on at once.
const CONCURRENCY: usize = 10;

impl Sync {
    /// Over a function's platform; opens no socket.
    #[must_use]
    pub fn new(platform: &Platform) -> Self {
        let store = Store::new(platform);
        let deadline: Duration = platform.config.millis("YAM_WEBHOOK_DEADLINE_MS");
        Sync { deliveries: Deliveries::new(store.clone(), platform.http.clone(), deadline), store }
    }

    /// The same function with crash points.
    #[must_use]
    pub fn with_hooks(self, hooks: Hooks) -> Self {
        let store = self.store.with_hooks(hooks);
        Sync { deliveries: self.deliveries.with_store(store.clone()), store }
    }

    /// Handles a batch.
    pub async fn handle(&self, event: SqsEvent, invocation: Invocation) -> SqsBatchResponse {
        let ids = self.store.ids.clone();
        process_batch(event, CONCURRENCY, ids.as_ref(), "sync", |message| self.message(message, invocation))
            .await
    }

    async fn message(&self, message: QueueMessage, invocation: Invocation) -> Verdict {
        let keys = match Message::parse(&message.body) {
            Ok(keys) => keys,
            Err(error) => {
                tracing::error!(message.id = %message.id, %error, "a message that is not ours goes to the dead letters");
                return Verdict::Again;
            }
        };
        let turns = join_all(keys.iter().map(|key| Box::pin(self.key(key, invocation)))).await;
        let failed = turns
            .into_iter()
            .filter_map(Result::err)
            .inspect(|error| tracing::warn!(%error, "sync failed"))
            .count();
        if failed == 0 { Verdict::Done } else { Verdict::Again }
    }

    async fn key(&self, key: &Key, invocation: Invocation) -> Result<(), StoreError> {
        if key.sk.starts_with(sk::EVENTS) {
            self.store.hooks.pass("K7", "deliver")?;
            let planned = fan_out::fan_out(&self.store, key).await?;
            join_all(planned.iter().map(|key| Box::pin(self.turn(key, invocation)))).await;
            return Ok(());
        }
        self.turn(key, invocation).await
    }

    async fn turn(&self, key: &Key, invocation: Invocation) -> Result<(), StoreError> {
        let left = work::work(&self.store, &self.deliveries, key, invocation).await?;
        tracing::info!(intent = %key.sk, ?left, "a delivery had its turn");
        Ok(())
    }
}
