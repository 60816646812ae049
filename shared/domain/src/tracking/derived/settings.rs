//! What merchants may set about states that follow from time.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ids::CarrierId;
use crate::tracking::scan::StorageWord;
use crate::tracking::status::Standing;

/// How long free storage lasts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageTerms {
    /// At an office, in days; none when the operator tells no term.
    pub office_days: Option<u16>,
    /// In a parcel locker, in days.
    pub locker_days: Option<u16>,
    /// Counted from the next working day after arrival, else from the day of arrival.
    pub from_next_working_day: bool,
    /// Days on which offices are closed, 1 (Monday) to 7 (Sunday).
    pub closed_weekdays: Vec<u8>,
    /// How many days before its end storage is `storage_expiring`; never on the day of arrival.
    pub expiring_days_before: u16,
}

/// Settings of the states that follow from time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DerivedSettings {
    /// Zone of the office where the parcel waits, else the shop's: days are counted in its calendar.
    #[serde(with = "jiff::fmt::serde::tz::required")]
    pub time_zone: TimeZone,
    /// Days after which a text reminds of a parcel not collected (S4-15).
    pub not_collected_text_days: u16,
    /// Days after which a call does.
    pub not_collected_call_days: u16,
    /// Days without any scan after which a parcel is `stalled` (S1-34).
    pub stalled_days: u16,
    /// Days after which a number that the operator never knew is an `invalid_code`. Numbers are often
    /// entered before the parcel is handed over, so this is not a matter of hours.
    pub invalid_code_days: u16,
    /// Free storage.
    pub storage: StorageTerms,
    /// From which probability on a silent parcel is `probably_arrived`, in hundredths of a percent.
    pub arrived_threshold: u16,
    /// Most parcels of a route that may be called `probably_arrived` before they arrived, in hundredths
    /// of a percent of all that left.
    pub arrived_false_alarms: u16,
}

impl DerivedSettings {
    /// What holds for a carrier unless the merchant sets something else.
    ///
    /// Storage terms: Russian Post notes, section 7 (15 days from the next working day; no term of
    /// lockers is published, 2 days is their shortest variant); Iran Post notes, section 8 (3 days at
    /// the unit). Korea Post delivers to the door and tells no term.
    pub fn for_carrier(carrier: CarrierId, time_zone: TimeZone) -> Self {
        let storage = match carrier {
            CarrierId::RussianPost => StorageTerms {
                office_days: Some(15),
                locker_days: Some(2),
                from_next_working_day: true,
                closed_weekdays: vec![7],
                expiring_days_before: 3,
            },
            CarrierId::IranPost => StorageTerms {
                office_days: Some(3),
                locker_days: None,
                from_next_working_day: false,
                closed_weekdays: vec![5],
                expiring_days_before: 1,
            },
            CarrierId::KoreaPost => StorageTerms {
                office_days: None,
                locker_days: None,
                from_next_working_day: false,
                closed_weekdays: vec![6, 7],
                expiring_days_before: 1,
            },
        };
        DerivedSettings {
            time_zone,
            not_collected_text_days: 5,
            not_collected_call_days: 10,
            stalled_days: 60,
            invalid_code_days: 14,
            storage,
            arrived_threshold: 8_500,
            arrived_false_alarms: 450,
        }
    }

    /// The day of a moment in the office's calendar.
    pub(super) fn day_of(&self, at: Timestamp) -> Date {
        self.time_zone.to_datetime(at).date()
    }

    /// When a day begins there.
    pub(super) fn start_of(&self, day: Date) -> Timestamp {
        day.to_zoned(self.time_zone.clone()).map_or(Timestamp::MAX, |start| start.timestamp())
    }

    /// Last day of free storage of a waiting parcel. The operator's word goes before the term; after an
    /// extension nobody knows until it speaks again.
    pub(super) fn storage_deadline(&self, standing: &Standing, arrived_on: Date) -> Option<Date> {
        match standing.storage {
            Some((StorageWord::DaysLeft(days), told_at)) => {
                Some(later(self.day_of(told_at), u16::from(days)))
            }
            Some((StorageWord::Extended, _)) => None,
            None => {
                let term = if standing.locker { self.storage.locker_days } else { self.storage.office_days };
                term.map(|days| later(self.counted_from(arrived_on), days))
            }
        }
    }

    fn counted_from(&self, arrived_on: Date) -> Date {
        if !self.storage.from_next_working_day {
            return arrived_on;
        }
        let opens = |day: &Date| !self.storage.closed_weekdays.contains(&number_of(day.weekday()));
        (1..=7).map(|days| later(arrived_on, days)).find(opens).unwrap_or_else(|| later(arrived_on, 1))
    }
}

/// So many days after a day.
pub(super) fn later(day: Date, days: u16) -> Date {
    day.saturating_add(SignedDuration::from_hours(24 * i64::from(days)))
}

/// So many days before a day.
pub(super) fn earlier(day: Date, days: u16) -> Date {
    day.saturating_sub(SignedDuration::from_hours(24 * i64::from(days)))
}

/// Whole days from one day to a later one; 0 if it is not later.
pub(super) fn days_between(from: Date, to: Date) -> u32 {
    u32::try_from(from.duration_until(to).as_hours() / 24).unwrap_or(0)
}

fn number_of(weekday: Weekday) -> u8 {
    weekday.to_monday_one_offset().unsigned_abs()
}
