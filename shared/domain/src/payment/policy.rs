//! How the calls of a payment are carried out and settled (reliability notes, sections 2, 3 and 4.8).
//!
//! Opening a payment is none of them: after a lost answer it is abandoned and a new attempt replaces it.

use crate::effect::{Backoff, Policy, Power};
use crate::ids::GatewayId;
use jiff::SignedDuration;

const fn secs(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count)
}

/// A call that may have an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Make the money ours.
    Verify,
    /// Have it paid out (Mellat).
    Settle,
    /// Send it back while that is free.
    Reverse,
    /// Send it, or a part, back later.
    Refund,
}

/// Who makes the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// A request a browser waits for, which ends after 30 s.
    Callback,
    /// A job.
    Job,
}

const BACKOFF: Backoff = Backoff { delays: &[secs(15), secs(30), secs(60), secs(120)], jitter_percent: 20 };

/// An inquiry shows it, and a miss counts only after the quiet time.
const LOOK_UP: Power = Power::LookUp {
    quiet: secs(120),
    misses: 3,
    schedule: &[secs(2), secs(15), secs(60)],
    give_up_after: secs(1_800),
};

/// The policy of a step at a gateway.
pub const fn policy(gateway: GatewayId, step: Step, place: Place) -> Policy {
    let (call_deadline, lease) = match (place, step) {
        (Place::Callback, Step::Settle) => (secs(8), secs(30)),
        (Place::Callback, Step::Verify | Step::Reverse | Step::Refund) => (secs(12), secs(30)),
        (Place::Job, _) => (secs(20), secs(45)),
    };
    Policy { power: power(gateway, step), backoff: BACKOFF, lease, call_deadline }
}

const fn power(gateway: GatewayId, step: Step) -> Power {
    match (step, gateway) {
        (Step::Verify | Step::Settle, _) => Power::Repeat,
        // 5 is done (section 4.8).
        (Step::Reverse, GatewayId::Sep) => Power::Repeat,
        (Step::Reverse, _) => LOOK_UP,
        // The gateway dedupes by our key.
        (Step::Refund, GatewayId::Yookassa | GatewayId::Toss) => Power::Repeat,
        (Step::Refund, GatewayId::Mellat | GatewayId::Zibal) => LOOK_UP,
        // Found again only by an id that came with the answer, or not at all.
        (Step::Refund, GatewayId::Zarinpal | GatewayId::Sep | GatewayId::Robokassa) => Power::Hold,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leases_outlive_their_calls() {
        for gateway in GatewayId::ALL {
            for step in [Step::Verify, Step::Settle, Step::Reverse, Step::Refund] {
                for place in [Place::Callback, Place::Job] {
                    let policy = policy(gateway, step, place);
                    assert!(policy.lease >= policy.call_deadline + secs(15), "{gateway} {step:?} {place:?}");
                }
            }
        }
    }

    #[test]
    fn a_callback_has_time_for_verify_and_settle() {
        let time = |step| policy(GatewayId::Mellat, step, Place::Callback).call_deadline;
        assert!(time(Step::Verify) + time(Step::Settle) + secs(5) <= secs(28));
    }

    #[test]
    fn a_refund_is_sent_twice_only_where_the_gateway_dedupes() {
        let repeated: Vec<GatewayId> = GatewayId::ALL
            .into_iter()
            .filter(|g| policy(*g, Step::Refund, Place::Job).power == Power::Repeat)
            .collect();
        assert_eq!(repeated, [GatewayId::Yookassa, GatewayId::Toss]);
    }
}
