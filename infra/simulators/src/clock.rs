//! The time the simulated operators live in.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

use crate::error::{Error, Result};

/// Where the simulators take the time from: tokens, parcel events, dates and look-up delays.
pub trait SimClock: Send + Sync {
    /// The simulated now.
    fn now(&self) -> Timestamp;

    /// The time by which signatures are judged: the machine's, whatever is simulated, unless whoever signs lives in
    /// another.
    fn signing_now(&self) -> Timestamp {
        real_now()
    }

    /// The clock itself, if the simulators own it and may move it; then `/_local/clock` is served
    /// here and the offset is kept in the simulators' store.
    fn owned(&self) -> Option<&SystemSimClock> {
        None
    }
}

/// Real time plus an offset that only grows.
#[derive(Debug, Default)]
pub struct SystemSimClock {
    offset_ms: AtomicI64,
    latest_ms: AtomicI64,
}

impl SystemSimClock {
    /// A clock that shows real time until it is moved.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The offset in milliseconds.
    #[must_use]
    pub fn offset_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::SeqCst)
    }

    /// Raises the offset to `ms`; a smaller one is ignored, so that time never goes back.
    pub fn raise_offset_ms(&self, ms: i64) {
        self.offset_ms.fetch_max(ms, Ordering::SeqCst);
    }

    /// The offset at which the clock would show `target`, or `None` if that lies in the past.
    pub(crate) fn offset_for(&self, target: Timestamp) -> Result<Option<i64>> {
        if target < self.now() {
            return Ok(None);
        }
        let offset = target
            .as_millisecond()
            .checked_sub(real_now().as_millisecond())
            .ok_or(Error::Range("clock offset"))?;
        Ok(Some(offset.max(self.offset_ms())))
    }

    /// The offset after moving the clock on by `step`.
    pub(crate) fn offset_after(&self, step: SignedDuration) -> Result<Option<i64>> {
        if step.is_negative() {
            return Ok(None);
        }
        let step = i64::try_from(step.as_millis()).map_err(|_| Error::Range("clock step"))?;
        let offset = self.offset_ms().checked_add(step).ok_or(Error::Range("clock offset"))?;
        real_now().checked_add(SignedDuration::from_millis(offset)).map_err(|_| Error::Range("clock"))?;
        Ok(Some(offset))
    }
}

impl SimClock for SystemSimClock {
    fn now(&self) -> Timestamp {
        let shown = real_now().as_millisecond().saturating_add(self.offset_ms());
        // The machine's own clock may be set back while we run; ours does not follow.
        let latest = self.latest_ms.fetch_max(shown, Ordering::SeqCst).max(shown);
        Timestamp::from_millisecond(latest).unwrap_or(Timestamp::MAX)
    }

    fn owned(&self) -> Option<&SystemSimClock> {
        Some(self)
    }
}

/// The machine's time: the base of [`SystemSimClock`] and of delays that run in real time.
#[expect(clippy::disallowed_methods, reason = "the one place where simulated time is built from real time")]
pub(crate) fn real_now() -> Timestamp {
    Timestamp::now()
}
