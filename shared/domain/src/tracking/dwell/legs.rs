//! What a history teaches about ways: each stretch from a sorting centre to what was heard next.

use jiff::{SignedDuration, Timestamp};

use crate::parcel::ParcelStatus;
use crate::tracking::history::{History, Record};
use crate::tracking::scan::{Meaning, Office, Reason};
use crate::tracking::status::surviving;

/// How a stretch ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DwellOutcome {
    /// The office scanned the arrival.
    Arrived {
        /// From leaving to arriving, by the operator's word.
        dwell: SignedDuration,
        /// From arriving to the hub seeing it; none when the parcel was not polled then.
        lag: Option<SignedDuration>,
    },
    /// It must have arrived, but only what followed says so.
    Silent,
    /// It was seen at another place on the way.
    Onward {
        /// From leaving to being seen.
        dwell: SignedDuration,
    },
    /// It is no longer watched, or turned back: nothing is learned.
    Gone,
}

/// A stretch that began at a sorting centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    /// When it left.
    pub left_at: Timestamp,
    /// The sorting centre.
    pub origin: Option<Office>,
    /// How it ended; none while the parcel is silent.
    pub outcome: Option<DwellOutcome>,
}

/// One change of the counters of each level the stretch belongs to ([`dwell_keys`](super::dwell_keys)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DwellLesson {
    /// A parcel left.
    Departed {
        /// When.
        left_at: Timestamp,
        /// Which sorting centre.
        origin: Option<Office>,
    },
    /// It was heard of, or is no longer watched.
    Settled {
        /// When it had left.
        left_at: Timestamp,
        /// Which sorting centre.
        origin: Option<Office>,
        /// How the stretch ended.
        outcome: DwellOutcome,
    },
}

/// The stretches of a history, oldest first; those on the way back are left out.
pub fn legs(history: &History) -> Vec<Leg> {
    let mut legs: Vec<Leg> = Vec::new();
    for record in surviving(history) {
        let reading = &record.scan.reading;
        let Meaning::Status(status) = reading.meaning else {
            continue;
        };
        if let Some(leg) = legs.last_mut().filter(|leg| leg.outcome.is_none()) {
            leg.outcome = outcome(status, record, leg.left_at);
        }
        if reading.turns_back || matches!(status, ParcelStatus::Returning | ParcelStatus::Returned) {
            break;
        }
        if status == ParcelStatus::InTransit && reading.left_sorting {
            let origin = record.scan.office.clone();
            legs.push(Leg { left_at: record.scan.happened_at, origin, outcome: None });
        }
    }
    legs
}

/// What is new since the history was last looked at. A stretch that vanished is gone; one that was
/// learned stays learned.
pub fn lessons(before: &[Leg], after: &[Leg]) -> Vec<DwellLesson> {
    let mut lessons = Vec::new();
    for leg in after {
        let known = twin(before, leg);
        let (left_at, origin) = (leg.left_at, leg.origin.clone());
        if known.is_none() {
            lessons.push(DwellLesson::Departed { left_at, origin: origin.clone() });
        }
        if known.is_some_and(|known| known.outcome.is_some()) {
            continue;
        }
        if let Some(outcome) = leg.outcome.clone() {
            let outcome = if known.is_some() { outcome } else { without_lag(outcome) };
            lessons.push(DwellLesson::Settled { left_at, origin, outcome });
        }
    }
    for leg in before.iter().filter(|leg| leg.outcome.is_none() && twin(after, leg).is_none()) {
        let (left_at, origin) = (leg.left_at, leg.origin.clone());
        lessons.push(DwellLesson::Settled { left_at, origin, outcome: DwellOutcome::Gone });
    }
    lessons
}

fn twin<'a>(legs: &'a [Leg], leg: &Leg) -> Option<&'a Leg> {
    legs.iter().find(|other| other.left_at == leg.left_at && other.origin == leg.origin)
}

/// A parcel first polled after its arrival says nothing of when the scan became visible.
fn without_lag(outcome: DwellOutcome) -> DwellOutcome {
    match outcome {
        DwellOutcome::Arrived { dwell, .. } => DwellOutcome::Arrived { dwell, lag: None },
        other => other,
    }
}

