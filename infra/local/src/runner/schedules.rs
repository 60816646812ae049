//! Schedules.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use yam_platform::Clock as _;

use super::Hub;
use super::function::RunningFunction;
use crate::template::Rate;

/// A schedule of a function.
#[derive(Debug)]
pub(super) struct RunningSchedule {
    pub(super) function: Arc<RunningFunction>,
    rate: Rate,
    flow: String,
    /// When it last fired, in simulated milliseconds.
    fired_ms: AtomicI64,
    /// One firing at a time.
    firing: tokio::sync::Mutex<()>,
}

/// Looks again after this at the latest: an advance may have passed the next firing.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

impl RunningSchedule {
    pub(super) fn new(function: Arc<RunningFunction>, rate: Rate) -> Self {
        let flow = format!("schedule {}", function.name);
        RunningSchedule {
            function,
            rate,
            flow,
            fired_ms: AtomicI64::new(i64::MIN),
            firing: tokio::sync::Mutex::default(),
        }
    }

    /// Whether a firing is due that was not made: functions handle all that is due, so one makes up for
    /// all that were missed.
    pub(super) fn is_due(&self, now: jiff::Timestamp) -> bool {
        let fired = self.fired_ms.load(Ordering::Relaxed);
        jiff::Timestamp::from_millisecond(fired).map_or(true, |fired| self.rate.next(fired) <= now)
    }

    /// Its first firing after `now`.
    pub(super) fn next(&self, now: jiff::Timestamp) -> jiff::Timestamp {
        self.rate.next(now)
    }

    pub(super) async fn fire(&self, hub: &Hub) {
        let _one = self.firing.lock().await;
        let _busy = hub.activity.begin();
        self.fired_ms.fetch_max(hub.clock.now().as_millisecond(), Ordering::Relaxed);
        // Its own time-out is all that can happen, and that is logged.
        let _timed_out = self.function.on_schedule(&self.flow).await;
    }
}

/// Fires a schedule in real time until `stop`: first at once, for what was missed while the hub was off.
pub(super) async fn tick(hub: Arc<Hub>, schedule: Arc<RunningSchedule>, stop: CancellationToken) {
    loop {
        let now = hub.clock.now();
        if schedule.is_due(now) {
            schedule.fire(&hub).await;
        }
        let now = hub.clock.now();
        let left = schedule.rate.next(now).as_millisecond().saturating_sub(now.as_millisecond());
        let wait = Duration::from_millis(u64::try_from(left).unwrap_or(1).max(1)).min(LONGEST_WAIT);
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}
