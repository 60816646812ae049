//! What is kept of one route's experience: a fixed number of counters.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::grid::{BINS, LAGS, bin_of, hours, lag_bin_of};
use super::legs::{DwellLesson, DwellOutcome};
use super::packed::{self, NotDwellStats};

/// Departures are counted in slots of six hours.
const SLOT_SECONDS: i64 = 6 * 3_600;

/// So many slots (ten days) are kept apart; older parcels are only counted.
pub(super) const SLOTS: usize = 40;

/// Most open parcels counted in one slot.
const MAX_OPEN: u16 = 4_095;

/// One parcel in the counters, so that halving keeps fractions of it.
const WEIGHT: u16 = 8;

/// At so many parcels all counts are halved.
const FULL: u32 = 1_024;

/// Experience of one route, region or carrier. Serialises to a text of 351 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DwellStats {
    /// Scanned arrivals by the time they took.
    pub(super) arrived: [u16; BINS],
    /// Parcels seen at another sorting centre, by the time they took.
    pub(super) onward: [u16; BINS],
    /// Scanned arrivals by the time until the scan was visible.
    pub(super) lag: [u16; LAGS],
    /// Arrivals known only from what followed.
    pub(super) silent: u16,
    /// Parcels on their way, by slot of departure (modulo [`SLOTS`]).
    pub(super) open: [u16; SLOTS],
    /// Parcels on their way for longer.
    pub(super) older: u16,
    /// The newest slot, counted from 1970.
    pub(super) newest: u32,
}

impl Default for DwellStats {
    fn default() -> Self {
        DwellStats {
            arrived: [0; BINS],
            onward: [0; BINS],
            lag: [0; LAGS],
            silent: 0,
            open: [0; SLOTS],
            older: 0,
            newest: 0,
        }
    }
}

impl DwellStats {
    /// Takes in one lesson. Each is to be given once: the counters cannot know it again.
    pub fn learn(&mut self, lesson: &DwellLesson) {
        match lesson {
            DwellLesson::Departed { left_at, .. } => self.depart(*left_at),
            DwellLesson::Settled { left_at, outcome, .. } => self.settle(*left_at, outcome),
        }
    }

    pub(super) fn depart(&mut self, left_at: Timestamp) {
        let slot = slot_of(left_at);
        if slot > self.newest {
            self.advance(slot);
        }
        match self.cell(slot) {
            Some(open) => *open = open.saturating_add(1).min(MAX_OPEN),
            None => self.older = self.older.saturating_add(1),
        }
    }

    pub(super) fn settle(&mut self, left_at: Timestamp, outcome: &DwellOutcome) {
        match self.cell(slot_of(left_at)) {
            Some(open) => *open = open.saturating_sub(1),
            None => self.older = self.older.saturating_sub(1),
        }
        match outcome {
            DwellOutcome::Arrived { dwell, lag } => {
                count(&mut self.arrived, bin_of(hours(*dwell)));
                if let Some(lag) = lag {
                    count(&mut self.lag, lag_bin_of(hours(*lag)));
                }
            }
            DwellOutcome::Onward { dwell } => count(&mut self.onward, bin_of(hours(*dwell))),
            DwellOutcome::Silent => self.silent = self.silent.saturating_add(WEIGHT),
            DwellOutcome::Gone => {}
        }
        self.fade();
    }

    /// Parcels of each kind, in parcels.
    pub(super) fn arrived(&self) -> [f64; BINS] {
        self.arrived.map(in_parcels)
    }

    pub(super) fn onward(&self) -> [f64; BINS] {
        self.onward.map(in_parcels)
    }

    pub(super) fn lag(&self) -> [f64; LAGS] {
        self.lag.map(in_parcels)
    }

    pub(super) fn silent(&self) -> f64 {
        in_parcels(self.silent)
    }

    /// The parcels on their way: for how many hours at most, and how many. Counting from the start of the
    /// slot errs towards longer ways, never towards false alarms.
    pub(super) fn open_ages(&self, now: Timestamp) -> Vec<(f64, f64)> {
        let mut ages = Vec::new();
        for back in 0..SLOTS as u32 {
            let Some(slot) = self.newest.checked_sub(back) else {
                break;
            };
            let open = self.open.get(slot as usize % SLOTS).copied().unwrap_or(0);
            if open > 0 {
                let age = now.duration_since(start_of(slot)).max(SignedDuration::ZERO);
                ages.push((hours(age), f64::from(open)));
            }
        }
        if self.older > 0 {
            ages.push((360.0, f64::from(self.older)));
        }
        ages
    }

    /// The counter of a slot, none when it is not kept apart.
    fn cell(&mut self, slot: u32) -> Option<&mut u16> {
        let back = self.newest.checked_sub(slot)?;
        ((back as usize) < SLOTS).then_some(&mut self.open[slot as usize % SLOTS])
    }

    fn advance(&mut self, slot: u32) {
        let first = self.newest.saturating_add(1);
        let last = slot.min(self.newest.saturating_add(SLOTS as u32));
        for passed in first..=last {
            let open = std::mem::take(&mut self.open[passed as usize % SLOTS]);
            self.older = self.older.saturating_add(open);
        }
        self.newest = slot;
    }

    fn fade(&mut self) {
        let counted = self.arrived.iter().chain(&self.onward).map(|count| u32::from(*count)).sum::<u32>();
        if counted + u32::from(self.silent) < FULL * u32::from(WEIGHT) {
            return;
        }
        let counters = self.arrived.iter_mut().chain(&mut self.onward).chain(&mut self.lag);
        counters.chain([&mut self.silent]).for_each(|count| *count = count.div_ceil(2));
        self.older /= 2;
    }
}

fn count(counters: &mut [u16], bin: usize) {
    if let Some(counter) = counters.get_mut(bin) {
        *counter = counter.saturating_add(WEIGHT);
    }
}

fn in_parcels(count: u16) -> f64 {
    f64::from(count) / f64::from(WEIGHT)
}

fn slot_of(at: Timestamp) -> u32 {
    u32::try_from(at.as_second().div_euclid(SLOT_SECONDS)).unwrap_or(0)
}

fn start_of(slot: u32) -> Timestamp {
    Timestamp::from_second(i64::from(slot) * SLOT_SECONDS).unwrap_or(Timestamp::MAX)
}

impl From<DwellStats> for String {
    fn from(stats: DwellStats) -> String {
        packed::pack(&stats)
    }
}

impl TryFrom<String> for DwellStats {
    type Error = NotDwellStats;

    fn try_from(text: String) -> Result<Self, NotDwellStats> {
        packed::unpack(&text)
    }
}
