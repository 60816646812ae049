//! How a registration is carried out and settled, per wire (reliability notes, sections 2, 4.1, 4.2).

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

/// When `Inquiry` is asked after a call of unknown end: at once for the common case of a lost answer,
/// then past the quiet time until three misses count.
const INQUIRIES: &[SignedDuration] = &[seconds(0), seconds(10), seconds(60), seconds(120), seconds(150)];
/// Misses after the quiet time that prove absence.
const MISSES: u32 = 3;
/// An order the gateway may be holding without a barcode (result 22) is left to a person after this.
const GIVE_UP_AFTER: SignedDuration = seconds(30 * 60);
/// The lease outlives the call by this.
const LEASE_OVER_DEADLINE: SignedDuration = seconds(20);

/// The deadlines of this adapter's calls.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadlines {
    /// One registration, token included.
    pub(super) register: Duration,
    /// One price.
    pub(super) quote: Duration,
    /// Everything else: harmless when repeated.
    pub(super) other: Duration,
    /// A miss of a look-up counts only this long after the call.
    quiet: Duration,
}

impl Deadlines {
    pub(super) fn new(config: &Config) -> Self {
        Deadlines {
            register: config.millis("YAM_CALL_DEADLINE_MS"),
            quote: config.millis("YAM_QUOTE_CARRIER_MS"),
            other: Duration::from_secs(15),
            quiet: config.seconds("YAM_QUIET_SECONDS"),
        }
    }

    /// EShop has neither an id of ours nor a look-up: what is not known stays with a person.
    pub(super) fn eshop(&self) -> Policy {
        self.policy(Power::Hold)
    }

    /// Ebazaar REST knows our `ClientOrderId` and can be asked for it.
    pub(super) fn rest(&self) -> Policy {
        self.policy(Power::LookUp {
            quiet: signed(self.quiet),
            misses: MISSES,
            schedule: INQUIRIES,
            give_up_after: GIVE_UP_AFTER,
        })
    }

    fn policy(&self, power: Power) -> Policy {
        let call_deadline = signed(self.register);
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
    fn the_default_settings_give_the_policies_of_the_notes() {
        let deadlines = Deadlines::new(&Config::from_lookup(|_| None).unwrap());
        let eshop = deadlines.eshop();
        assert_eq!(eshop.power, Power::Hold);
        assert_eq!((eshop.lease, eshop.call_deadline), (seconds(60), seconds(40)));
        let Power::LookUp { quiet, misses, schedule, give_up_after } = deadlines.rest().power else {
            panic!("REST can be asked")
        };
        assert_eq!((quiet, misses, give_up_after), (seconds(120), 3, seconds(1_800)));
        assert_eq!(schedule.len(), 5);
        assert_eq!(eshop.backoff.jitter_percent, 20);
    }

    #[test]
    fn quiet_time_and_deadline_come_from_the_settings() {
        let config = Config::from_lookup(|name| match name {
            "YAM_CALL_DEADLINE_MS" => Some("1500".into()),
            "YAM_QUIET_SECONDS" => Some("2".into()),
            _ => None,
        });
        let deadlines = Deadlines::new(&config.unwrap());
        assert_eq!(deadlines.eshop().call_deadline, SignedDuration::from_millis(1_500));
        assert_eq!(deadlines.eshop().lease, SignedDuration::from_millis(21_500));
        assert!(matches!(deadlines.rest().power, Power::LookUp { quiet, .. } if quiet == seconds(2)));
    }
}
