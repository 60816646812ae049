//! How a registration is carried out and settled (reliability notes, sections 2 and 4.3).

use std::time::Duration;

use jiff::SignedDuration;
use yam_domain::effect::{Backoff, Policy, Power};
use yam_platform::Config;

const fn seconds(s: i64) -> SignedDuration {
    SignedDuration::from_secs(s)
}

/// Delays after "not sent" and "busy".
const BACKOFF: Backoff = Backoff {
    delays: &[seconds(5), seconds(15), seconds(60), seconds(180), seconds(600), seconds(1_800)],
    jitter_percent: 20,
};
/// `GetResInfo` at +2 s, +15 s and +60 s, then past the quiet time until three misses count, so that a lost
/// request is sent again within four of the twenty minutes (S3-04); then every five minutes.
const LOOK_UPS: &[SignedDuration] =
    &[seconds(2), seconds(15), seconds(60), seconds(120), seconds(150), seconds(180), seconds(480)];
/// Misses after the quiet time that prove absence.
const MISSES: u32 = 3;
/// Look-ups that fail for longer leave the parcel to a person.
const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(6);
/// The lease outlives the call by this.
const LEASE_OVER_DEADLINE: SignedDuration = seconds(20);

/// The deadlines of this wire's calls.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadlines {
    /// One registration.
    pub(super) register: Duration,
    /// Everything else: harmless when repeated.
    pub(super) other: Duration,
    quiet: Duration,
}

impl Deadlines {
    pub(super) fn new(config: &Config) -> Self {
        Deadlines {
            register: config.millis("YAM_CALL_DEADLINE_MS"),
            other: Duration::from_secs(15),
            quiet: config.seconds("YAM_QUIET_SECONDS"),
        }
    }

    /// The order number can be looked up by its days; what a repeated one does is not known.
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
        let Power::LookUp { quiet, misses, schedule, .. } = policy.power else { panic!("can be asked") };
        assert_eq!((quiet, misses), (seconds(120), 3));
        assert_eq!(schedule[..3], [seconds(2), seconds(15), seconds(60)]);
        let counted = schedule.iter().filter(|at| **at >= quiet && **at <= seconds(360)).count();
        assert!(counted >= 3, "three counted misses within six minutes");
    }
}
