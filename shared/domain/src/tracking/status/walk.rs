//! One pass over the scans that decide.

use jiff::Timestamp;

use super::{Standing, Stay};
use crate::ids::CarrierId;
use crate::parcel::ParcelStatus;
use crate::tracking::history::Record;
use crate::tracking::scan::{Meaning, Office, Reading, Reason, Scan, StorageWord};

/// Walks the surviving scans in their order.
pub(super) fn walk(carrier: CarrierId, scans: &[&Record]) -> Walk {
    let mut walk = Walk::new(carrier);
    for record in scans {
        walk.step(&record.scan);
    }
    walk
}

/// On the way back only these differ from `returning`.
pub(super) fn homeward(status: ParcelStatus) -> ParcelStatus {
    match status {
        ParcelStatus::Delivered | ParcelStatus::Returned => ParcelStatus::Returned,
        ParcelStatus::Lost | ParcelStatus::Undeliverable => status,
        _ => ParcelStatus::Returning,
    }
}

/// Does the way back begin with it?
pub(super) fn turns_back(status: ParcelStatus, reading: &Reading) -> bool {
    reading.turns_back || matches!(status, ParcelStatus::Returning | ParcelStatus::Returned)
}

/// A return for storage over, which says that storage was over if nothing else did (Russian Post notes,
/// section 3.1 rule 8).
pub(super) fn returns_uncollected(status: ParcelStatus, reading: &Reading) -> bool {
    status == ParcelStatus::Returning && reading.reason == Some(Reason::StorageExpired)
}

pub(super) struct Walk {
    carrier: CarrierId,
    stays: Vec<Stay>,
    current: Option<usize>,
    /// The stay in which it came to the office where it is.
    arrival: Option<usize>,
    moved: bool,
    turned_back_at: Option<Timestamp>,
    turn_reason: Option<Reason>,
    /// Storage at this office was told to be over.
    expired: bool,
    locker: bool,
    storage: Option<(StorageWord, Timestamp)>,
    left_sorting: Option<(Timestamp, Option<Office>)>,
    office: Option<Office>,
    unknown_scans: u32,
}

impl Walk {
    fn new(carrier: CarrierId) -> Self {
        Walk {
            carrier,
            stays: Vec::new(),
            current: None,
            arrival: None,
            moved: false,
            turned_back_at: None,
            turn_reason: None,
            expired: false,
            locker: false,
            storage: None,
            left_sorting: None,
            office: None,
            unknown_scans: 0,
        }
    }

    fn step(&mut self, scan: &Scan) {
        if let Some(word) = scan.reading.storage {
            self.storage = Some((word, scan.happened_at));
        }
        match scan.reading.meaning {
            Meaning::Status(status) => self.told(status, scan),
            Meaning::Info => {
                if scan.reading.cancelled && !self.moved && self.turned_back_at.is_none() {
                    self.enter(ParcelStatus::Undeliverable, scan);
                }
            }
            Meaning::Unknown => {
                self.unknown_scans = self.unknown_scans.saturating_add(1);
                if self.current.is_none() {
                    self.enter(ParcelStatus::Unknown, scan);
                }
            }
            Meaning::CancelsPrevious | Meaning::Renumbered => {}
        }
    }

    fn told(&mut self, status: ParcelStatus, scan: &Scan) {
        let reading = &scan.reading;
        let turns = turns_back(status, reading);
        if self.is_settled(status, turns) || self.goes_backwards(status, reading) {
            return;
        }
        if turns {
            if self.turned_back_at.is_none() {
                if returns_uncollected(status, reading) && !self.expired {
                    self.enter(ParcelStatus::StorageExpired, scan);
                }
                self.turned_back_at = Some(scan.happened_at);
            }
            self.turn_reason = self.turn_reason.or(reading.reason);
        }
        let status = if self.turned_back_at.is_some() { homeward(status) } else { status };
        if status == ParcelStatus::Arrived && self.waits_here_already(scan) {
            if reading.storage == Some(StorageWord::Extended) {
                self.current = self.arrival;
                self.expired = false;
            }
            return;
        }
        self.moved |= !matches!(
            status,
            ParcelStatus::AwaitingCode
                | ParcelStatus::Registered
                | ParcelStatus::OnHold
                | ParcelStatus::Undeliverable
        );
        self.enter(status, scan);
    }

    fn status(&self) -> Option<ParcelStatus> {
        self.current.and_then(|at| self.stays.get(at)).map(|stay| stay.status)
    }

