//! What the counters say of a parcel that has been silent for so long.

use jiff::{SignedDuration, Timestamp};

use super::grid::{BINS, EDGES, LAG_EDGES, LAGS, at, bin_of, hours, middle};
use super::prior::{DwellLevel, Leaning, assumed};
use super::stats::DwellStats;
use crate::ids::CarrierId;

/// Rounds of expectation and maximisation. The share of silent parcels among the open ones settles in
/// three or four.
const ROUNDS: usize = 5;

/// Below this a probability mass is none.
const NOTHING: f64 = 1e-12;

/// No route is believed to scan less than one arrival in twenty.
const MOST_SILENT: f64 = 0.95;

/// Nothing is told of a parcel that has been silent for longer: it is on its way to being stalled.
const LAST_HOUR: i32 = 30 * 24;

/// The times of a route, as far as they are known.
#[derive(Debug, Clone, PartialEq)]
pub struct DwellEstimate {
    /// Mass of arriving in each bin, scanned or not.
    arriving: [f64; BINS],
    /// Mass of being seen at another sorting centre in each bin.
    onward: [f64; BINS],
    /// Share of arrivals that are never scanned.
    silent: f64,
    /// Mass of each lag.
    lag: [f64; LAGS],
    /// T, A and V of the module's header at the edges.
    travelling: [f64; BINS + 1],
    arrived: [f64; BINS + 1],
    visible: [f64; BINS + 1],
}

/// A moment from which on more can be told of a silent parcel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DwellStep {
    /// How long after it left.
    pub after: SignedDuration,
    /// Probability of having arrived by then, 0 to 1.
    pub probability: f64,
}

impl DwellStep {
    /// The probability in hundredths of a percent.
    pub fn probability_hundredths(&self) -> u16 {
        (self.probability * 10_000.0).round() as u16
    }
}

/// How the parcels silent at one moment divide, as shares of all that left.
struct Shares {
    travelling: f64,
    silent: f64,
    not_visible: f64,
}

impl Shares {
    fn total(&self) -> f64 {
        self.travelling + self.silent + self.not_visible
    }
}

impl DwellEstimate {
    /// What is assumed of a carrier before anything was learned.
    pub fn prior(carrier: CarrierId) -> Self {
        let assumed = assumed(carrier);
        Self::new(assumed.arriving, assumed.onward, assumed.silent, assumed.lag)
    }

    /// The estimate at the finest of these levels, which come coarsest first.
    pub fn learned<'a>(
        carrier: CarrierId,
        levels: impl IntoIterator<Item = (DwellLevel, &'a DwellStats)>,
        now: Timestamp,
    ) -> Self {
        levels
            .into_iter()
            .fold(Self::prior(carrier), |coarser, (level, stats)| coarser.refined(level, stats, now))
    }

    /// The estimate of a level that leans on this one.
    pub fn refined(&self, level: DwellLevel, stats: &DwellStats, now: Timestamp) -> Self {
        let leaning = level.leaning();
        let seen = stats.lag();
        let all: f64 = seen.iter().sum::<f64>() + leaning.lag;
        let lag: [f64; LAGS] = std::array::from_fn(|bin| (seen[bin] + leaning.lag * self.lag[bin]) / all);
        let open = stats.open_ages(now);
        let rounds = if open.is_empty() { 1 } else { ROUNDS };
        let start = Self::new(self.arriving, self.onward, self.silent, lag);
        (0..rounds).fold(start, |guess, _| self.round(&guess, &leaning, stats, &open))
    }

    /// Probability that a parcel silent for so long has arrived, 0 to 1.
    pub fn probability(&self, silent_for: SignedDuration) -> f64 {
        self.probability_at(hours(silent_for))
    }

    /// Share of all parcels that left which are still on their way after so long, 0 to 1.
    pub fn still_travelling(&self, after: SignedDuration) -> f64 {
        at(&self.travelling, hours(after))
    }

    /// Share of arrivals that are never scanned, 0 to 1.
    pub fn silent_share(&self) -> f64 {
        self.silent
    }

    /// When a silent parcel may be called probably arrived, and from when on with more certainty (90, 95
    /// and 99 percent): whole hours, at most 30 days. Empty when neither bound can be held.
    pub fn steps(&self, threshold: f64, false_alarms: f64) -> Vec<DwellStep> {
        let mut steps: Vec<DwellStep> = Vec::new();
        let mut from = 1;
        for rung in [threshold, 0.9, 0.95, 0.99].into_iter().filter(|rung| *rung >= threshold) {
            let holds = |hour: &i32| {
                let hour = f64::from(*hour);
                at(&self.travelling, hour) <= false_alarms && self.probability_at(hour) >= rung
            };
            let Some(hour) = (from..=LAST_HOUR).find(holds) else {
                break;
            };
            if steps.is_empty() || hour > from {
                let after = SignedDuration::from_hours(i64::from(hour));
                steps.push(DwellStep { after, probability: self.probability(after) });
            }
            from = hour;
        }
        steps
    }

