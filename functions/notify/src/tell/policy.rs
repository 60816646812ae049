//! How a message is carried out: patience, and what is done after a lost answer (reliability notes, 4.10).

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use yam_domain::effect::{Backoff, Policy, Power};
use yam_messengers::Recovery;
use yam_store::items::notices::{MessageWork, Settling};

/// After "not sent" and "busy", where nobody else can be asked at once.
const DELAYS: &[SignedDuration] = &[
    SignedDuration::from_secs(20),
    SignedDuration::from_mins(1),
    SignedDuration::from_mins(3),
    SignedDuration::from_mins(10),
    SignedDuration::from_mins(20),
];
/// Where another account can be asked at once.
const AT_ONCE: &[SignedDuration] = &[SignedDuration::ZERO];
/// For a receipt or a person, until the cost of a message whose outcome is unknown is charged.
const UNKNOWN: SignedDuration = SignedDuration::from_hours(72);
/// A miss proves nothing where nothing but a receipt can tell.
const NEVER: SignedDuration = SignedDuration::from_hours(24 * 365);
/// A provider that can be asked is asked at these times after the call, and then in steps of the last gap.
const ASKED: &[SignedDuration] =
    &[SignedDuration::from_secs(70), SignedDuration::from_secs(90), SignedDuration::from_secs(120)];
/// Asking ends after this long, and a person settles it.
const ASKED_FOR: SignedDuration = SignedDuration::from_mins(30);
/// The same call is made again so long after a lost answer.
const REPEATED: &[SignedDuration] = &[SignedDuration::from_secs(30), SignedDuration::from_secs(60)];
const AFTER_EVENTS: &[SignedDuration] = &[SignedDuration::from_mins(10), SignedDuration::from_mins(20)];
const NOW: &[SignedDuration] = &[SignedDuration::ZERO, SignedDuration::from_mins(1)];
const AT_THE_END: &[SignedDuration] = &[UNKNOWN];

/// The policy of a message at `real_now`.
pub(super) fn policy(work: &MessageWork, real_now: Timestamp, deadline: Duration) -> Policy {
    let call_deadline = SignedDuration::try_from(deadline).unwrap_or(SignedDuration::from_secs(15));
    Policy {
        power: power(work, real_now),
        backoff: Backoff {
            delays: if work.others { AT_ONCE } else { DELAYS },
            jitter_percent: if work.others { 0 } else { 20 },
        },
        lease: call_deadline + SignedDuration::from_secs(15),
        call_deadline,
    }
}

/// Waits for a receipt for 72 hours, then the message counts as sent and is charged.
const WAIT: Power = Power::LookUp { quiet: NEVER, misses: 1, schedule: AT_THE_END, give_up_after: UNKNOWN };

fn power(work: &MessageWork, real_now: Timestamp) -> Power {
    let repeat = |quiet, schedule| Power::LookUp { quiet, misses: 1, schedule, give_up_after: UNKNOWN };
    match work.settling {
        Some(Settling::LookUp { first_after_s }) => Power::LookUp {
            quiet: SignedDuration::from_secs(first_after_s),
            misses: 3,
            schedule: ASKED,
            give_up_after: ASKED_FOR,
        },
        Some(Settling::Repeat { .. }) if may_repeat(work, real_now) => repeat(SignedDuration::ZERO, REPEATED),
        Some(Settling::RepeatOnce { first_after_s }) if may_repeat(work, real_now) => {
            // Also after a worker that died: what has come by then may come as an event.
            let quiet = SignedDuration::from_secs(first_after_s);
            repeat(quiet, if first_after_s > 0 { AFTER_EVENTS } else { NOW })
        }
        _ => WAIT,
    }
}

/// Whether a send whose answer was lost may be made again.
pub(super) fn may_repeat(work: &MessageWork, real_now: Timestamp) -> bool {
    match work.settling {
        Some(Settling::LookUp { .. }) => true,
        Some(Settling::Repeat { within_s }) => {
            work.signed_at.is_none_or(|since| real_now.duration_since(since).as_secs() < within_s)
        }
        Some(Settling::RepeatOnce { .. }) => work.repeats == 0,
        Some(Settling::Wait) | None => false,
    }
}

/// What a provider says of its wire, as the message stores it.
pub(super) fn settling(recovery: Recovery) -> Settling {
    match recovery {
        Recovery::Repeat { within, .. } => Settling::Repeat { within_s: within.as_secs() },
        Recovery::LookUp { first_after } => Settling::LookUp { first_after_s: first_after.as_secs() },
        Recovery::RepeatOnce { first_after } => Settling::RepeatOnce { first_after_s: first_after.as_secs() },
        Recovery::Evidence { .. } | Recovery::Hold => Settling::Wait,
    }
}
