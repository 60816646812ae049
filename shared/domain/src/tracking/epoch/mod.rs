//! Status epochs: which changes of a parcel's status are news, each exactly once.
//!
//! An epoch is opened once, when a status is entered, and is never renumbered; messages hang on its
//! [`EpochId`] (reliability notes, section 5). It is anchored on the scan that caused it, a derived one
//! on its cause's epoch. When histories are edited:
//! * recomputed history maps to an epoch whose scan lies in the same run of like scans, so a late
//!   neighbour, a repetition or a scan that vanished and came back opens nothing;
//! * an epoch whose scan vanished, was cancelled or now says something else is closed, and opens again
//!   in silence when the scan counts again;
//! * an epoch that happened before one already opened is [`Verdict::Late`]; of several opened at once
//!   only the one that holds is [`Verdict::News`], the others are [`Verdict::Superseded`];
//! * a status that silence had announced already (storage over by the calendar) is not told again when
//!   its scan comes.
//!
//! Invariant T1: any permutation, repetition, split or late old answer ends in the same epochs; only
//! the verdicts and the time of opening may differ. It holds because there is one epoch for each
//! run of like scans, also for those that no answer ever showed in force, and runs depend on the history
//! alone. Those epochs are closed, have no verdict and cause nothing.

mod model;
#[cfg(test)]
mod tests;

pub use model::{Epoch, EpochCause, EpochId, Opened, Verdict};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::derived::Derived;
use super::history::ScanKey;
use super::status::{Run, Stay, Timeline};
use crate::parcel::ParcelStatus;

/// All epochs of one parcel under one number, in the order they became known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epochs {
    items: Vec<Epoch>,
}

impl Epochs {
    /// All of them, closed ones included.
    pub fn all(&self) -> &[Epoch] {
        &self.items
    }

    /// The epoch of this name.
    pub fn get(&self, id: &EpochId) -> Option<&Epoch> {
        self.items.iter().find(|epoch| epoch.id == *id)
    }

    /// Brings the epochs in line with the way as told now and with what follows from silence.
    ///
    /// Returns those that hold for the first time, oldest first; at most one of them is news.
    pub fn update(&mut self, timeline: &Timeline, derived: Option<&Derived>, now: Timestamp) -> Vec<Opened> {
        let of_stay = self.align(timeline);
        let stays = timeline.stays();
        let was_opened =
            |epochs: &Epochs, at: usize| epochs.at(at).is_some_and(|epoch| epoch.opened_at.is_some());
        let newest_before = (0..stays.len())
            .rev()
            .find(|stay| of_stay.get(*stay).copied().flatten().is_some_and(|at| was_opened(self, at)));
        let silent = self.align_derived(timeline, &of_stay, derived);
        let silent_opens = silent.is_some_and(|at| !was_opened(self, at));

        let mut opened = Vec::new();
        for (index, at) in of_stay.iter().enumerate().filter_map(|(index, at)| Some((index, (*at)?))) {
            if was_opened(self, at) {
                continue;
            }
            let verdict = if newest_before.is_some_and(|newest| index < newest) {
                Verdict::Late
            } else if silent_opens
                || timeline.current() != Some(index)
                || self.announced(stays, &of_stay, index)
            {
                Verdict::Superseded
            } else {
                Verdict::News
            };
            opened.extend(self.open(at, verdict, now));
        }
        if silent_opens {
            opened.extend(silent.and_then(|at| self.open(at, Verdict::News, now)));
        }
        opened
    }

    fn at(&self, at: usize) -> Option<&Epoch> {
        self.items.get(at)
    }

    /// Gives each run its epoch and each stay the epoch of the run it begins in.
    fn align(&mut self, timeline: &Timeline) -> Vec<Option<usize>> {
        for epoch in self.items.iter_mut().filter(|epoch| matches!(epoch.cause, EpochCause::Scan(_))) {
            epoch.open = false;
        }
        let of_run: Vec<usize> = timeline.runs().iter().map(|run| self.of_run(run)).collect();
        let mut of_stay = Vec::with_capacity(timeline.stays().len());
        for stay in timeline.stays() {
            let begins_in = |run: &Run| run.status == stay.status && run.has(&stay.anchor);
            let at = timeline.runs().iter().position(begins_in).and_then(|run| of_run.get(run)).copied();
            if let Some(epoch) = at.and_then(|at| self.items.get_mut(at)).filter(|epoch| !epoch.open) {
                epoch.open = true;
                epoch.happened_at = stay.happened_at;
                epoch.office.clone_from(&stay.office);
                epoch.reason = stay.reason;
            }
            of_stay.push(at);
        }
        of_stay
    }

