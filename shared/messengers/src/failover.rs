//! Who is tried next, as pure functions over what was tried and how the providers fare.
//!
//! Another provider gets a message only when it is certain that no earlier one took it (reliability notes,
//! section 4.10): after `not_sent` and `busy`, and after a refusal that is not about the recipient or the text.
//! After `unknown` nobody else is asked, whatever it costs.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::outcome::{CallOutcome, RefusalKind};

/// How a send at one provider ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Nothing left the house.
    NotSent,
    /// Not now.
    Busy(Option<SignedDuration>),
    /// No.
    Refused(RefusalKind),
    /// Taken.
    Done,
    /// Not known.
    Unknown,
}

impl<T> From<&CallOutcome<T>> for End {
    fn from(outcome: &CallOutcome<T>) -> Self {
        match outcome {
            CallOutcome::NotSent(_) => End::NotSent,
            CallOutcome::Busy { retry_after, .. } => End::Busy(*retry_after),
            CallOutcome::Refused(error) => End::Refused(error.kind),
            CallOutcome::Done(_) => End::Done,
            CallOutcome::Unknown(_) => End::Unknown,
        }
    }
}

/// First rest of a provider that fails, and the longest one.
const FIRST_REST: SignedDuration = SignedDuration::from_secs(30);
const LONGEST_REST: SignedDuration = SignedDuration::from_mins(15);
/// Failures in a row before it rests: one lost packet is no outage.
const PATIENCE: u32 = 3;

/// How an account at a provider fares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Failures in a row.
    pub failures: u32,
    /// Not asked before.
    pub resting_until: Option<Timestamp>,
    /// Stopped by a refusal that would meet every message; a person starts it again.
    pub stopped: Option<RefusalKind>,
}

impl Health {
    /// After one more send. A refusal about a message shows that the provider works.
    #[must_use]
    pub fn after(self, end: End, now: Timestamp) -> Self {
        match end {
            End::Refused(kind) if kind.stops_account() => Health { stopped: Some(kind), ..self },
            End::Done | End::Refused(_) => Health { failures: 0, resting_until: None, ..self },
            End::NotSent | End::Unknown | End::Busy(_) => {
                let failures = self.failures.saturating_add(1);
                let asked = match end {
                    End::Busy(Some(wait)) => wait.clamp(SignedDuration::ZERO, LONGEST_REST),
                    _ => SignedDuration::ZERO,
                };
                let rest = rest(failures).max(asked);
                let until = now.checked_add(rest).ok().filter(|_| rest > SignedDuration::ZERO);
                Health { failures, resting_until: until.max(self.resting_until), ..self }
            }
        }
    }

    /// Whether it may be asked.
    #[must_use]
    pub fn is_up(&self, now: Timestamp) -> bool {
        self.stopped.is_none() && self.resting_until.is_none_or(|until| until <= now)
    }
}

/// 30 s after the third failure in a row, then twice as long each time, 15 min at most.
fn rest(failures: u32) -> SignedDuration {
    let Some(beyond) = failures.checked_sub(PATIENCE) else { return SignedDuration::ZERO };
    let factor = 1_i32.checked_shl(beyond.min(10)).unwrap_or(i32::MAX);
    FIRST_REST.checked_mul(factor).unwrap_or(LONGEST_REST).min(LONGEST_REST)
}

/// One account in the merchant's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// How it fares.
    pub health: Health,
    /// How this message's last send there ended.
    pub tried: Option<End>,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Send by the account at this place of the order.
    Use(usize),
    /// Nobody can be asked now; look again then.
    Wait(Timestamp),
    /// A provider has the message, or may have it: settle that one first.
    Settle(usize),
    /// Refused for the recipient or the text: nobody else is asked.
    Refused(usize, RefusalKind),
    /// Every account has refused it, or is stopped.
    Exhausted,
}

