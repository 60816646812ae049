//! The counters, the life table and the keys.

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::ids::CarrierId;
use crate::tracking::Office;

pub(super) fn hours(hours: f64) -> SignedDuration {
    SignedDuration::from_secs_f64(hours * 3_600.0)
}

/// A moment of simulated time.
pub(super) fn moment(at: f64) -> Timestamp {
    Timestamp::from_second(1_780_000_000).expect("in range") + hours(at)
}

pub(super) fn arrived(dwell: f64, lag: f64) -> DwellOutcome {
    DwellOutcome::Arrived { dwell: hours(dwell), lag: Some(hours(lag)) }
}

mod counters {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_route_takes_few_bytes_whatever_it_has_seen() {
        let mut stats = DwellStats::default();
        assert_eq!(String::from(stats.clone()).len(), 351);
        for parcel in 0..20_000 {
            let left = f64::from(parcel) / 10.0;
            stats.depart(moment(left));
            match parcel % 7 {
                0 => stats.settle(moment(left), &DwellOutcome::Silent),
                1 => stats
                    .settle(moment(left), &DwellOutcome::Onward { dwell: hours(f64::from(parcel % 300)) }),
                2 => {}
                _ => stats.settle(moment(left), &arrived(f64::from(parcel % 300), f64::from(parcel % 150))),
            }
        }
        let stored = serde_json::to_string(&stats).unwrap();
        assert!(stored.len() < 400, "{}", stored.len());
        assert_eq!(serde_json::from_str::<DwellStats>(&stored).unwrap(), stats);
    }

    #[test]
    fn texts_that_are_no_counters() {
        let good = String::from(DwellStats::default());
        for bad in [String::new(), good[1..].to_owned(), format!("{good}A"), good.replacen('A', "!", 1)] {
            assert_eq!(DwellStats::try_from(bad), Err(NotDwellStats));
        }
        assert_eq!(DwellStats::try_from(good.replacen('A', "_", 1)), Err(NotDwellStats), "above 65,535");
        assert_eq!(DwellStats::try_from(good), Ok(DwellStats::default()));
    }

    #[test]
    fn open_parcels_are_counted_while_they_are_open() {
        let mut stats = DwellStats::default();
        for _ in 0..3 {
            stats.depart(moment(0.0));
        }
        stats.depart(moment(30.0));
        stats.settle(moment(0.0), &arrived(20.0, 1.0));
        stats.settle(moment(0.0), &DwellOutcome::Gone);
        let open = |stats: &DwellStats, now: f64| -> f64 {
            stats.open_ages(moment(now)).iter().map(|(_, parcels)| parcels).sum()
        };
        assert_eq!(open(&stats, 40.0), 2.0);
        let ages = stats.open_ages(moment(40.0));
        assert!(ages.iter().any(|(age, _)| (40.0..=46.0).contains(age)), "{ages:?}");
        assert!(ages.iter().any(|(age, _)| (10.0..=16.0).contains(age)), "{ages:?}");
        stats.depart(moment(2_000.0));
        assert_eq!(open(&stats, 2_000.0), 3.0, "old ones are still counted");
        stats.settle(moment(0.0), &DwellOutcome::Silent);
        stats.settle(moment(30.0), &DwellOutcome::Silent);
        assert_eq!(open(&stats, 2_000.0), 1.0);
    }

    #[test]
    fn old_parcels_fade() {
        let mut stats = DwellStats::default();
        let seen = |stats: &DwellStats, bin: usize| stats.arrived()[bin];
        for (count, dwell) in [(1_000, 10.0), (3_000, 100.0)] {
            for _ in 0..count {
                stats.depart(moment(0.0));
                stats.settle(moment(0.0), &arrived(dwell, 1.0));
            }
        }
        let (old, new) = (
            seen(&stats, crate::tracking::dwell::grid::bin_of(10.0)),
            seen(&stats, crate::tracking::dwell::grid::bin_of(100.0)),
        );
        assert!(old < 20.0 && new > 490.0, "{old} {new}");
        assert!(old + new < 1_025.0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn packing_loses_nothing(
            counters in prop::collection::vec(any::<u16>(), 89),
            open in prop::collection::vec(0u16..4_096, 40),
            newest in 0u32..16_000_000,
        ) {
            let mut stats = DwellStats { newest, ..DwellStats::default() };
            stats.arrived.copy_from_slice(&counters[..40]);
            stats.onward.copy_from_slice(&counters[40..80]);
            stats.lag.copy_from_slice(&counters[80..87]);
            stats.silent = counters[87];
            stats.older = counters[88];
            stats.open.copy_from_slice(&open);
            let text = String::from(stats.clone());
            prop_assert_eq!(text.len(), 351);
            prop_assert_eq!(DwellStats::try_from(text), Ok(stats));
        }
    }
}

mod estimates {
    use super::*;

    fn prior() -> DwellEstimate {
        DwellEstimate::prior(CarrierId::RussianPost)
    }

    #[test]
    fn the_more_silence_the_likelier() {
        for carrier in CarrierId::ALL {
            let estimate = DwellEstimate::prior(carrier);
            let mut last = 0.0;
            for hour in 0..600 {
                let now = estimate.probability(hours(f64::from(hour)));
                assert!((0.0..=1.0).contains(&now), "{now}");
                assert!(now >= last - 0.02, "{carrier} at {hour}: {now} after {last}");
                last = now;
            }
            assert!(estimate.probability(SignedDuration::ZERO) < 0.01);
            assert!(estimate.probability(hours(470.0)) > 0.95, "{carrier}");
            assert!((estimate.still_travelling(SignedDuration::ZERO) - 1.0).abs() < 1e-9);
            assert!(estimate.still_travelling(hours(480.0)) < 1e-9);
        }
    }