    /// The epoch anchored in this run, made when there is none.
    fn of_run(&mut self, run: &Run) -> usize {
        let anchored = |epoch: &Epoch| match &epoch.cause {
            EpochCause::Scan(anchor) => epoch.status == run.status && run.has(anchor),
            EpochCause::Silence(_) => false,
        };
        let known = self.items.iter().position(anchored);
        let at = known.unwrap_or(self.items.len());
        let cause = EpochCause::Scan(anchor_of(run));
        match self.items.get_mut(at) {
            Some(epoch) => {
                epoch.happened_at = run.happened_at;
                epoch.office.clone_from(&run.office);
                epoch.reason = None;
                if let EpochCause::Scan(anchor) = &epoch.cause
                    && anchor.place.is_none()
                {
                    epoch.cause = cause;
                }
            }
            None => {
                let id = self.next_id(run.status);
                self.items.push(Epoch {
                    id,
                    status: run.status,
                    cause,
                    happened_at: run.happened_at,
                    office: run.office.clone(),
                    reason: None,
                    open: false,
                    opened_at: None,
                    verdict: None,
                });
            }
        }
        at
    }

    fn next_id(&self, status: ParcelStatus) -> EpochId {
        let of_scans = |epoch: &&Epoch| epoch.status == status && matches!(epoch.cause, EpochCause::Scan(_));
        EpochId(format!("{status}.{}", self.items.iter().filter(of_scans).count() + 1))
    }

    /// The epoch of the derived state that holds now, if one does; all other derived ones are closed.
    fn align_derived(
        &mut self,
        timeline: &Timeline,
        of_stay: &[Option<usize>],
        derived: Option<&Derived>,
    ) -> Option<usize> {
        for epoch in self.items.iter_mut().filter(|epoch| matches!(epoch.cause, EpochCause::Silence(_))) {
            epoch.open = false;
        }
        let derived = derived.filter(|derived| derived.status != timeline.standing().status)?;
        let happened_at = derived.since?;
        let stay = timeline.current();
        let cause = stay.and_then(|stay| of_stay.get(stay).copied().flatten()).and_then(|at| self.at(at));
        let cause = cause.map(|epoch| epoch.id.clone());
        let id = EpochId(match &cause {
            Some(cause) => format!("{cause}+{}", derived.status),
            None => derived.status.to_string(),
        });
        let at = self.items.iter().position(|epoch| epoch.id == id).unwrap_or(self.items.len());
        match self.items.get_mut(at) {
            Some(epoch) => epoch.open = true,
            None => self.items.push(Epoch {
                id,
                status: derived.status,
                cause: EpochCause::Silence(cause),
                happened_at,
                office: timeline.standing().office.clone(),
                reason: None,
                open: true,
                opened_at: None,
                verdict: None,
            }),
        }
        Some(at)
    }

    /// Did silence announce this status already, while the parcel waited at the same office?
    fn announced(&self, stays: &[Stay], of_stay: &[Option<usize>], index: usize) -> bool {
        let Some(status) = stays.get(index).map(|stay| stay.status) else {
            return false;
        };
        let told = |cause: &EpochId| {
            self.items.iter().any(|epoch| {
                epoch.status == status
                    && epoch.verdict == Some(Verdict::News)
                    && matches!(&epoch.cause, EpochCause::Silence(Some(id)) if id == cause)
            })
        };
        (0..index)
            .rev()
            .take_while(|earlier| stays.get(*earlier).is_some_and(|stay| waits(stay.status)))
            .filter_map(|earlier| of_stay.get(earlier).copied().flatten())
            .filter_map(|at| self.at(at))
            .any(|epoch| told(&epoch.id))
    }

    fn open(&mut self, at: usize, verdict: Verdict, now: Timestamp) -> Option<Opened> {
        let epoch = self.items.get_mut(at)?;
        epoch.opened_at = Some(now);
        epoch.verdict = Some(verdict);
        Some(Opened {
            id: epoch.id.clone(),
            status: epoch.status,
            happened_at: epoch.happened_at,
            office: epoch.office.clone(),
            reason: epoch.reason,
            verdict,
        })
    }
}

/// A scan with a place where there is one: a run of scans without places may later split by place.
fn anchor_of(run: &Run) -> ScanKey {
    let placed = run.members.iter().find(|member| member.place.is_some()).or(run.members.first());
    placed.cloned().unwrap_or_else(|| ScanKey {
        happened_at: run.happened_at,
        code: String::new(),
        place: None,
    })
}

fn waits(status: ParcelStatus) -> bool {
    matches!(
        status,
        ParcelStatus::Arrived
            | ParcelStatus::DeliveryFailed
            | ParcelStatus::StorageExpiring
            | ParcelStatus::StorageExpired
    )
}
