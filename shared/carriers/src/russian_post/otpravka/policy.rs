//! How a registration is carried out and settled (reliability notes, sections 2 and 4.4).

use std::time::Duration;

use jiff::SignedDuration;
use yam_domain::effect::{Backoff, Policy, Power};
use yam_platform::Config;

const fn seconds(s: i64) -> SignedDuration {
    SignedDuration::from_secs(s)
}

/// Delays after "not sent" and "busy".
const BACKOFF: Backoff = Backoff {
    delays: &[seconds(10), seconds(30), seconds(120), seconds(600), seconds(1_800), seconds(3_600)],
    jitter_percent: 20,
};
/// Searches at once for the common case of a lost answer, then past the quiet time until three misses count,
/// then every ten minutes: each takes two of the day's calls.
const LOOK_UPS: &[SignedDuration] =
    &[seconds(0), seconds(10), seconds(60), seconds(120), seconds(150), seconds(180), seconds(780)];
/// Misses after the quiet time that prove absence.
const MISSES: u32 = 3;
/// A barcode that does not follow, or a search that does not answer, is left to a person after this.
const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(12);
/// The lease outlives the call by this.
const LEASE_OVER_DEADLINE: SignedDuration = seconds(20);

/// The deadlines of this wire's calls.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadlines {
    /// One creation.
    pub(super) register: Duration,
    /// One price.
    pub(super) quote: Duration,
    /// Everything else: harmless when repeated.
    pub(super) other: Duration,
    quiet: Duration,
}

impl Deadlines {
    pub(super) fn new(config: &Config) -> Self {
        Deadlines {
            register: config.millis("YAM_CALL_DEADLINE_MS"),
            quote: config.millis("YAM_QUOTE_CARRIER_MS"),
            other: Duration::from_secs(20),
            quiet: config.seconds("YAM_QUIET_SECONDS"),
        }
    }

    /// A repeated number makes a second order, but both are found by it and the spare one can be deleted.
    pub(super) fn policy(&self) -> Policy {
        let call_deadline = signed(self.register);
        let power = Power::LookUp {
            quiet: signed(self.quiet),
            misses: MISSES,
            schedule: LOOK_UPS,
            give_up_after: GIVE_UP_AFTER,
        };
        Policy { power, backoff: BACKOFF, lease: call_deadline + LEASE_OVER_DEADLINE, call_deadline }
    }
}

/// Settings are bounded to hours, so the fall-back is never reached.
fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::from_hours(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_settings_give_the_policy_of_the_notes() {
        let policy = Deadlines::new(&Config::from_lookup(|_| None).unwrap()).policy();
        assert_eq!((policy.lease, policy.call_deadline), (seconds(60), seconds(40)));
        let Power::LookUp { quiet, misses, schedule, give_up_after } = policy.power else {
            panic!("can be asked")
        };
        assert_eq!((quiet, misses), (seconds(120), 3));
        assert!(schedule.iter().filter(|at| **at >= quiet).count() >= 3);
        assert!(give_up_after > SignedDuration::from_mins(30), "look-ups that recover need no person");
    }
}