    #[test]
    fn steps_hold_both_bounds_and_climb() {
        let steps = prior().steps(0.85, 0.045);
        assert!(steps.len() >= 2, "{steps:?}");
        for step in &steps {
            assert!(step.probability >= 0.85 && prior().still_travelling(step.after) <= 0.045);
            assert!((step.probability - prior().probability(step.after)).abs() < 1e-12);
        }
        assert!(steps.windows(2).all(|pair| pair[0].after < pair[1].after));
        let first = steps[0].after - hours(1.0);
        assert!(prior().probability(first) < 0.85 || prior().still_travelling(first) > 0.045, "not earlier");
        assert!(prior().steps(0.85, -1.0).is_empty());
        assert!(prior().steps(1.1, 1.0).is_empty());
    }

    #[test]
    fn a_route_soon_knows_itself() {
        let mut stats = DwellStats::default();
        for parcel in 0..300 {
            let left = f64::from(parcel);
            stats.depart(moment(left));
            let dwell = 20.0 + f64::from(parcel % 11);
            if parcel % 4 == 0 {
                stats.settle(moment(left), &DwellOutcome::Silent);
            } else {
                stats.settle(moment(left), &arrived(dwell, 1.0));
            }
        }
        let route = prior().refined(DwellLevel::Route, &stats, moment(400.0));
        assert!((route.silent_share() - 0.25).abs() < 0.03, "{}", route.silent_share());
        assert!(route.still_travelling(hours(18.0)) > 0.95);
        assert!(route.still_travelling(hours(35.0)) < 0.05);
        let told = route.steps(0.85, 0.045)[0].after.as_hours();
        assert!((28..=40).contains(&told), "{told}");
    }

    /// Three hundred parcels leave at once for 20 to 60 hours. After 30 hours a quarter has arrived:
    /// who only counts arrivals would believe that the way takes 30 hours at most.
    #[test]
    fn the_fast_ones_of_a_bunch_are_not_all_of_it() {
        let mut stats = DwellStats::default();
        for _ in 0..300 {
            stats.depart(moment(0.0));
        }
        for parcel in 0..75 {
            stats.settle(moment(0.0), &arrived(20.0 + f64::from(parcel) / 7.5, 0.5));
        }
        let route = prior().refined(DwellLevel::Route, &stats, moment(30.0));
        let travelling = route.still_travelling(hours(30.0));
        assert!((0.6..0.9).contains(&travelling), "{travelling}");
        assert!(route.probability(hours(30.0)) < 0.2);
        assert!(route.steps(0.85, 0.045).first().is_none_or(|step| step.after > hours(72.0)));
    }

    /// From this centre parcels go to another centre, five days away.
    #[test]
    fn a_long_way_to_the_next_centre_is_no_arrival() {
        let mut stats = DwellStats::default();
        for parcel in 0..400 {
            let left = f64::from(parcel);
            stats.depart(moment(left));
            let dwell = hours(100.0 + f64::from(parcel % 40));
            stats.settle(moment(left), &DwellOutcome::Onward { dwell });
        }
        let route = prior().refined(DwellLevel::Route, &stats, moment(600.0));
        for hour in [24.0, 72.0, 120.0] {
            assert!(route.probability(hours(hour)) < 0.2, "{hour}: {}", route.probability(hours(hour)));
        }
    }

    #[test]
    fn what_a_route_has_not_seen_comes_from_its_carrier() {
        let mut carrier = DwellStats::default();
        for parcel in 0..500 {
            let left = f64::from(parcel);
            carrier.depart(moment(left));
            carrier.settle(moment(left), &arrived(70.0 + f64::from(parcel % 9), 1.0));
        }
        let nothing = DwellStats::default();
        let levels = [(DwellLevel::Carrier, &carrier), (DwellLevel::Route, &nothing)];
        let route = DwellEstimate::learned(CarrierId::RussianPost, levels, moment(700.0));
        assert!(route.still_travelling(hours(66.0)) > 0.85);
        assert!(route.still_travelling(hours(85.0)) < 0.15);
    }
}

#[test]
fn keys_go_from_coarse_to_fine() {
    let index = |index: &str| Office { index: Some(index.to_owned()), name: None };
    let named = |name: &str| Office { index: None, name: Some(name.to_owned()) };
    let keys = |carrier, origin: Option<&Office>, destination: Option<&Office>| -> Vec<String> {
        dwell_keys(carrier, origin, destination).into_iter().map(|(_, key)| key).collect()
    };
    let (from, to) = (index("102990"), index("190990"));
    assert_eq!(
        keys(CarrierId::RussianPost, Some(&from), Some(&to)),
        ["russian_post", "russian_post>190", "russian_post:102>190"]
    );
    assert_eq!(keys(CarrierId::RussianPost, Some(&from), None), ["russian_post"]);
    assert_eq!(keys(CarrierId::RussianPost, None, Some(&to)), ["russian_post", "russian_post>190"]);
    let shiraz = named("فارس،شیراز،ناحیه 1");
    assert_eq!(keys(CarrierId::IranPost, None, Some(&shiraz)), ["iran_post", "iran_post>فارس"]);
    assert_eq!(keys(CarrierId::KoreaPost, None, Some(&named("  "))), ["korea_post"]);
}
