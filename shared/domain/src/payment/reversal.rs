//! When money may be reversed or settled, so that nothing is ever both (reliability notes, sections 4.6,
//! 4.8 and P5; gateway notes, section 7.3).

use super::sweep::CLOCK_MARGIN;
use crate::ids::GatewayId;
use jiff::{SignedDuration, Timestamp};

/// What is known about the money of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MoneyFacts {
    /// When it was paid, or else when we first heard that it was.
    pub paid_at: Timestamp,
    /// When a verify was acknowledged.
    pub verified_at: Option<Timestamp>,
    /// Settle calls started.
    pub settle_sends: u32,
    /// Reverse calls started.
    pub reverse_sends: u32,
}

/// Why a step may not be claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// This gateway has no such step.
    #[error("the gateway has no such step")]
    NotOffered,
    /// Only verified money can be reversed; what is not verified returns by itself.
    #[error("it is not verified; unverified money returns by itself")]
    NotVerified,
    /// A settle call was started.
    #[error("settling has begun; refund it instead")]
    SettleBegun,
    /// A reverse call was started.
    #[error("a reversal has begun")]
    ReverseBegun,
    /// The gateway's window is over.
    #[error("the time for a reversal is over; refund it instead")]
    TooLate,
}

/// Whether a reversal may be claimed at `now`. A reversal that has begun may be repeated inside its window.
///
/// # Errors
/// [`Forbidden`], saying why not.
pub fn may_reverse(gateway: GatewayId, facts: &MoneyFacts, now: Timestamp) -> Result<(), Forbidden> {
    let (since, window) = match gateway {
        GatewayId::Zarinpal => (Some(facts.paid_at), SignedDuration::from_mins(30)),
        GatewayId::Mellat => (facts.verified_at, SignedDuration::from_mins(180)),
        GatewayId::Sep => (facts.verified_at.map(|_| facts.paid_at), SignedDuration::from_mins(50)),
        GatewayId::Zibal | GatewayId::Robokassa | GatewayId::Yookassa | GatewayId::Toss => {
            return Err(Forbidden::NotOffered);
        }
    };
    let since = since.ok_or(Forbidden::NotVerified)?;
    if facts.settle_sends > 0 {
        return Err(Forbidden::SettleBegun);
    }
    if now.duration_since(since) > window - CLOCK_MARGIN {
        return Err(Forbidden::TooLate);
    }
    Ok(())
}

/// Whether settling may be claimed: only of verified money, and never once a reversal has begun.
///
/// # Errors
/// [`Forbidden`], saying why not.
pub fn may_settle(gateway: GatewayId, facts: &MoneyFacts) -> Result<(), Forbidden> {
    match gateway {
        GatewayId::Mellat if facts.verified_at.is_none() => Err(Forbidden::NotVerified),
        GatewayId::Mellat if facts.reverse_sends > 0 => Err(Forbidden::ReverseBegun),
        GatewayId::Mellat => Ok(()),
        GatewayId::Zarinpal
        | GatewayId::Zibal
        | GatewayId::Sep
        | GatewayId::Robokassa
        | GatewayId::Yookassa
        | GatewayId::Toss => Err(Forbidden::NotOffered),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: Timestamp = Timestamp::constant(1_790_000_000, 0);

    fn after(mins: i64) -> Timestamp {
        START + SignedDuration::from_mins(mins)
    }

    fn verified() -> MoneyFacts {
        MoneyFacts { paid_at: START, verified_at: Some(after(1)), settle_sends: 0, reverse_sends: 0 }
    }

    #[test]
    fn windows_end_a_minute_early() {
        for (gateway, last) in [(GatewayId::Zarinpal, 29), (GatewayId::Mellat, 180), (GatewayId::Sep, 49)] {
            assert_eq!(may_reverse(gateway, &verified(), after(last)), Ok(()), "{gateway}");
            assert_eq!(may_reverse(gateway, &verified(), after(last + 1)), Err(Forbidden::TooLate));
        }
    }

    #[test]
    fn sep_and_mellat_reverse_verified_money_only() {
        let facts = MoneyFacts { verified_at: None, ..verified() };
        for gateway in [GatewayId::Mellat, GatewayId::Sep] {
            assert_eq!(may_reverse(gateway, &facts, after(2)), Err(Forbidden::NotVerified));
        }
        assert_eq!(may_reverse(GatewayId::Zibal, &verified(), after(2)), Err(Forbidden::NotOffered));
    }

    proptest! {
        /// Whoever is first, the other step is closed.
        #[test]
        fn nothing_is_both_settled_and_reversed(order in prop::collection::vec(any::<bool>(), 1..20)) {
            let mut facts = verified();
            for settle in order {
                if settle && may_settle(GatewayId::Mellat, &facts).is_ok() {
                    facts.settle_sends += 1;
                } else if !settle && may_reverse(GatewayId::Mellat, &facts, after(2)).is_ok() {
                    facts.reverse_sends += 1;
                }
                prop_assert!(facts.settle_sends == 0 || facts.reverse_sends == 0);
            }
        }
    }
}
