//! Simulated time: real time plus an offset that only grows and is on disk before anything runs by it.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use yam_platform::{Clock, SystemClock};
use yam_simulators::SimClock;

use crate::home::write_durably;

/// Why the clock did not move.
#[derive(Debug, thiserror::Error)]
pub enum ClockError {
    /// The wanted time has passed.
    #[error("time never goes back: it is {now} already")]
    Past {
        /// The clock's time.
        now: Timestamp,
    },
    /// The wanted time cannot be written.
    #[error("that is beyond the end of time")]
    Range,
    /// The offset cannot be kept.
    #[error("the clock's offset cannot be kept: {0}")]
    Disk(#[from] std::io::Error),
}

/// The clock of the hub, its queue and its simulators.
#[derive(Debug)]
pub struct SimulatedClock<R = SystemClock> {
    real: R,
    offset_ms: AtomicI64,
    /// The latest time shown: the machine's own clock may be set back, this one does not follow.
    latest_ms: AtomicI64,
    /// Where the offset is kept; the lock orders the moves.
    file: Mutex<Option<PathBuf>>,
}

impl SimulatedClock {
    /// Over the machine's clock, with the offset of the file, if there is one.
    ///
    /// # Errors
    /// The file cannot be read or does not hold an offset.
    pub fn open(file: Option<PathBuf>) -> std::io::Result<Self> {
        Self::over(SystemClock, file)
    }
}

impl<R: Clock> SimulatedClock<R> {
    /// Over another clock, for tests.
    ///
    /// # Errors
    /// As [`SimulatedClock::open`].
    pub fn over(real: R, file: Option<PathBuf>) -> std::io::Result<Self> {
        let offset = match file.as_deref().map(std::fs::read_to_string) {
            None => 0,
            Some(Err(error)) if error.kind() == std::io::ErrorKind::NotFound => 0,
            Some(Err(error)) => return Err(error),
            Some(Ok(text)) => text.trim().parse().map_err(std::io::Error::other)?,
        };
        Ok(SimulatedClock {
            real,
            offset_ms: AtomicI64::new(offset),
            latest_ms: AtomicI64::new(0),
            file: Mutex::new(file),
        })
    }

    /// Moves to `target`; the new offset is on disk before anyone sees the new time.
    ///
    /// # Errors
    /// The target has passed, or the offset cannot be kept; the clock then stands where it stood.
    pub fn move_to(&self, target: Timestamp) -> Result<(), ClockError> {
        let file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let now = self.now();
        if target < now {
            return Err(ClockError::Past { now });
        }
        let offset = target
            .as_millisecond()
            .checked_sub(self.real.real_now().as_millisecond())
            .ok_or(ClockError::Range)?
            .max(self.offset_ms.load(Ordering::SeqCst));
        if let Some(path) = file.as_deref() {
            write_durably(path, offset.to_string().as_bytes())?;
        }
        self.offset_ms.store(offset, Ordering::SeqCst);
        Ok(())
    }

    /// The time `step` from now.
    ///
    /// # Errors
    /// Beyond the end of time, or backwards.
    pub fn after(&self, step: SignedDuration) -> Result<Timestamp, ClockError> {
        let now = self.now();
        if step.is_negative() {
            return Err(ClockError::Past { now });
        }
        now.checked_add(step).map_err(|_| ClockError::Range)
    }
}

impl<R: Clock> Clock for SimulatedClock<R> {
    fn now(&self) -> Timestamp {
        let real = self.real.real_now().as_millisecond();
        let shown = real.saturating_add(self.offset_ms.load(Ordering::SeqCst));
        let latest = self.latest_ms.fetch_max(shown, Ordering::SeqCst).max(shown);
        Timestamp::from_millisecond(latest).unwrap_or(Timestamp::MAX)
    }

    fn real_now(&self) -> Timestamp {
        self.real.real_now()
    }
}

/// The clock as the simulators see it: they do not own it.
#[derive(Debug, Clone)]
pub struct SharedClock(pub std::sync::Arc<dyn Clock>);

impl SimClock for SharedClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

/// A span as the control surface takes it: `3h`, `2d 12h`, `90s` or ISO 8601. Days have 24 hours.
///
/// # Errors
/// What is wrong with it.
pub fn parse_span(text: &str) -> Result<SignedDuration, String> {
    let span: jiff::Span = text.parse().map_err(|e: jiff::Error| e.to_string())?;
    let days = jiff::SpanRelativeTo::days_are_24_hours();
    span.to_duration(days).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use yam_platform::ManualClock;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn spans_know_days_and_iso() {
        assert_eq!(parse_span("3h").unwrap(), SignedDuration::from_hours(3));
        assert_eq!(parse_span("60d").unwrap(), SignedDuration::from_hours(60 * 24));
        assert_eq!(parse_span("1w").unwrap(), SignedDuration::from_hours(7 * 24));
        assert_eq!(parse_span("PT30S").unwrap(), SignedDuration::from_secs(30));
        assert_eq!(parse_span("2d 12h").unwrap(), SignedDuration::from_hours(60));
        assert!(parse_span("soon").is_err());
        assert!(parse_span("1mo").is_err());
    }

    #[test]
    fn the_offset_outlives_the_process_and_never_shrinks() {
        let file = std::env::temp_dir().join(format!("yam-clock-{}", std::process::id()));
        let real = ManualClock::new(at("2026-01-01T00:00:00Z"));
        let clock = SimulatedClock::over(real, Some(file.clone())).unwrap();
        clock.move_to(at("2026-01-02T00:00:00Z")).unwrap();
        assert!(matches!(clock.move_to(at("2026-01-01T12:00:00Z")), Err(ClockError::Past { .. })));
        assert_eq!(clock.now(), at("2026-01-02T00:00:00Z"));

        let later = ManualClock::new(at("2026-01-01T01:00:00Z"));
        let clock = SimulatedClock::over(later, Some(file.clone())).unwrap();
        assert_eq!(clock.now(), at("2026-01-02T01:00:00Z"));
        assert_eq!(clock.real_now(), at("2026-01-01T01:00:00Z"));
        std::fs::remove_file(file).unwrap();
    }
}
