//! Nothing changes between two evaluations, whatever the parcel and the zone.

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::tests::{msk, polled};
use super::*;
use crate::ids::CarrierId;
use crate::tracking::scan::StorageWord;

const STATUSES: [ParcelStatus; 8] = [
    ParcelStatus::Registered,
    ParcelStatus::InTransit,
    ParcelStatus::Arrived,
    ParcelStatus::DeliveryFailed,
    ParcelStatus::StorageExpiring,
    ParcelStatus::StorageExpired,
    ParcelStatus::Returning,
    ParcelStatus::Delivered,
];

/// Hours from 1 February 2026, 0:00 Moscow, and a minute, so that no moment is a whole hour.
fn hour(hour: i64) -> Timestamp {
    msk(2, 1, 0, 0) + SignedDuration::from_mins(60 * hour + 1)
}

fn standings() -> impl Strategy<Value = Standing> {
    let word = prop_oneof![
        Just(None),
        (0u8..30).prop_map(|days| Some(StorageWord::DaysLeft(days))),
        Just(Some(StorageWord::Extended)),
    ];
    let told = (prop::sample::select(STATUSES.to_vec()), any::<bool>(), any::<bool>(), any::<bool>());
    (told, word, 0i64..1_500, 0i64..300).prop_map(|((status, waits, left, locker), word, at, more)| {
        let known = status != ParcelStatus::Registered;
        Standing {
            status,
            since: known.then(|| hour(at)),
            last_scan_at: known.then(|| hour(at + more)),
            arrived_at: waits.then(|| hour(at)),
            left_sorting_at: left.then(|| hour(at)),
            locker,
            storage: word.map(|word| (word, hour(at + more))),
            ..Standing::NOTHING_TOLD
        }
    })
}

fn zones() -> impl Strategy<Value = TimeZone> {
    let rules =
        ["<+03>-3", "<+0330>-3:30", "KST-9", "EST5EDT,M3.2.0,M11.1.0", "EET-2EEST,M3.5.0/0,M10.5.0/0"];
    prop::sample::select(rules.to_vec()).prop_map(|rule| TimeZone::posix(rule).expect("a known rule"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Between now and `next_eval_at` nothing changes; there something may, and time goes on.
    #[test]
    fn nothing_changes_before_the_next_evaluation(
        standing in standings(),
        zone in zones(),
        carrier in prop::sample::select(CarrierId::ALL.to_vec()),
        (now, heard, part) in (0i64..4_000, 0i64..4_000, 0.0f64..1.0),
        (known, modelled) in (any::<bool>(), any::<bool>()),
    ) {
        let settings = DerivedSettings::for_carrier(carrier, zone);
        let now = hour(now);
        let polling = Polling { known, ..polled(hour(heard)) };
        let dwell = DwellEstimate::prior(carrier);
        let at = |now| derive(&standing, now, &polling, &settings, modelled.then_some(&dwell));
        let derived = at(now);
        prop_assert!(derived.next_eval_at.is_none_or(|next| next >= now));
        let next = derived.next_eval_at.unwrap_or(now + SignedDuration::from_hours(10_000));
        if next > now {
            let last = next - SignedDuration::from_nanos(1);
            let between = now + last.duration_since(now).mul_f64(part);
            for moment in [between, last] {
                prop_assert_eq!(&at(moment), &derived, "at {}", moment);
            }
            if let Some(after) = at(next).next_eval_at {
                prop_assert!(after > next || after == next && at(next).next_news_at == Some(next));
            }
        }
        prop_assert!(derived.next_eval_at <= derived.next_news_at || derived.next_news_at.is_none());
    }
}