    fn new(arriving: [f64; BINS], onward: [f64; BINS], silent: f64, lag: [f64; LAGS]) -> Self {
        let mut travelling = [1.0_f64; BINS + 1];
        let mut arrived = [0.0_f64; BINS + 1];
        for (bin, (arrive, onward)) in arriving.iter().zip(&onward).enumerate() {
            arrived[bin + 1] = arrived[bin] + arrive;
            travelling[bin + 1] = f64::max(travelling[bin] - arrive - onward, 0.0);
        }
        let visible: [f64; BINS + 1] = std::array::from_fn(|edge| {
            let until = arriving.iter().take(edge).enumerate();
            until.map(|(bin, mass)| mass * lag_within(&lag, EDGES[edge] - middle(bin))).sum()
        });
        DwellEstimate { arriving, onward, silent, lag, travelling, arrived, visible }
    }

    fn probability_at(&self, hours: f64) -> f64 {
        let shares = self.shares(hours);
        let total = shares.total();
        if total <= NOTHING { 0.0 } else { 1.0 - shares.travelling / total }
    }

    fn shares(&self, hours: f64) -> Shares {
        let arrived = at(&self.arrived, hours);
        let visible = at(&self.visible, hours).min(arrived);
        Shares {
            travelling: at(&self.travelling, hours),
            silent: self.silent * arrived,
            not_visible: (1.0 - self.silent) * (arrived - visible),
        }
    }

    /// One round: divides the open parcels by the last guess, then reads the life table anew. `self` is
    /// the coarser level.
    fn round(
        &self,
        guess: &DwellEstimate,
        leaning: &Leaning,
        stats: &DwellStats,
        open: &[(f64, f64)],
    ) -> DwellEstimate {
        let mut censored = [0.0_f64; BINS];
        let mut silent_open = 0.0_f64;
        for (age, parcels) in open {
            let shares = guess.shares(*age);
            let total = shares.total();
            if total <= NOTHING {
                silent_open += parcels;
            } else {
                censored[bin_of(*age)] += parcels * shares.travelling / total;
                silent_open += parcels * shares.silent / total;
            }
        }
        let scanned = stats.arrived();
        let unscanned = stats.silent() + silent_open + leaning.silent * self.silent;
        let arrivals = scanned.iter().sum::<f64>() + stats.silent() + silent_open + leaning.silent;
        let silent = (unscanned / arrivals).min(MOST_SILENT);
        let onward = stats.onward();
        let arriving: [f64; BINS] =
            std::array::from_fn(|bin| scanned[bin] / (1.0 - silent) + leaning.dwell * self.arriving[bin]);
        let onward: [f64; BINS] = std::array::from_fn(|bin| onward[bin] + leaning.dwell * self.onward[bin]);
        let (arriving, onward) = life_table(&arriving, &onward, &censored);
        DwellEstimate::new(arriving, onward, silent, guess.lag)
    }
}

/// From how many arrived, went on and were last seen travelling in each bin to the masses of arriving
/// and of going on (Kaplan and Meier with two ways out). Who was last seen in a bin is at risk for half
/// of it.
fn life_table(
    arriving: &[f64; BINS],
    onward: &[f64; BINS],
    censored: &[f64; BINS],
) -> ([f64; BINS], [f64; BINS]) {
    let mut masses = ([0.0_f64; BINS], [0.0_f64; BINS]);
    let mut at_risk: f64 = arriving.iter().chain(onward).chain(censored).sum();
    let mut travelling = 1.0_f64;
    for bin in 0..BINS {
        let ending = arriving[bin] + onward[bin];
        let exposed = (at_risk - censored[bin] / 2.0).max(ending);
        if exposed > NOTHING {
            let share = travelling / exposed;
            masses.0[bin] = share * arriving[bin];
            masses.1[bin] = share * onward[bin];
            travelling -= share * ending;
        }
        at_risk -= ending + censored[bin];
    }
    masses
}

/// Mass of the lags shorter than this.
fn lag_within(lag: &[f64; LAGS], hours: f64) -> f64 {
    let part = |edges: &[f64]| match edges {
        [from, to] => ((hours - from) / (to - from)).clamp(0.0, 1.0),
        _ => 0.0,
    };
    lag.iter().zip(LAG_EDGES.windows(2)).map(|(mass, edges)| mass * part(edges)).sum()
}
