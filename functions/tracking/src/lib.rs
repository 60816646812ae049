//! SQS and schedule function: asks the posts where parcels are.
//!
//! ```text
//!   schedule -> tick: registry of buckets -> queue: poll(bucket, slot)
//!   queue: poll(bucket, slot) -> claim -> codes of the bucket -> operator -> compare fingerprints
//!             unchanged: nothing is written       changed, or time has come: apply
//!   relay: due row -> queue: keys -> look(parcel): into a bucket, first poll, or out of it
//!                                 -> fetch(ticket): the operator's answer for a bucket
//!   apply: history, epochs, status, poll item and events of one parcel in one transaction
//! ```
//!
//! Nothing here depends on being called once, in order, or on time: ticks claim slots, applies are
//! conditional, and an answer is applied by what it says, not by when it came.

mod apply;
mod bucket;
mod choices;
mod dwell;
mod look;
mod message;
mod money;
mod office;
mod outcome;
mod thin;
mod tickets;
mod told;

use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use futures_util::future::join_all;
use jiff::SignedDuration;
use yam_carriers::Trackers;
use yam_domain::ids::CarrierId;
use yam_platform::lambda::{Invocation, QueueMessage, Verdict, process_batch};
use yam_platform::queue::Queue;
use yam_platform::telemetry::TraceContext;
use yam_platform::{Config, Platform};
use yam_store::hooks::Hooks;
use yam_store::keys::sk;
use yam_store::tracking::{BUCKET_SHARDS, Night, buckets_of};
use yam_store::{Key, Store, StoreError};

use choices::Choices;
use dwell::Dwells;
use message::{Poll, Work};
use office::seat_of;

/// The function.
#[derive(Debug, Clone)]
pub struct Tracking {
    store: Store,
    trackers: Trackers,
    cadences: Cadences,
    night: Night,
    choices: Arc<Choices>,
    dwells: Arc<Dwells>,
}

/// Time between two polls of a parcel.
#[derive(Debug, Clone, Copy)]
struct Cadences {
    iran_post: SignedDuration,
    korea_post: SignedDuration,
    russian_post: SignedDuration,
}

impl Cadences {
    fn new(config: &Config) -> Self {
        let minutes = |name: &str| {
            SignedDuration::try_from(config.minutes(name)).unwrap_or(SignedDuration::from_hours(4))
        };
        Cadences {
            iran_post: minutes("YAM_TRACK_EVERY_MINUTES_IRAN_POST"),
            korea_post: minutes("YAM_TRACK_EVERY_MINUTES_KOREA_POST"),
            russian_post: minutes("YAM_TRACK_EVERY_MINUTES_RUSSIAN_POST"),
        }
    }

    /// The pace a shop chose for its account, else the operator's.
    fn or(&self, minutes: Option<u16>, carrier: CarrierId) -> SignedDuration {
        minutes.map_or_else(|| self.of(carrier), |minutes| SignedDuration::from_mins(i64::from(minutes)))
    }

    fn of(&self, carrier: CarrierId) -> SignedDuration {
        match carrier {
            CarrierId::IranPost => self.iran_post,
            CarrierId::KoreaPost => self.korea_post,
            CarrierId::RussianPost => self.russian_post,
        }
    }
}

/// Records of a batch worked on at once.
const CONCURRENCY: usize = 5;
/// A round ends and is handed on when this little of its invocation is left: a piece of it may take twice
/// the deadline of a call, and what it brought is still to be written.
const RESERVE: Duration = Duration::from_secs(75);

impl Tracking {
    /// Over a function's platform; opens no socket.
    #[must_use]
    pub fn new(platform: &Platform) -> Self {
        Self::with(Store::new(platform), Trackers::new(platform), platform)
    }

    /// Over given parts, for tests.
    #[must_use]
    pub fn with(store: Store, trackers: Trackers, platform: &Platform) -> Self {
        Tracking {
            store,
            trackers,
            cadences: Cadences::new(&platform.config),
            night: Night::of(&platform.config),
            choices: Arc::default(),
            dwells: Arc::default(),
        }
    }

    /// The same function with crash points.
    #[must_use]
    pub fn with_hooks(self, hooks: Hooks) -> Self {
        Tracking { store: self.store.with_hooks(hooks), ..self }
    }

    /// Sends every bucket whose slot has come to the queue. Level-triggered: ticks may be missed or
    /// doubled.
    ///
    /// # Errors
    /// A shard could not be read or the queue does not answer; the next tick tries again.
    pub async fn tick(&self, _invocation: Invocation) -> Result<(), lambda_runtime::Error> {
        let trace = TraceContext::root(self.store.ids.as_ref(), "schedule tracking");
        Ok(trace.scope(Box::pin(self.send_due())).await?)
    }

    async fn send_due(&self) -> Result<(), StoreError> {
        let shards = CarrierId::ALL.into_iter().flat_map(|c| (0..BUCKET_SHARDS).map(move |s| (c, s)));
        let found = join_all(shards.map(|(carrier, shard)| buckets_of(&self.store, carrier, shard))).await;
        let mut bodies = Vec::new();
        let mut failure = None;
        for shard in found {
            match shard {
                Ok(slots) => {
                    let now = self.store.clock.now();
                    let awake = slots
                        .into_iter()
                        .filter(|slot| !self.night.rests(seat_of(slot.bucket.carrier), now, slot.slot));
                    bodies.extend(awake.map(|slot| Poll::of(slot).body()));
                }
                Err(error) => failure = Some(error),
            }
        }
        if !bodies.is_empty() {
            tracing::info!(buckets = bodies.len(), "buckets are due");
            let sent = self.store.queues.send(Queue::Tracking, &bodies).await;
            sent.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        }
        failure.map_or(Ok(()), Err)
    }

    /// Handles a batch.
    pub async fn handle(&self, event: SqsEvent, invocation: Invocation) -> SqsBatchResponse {
        let ids = self.store.ids.clone();
        let answer = process_batch(event, CONCURRENCY, ids.as_ref(), "tracking", |message| {
            Box::pin(self.message(message, invocation))
        })
        .await;
        Box::pin(self.dwells.write(&self.store)).await;
        answer
    }

    async fn message(&self, message: QueueMessage, invocation: Invocation) -> Verdict {
        let done = match Work::parse(&message.body) {
            Some(Work::Keys(keys)) => {
                let turns = join_all(keys.iter().map(|key| Box::pin(self.key(key)))).await;
                turns.into_iter().collect::<Result<Vec<()>, _>>().map(|_| ())
            }
            Some(Work::Poll(poll)) => Box::pin(self.poll(&poll, &message.id, invocation)).await,
            None => {
                tracing::error!(message.id = %message.id, "a message that is not ours goes to the dead letters");
                return Verdict::Again;
            }
        };
        match done {
            Ok(()) => Verdict::Done,
            Err(error) => {
                tracing::warn!(message.id = %message.id, %error, "a poll could not be made");
                Verdict::Again
            }
        }
    }

    async fn key(&self, key: &Key) -> Result<(), StoreError> {
        if key.sk.starts_with(sk::PARCELS) {
            self.look(key).await
        } else if key.sk.starts_with(sk::TICKETS) {
            self.fetch(key).await
        } else {
            tracing::error!(item.sk = %key.sk, "a key that is not for tracking is dropped");
            Ok(())
        }
    }
}
