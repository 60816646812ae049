//! What a wire can do after a lost answer, and how patient we are with it.

use jiff::{SignedDuration, Timestamp};

/// What a wire offers once a call may or may not have happened (reliability notes, section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    /// The same call under the same id is harmless: send again.
    Repeat,
    /// The operator can be asked whether it knows our id.
    LookUp {
        /// A miss counts only this long after the call ended.
        quiet: SignedDuration,
        /// Counted misses that prove absence.
        misses: u32,
        /// Offsets from the end of the call at which to ask; the last gap repeats.
        schedule: &'static [SignedDuration],
        /// Stop asking after this long and leave it to a person.
        give_up_after: SignedDuration,
    },
    /// Nothing can be asked: a person settles it, or evidence that arrives by itself.
    Hold,
}

/// Retry delays as data; the last one repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Delays before the first, second, ... retry.
    pub delays: &'static [SignedDuration],
    /// Spread of each delay in percent, so that a thousand parcels do not retry in one second.
    pub jitter_percent: u8,
}

impl Backoff {
    /// The delay before retry number `n` (0 = the first), spread by `random`.
    #[must_use]
    pub fn delay(&self, n: u32, random: u64) -> SignedDuration {
        let last = self.delays.len().saturating_sub(1);
        let index = usize::try_from(n).unwrap_or(usize::MAX).min(last);
        let base = self.delays.get(index).copied().unwrap_or(SignedDuration::from_secs(60));
        let base_ms = i64::try_from(base.as_millis()).unwrap_or(i64::MAX / 200);
        let spread = base_ms.saturating_mul(i64::from(self.jitter_percent)) / 100;
        if spread <= 0 {
            return base;
        }
        let width = u64::try_from(spread.saturating_mul(2).saturating_add(1)).unwrap_or(1);
        let offset = i64::try_from(random % width).unwrap_or(0) - spread;
        SignedDuration::from_millis(base_ms.saturating_add(offset))
    }
}

/// How one kind of effect is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// What the wire offers after a lost answer.
    pub power: Power,
    /// Delays after "not sent" and "busy", and between repeats.
    pub backoff: Backoff,
    /// How long one worker may hold the intent; at least the call deadline + 15 s.
    pub lease: SignedDuration,
    /// The longest the call itself may take.
    pub call_deadline: SignedDuration,
}

impl Policy {
    /// When the due row of a claimed intent stands: lease end + 30 s (reliability notes, section 1).
    #[must_use]
    pub fn wake_after_lease(lease_until: Timestamp) -> Timestamp {
        later(lease_until, SignedDuration::from_secs(30))
    }

    /// Whether a call may still start: its whole deadline and 5 s fit before the lease and the
    /// invocation end. Judged on the wall clock, because a frozen sandbox wakes with a dead lease.
    #[must_use]
    pub fn may_start(&self, now: Timestamp, lease_until: Timestamp, invocation_end: Timestamp) -> bool {
        let end = later(now, self.call_deadline + SignedDuration::from_secs(5));
        end <= lease_until && end <= invocation_end
    }
}

/// `at + by`, clamped to the range of representable times.
#[must_use]
pub(super) fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}
