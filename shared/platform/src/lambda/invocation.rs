//! What a handler knows about its invocation.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// One invocation of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invocation {
    /// Real time at which the function is stopped.
    pub end: Timestamp,
}

impl Invocation {
    /// Ends so long after `real_now`.
    #[must_use]
    pub fn lasting(real_now: Timestamp, timeout: Duration) -> Self {
        let timeout = SignedDuration::try_from(timeout).unwrap_or(SignedDuration::MAX);
        Invocation { end: real_now.saturating_add(timeout).unwrap_or(Timestamp::MAX) }
    }

    /// Real time left.
    #[must_use]
    pub fn left(&self, real_now: Timestamp) -> Duration {
        Duration::try_from(self.end.duration_since(real_now)).unwrap_or(Duration::ZERO)
    }
}
