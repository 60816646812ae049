//! When a gateway is asked about an attempt whose payer did not come back (reliability notes, section 4.7).
//!
//! The clock of the money starts when the payer pays, which nobody sees. So while the page can be paid, and
//! for one verify window after that, the gap between two questions is at least three minutes shorter than
//! the window; every payment is then found in time. Later questions only put the right label on it.

use crate::ids::GatewayId;
use jiff::{SignedDuration, Timestamp};

/// What is kept free in a verify window for a tick, a queue, two calls and one retry.
pub const RESERVE: SignedDuration = SignedDuration::from_mins(3);
/// Kept from each end of a gateway's window, because clocks differ.
pub const CLOCK_MARGIN: SignedDuration = SignedDuration::from_secs(60);

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
const THREE_DAYS: SignedDuration = SignedDuration::from_hours(72);

/// How a gateway's attempts are watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Within this time after paying it has to be verified, or the money returns by itself.
    pub verify_within: Option<SignedDuration>,
    /// So long after the redirect the page can be paid.
    pub payable_for: SignedDuration,
    /// Gap between questions while both may still matter; none where nothing can be asked.
    pub gap: Option<SignedDuration>,
    /// Until when after the redirect that gap holds.
    pub dense_until: SignedDuration,
    /// Until when after the redirect it is asked every hour.
    pub hourly_until: SignedDuration,
    /// Until when after the redirect it is asked every day.
    pub daily_until: SignedDuration,
    /// Gap between repeated verify calls after a lost answer.
    pub verify_every: SignedDuration,
}

const fn mins(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

/// The plan of a gateway.
pub const fn plan(gateway: GatewayId) -> Plan {
    let base = Plan {
        verify_within: Some(mins(10)),
        payable_for: mins(30),
        gap: Some(mins(4)),
        dense_until: mins(40),
        hourly_until: DAY,
        daily_until: THREE_DAYS,
        verify_every: mins(2),
    };
    match gateway {
        GatewayId::Zarinpal | GatewayId::Zibal => base,
        GatewayId::Mellat => {
            Plan { verify_within: Some(mins(15)), gap: Some(mins(5)), dense_until: mins(45), ..base }
        }
        // Nothing can be asked without the RefNum that only a callback brings (section 4.6).
        GatewayId::Sep => Plan {
            verify_within: Some(mins(30)),
            payable_for: mins(20),
            gap: None,
            dense_until: mins(50),
            hourly_until: mins(50),
            daily_until: mins(50),
            ..base
        },
        GatewayId::Robokassa | GatewayId::Yookassa => Plan {
            verify_within: None,
            payable_for: mins(60),
            gap: Some(mins(10)),
            dense_until: mins(60),
            hourly_until: DAY,
            daily_until: DAY,
            ..base
        },
        // Nothing is charged before our own confirm, so a lost return costs nobody anything.
        GatewayId::Toss => Plan {
            verify_within: Some(mins(10)),
            payable_for: mins(30),
            gap: Some(mins(10)),
            dense_until: mins(40),
            hourly_until: DAY,
            daily_until: DAY,
            ..base
        },
    }
}

/// The next question after `now` about an attempt whose payer was sent out at `redirected_at`; none when
/// the watch is over, or nothing can be asked.
pub fn next_inquiry(plan: &Plan, redirected_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let gap = plan.gap?;
    let age = now.duration_since(redirected_at).max(SignedDuration::ZERO);
    let next = next_on_grid(age, SignedDuration::ZERO, gap, plan.dense_until)
        .or_else(|| next_on_grid(age, plan.dense_until, HOUR, plan.hourly_until))
        .or_else(|| next_on_grid(age, plan.hourly_until, DAY, plan.daily_until))?;
    redirected_at.checked_add(next).ok()
}

/// The first point of `start + k * step` (k >= 1) behind `age`, up to and including `end`.
fn next_on_grid(
    age: SignedDuration,
    start: SignedDuration,
    step: SignedDuration,
    end: SignedDuration,
) -> Option<SignedDuration> {
    let behind = age.as_secs().checked_sub(start.as_secs())?.max(0);
    let index = behind.checked_div(step.as_secs())?.checked_add(1)?;
    let point = start.checked_add(SignedDuration::from_secs(step.as_secs().checked_mul(index)?))?;
    (point <= end).then_some(point)
}

/// The next repeat of a verify whose answer was lost, while the window of a payment that was first heard of
/// at `heard_at` is surely open; after that only an inquiry or a person can tell.
pub fn next_verify(plan: &Plan, heard_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let next = now.checked_add(plan.verify_every).ok()?;
    (next <= verify_end(plan, heard_at)).then_some(next)
}

/// Until when a lost verify is repeated of a payment that was first heard of at `heard_at`.
pub fn verify_end(plan: &Plan, heard_at: Timestamp) -> Timestamp {
    let window = plan.verify_within.unwrap_or(DAY) - CLOCK_MARGIN;
    heard_at.checked_add(window).unwrap_or(Timestamp::MAX)
}

/// When the watch of an attempt is over whose payer was sent out at `redirected_at`; none where nothing can be asked.
pub fn watch_end(plan: &Plan, redirected_at: Timestamp) -> Option<Timestamp> {
    plan.gap.and_then(|_| redirected_at.checked_add(plan.daily_until).ok())
}

/// When nothing can be paid, nor return by itself, any more: without a word of payment the attempt has then
/// expired.
pub fn window_end(plan: &Plan, redirected_at: Timestamp) -> Timestamp {
    let whole = plan.payable_for + plan.verify_within.unwrap_or(SignedDuration::ZERO) + CLOCK_MARGIN;
    redirected_at.checked_add(whole).unwrap_or(Timestamp::MAX)
}

/// Whether that moment has come.
pub fn window_passed(plan: &Plan, redirected_at: Timestamp, now: Timestamp) -> bool {
    now >= window_end(plan, redirected_at)
}

/// How urgent a verified payment is that is not settled (Mellat; reliability notes, section 4.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Retrying is enough.
    Quiet,
    /// Half an hour: an alarm.
    Alarm,
    /// Two hours: somebody is called, since sources disagree on what happens after three.
    Page,
}