fn outcome(status: ParcelStatus, record: &Record, left_at: Timestamp) -> Option<DwellOutcome> {
    let happened_at = record.scan.happened_at;
    let dwell = happened_at.duration_since(left_at);
    match status {
        ParcelStatus::AwaitingCode | ParcelStatus::Registered => None,
        ParcelStatus::Accepted | ParcelStatus::InTransit | ParcelStatus::Customs => {
            Some(DwellOutcome::Onward { dwell })
        }
        ParcelStatus::Arrived => {
            let lag = record.seen_at.duration_since(happened_at).max(SignedDuration::ZERO);
            Some(DwellOutcome::Arrived { dwell, lag: Some(lag) })
        }
        ParcelStatus::OutForDelivery
        | ParcelStatus::DeliveryFailed
        | ParcelStatus::Delivered
        | ParcelStatus::StorageExpiring
        | ParcelStatus::StorageExpired => Some(DwellOutcome::Silent),
        ParcelStatus::Returning if record.scan.reading.reason == Some(Reason::StorageExpired) => {
            Some(DwellOutcome::Silent)
        }
        _ => Some(DwellOutcome::Gone),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tracking::dwell::DwellStats;
    use crate::tracking::samples::{answer, minute, russian};

    fn told(codes: &[(i64, (u32, u32))]) -> Vec<Leg> {
        let mut history = History::default();
        let scans = codes.iter().map(|(at, code)| russian(*at, *code, "102990")).collect();
        history.apply(&answer(1_000, scans), minute(1_000));
        legs(&history)
    }

    fn outcomes(codes: &[(i64, (u32, u32))]) -> Vec<Option<DwellOutcome>> {
        told(codes).into_iter().map(|leg| leg.outcome).collect()
    }

    #[test]
    fn each_stretch_from_a_sorting_centre_has_its_end() {
        let minutes = SignedDuration::from_mins;
        let onward = |after| Some(DwellOutcome::Onward { dwell: minutes(after) });
        let silent = Some(DwellOutcome::Silent);
        assert_eq!(outcomes(&[(0, (8, 4))]), [None]);
        assert_eq!(outcomes(&[(0, (8, 4)), (5, (8, 34))]), [None], "a remark ends nothing");
        assert_eq!(
            outcomes(&[(0, (8, 4)), (50, (8, 3)), (60, (8, 4)), (90, (2, 1))]),
            [onward(50), silent.clone()]
        );
        let arrived = Some(DwellOutcome::Arrived { dwell: minutes(90), lag: Some(minutes(910)) });
        assert_eq!(outcomes(&[(0, (8, 4)), (90, (8, 2)), (99, (2, 1))]), [arrived]);
        assert_eq!(outcomes(&[(0, (8, 4)), (90, (3, 1))]), [silent]);
        assert_eq!(outcomes(&[(0, (8, 4)), (90, (3, 4)), (95, (8, 4))]), [Some(DwellOutcome::Gone)]);
    }

    #[test]
    fn each_change_is_learned_once() {
        let start = told(&[(0, (8, 4))]);
        let end = told(&[(0, (8, 4)), (90, (8, 2))]);
        let names = |lessons: &[DwellLesson]| -> Vec<&'static str> {
            lessons
                .iter()
                .map(|lesson| match lesson {
                    DwellLesson::Departed { .. } => "departed",
                    DwellLesson::Settled { outcome: DwellOutcome::Arrived { lag: None, .. }, .. } => {
                        "arrived, no lag"
                    }
                    DwellLesson::Settled { outcome: DwellOutcome::Arrived { .. }, .. } => "arrived",
                    DwellLesson::Settled { outcome: DwellOutcome::Gone, .. } => "gone",
                    DwellLesson::Settled { .. } => "other",
                })
                .collect()
        };
        assert_eq!(names(&lessons(&[], &start)), ["departed"]);
        assert_eq!(names(&lessons(&start, &end)), ["arrived"]);
        assert_eq!(names(&lessons(&[], &end)), ["departed", "arrived, no lag"]);
        assert!(lessons(&end, &end).is_empty() && lessons(&start, &start).is_empty());
        assert_eq!(names(&lessons(&start, &[])), ["gone"]);
        assert!(lessons(&end, &[]).is_empty());
        let mut stats = DwellStats::default();
        for lesson in lessons(&[], &start).iter().chain(&lessons(&start, &end)) {
            stats.learn(lesson);
        }
        assert!(stats.open_ages(minute(100)).is_empty());
        assert_eq!(stats.arrived().iter().sum::<f64>(), 1.0);
    }
}
