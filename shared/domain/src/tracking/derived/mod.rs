//! States that follow from time alone: what silence means.
//!
//! [`derive()`] is a pure function of where the parcel stands, of the clock and of when the operator was
//! last heard. Each state begins at one moment (a day's start in the office's calendar, so many days of
//! silence, a probability reached) and needs proof that the operator said nothing else until shortly
//! before: a good poll not older than two cadences at that moment (reliability notes, section 4.12).
//! Without it the state waits; an outage that begins later does not take it back.
//!
//! Of several states the gravest counts: `stalled`, then `storage_expired`, `storage_expiring`,
//! `probably_arrived`; `invalid_code` is for a number of which nothing was ever told.

mod choices;
#[cfg(test)]
mod properties;
mod settings;
#[cfg(test)]
mod tests;

pub use choices::DerivedChoices;
pub use settings::{DerivedSettings, StorageTerms};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use self::settings::{days_between, earlier, later};
use super::dwell::DwellEstimate;
use super::status::Standing;
use crate::parcel::ParcelStatus;

/// How long a parcel has been waiting, as the widget shows it (S1-26 to S1-29, S1-35).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitingBand {
    /// Days 0 to 4.
    Fresh,
    /// Days 5 to 14.
    Late1,
    /// Days 15 to 29.
    Late2,
    /// Day 30 and later.
    Expired,
}

impl WaitingBand {
    /// First days of the bands after the first.
    const STARTS: [u16; 3] = [5, 15, 30];

    /// The band of a waiting day, counted from 0.
    pub fn of(days: u32) -> Self {
        match days {
            0..5 => WaitingBand::Fresh,
            5..15 => WaitingBand::Late1,
            15..30 => WaitingBand::Late2,
            30.. => WaitingBand::Expired,
        }
    }
}

/// How a number has been polled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Polling {
    /// When the number was entered.
    pub since: Timestamp,
    /// When the operator last gave a proper answer, also "not known".
    pub last_good_at: Option<Timestamp>,
    /// Time between two polls.
    pub cadence: SignedDuration,
    /// Has the operator ever known the number?
    pub known: bool,
}

impl Polling {
    /// Was the operator heard up to two cadences before a state began, or since?
    fn proves(&self, state_begins: Timestamp) -> bool {
        let slack = self.cadence.saturating_mul(2);
        self.last_good_at.is_some_and(|heard| state_begins.duration_since(heard) <= slack)
    }
}

/// What follows from time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derived {
    /// The status to show: the operator's or a derived one.
    pub status: ParcelStatus,
    /// Since when; none while nothing was told and nothing follows.
    pub since: Option<Timestamp>,
    /// Whole days in the office's calendar since arrival, counted from 0, while the parcel waits.
    pub waiting_days: Option<u32>,
    /// The band of these days.
    pub waiting_band: Option<WaitingBand>,
    /// Last day of free storage, while the parcel waits and the term is known.
    pub storage_deadline: Option<Date>,
    /// The settings' numbers of days, of those reached, on which "not collected" is told, ascending.
    pub not_collected: Vec<u16>,
    /// Probability of having arrived, in hundredths of a percent, while `probably_arrived`.
    pub probability: Option<u16>,
    /// The earliest moment at which any of this may change by time alone. Now, when a state has begun
    /// and only the proof of a good poll is missing: look again after the next one.
    pub next_eval_at: Option<Timestamp>,
    /// The same without mere changes of `waiting_days`: enough for whoever counts the days when asked.
    pub next_news_at: Option<Timestamp>,
}

/// Works out what follows at `now`. `dwell` is the route's estimate, where there is one.
pub fn derive(
    standing: &Standing,
    now: Timestamp,
    polling: &Polling,
    settings: &DerivedSettings,
    dwell: Option<&DwellEstimate>,
) -> Derived {
    let mut clock = Clock { now, polling: *polling, next: None, unproved: false };
    let mut derived = Derived {
        status: standing.status,
        since: standing.since,
        waiting_days: None,
        waiting_band: None,
        storage_deadline: None,
        not_collected: Vec::new(),
        probability: None,
        next_eval_at: None,
        next_news_at: None,
    };
    let mut next_midnight = None;
    if let Some(arrived_at) = standing.arrived_at.filter(|_| standing.is_waiting()) {
        let today = settings.day_of(now);
        let arrived_on = settings.day_of(arrived_at);
        next_midnight = Some(settings.start_of(later(today, 1))).filter(|midnight| *midnight > now);
        waiting(&mut derived, &mut clock, settings, arrived_on, days_between(arrived_on, today));
        derived.storage_deadline = settings.storage_deadline(standing, arrived_on);
        storage(&mut derived, &mut clock, settings, arrived_on);
    }
    if let Some(dwell) = dwell {
        probably_arrived(&mut derived, &mut clock, standing, settings, dwell);
    }
    silence(&mut derived, &mut clock, standing, settings);
    derived.next_news_at = if clock.unproved { Some(now) } else { clock.next };
    derived.next_eval_at = [derived.next_news_at, next_midnight].into_iter().flatten().min();
    derived
}