/// The urgency, and the next try: every minute for ten minutes, then every five.
pub fn settle(verified_at: Timestamp, now: Timestamp) -> (Urgency, Timestamp) {
    let age = now.duration_since(verified_at);
    let urgency = match age.as_mins() {
        ..30 => Urgency::Quiet,
        30..120 => Urgency::Alarm,
        _ => Urgency::Page,
    };
    let gap = SignedDuration::from_mins(if age.as_mins() < 10 { 1 } else { 5 });
    (urgency, now.checked_add(gap).unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: Timestamp = Timestamp::constant(1_790_000_000, 0);

    fn inquiries(gateway: GatewayId) -> Vec<i64> {
        let plan = plan(gateway);
        let mut now = START;
        let mut seen = Vec::new();
        while let Some(next) = next_inquiry(&plan, START, now) {
            assert!(next > now, "{gateway}");
            seen.push(next.duration_since(START).as_mins());
            now = next;
        }
        seen
    }

    #[test]
    fn cadences_are_those_of_the_table() {
        let zibal = inquiries(GatewayId::Zibal);
        assert_eq!(zibal.get(..11).unwrap(), [4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 100]);
        assert_eq!(zibal.last(), Some(&(72 * 60)));
        let mellat = inquiries(GatewayId::Mellat);
        assert_eq!(mellat.get(..10).unwrap(), [5, 10, 15, 20, 25, 30, 35, 40, 45, 105]);
        assert!(inquiries(GatewayId::Sep).is_empty());
        let yookassa = inquiries(GatewayId::Yookassa);
        assert_eq!(yookassa.get(..7).unwrap(), [10, 20, 30, 40, 50, 60, 120]);
        assert_eq!(yookassa.last(), Some(&(24 * 60)));
    }

    #[test]
    fn every_payment_on_the_page_is_found_inside_its_window() {
        for gateway in [GatewayId::Zarinpal, GatewayId::Zibal, GatewayId::Mellat] {
            let plan = plan(gateway);
            let within = plan.verify_within.unwrap();
            let asked = inquiries(gateway);
            for paid_at in 0..=plan.payable_for.as_mins() {
                let found = asked.iter().find(|at| **at >= paid_at).unwrap();
                let left = within - SignedDuration::from_mins(found - paid_at);
                assert!(left >= RESERVE, "{gateway}: paid at +{paid_at}, asked at +{found}");
            }
        }
    }

    #[test]
    fn verify_is_repeated_until_a_minute_before_the_window_ends() {
        let plan = plan(GatewayId::Sep);
        let mut now = START;
        let mut tries = 0;
        while let Some(next) = next_verify(&plan, START, now) {
            now = next;
            tries += 1;
        }
        assert_eq!(tries, 14);
        assert!(now.duration_since(START) <= SignedDuration::from_mins(29));
    }

    #[test]
    fn the_window_has_passed_when_money_would_be_back() {
        let sep = plan(GatewayId::Sep);
        let at = |mins: i64| START + SignedDuration::from_mins(mins);
        assert!(!window_passed(&sep, START, at(50)));
        assert!(window_passed(&sep, START, at(51)));
        assert!(!window_passed(&plan(GatewayId::Zibal), START, at(40)));
    }

    #[test]
    fn an_unsettled_payment_grows_urgent() {
        let at = |mins: i64| START + SignedDuration::from_mins(mins);
        assert_eq!(settle(START, at(0)), (Urgency::Quiet, at(1)));
        assert_eq!(settle(START, at(29)).0, Urgency::Quiet);
        assert_eq!(settle(START, at(30)), (Urgency::Alarm, at(35)));
        assert_eq!(settle(START, at(120)).0, Urgency::Page);
    }

    proptest! {
        #[test]
        fn the_next_question_lies_ahead(minutes in -100i64..10_000, gateway in 0usize..7) {
            let plan = plan(GatewayId::ALL[gateway]);
            let now = START + SignedDuration::from_mins(minutes);
            if let Some(next) = next_inquiry(&plan, START, now) {
                prop_assert!(next > now && next > START);
            }
        }
    }
}
