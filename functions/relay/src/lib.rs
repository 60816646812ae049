//! Schedule function: releases due work and sweeps the outbox.
//!
//! Level-triggered: each tick handles all that is due by now, so a missed or doubled tick changes
//! nothing but the time.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use yam_platform::Platform;
use yam_platform::lambda::Invocation;
use yam_platform::queue::Queue;
use yam_platform::telemetry::{Metric, TraceContext, Unit};
use yam_store::keys::SHARDS;
use yam_store::{Store, StoreError, due, event};

/// The function.
#[derive(Debug, Clone)]
pub struct Relay {
    store: Store,
}

/// What a tick did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Due rows released.
    pub released: usize,
    /// Events told that had been left behind.
    pub swept: usize,
}

/// Rows one shard releases before the others get their turn.
const ROWS: usize = 1_000;
/// Shards worked on at once.
const CONCURRENCY: usize = 8;
/// A tick stops taking work when this little of its invocation is left.
const RESERVE: Duration = Duration::from_secs(5);

impl Relay {
    /// Over a function's platform; opens no socket.
    #[must_use]
    pub fn new(platform: &Platform) -> Self {
        Relay { store: Store::new(platform) }
    }

    /// One tick.
    ///
    /// # Errors
    /// A shard could not be worked on; the others were, and the next tick tries again.
    pub async fn tick(&self, invocation: Invocation) -> Result<Ticked, lambda_runtime::Error> {
        let trace = TraceContext::root(self.store.ids.as_ref(), "schedule relay");
        Ok(trace.scope(self.run(invocation)).await?)
    }

    async fn run(&self, invocation: Invocation) -> Result<Ticked, StoreError> {
        let shards = [Queue::Dispatch, Queue::Sync, Queue::Tracking, Queue::Openpay, Queue::Notify]
            .into_iter()
            .flat_map(|q| (0..SHARDS).map(move |s| (q, s)));
        let results: Vec<_> = stream::iter(shards)
            .map(|(q, s)| self.shard(q, s, invocation))
            .buffer_unordered(CONCURRENCY)
            .collect()
            .await;
        let mut ticked = Ticked::default();
        let (mut due_age, mut outbox_age) = (0, 0);
        let mut failure = None;
        for result in results {
            match result {
                Ok((released, swept)) => {
                    ticked.released += released.rows;
                    ticked.swept += swept.told;
                    due_age = due_age.max(released.oldest_s);
                    outbox_age = outbox_age.max(swept.oldest_s);
                }
                Err(error) => failure = Some(error),
            }
        }
        self.figure("DueAgeSeconds", due_age);
        self.figure("OutboxAgeSeconds", outbox_age);
        if ticked != Ticked::default() {
            tracing::info!(
                ticked.released,
                ticked.swept,
                due_age_s = due_age,
                outbox_age_s = outbox_age,
                "relay ticked"
            );
        }
        failure.map_or(Ok(ticked), Err)
    }

    async fn shard(
        &self,
        queue: Queue,
        shard: u32,
        invocation: Invocation,
    ) -> Result<(due::Released, event::Swept), StoreError> {
        let mut total = due::Released::default();
        loop {
            let released = due::release(&self.store, queue, shard, ROWS).await?;
            total.rows += released.rows;
            total.oldest_s = total.oldest_s.max(released.oldest_s);
            if !released.more || invocation.left(self.store.clock.real_now()) < RESERVE {
                break;
            }
        }
        // An event has one outbox row, under the queue that hears of every event: intents are woken by their
        // due rows.
        let swept = if queue == Queue::Sync {
            event::sweep(&self.store, queue, shard, ROWS).await?
        } else {
            event::Swept::default()
        };
        Ok((total, swept))
    }

    fn figure(&self, name: &str, seconds: i64) {
        let value = f64::from(i32::try_from(seconds).unwrap_or(i32::MAX));
        let metric = Metric { name, unit: Unit::Seconds, value, dimensions: &[] };
        self.store.metrics.put(self.store.clock.now(), &metric);
    }
}
