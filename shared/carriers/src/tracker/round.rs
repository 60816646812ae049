//! Codes asked one by one.

use yam_domain::tracking::Snapshot;

use super::TrackOutcome;

/// The outcomes so far. Once one holds for every code, no further call is worth its quota.
#[derive(Debug, Default)]
pub(crate) struct Round {
    outcomes: Vec<TrackOutcome<Snapshot>>,
    stop: Option<TrackOutcome<Snapshot>>,
}

impl Round {
    /// Whether to go on asking.
    pub(crate) fn goes_on(&self) -> bool {
        self.stop.is_none()
    }

    /// Takes the outcomes of the next codes.
    pub(crate) fn add(&mut self, outcomes: Vec<TrackOutcome<Snapshot>>) {
        if self.stop.is_none() {
            self.stop = outcomes.iter().find(|outcome| outcome.holds_for_all()).cloned();
        }
        self.outcomes.extend(outcomes);
    }

    /// One outcome per code; those not asked share the one that ended the round.
    pub(crate) fn finish(mut self, codes: usize) -> Vec<TrackOutcome<Snapshot>> {
        if let Some(stop) = self.stop {
            self.outcomes.resize(codes, stop);
        }
        self.outcomes
    }

    /// The same end for every code, without a call.
    pub(crate) fn closed(codes: usize, outcome: TrackOutcome<Snapshot>) -> Vec<TrackOutcome<Snapshot>> {
        vec![outcome; codes]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spent_quota_ends_the_round_for_the_rest() {
        let mut round = Round::default();
        round.add(vec![TrackOutcome::NotFound, TrackOutcome::Failed("x".into())]);
        assert!(round.goes_on());
        let spent = TrackOutcome::Quota { words: "limit".into() };
        round.add(vec![spent.clone(), TrackOutcome::NotFound]);
        assert!(!round.goes_on());
        let outcomes = round.finish(6);
        assert_eq!(outcomes.len(), 6);
        assert_eq!((&outcomes[3], &outcomes[4], &outcomes[5]), (&TrackOutcome::NotFound, &spent, &spent));
    }
}