/// Asks of each moment at which a state begins whether it has come, and remembers the next one.
struct Clock {
    now: Timestamp,
    polling: Polling,
    next: Option<Timestamp>,
    unproved: bool,
}

impl Clock {
    fn reached(&mut self, begins: Timestamp) -> bool {
        let reached = begins <= self.now;
        if !reached {
            self.next = Some(self.next.map_or(begins, |next| next.min(begins)));
        }
        reached
    }

    fn proved(&mut self, begins: Timestamp) -> bool {
        let reached = self.reached(begins);
        let proved = reached && self.polling.proves(begins);
        self.unproved |= reached && !proved;
        proved
    }
}

fn waiting(
    derived: &mut Derived,
    clock: &mut Clock,
    settings: &DerivedSettings,
    arrived_on: Date,
    waiting_days: u32,
) {
    derived.waiting_days = Some(waiting_days);
    derived.waiting_band = Some(WaitingBand::of(waiting_days));
    for days in WaitingBand::STARTS {
        clock.reached(settings.start_of(later(arrived_on, days)));
    }
    let mut reminders = vec![settings.not_collected_text_days, settings.not_collected_call_days];
    reminders.sort_unstable();
    reminders.dedup();
    reminders.retain(|days| clock.proved(settings.start_of(later(arrived_on, *days))));
    derived.not_collected = reminders;
}

fn storage(derived: &mut Derived, clock: &mut Clock, settings: &DerivedSettings, arrived_on: Date) {
    let Some(deadline) = derived.storage_deadline else {
        return;
    };
    if derived.status == ParcelStatus::StorageExpired {
        return;
    }
    let warned_on = earlier(deadline, settings.storage.expiring_days_before).max(later(arrived_on, 1));
    let warned_at = settings.start_of(warned_on);
    let over_at = settings.start_of(later(deadline, 1));
    if clock.proved(over_at) {
        derived.status = ParcelStatus::StorageExpired;
        derived.since = Some(over_at);
    } else if derived.status != ParcelStatus::StorageExpiring
        && warned_at < over_at
        && clock.proved(warned_at)
    {
        derived.status = ParcelStatus::StorageExpiring;
        derived.since = Some(warned_at);
    }
}

fn probably_arrived(
    derived: &mut Derived,
    clock: &mut Clock,
    standing: &Standing,
    settings: &DerivedSettings,
    dwell: &DwellEstimate,
) {
    let Some(left_at) = standing.left_sorting_at.filter(|_| standing.status == ParcelStatus::InTransit)
    else {
        return;
    };
    let share = |hundredths: u16| f64::from(hundredths) / 10_000.0;
    for step in dwell.steps(share(settings.arrived_threshold), share(settings.arrived_false_alarms)) {
        let begins = after(left_at, step.after);
        if !clock.proved(begins) {
            return;
        }
        if derived.status != ParcelStatus::ProbablyArrived {
            derived.status = ParcelStatus::ProbablyArrived;
            derived.since = Some(begins);
        }
        derived.probability = Some(step.probability_hundredths());
    }
}

fn silence(derived: &mut Derived, clock: &mut Clock, standing: &Standing, settings: &DerivedSettings) {
    if standing.status.is_final() {
        return;
    }
    let days = |days: u16| SignedDuration::from_hours(24 * i64::from(days));
    let polling = clock.polling;
    let (begins, status) = match standing.last_scan_at {
        None if !polling.known => {
            (after(polling.since, days(settings.invalid_code_days)), ParcelStatus::InvalidCode)
        }
        None => (after(polling.since, days(settings.stalled_days)), ParcelStatus::Stalled),
        Some(last) => (after(last, days(settings.stalled_days)), ParcelStatus::Stalled),
    };
    if clock.proved(begins) {
        derived.status = status;
        derived.since = Some(begins);
        derived.probability = None;
    }
}

/// Later by a duration, at most at the end of time.
fn after(at: Timestamp, duration: SignedDuration) -> Timestamp {
    at.saturating_add(duration).unwrap_or(Timestamp::MAX)
}
