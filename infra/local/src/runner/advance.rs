//! Moving simulated time: from event to event, each one done before the clock goes on.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use yam_embedded::sqs::SqsError;
use yam_platform::Clock as _;

use super::Hub;
use super::wakeups::{WakeupError, Work};
use crate::clock::ClockError;
use crate::time_owner::TimeOwnerError;

/// Invocations by queues and schedules, by function.
pub type Ran = BTreeMap<String, u64>;

/// Why time did not move all the way.
#[derive(Debug, thiserror::Error)]
pub enum AdvanceError {
    /// The clock refused.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// The queue failed.
    #[error(transparent)]
    Queue(#[from] SqsError),
    /// The table failed.
    #[error(transparent)]
    Table(#[from] WakeupError),
    /// The simulators own the time and do not answer.
    #[error(transparent)]
    Owner(#[from] TimeOwnerError),
}

/// Looks again at the latest after this while it waits for quiet.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// Ticks without anything new in between, at one point in time: more would turn in a circle.
const ROUNDS: usize = 1_000;

impl Hub {
    /// Moves to `target` and returns when every schedule, message and due row up to then has run.
    ///
    /// # Errors
    /// `target` has passed, or an engine failed; time then stands where it got to.
    pub async fn advance_to(&self, target: Timestamp) -> Result<Ran, AdvanceError> {
        let _one_at_a_time = self.advancing.lock().await;
        self.time.follow(&self.clock).await?;
        let now = self.clock.now();
        if target < now {
            return Err(ClockError::Past { now }.into());
        }
        let before = self.events();
        let mut work = self.settle().await?;
        loop {
            let now = self.clock.now();
            let next = self.next_event(now, &work).await?.filter(|next| *next <= target);
            let step = next.unwrap_or(target);
            // Real time went on meanwhile and may have passed the step.
            if step > now {
                self.time.move_to(&self.clock, step).await?;
            }
            self.engines.sqs.wake();
            work = self.settle().await?;
            if next.is_none() {
                return Ok(self.ran_since(&before));
            }
        }
    }

    /// Returns when nothing is left to do at the present time.
    ///
    /// # Errors
    /// An engine failed.
    pub async fn drain(&self) -> Result<Ran, AdvanceError> {
        let _one_at_a_time = self.advancing.lock().await;
        self.time.follow(&self.clock).await?;
        let before = self.events();
        self.settle().await?;
        Ok(self.ran_since(&before))
    }

    fn events(&self) -> Ran {
        self.functions.iter().map(|(name, f)| (name.clone(), f.events())).collect()
    }

    fn ran_since(&self, before: &Ran) -> Ran {
        let mut ran = self.events();
        ran.retain(|name, count| {
            *count = count.saturating_sub(before.get(name).copied().unwrap_or(0));
            *count > 0
        });
        ran
    }

    /// The next moment after `now` at which something happens by itself: a message shows, the relay fires
    /// and has rows to release, or a bucket is to be polled.
    async fn next_event(&self, now: Timestamp, work: &Work) -> Result<Option<Timestamp>, AdvanceError> {
        let mut next = work.next.map(|due| self.fires_after(RELAY, due));
        let slot = self.wakeups.next_slot().await?.map(|slot| self.fires_after(TRACKING, slot.max(now)));
        next = [next, slot.filter(|at| *at > now)].into_iter().flatten().min();
        for source in &self.sources {
            let visible = self.engines.sqs.next_visible_at(&source.source.queue).await?;
            let visible = visible.and_then(|ms| Timestamp::from_millisecond(ms).ok()).filter(|at| *at > now);
            next = [next, visible].into_iter().flatten().min();
        }
        Ok(next)
    }

    /// A function's first firing at `due` or later.
    fn fires_after(&self, function: &str, due: Timestamp) -> Timestamp {
        let just_before = due.saturating_sub(SignedDuration::from_millis(1)).unwrap_or(due);
        let schedules = self.schedules.iter().filter(|s| s.function.name == function);
        schedules.map(|s| s.next(just_before)).min().unwrap_or(due)
    }

    /// Runs all that is due by now. Schedules fire once for all the times they would have fired, and the
    /// relay again as long as it finds rows to release.
    /// Answers with what is left to do later.
    async fn settle(&self) -> Result<Work, AdvanceError> {
        self.quiet().await?;
        let now = self.clock.now();
        let mut left = self.wakeups.look(now).await?.now;
        for schedule in &self.schedules {
            let releases = schedule.function.name == RELAY;
            if (releases && !left.is_empty()) || (!releases && schedule.is_due(now)) {
                schedule.fire(self).await;
            }
        }
        self.quiet().await?;
        for _ in 0..ROUNDS {
            let now = self.clock.now();
            let found = self.wakeups.look(now).await?;
            // Nothing to release, or the relay leaves these rows alone.
            if found.now.is_empty() || found.now == left {
                return Ok(found);
            }
            left = found.now;
            for schedule in self.schedules.iter().filter(|s| s.function.name == RELAY) {
                schedule.fire(self).await;
            }
            self.quiet().await?;
        }
        tracing::warn!("work comes due again and again at one point in time; time goes on without it");
        Ok(self.wakeups.look(self.clock.now()).await?)
    }

    /// Waits until no message is visible and nothing runs.
    async fn quiet(&self) -> Result<(), AdvanceError> {
        let mut changes = self.activity.changes();
        loop {
            changes.mark_unchanged();
            if let Some(begun) = self.activity.idle()
                && self.waiting().await? == 0
                && self.activity.idle() == Some(begun)
            {
                return Ok(());
            }
            let _either_way = tokio::time::timeout(LOOK_AGAIN, changes.changed()).await;
        }
    }

    async fn waiting(&self) -> Result<u64, AdvanceError> {
        let mut waiting = 0;
        for source in &self.sources {
            waiting += self.engines.sqs.counts(&source.source.queue).await?.waiting;
        }
        Ok(waiting)
    }
}

/// The function that releases due rows.
const RELAY: &str = "relay";
/// The function that polls buckets.
const TRACKING: &str = "tracking";