    /// Nothing but a turn back follows a delivery, and nothing a return.
    fn is_settled(&self, status: ParcelStatus, turns: bool) -> bool {
        match self.status() {
            Some(ParcelStatus::Delivered) => {
                status != ParcelStatus::Delivered && !(turns && self.carrier != CarrierId::KoreaPost)
            }
            Some(ParcelStatus::Returned) => true,
            _ => false,
        }
    }

    /// What belongs before the acceptance says nothing of a parcel that moved.
    fn goes_backwards(&self, status: ParcelStatus, reading: &Reading) -> bool {
        let before_acceptance = match status {
            ParcelStatus::AwaitingCode | ParcelStatus::Registered => true,
            ParcelStatus::OnHold => reading.reason == Some(Reason::PickupFailed),
            _ => false,
        };
        self.moved && before_acceptance
    }

    /// Storage there already ends or ended: a notice, a move within the office.
    fn waits_here_already(&self, scan: &Scan) -> bool {
        let ending =
            matches!(self.status(), Some(ParcelStatus::StorageExpiring | ParcelStatus::StorageExpired));
        let Some(arrival) = self.arrival.and_then(|at| self.stays.get(at)) else {
            return false;
        };
        ending && self.locker == scan.reading.locker && same_place(arrival, scan)
    }

    fn enter(&mut self, status: ParcelStatus, scan: &Scan) {
        let arriving = status == ParcelStatus::Arrived;
        let goes_on = |stay: &&mut Stay| stay.status == status && (!arriving || same_place(stay, scan));
        match self.current.and_then(|at| self.stays.get_mut(at)).filter(goes_on) {
            Some(stay) => {
                if stay.office.as_ref().and_then(Office::place).is_none() && scan.place().is_some() {
                    stay.office.clone_from(&scan.office);
                }
                let keeps_reason = self.turned_back_at.is_some() && stay.reason.is_some();
                if !keeps_reason && scan.reading.reason.is_some() {
                    stay.reason = scan.reading.reason;
                }
            }
            None => self.begin(status, scan),
        }
        self.locker |= scan.reading.locker;
        self.left_sorting = (status == ParcelStatus::InTransit && scan.reading.left_sorting)
            .then(|| (scan.happened_at, scan.office.clone()));
        if scan.place().is_some() {
            self.office.clone_from(&scan.office);
        }
    }

    fn begin(&mut self, status: ParcelStatus, scan: &Scan) {
        self.stays.push(Stay {
            status,
            anchor: scan.key(),
            happened_at: scan.happened_at,
            office: scan.office.clone(),
            reason: scan.reading.reason,
        });
        self.current = self.stays.len().checked_sub(1);
        match status {
            ParcelStatus::Arrived => {
                self.arrival = self.current;
                self.expired = false;
                self.locker = false;
                self.storage = scan.reading.storage.map(|word| (word, scan.happened_at));
            }
            ParcelStatus::StorageExpired => self.expired |= !scan.reading.locker,
            ParcelStatus::OutForDelivery
            | ParcelStatus::DeliveryFailed
            | ParcelStatus::OnHold
            | ParcelStatus::StorageExpiring
            | ParcelStatus::Undeliverable => {}
            _ => {
                self.arrival = None;
                self.expired = false;
                self.storage = None;
                self.locker = false;
            }
        }
    }

    /// The outcome: where it stands, its stays, which of them is the present one.
    pub(super) fn finish(self, last_scan_at: Option<Timestamp>) -> (Standing, Vec<Stay>, Option<usize>) {
        let present = self.current.and_then(|at| self.stays.get(at));
        let arrival = self.arrival.and_then(|at| self.stays.get(at));
        let on_the_way_back = self.turned_back_at.is_some();
        let reason = present.and_then(|stay| stay.reason);
        let standing = Standing {
            status: present.map_or(ParcelStatus::Registered, |stay| stay.status),
            since: present.map(|stay| stay.happened_at),
            reason: if on_the_way_back { self.turn_reason.or(reason) } else { reason },
            office: self.office.clone(),
            last_scan_at,
            arrived_at: arrival.map(|stay| stay.happened_at),
            arrived_office: arrival.and_then(|stay| stay.office.clone()),
            locker: self.locker,
            storage: self.storage,
            left_sorting_at: self.left_sorting.as_ref().map(|(at, _)| *at),
            left_sorting_office: self.left_sorting.as_ref().and_then(|(_, office)| office.clone()),
            turned_back_at: self.turned_back_at,
            unknown_scans: self.unknown_scans,
        };
        (standing, self.stays, self.current)
    }
}

/// A scan without a place is at the place of the stay it follows.
fn same_place(stay: &Stay, scan: &Scan) -> bool {
    let there = stay.office.as_ref().and_then(Office::place);
    let here = scan.place();
    there.is_none() || here.is_none() || there == here
}
