//! The injected clock.

use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};

/// Where the time comes from.
///
/// Business time (due rows, expiry, tokens) is [`Clock::now`] and may be simulated. Signatures that
/// outside verifiers check, and leases judged on the wall clock, use [`Clock::real_now`].
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Business time.
    fn now(&self) -> Timestamp;
    /// Real time, also while business time is simulated.
    fn real_now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        self.real_now()
    }

    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
    fn real_now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that stands still until it is moved; never goes back.
#[derive(Debug)]
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// Stands at `at`.
    #[must_use]
    pub fn new(at: Timestamp) -> Self {
        ManualClock(Mutex::new(at))
    }

    /// Moves forward.
    pub fn advance(&self, by: SignedDuration) {
        let mut at = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *at = at.saturating_add(by.max(SignedDuration::ZERO)).unwrap_or(Timestamp::MAX);
    }

    /// Moves to `to` unless that is in the past.
    pub fn set(&self, to: Timestamp) {
        let mut at = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *at = (*at).max(to);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn real_now(&self) -> Timestamp {
        self.now()
    }
}
