//! The course of a journey: handed in, carried, handed out or sent back.

use jiff::Timestamp;

use super::draw::Draw;
use super::network::{Network, Place};
use super::pen::{DAY, Pen};
use super::settings::Journeys;
use super::{Happening, Journey, Outcome, Truth, moment};

/// Where a code's parcel comes from and goes to, as far as the code tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Ends {
    /// Regions.
    pub(crate) from: Option<usize>,
    pub(crate) to: Option<usize>,
    pub(crate) from_abroad: bool,
    pub(crate) to_abroad: bool,
}

/// The road from a centre to one of its offices. It is the same for all parcels, so that it can be
/// learned from them.
struct Road {
    hours: f64,
    spread: f64,
    silent: bool,
}

impl Road {
    fn to(network: &Network, settings: &Journeys, office: Place) -> Self {
        let mut draw = Draw::new(settings.seed, &[network.name, "road", network.office(office).code]);
        let (low, high) = network.road_hours;
        Self {
            hours: draw.between(low, high),
            spread: draw.between(0.2, 0.5),
            silent: draw.chance(settings.silent_offices),
        }
    }
}

/// The median hours between two centres.
fn line_hours(network: &Network, settings: &Journeys, from: Place, to: Place) -> f64 {
    let words = [network.name, "line", network.office(from).code, network.office(to).code];
    let (low, high) = network.line_hours;
    Draw::new(settings.seed, &words).between(low, high)
}

/// The whole journey of a code that sets out at `start`.
pub(crate) fn plan(
    network: &'static Network,
    settings: &Journeys,
    code: &str,
    ends: Ends,
    start: Timestamp,
) -> Journey {
    let draw = Draw::new(settings.seed, &[network.name, "journey", code]);
    let now = start.as_second().div_euclid(60) * 60;
    let mut pen = Pen { network, settings, draw, now, steps: Vec::with_capacity(16) };
    let from = ends.from.unwrap_or_else(|| pen.draw.below(network.regions.len()));
    let to = ends.to.unwrap_or_else(|| pen.draw.below(network.regions.len()));
    let from = if ends.from_abroad { Place::Abroad } else { pen.office_of(from) };
    let to = if ends.to_abroad { Place::Abroad } else { pen.office_of(to) };
    let road = Road::to(network, settings, to);
    let mut truth = Truth {
        from: network.office(from),
        centre: network.office(centre_of(to)),
        office: network.office(to),
        to_door: pen.draw.chance(network.door),
        silent_office: road.silent,
        left_centre_at: None,
        arrived_at: None,
        arrival_scanned: false,
        waiting_since: None,
        outcome: Outcome::Lost,
        ended_at: None,
    };
    hand_in(&mut pen, from);
    carry(&mut pen, from, to);
    truth.left_centre_at = Some(moment(pen.now));
    if pen.draw.chance(settings.lost) {
        pen.wait_between(30.0 * 24.0, 45.0 * 24.0);
        pen.scan(Happening::Lost, centre_of(to));
        truth.ended_at = Some(moment(pen.now));
    } else {
        arrive(&mut pen, to, &road, &mut truth);
        truth.outcome = hand_out(&mut pen, from, to, &mut truth);
        truth.ended_at = Some(moment(pen.now));
    }
    let mut steps = pen.steps;
    steps.sort_by_key(|step| step.at);
    Journey { start, steps, truth }
}

fn centre_of(place: Place) -> Place {
    place.region().map_or(Place::Abroad, Place::Centre)
}

fn hand_in(pen: &mut Pen<'_>, from: Place) {
    pen.scan(Happening::Registered, from);
    pen.wait_between(1.0, 20.0);
    pen.open(from);
    pen.scan(Happening::Accepted, from);
    pen.wait_around(4.0, 0.5);
    pen.scan(Happening::LeftOrigin, from);
}

/// From one region to the other, over the border if there is one between them.
fn carry(pen: &mut Pen<'_>, from: Place, to: Place) {
    let (first, last) = (centre_of(from), centre_of(to));
    let exchange = Place::Centre(0);
    let mut at = first;
    if first != last && first != Place::Abroad {
        pass(pen, Happening::ReachedCentre, first);
    }
    if first == Place::Abroad || last == Place::Abroad {
        let (out, into) = if last == Place::Abroad { (exchange, last) } else { (first, exchange) };
        cross(pen, out, into);
        at = into;
    }
    if at != last {
        let hours = line_hours(pen.network, pen.settings, at, last);
        pen.wait_around(hours, 0.3);
    }
    pass(pen, Happening::ReachedRegion, last);
}

