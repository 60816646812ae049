//! What must hold of any history.

use proptest::prelude::*;

use super::tests::standing;
use super::*;
use crate::tracking::samples::{answers, russian};
use crate::tracking::{Meaning, Scan};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// What must hold of any history, sensible or not.
    #[test]
    fn a_standing_is_consistent(answers in answers()) {
        let mut history = History::default();
        for (snapshot, seen_at) in &answers {
            history.apply(snapshot, *seen_at);
        }
        for carrier in CarrierId::ALL {
            let timeline = Timeline::of(carrier, &history);
            let standing = timeline.standing();
            let live: Vec<&Scan> = history.live().collect();
            prop_assert_eq!(standing.last_scan_at, live.iter().map(|scan| scan.happened_at).max());
            prop_assert!(standing.since <= standing.last_scan_at);
            prop_assert!(!standing.is_returning() || !standing.is_waiting());
            if standing.status == ParcelStatus::Delivered {
                let delivers = |scan: &&Scan| scan.reading.meaning == Meaning::Status(ParcelStatus::Delivered);
                prop_assert!(live.iter().copied().any(|scan| delivers(&scan)), "never without a delivery");
            }
            for stay in timeline.stays() {
                prop_assert!(live.iter().any(|scan| scan.key() == stay.anchor), "a stay without its scan");
                let runs = timeline.runs().iter();
                let of = runs.filter(|run| run.status == stay.status && run.has(&stay.anchor)).count();
                prop_assert_eq!(of, 1, "each stay begins in one run");
            }
            let moves = [ParcelStatus::InTransit, ParcelStatus::Arrived, ParcelStatus::OutForDelivery];
            if standing.is_returning() {
                prop_assert!(!moves.contains(&standing.status));
            }
        }
    }

    #[test]
    fn an_unknown_code_changes_no_known_status(answers in answers(), at in 0i64..40) {
        let mut history = History::default();
        for (snapshot, seen_at) in &answers {
            history.apply(snapshot, *seen_at);
        }
        let mut live: Vec<Scan> = history.live().cloned().collect();
        prop_assume!(!live.iter().any(|scan| scan.reading.meaning == Meaning::CancelsPrevious));
        let before = standing(CarrierId::RussianPost, live.clone());
        live.push(russian(at, (77, 7), ""));
        let after = standing(CarrierId::RussianPost, live);
        prop_assert!(before.since.is_none() || after.status == before.status);
    }
}
