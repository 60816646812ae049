//! Writes a journey down while time goes by.

use super::draw::Draw;
use super::network::{Network, Place};
use super::settings::Journeys;
use super::{Happening, Step, minutes, moment};

/// Offices work from eight to eight.
const OPENS: i64 = 8 * 3_600;
const CLOSES: i64 = 20 * 3_600;
pub(super) const DAY: i64 = 86_400;

/// The writer.
pub(super) struct Pen<'a> {
    pub(super) network: &'static Network,
    pub(super) settings: &'a Journeys,
    pub(super) draw: Draw,
    /// Seconds since 1970, always a whole minute: some posts show no seconds.
    pub(super) now: i64,
    pub(super) steps: Vec<Step>,
}

impl Pen<'_> {
    /// Lets so many hours of travel go by.
    pub(super) fn wait(&mut self, hours: f64) {
        self.now += minutes(hours * self.settings.pace).max(1) * 60;
    }

    /// Lets around so many hours of travel go by.
    pub(super) fn wait_around(&mut self, median: f64, spread: f64) {
        let hours = self.draw.around(median, spread);
        self.wait(hours);
    }

    /// Lets between so many hours of travel go by.
    pub(super) fn wait_between(&mut self, low: f64, high: f64) {
        let hours = self.draw.between(low, high);
        self.wait(hours);
    }

    /// Waits until a place works, and a while into its morning.
    pub(super) fn open(&mut self, place: Place) {
        let local = (self.now + self.network.offset(place)).rem_euclid(DAY);
        let closed = if local < OPENS {
            OPENS - local
        } else if local >= CLOSES {
            DAY - local + OPENS
        } else {
            return;
        };
        self.now += closed + minutes(self.draw.between(0.0, 2.0)) * 60;
    }

    /// Scans the parcel; the post shows it soon, or sometimes late.
    pub(super) fn scan(&mut self, happening: Happening, place: Place) {
        let hours = if self.draw.chance(self.settings.late) {
            self.draw.between(2.0, 48.0)
        } else {
            self.draw.between(0.0, 0.3)
        };
        let visible = self.now + minutes(hours) * 60;
        self.push(happening, place, visible, None);
    }

    /// A scan that should not have been made: shown at once, and taken back after some hours.
    pub(super) fn slip(&mut self, happening: Happening, place: Place) {
        let gone = self.now + minutes(self.draw.between(1.0, 12.0)) * 60;
        self.push(happening, place, self.now, Some(gone));
    }

    fn push(&mut self, happening: Happening, place: Place, visible: i64, gone: Option<i64>) {
        self.steps.push(Step {
            happening,
            place,
            at: moment(self.now),
            visible: moment(visible),
            gone: gone.map(moment),
        });
    }

    /// Some office of a region.
    pub(super) fn office_of(&mut self, region: usize) -> Place {
        let offices = self.network.regions.get(region).map_or(0, |region| region.offices.len());
        Place::Office(region, self.draw.below(offices))
    }
}