fn pass(pen: &mut Pen<'_>, reached: Happening, centre: Place) {
    pen.wait_around(6.0, 0.4);
    pen.scan(reached, centre);
    pen.wait_around(8.0, 0.5);
    pen.scan(Happening::LeftCentre, centre);
}

fn cross(pen: &mut Pen<'_>, out: Place, into: Place) {
    pen.wait_around(20.0, 0.4);
    pen.scan(Happening::Exported, out);
    pen.wait_around(90.0, 0.4);
    pen.scan(Happening::Imported, into);
    pen.wait_around(10.0, 0.5);
    pen.scan(Happening::AtCustoms, into);
    pen.wait_around(24.0, 0.6);
    pen.scan(Happening::Released, into);
}

/// The last stretch. Silent offices scan one arrival in ten, the others all but one in fifty.
fn arrive(pen: &mut Pen<'_>, to: Place, road: &Road, truth: &mut Truth) {
    if pen.draw.chance(pen.settings.vanished) {
        let elsewhere = to.region().map_or(to, |region| pen.office_of(region));
        pen.slip(Happening::Arrived, elsewhere);
    }
    pen.wait_around(road.hours, road.spread);
    pen.open(to);
    truth.arrived_at = Some(moment(pen.now));
    truth.arrival_scanned = pen.draw.chance(if road.silent { 0.1 } else { 0.98 });
    if truth.arrival_scanned {
        pen.scan(Happening::Arrived, to);
    }
}

/// To the door, over the counter, or back.
fn hand_out(pen: &mut Pen<'_>, from: Place, to: Place, truth: &mut Truth) -> Outcome {
    if pen.draw.chance(pen.settings.refused) {
        pen.wait_between(4.0, 30.0);
        pen.open(to);
        send_back(pen, Happening::SentBackRefused, from, to);
        return Outcome::ReturnedRefused;
    }
    let uncollected = pen.draw.chance(pen.settings.uncollected);
    if truth.to_door {
        for missed in [Happening::Missed, Happening::MissedAgain] {
            pen.wait_between(10.0, 18.0);
            pen.open(to);
            pen.scan(Happening::OutForDelivery, to);
            pen.wait_between(1.5, 7.0);
            if !uncollected && !pen.draw.chance(pen.settings.missed) {
                pen.scan(Happening::Delivered, to);
                return Outcome::Delivered;
            }
            pen.scan(missed, to);
        }
        pen.wait_between(1.0, 3.0);
        pen.scan(Happening::Kept, to);
    }
    truth.waiting_since = Some(moment(pen.now));
    if uncollected {
        wait_in_vain(pen, to);
        send_back(pen, Happening::SentBackUncollected, from, to);
        return Outcome::ReturnedUncollected;
    }
    let longest = pen.network.storage_days.saturating_sub(1).max(1) * DAY;
    let until = pen.now + longest;
    pen.wait_around(30.0, 0.9);
    pen.open(to);
    pen.now = pen.now.min(until);
    pen.scan(Happening::Collected, to);
    Outcome::Collected
}

fn wait_in_vain(pen: &mut Pen<'_>, to: Place) {
    let (since, days) = (pen.now, pen.network.storage_days);
    for (left, happening) in [
        (5, Happening::StorageEndsInFiveDays),
        (1, Happening::StorageEndsTomorrow),
        (0, Happening::StorageEnded),
    ] {
        if days > left {
            pen.now = since + (days - left) * DAY;
            pen.scan(happening, to);
        }
    }
    pen.wait_between(8.0, 30.0);
}

fn send_back(pen: &mut Pen<'_>, why: Happening, from: Place, to: Place) {
    pen.scan(why, to);
    pen.wait_between(5.0, 30.0);
    pen.scan(Happening::ReturnLeft, to);
    pen.wait_around(60.0, 0.4);
    pen.scan(Happening::ReturnReachedCentre, centre_of(from));
    pen.wait_around(24.0, 0.4);
    pen.open(from);
    pen.scan(Happening::ReturnArrived, from);
    pen.wait_around(40.0, 0.8);
    pen.open(from);
    pen.scan(Happening::Returned, from);
}
