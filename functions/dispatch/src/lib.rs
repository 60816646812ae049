//! SQS function: carries out calls to postal operators.
//!
//! A message holds keys of intents (or, from the evidence queue, a proof that could not be stored).
//! Each key gets one turn of `yam_store::work`; operator trouble waits on due rows and uses no receive
//! counts.

mod book;
mod calls;
mod consignment;
mod copies;
mod key_use;
mod references;
mod review;
mod sender_review;
mod watch;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use futures_util::future::join_all;
use jiff::SignedDuration;
use yam_carriers::Carriers;
use yam_platform::Platform;
use yam_platform::lambda::{Invocation, QueueMessage, Verdict, process_batch};
use yam_store::hooks::Hooks;
use yam_store::items::RegistrationProof;
use yam_store::keys::{of_merchant, sk};
use yam_store::work::{Evidence, Left};
use yam_store::{Key, Message, Store, StoreError, work};

pub use calls::OperatorCalls;

/// The function.
#[derive(Debug, Clone)]
pub struct Dispatch {
    store: Store,
    calls: OperatorCalls,
}

/// Records of a batch worked on at once.
const CONCURRENCY: usize = 5;

impl Dispatch {
    /// Over a function's platform; opens no socket.
    #[must_use]
    pub fn new(platform: &Platform) -> Self {
        Self::with(Store::new(platform), Carriers::new(platform), platform)
    }

    /// Over given parts, for tests.
    #[must_use]
    pub fn with(store: Store, carriers: Carriers, platform: &Platform) -> Self {
        let quiet = platform.config.seconds("YAM_QUIET_SECONDS");
        let quiet = SignedDuration::try_from(quiet).unwrap_or(SignedDuration::from_secs(120));
        Dispatch { calls: OperatorCalls::new(store.clone(), carriers, quiet), store }
    }

    /// The same function with crash points.
    #[must_use]
    pub fn with_hooks(self, hooks: Hooks) -> Self {
        let store = self.store.with_hooks(hooks);
        Dispatch { calls: self.calls.with_store(store.clone()), store }
    }

    /// Handles a batch.
    pub async fn handle(&self, event: SqsEvent, invocation: Invocation) -> SqsBatchResponse {
        let ids = self.store.ids.clone();
        process_batch(event, CONCURRENCY, ids.as_ref(), "dispatch", |message| {
            self.message(message, invocation)
        })
        .await
    }

    async fn message(&self, message: QueueMessage, invocation: Invocation) -> Verdict {
        if let Ok(keys) = Message::parse(&message.body) {
            let turns = join_all(keys.iter().map(|key| Box::pin(self.turn(key, invocation)))).await;
            return if turns.into_iter().all(|done| done) { Verdict::Done } else { Verdict::Again };
        }
        match serde_json::from_str::<Evidence<RegistrationProof>>(&message.body) {
            Ok(evidence) => self.evidence(evidence, invocation).await,
            Err(error) => {
                tracing::error!(message.id = %message.id, %error, "a message that is not ours goes to the dead letters");
                Verdict::Again
            }
        }
    }

    /// Gives one intent a turn; `false` when the message should come again.
    async fn turn(&self, key: &Key, invocation: Invocation) -> bool {
        let looked = match key.sk.as_str() {
            parcel if parcel.starts_with(sk::PARCELS) => Some(watch::look(&self.store, key).await),
            account if account.starts_with(sk::ACCOUNTS) => Some(review::look(&self.store, key).await),
            name if name.starts_with(sk::SENDERS) => Some(sender_review::look(&self.store, key).await),
            used if used.starts_with(sk::KEY_USES) => {
                Some(key_use::look(&self.store, &self.calls.carriers, key).await)
            }
            _ => None,
        };
        if let Some(looked) = looked {
            let told = |error: &StoreError| tracing::warn!(item = %key.sk, %error, "it is looked at again");
            return looked.inspect_err(told).is_ok();
        }
        let worked = work::work(&self.store, &self.calls, key, invocation).await;
        self.calls.uses.keep(&self.store).await;
        match worked {
            Ok(Left::Gone) => {
                tracing::info!(intent = %key.sk, "a message without its intent is dropped");
                true
            }
            Ok(left) => {
                tracing::info!(intent = %key.sk, ?left, "an intent had its turn");
                true
            }
            Err(StoreError::Crashed(point)) => {
                tracing::warn!(intent = %key.sk, point, "crashed on purpose");
                false
            }
            Err(error) => {
                tracing::warn!(intent = %key.sk, %error, "an intent could not have its turn");
                false
            }
        }
    }

    async fn evidence(&self, evidence: Evidence<RegistrationProof>, invocation: Invocation) -> Verdict {
        let Some(merchant) = yam_store::keys::merchant_of(&evidence.intent.0) else { return Verdict::Again };
        let key = of_merchant(&merchant, evidence.intent.1);
        match work::evidence(&self.store, &self.calls, &key, evidence.proof, &evidence.words, invocation)
            .await
        {
            Ok(_) => Verdict::Done,
            Err(error) => {
                tracing::warn!(intent = %key.sk, %error, "evidence could not be booked yet");
                Verdict::Again
            }
        }
    }
}
