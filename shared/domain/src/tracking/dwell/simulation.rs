//! The pass line of D3, on routes that the code knows nothing about.

use std::collections::BTreeSet;

use super::tests::{arrived, hours, moment};
use super::*;
use crate::ids::CarrierId;

const ROUTES: usize = 20;
const PARCELS: usize = 2_000;
const PARCELS_A_DAY: f64 = 20.0;
const THRESHOLD: f64 = 0.85;
const FALSE_ALARMS: f64 = 0.045;

/// SplitMix64: the same numbers in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Between 0 and 1, never either.
    fn unit(&mut self) -> f64 {
        ((self.roll() >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0
    }

    fn normal(&mut self) -> f64 {
        let (u, v) = (self.unit(), self.unit());
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }

    fn exponential(&mut self) -> f64 {
        -self.unit().ln()
    }
}

/// How a route really behaves: times in hours.
struct Route {
    family: usize,
    median: f64,
    spread: f64,
    silent: f64,
    lag: f64,
    onward: f64,
}

impl Route {
    fn draw(nth: usize, dice: &mut Dice) -> Self {
        Route {
            family: nth % 4,
            median: 10.0 + 50.0 * dice.unit(),
            spread: 2.0 + 4.0 * dice.unit(),
            silent: 0.08 + 0.42 * dice.unit(),
            lag: 1.0 + 5.0 * dice.unit(),
            onward: if nth.is_multiple_of(7) { 0.03 * dice.unit() } else { 0.0 },
        }
    }

    /// Lognormal, gamma, normal, or one of two vans.
    fn dwell(&self, dice: &mut Dice) -> f64 {
        let (median, spread) = (self.median, self.spread);
        let dwell = match self.family {
            0 => median * (spread / median * dice.normal()).exp(),
            1 => median - 1.4 * spread + spread / 1.4 * (dice.exponential() + dice.exponential()),
            2 => median + spread * dice.normal(),
            _ => {
                let van = if dice.unit() < 0.6 { -0.8 } else { 0.9 };
                median + spread * (van + 0.5 * dice.normal())
            }
        };
        dwell.max(1.0)
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Scanned,
    Silent,
    Onward,
}

struct Parcel {
    route: usize,
    left: f64,
    fate: Fate,
    /// From leaving to the true arrival.
    dwell: f64,
    /// From leaving to the next thing the operator tells.
    heard: f64,
    /// From leaving to being called probably arrived.
    told: Option<f64>,
}

impl Parcel {
    fn draw(nth: usize, route: &Route, left: f64, dice: &mut Dice) -> Self {
        let silent = dice.unit() < route.silent;
        let onward = dice.unit() < route.onward;
        let dwell = route.dwell(dice);
        let lag = route.lag * dice.exponential();
        let collected = 12.0 + 96.0 * dice.exponential();
        let (fate, dwell, heard) = if onward {
            (Fate::Onward, 1.5 * dwell + 12.0, 1.5 * dwell + 12.0)
        } else if silent {
            (Fate::Silent, dwell, dwell + collected)
        } else {
            (Fate::Scanned, dwell, dwell + lag)
        };
        Parcel { route: nth, left, fate, dwell, heard, told: None }
    }

    fn has_arrived(&self, after: f64) -> bool {
        self.fate != Fate::Onward && self.dwell <= after
    }

    /// Calls it probably arrived if the route's hour comes in this stretch of time.
    fn watch(&mut self, hour: Option<f64>, from: f64, to: f64) {
        if let Some(hour) = hour.filter(|_| self.told.is_none()) {
            let at = f64::max(from, self.left + hour);
            if at < to {
                self.told = Some(at - self.left);
            }
        }
    }

    fn outcome(&self) -> DwellOutcome {
        match self.fate {
            Fate::Scanned => arrived(self.dwell, self.heard - self.dwell),
            Fate::Silent => DwellOutcome::Silent,
            Fate::Onward => DwellOutcome::Onward { dwell: hours(self.dwell) },
        }
    }
}

fn parcels(dice: &mut Dice) -> Vec<Parcel> {
    let routes: Vec<Route> = (0..ROUTES).map(|nth| Route::draw(nth, dice)).collect();
    let mut parcels = Vec::with_capacity(ROUTES * PARCELS);
    for (nth, route) in routes.iter().enumerate() {
        let mut left = 0.0;
        for _ in 0..PARCELS {
            left += 24.0 / PARCELS_A_DAY * dice.exponential();
            parcels.push(Parcel::draw(nth, route, left, dice));
        }
    }
    parcels
}

/// Each morning the routes are estimated anew; during the day parcels leave, are heard of and are
/// called probably arrived. Returns the probability and the truth of each silent parcel each morning.
fn live_through(parcels: &mut [Parcel]) -> Vec<(f64, bool)> {
    let mut events: Vec<(f64, bool, usize)> = Vec::with_capacity(2 * parcels.len());
    for (nth, parcel) in parcels.iter().enumerate() {
        events.push((parcel.left, false, nth));
        events.push((parcel.left + parcel.heard, true, nth));
    }
    events.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut events = events.into_iter().peekable();
    let mut carrier = DwellStats::default();
    let mut routes = vec![DwellStats::default(); ROUTES];
    let mut silent: BTreeSet<usize> = BTreeSet::new();
    let mut samples = Vec::new();
    let mut morning = 0.0;
    while events.peek().is_some() {
        let now = moment(morning);
        let prior = DwellEstimate::prior(CarrierId::RussianPost);
        let coarse = prior.refined(DwellLevel::Carrier, &carrier, now);
        let known: Vec<DwellEstimate> =
            routes.iter().map(|stats| coarse.refined(DwellLevel::Route, stats, now)).collect();
        let hour: Vec<Option<f64>> = known
            .iter()
            .map(|known| {
                known.steps(THRESHOLD, FALSE_ALARMS).first().map(|step| step.after.as_secs_f64() / 3_600.0)
            })
            .collect();
        for parcel in silent.iter().map(|nth| &parcels[*nth]) {
            let after = morning - parcel.left;
            samples.push((known[parcel.route].probability(hours(after)), parcel.has_arrived(after)));
        }
        let evening = morning + 24.0;
        while let Some((at, ends, nth)) = events.next_if(|event| event.0 < evening) {
            let parcel = &mut parcels[nth];
            let levels = [&mut carrier, &mut routes[parcel.route]];
            if ends {
                parcel.watch(hour[parcel.route], morning, at);
                silent.remove(&nth);
                levels.into_iter().for_each(|stats| stats.settle(moment(parcel.left), &parcel.outcome()));
            } else {
                silent.insert(nth);
                levels.into_iter().for_each(|stats| stats.depart(moment(parcel.left)));
            }
        }
        for nth in &silent {
            let parcel = &mut parcels[*nth];
            parcel.watch(hour[parcel.route], morning, evening);
        }
        morning = evening;
    }
    samples
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

/// Difference between what was said and what was true: its mean over all that was said, by tenths of
/// probability; and its mean over the tenths, however often each was said.
fn calibration(samples: &[(f64, bool)]) -> (f64, f64) {
    let mut tenths = [(0_usize, 0.0_f64, 0_usize); 10];
    for (probability, arrived) in samples {
        let tenth = &mut tenths[((probability * 10.0) as usize).min(9)];
        tenth.0 += 1;
        tenth.1 += probability;
        tenth.2 += usize::from(*arrived);
    }
    let mut of_all = 0.0;
    let mut of_tenths = 0.0;
    for (count, said, arrived) in tenths {
        let (said, seen) = (said / count as f64, share(arrived, count));
        println!("said {said:.3}, seen {seen:.3}, {count} times");
        of_all += (said - seen).abs() * share(count, samples.len());
        of_tenths += (said - seen).abs() / 10.0;
    }
    (of_all, of_tenths)
}

/// Calibration error at most 5 points, recall at least 90 percent within a day, false alarms at most
/// 5 percent, cold start included. A false alarm is a parcel called probably arrived before it
/// arrived, counted against all parcels that left; recall counts the unscanned arrivals that were
/// called so at latest a day after they arrived.
#[test]
fn the_model_holds_on_routes_it_does_not_know() {
    let mut parcels = parcels(&mut Dice(7));
    let samples = live_through(&mut parcels);
    let (of_all, of_tenths) = calibration(&samples);
    let early = |parcel: &&Parcel| parcel.told.is_some_and(|told| !parcel.has_arrived(told));
    let false_alarms = share(parcels.iter().filter(early).count(), parcels.len());
    let silent: Vec<&Parcel> = parcels.iter().filter(|parcel| parcel.fate == Fate::Silent).collect();
    let in_time = |parcel: &&&Parcel| parcel.told.is_some_and(|told| told <= parcel.dwell + 24.0);
    let recall = share(silent.iter().filter(in_time).count(), silent.len());
    println!(
        "{} parcels, {} unscanned: calibration error {of_all:.4} ({of_tenths:.4} over the tenths), recall {recall:.4}, false alarms {false_alarms:.4}",
        parcels.len(),
        silent.len()
    );
    assert!(silent.len() > PARCELS && samples.len() > 10 * PARCELS, "enough to judge by");
    assert!(of_all <= 0.05 && of_tenths <= 0.05, "calibration error {of_all} {of_tenths}");
    assert!(recall >= 0.9, "recall {recall}");
    assert!(false_alarms <= 0.05, "false alarms {false_alarms}");
}