/// The next step of a message. Accounts not tried so far go first, in the merchant's order; then those that
/// could not be reached or were busy, from the first on.
#[must_use]
pub fn next(routes: &[Route], now: Timestamp) -> Next {
    let place = |wanted: fn(End) -> bool| routes.iter().position(|route| route.tried.is_some_and(wanted));
    if let Some(index) = place(|end| matches!(end, End::Done | End::Unknown)) {
        return Next::Settle(index);
    }
    let final_no = |route: &Route| match route.tried {
        Some(End::Refused(kind)) if !kind.may_fail_over() => Some(kind),
        _ => None,
    };
    if let Some((index, kind)) = routes.iter().enumerate().find_map(|(i, route)| Some((i, final_no(route)?)))
    {
        return Next::Refused(index, kind);
    }
    let again = |end: End| matches!(end, End::NotSent | End::Busy(_));
    let open = |route: &Route| route.health.stopped.is_none() && route.tried.is_none_or(again);
    let up = |route: &Route| open(route) && route.health.is_up(now);
    if let Some(index) = routes.iter().position(|route| route.tried.is_none() && up(route)) {
        return Next::Use(index);
    }
    // A retry is not at once: the caller's back-off comes before it, by the rests of the accounts.
    if let Some(index) = routes.iter().position(up) {
        return Next::Use(index);
    }
    routes
        .iter()
        .filter(|route| open(route))
        .filter_map(|route| route.health.resting_until)
        .min()
        .map_or(Next::Exhausted, Next::Wait)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn now() -> Timestamp {
        "2026-11-23T07:00:00Z".parse().unwrap()
    }

    fn route(tried: Option<End>) -> Route {
        Route { health: Health::default(), tried }
    }

    #[test]
    fn only_what_is_certain_leads_on() {
        for (end, expected) in [
            (End::NotSent, Next::Use(1)),
            (End::Busy(None), Next::Use(1)),
            (End::Unknown, Next::Settle(0)),
            (End::Done, Next::Settle(0)),
            (End::Refused(RefusalKind::Money), Next::Use(1)),
            (End::Refused(RefusalKind::Account), Next::Use(1)),
            (End::Refused(RefusalKind::Sender), Next::Use(1)),
            (End::Refused(RefusalKind::NoRoute), Next::Use(1)),
            (End::Refused(RefusalKind::Number), Next::Refused(0, RefusalKind::Number)),
            (End::Refused(RefusalKind::Blocked), Next::Refused(0, RefusalKind::Blocked)),
            (End::Refused(RefusalKind::Repeated), Next::Refused(0, RefusalKind::Repeated)),
            (End::Refused(RefusalKind::Content), Next::Refused(0, RefusalKind::Content)),
            (End::Refused(RefusalKind::Other), Next::Refused(0, RefusalKind::Other)),
        ] {
            assert_eq!(next(&[route(Some(end)), route(None)], now()), expected, "{end:?}");
        }
        assert_eq!(next(&[], now()), Next::Exhausted);
        assert_eq!(next(&[route(None), route(None)], now()), Next::Use(0));
        let later_unknown = [route(Some(End::NotSent)), route(Some(End::Unknown)), route(None)];
        assert_eq!(next(&later_unknown, now()), Next::Settle(1));
        let all_poor = [route(Some(End::Refused(RefusalKind::Money))); 2];
        assert_eq!(next(&all_poor, now()), Next::Exhausted);
    }

    #[test]
    fn who_rests_is_passed_over_and_waited_for() {
        let until = now() + SignedDuration::from_mins(1);
        let resting =
            Route { health: Health { failures: 4, resting_until: Some(until), stopped: None }, tried: None };
        assert_eq!(next(&[resting, route(None)], now()), Next::Use(1));
        assert_eq!(next(&[resting], now()), Next::Wait(until));
        assert_eq!(next(&[resting], until), Next::Use(0));
        let stopped =
            Route { health: Health { stopped: Some(RefusalKind::Money), ..Health::default() }, tried: None };
        assert_eq!(next(&[stopped], now()), Next::Exhausted);
        assert_eq!(next(&[stopped, resting], now()), Next::Wait(until));
    }

    #[test]
    fn health_rests_longer_each_time_and_recovers_at_once() {
        let mut health = Health::default();
        let mut rests = Vec::new();
        for _ in 0..10 {
            health = health.after(End::Unknown, now());
            rests.push(health.resting_until.map_or(0, |until| until.duration_since(now()).as_secs()));
        }
        assert_eq!(rests, [0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
        assert_eq!(health.after(End::Done, now()), Health::default());
        let number = End::Refused(RefusalKind::Number);
        assert_eq!(health.after(number, now()), Health::default());
        let poor = health.after(End::Refused(RefusalKind::Money), now());
        assert_eq!(poor.stopped, Some(RefusalKind::Money));
        let told = Health::default().after(End::Busy(Some(SignedDuration::from_secs(70))), now());
        assert_eq!(told.resting_until, Some(now() + SignedDuration::from_secs(70)));
    }

    fn ends() -> impl Strategy<Value = Option<End>> {
        prop_oneof![
            Just(None),
            Just(Some(End::NotSent)),
            Just(Some(End::Busy(None))),
            Just(Some(End::Done)),
            Just(Some(End::Unknown)),
            (0..RefusalKind::ALL.len()).prop_map(|n| Some(End::Refused(RefusalKind::ALL[n]))),
        ]
    }

    proptest! {
        #[test]
        fn nobody_is_asked_while_a_message_may_be_out(tried in prop::collection::vec(ends(), 0..6)) {
            let routes: Vec<Route> = tried.iter().map(|end| route(*end)).collect();
            let out = tried.iter().any(|end| matches!(end, Some(End::Done | End::Unknown)));
            let no = tried.iter().any(|end| matches!(end, Some(End::Refused(kind)) if !kind.may_fail_over()));
            match next(&routes, now()) {
                Next::Use(index) => {
                    prop_assert!(!out && !no);
                    let end = tried[index];
                    prop_assert!(matches!(end, None | Some(End::NotSent | End::Busy(_))));
                }
                Next::Settle(_) => prop_assert!(out),
                Next::Refused(..) => prop_assert!(no && !out),
                Next::Wait(_) => prop_assert!(false, "nobody rests"),
                Next::Exhausted => prop_assert!(!out && !no),
            }
        }

        #[test]
        fn a_rest_is_bounded(failures in any::<u32>()) {
            prop_assert!(rest(failures) <= LONGEST_REST && rest(failures) >= SignedDuration::ZERO);
        }
    }
}
