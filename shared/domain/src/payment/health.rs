//! When a gateway that fails is taken from the list of ways to pay, and when it comes back (issue part 2).
//!
//! The rule, as the documentation states it: after three openings in a row that brought no page (no answer,
//! "busy", or a refusal of the account), a gateway is not offered for five minutes; then one payer may try
//! it, and one more failure hides it for another five. An opening that worked clears it. When every gateway
//! of a shop is hidden they are all offered, since a list without an entry helps nobody.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Failures in a row that hide a gateway.
pub const HIDE_AFTER: u32 = 3;
/// How long it is hidden.
pub const HIDDEN_FOR: SignedDuration = SignedDuration::from_mins(5);

/// How the last openings at an account ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Health {
    /// Failures since the last opening that worked.
    pub failures: u32,
    /// When the last failure was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_at: Option<Timestamp>,
}

impl Health {
    /// After one more opening. That the payer's amount or data were refused says nothing about the gateway
    /// and is not noted.
    #[must_use]
    pub fn after(self, opened: bool, now: Timestamp) -> Health {
        if opened {
            return Health::default();
        }
        Health { failures: self.failures.saturating_add(1), failed_at: Some(now) }
    }

    /// Whether it is left out of the list at `now`.
    #[must_use]
    pub fn is_hidden(self, now: Timestamp) -> bool {
        self.failures >= HIDE_AFTER
            && self.failed_at.is_some_and(|failed| now.duration_since(failed) < HIDDEN_FOR)
    }
}

/// The gateways of a list that are offered: all but the hidden, or all when none would be left.
#[must_use]
pub fn offered<T>(all: Vec<(T, Health)>, now: Timestamp) -> Vec<T> {
    let none_left = all.iter().all(|(_, health)| health.is_hidden(now));
    all.into_iter().filter(|(_, health)| none_left || !health.is_hidden(now)).map(|(way, _)| way).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::constant(1_790_000_000, 0);

    fn after(secs: i64) -> Timestamp {
        START + SignedDuration::from_secs(secs)
    }

    fn failed(times: u32) -> Health {
        (0..times).fold(Health::default(), |health, _| health.after(false, START))
    }

    #[test]
    fn the_third_failure_hides_for_five_minutes() {
        assert!(!failed(2).is_hidden(START));
        assert!(failed(3).is_hidden(START));
        assert!(failed(3).is_hidden(after(299)));
        assert!(!failed(3).is_hidden(after(300)));
    }

    #[test]
    fn a_failed_trial_hides_again_and_a_success_clears() {
        let tried = failed(3).after(false, after(300));
        assert!(tried.is_hidden(after(301)) && !tried.is_hidden(after(600)));
        assert!(!failed(9).after(true, after(10)).is_hidden(after(10)));
    }

    #[test]
    fn a_list_is_never_empty() {
        let all = |second: Health| vec![("a", failed(3)), ("b", second)];
        assert_eq!(offered(all(Health::default()), START), ["b"]);
        assert_eq!(offered(all(failed(3)), START), ["a", "b"]);
        assert!(offered::<&str>(vec![], START).is_empty());
    }
}
