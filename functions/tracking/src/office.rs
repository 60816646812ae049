//! The clock of the office where a parcel waits: days are counted in its calendar.

use jiff::tz::{Offset, TimeZone};
use yam_carriers::russian_post::zones;
use yam_domain::ids::CarrierId;
use yam_domain::tracking::Office;

/// Korea has kept one time the whole year since 1988, Iran since 2022, and Russia's zones have had no
/// summer time since 2011.
const SEOUL: Offset = Offset::constant(9);

/// The offset of an office, else of the operator's seat.
pub(crate) fn offset_of(carrier: CarrierId, office: Option<&Office>) -> Offset {
    match (carrier, office.and_then(|office| office.index.as_deref())) {
        (CarrierId::RussianPost, Some(index)) => zones::offset(index),
        _ => seat_of(carrier),
    }
}

/// The offset of an operator's seat.
pub(crate) fn seat_of(carrier: CarrierId) -> Offset {
    match carrier {
        // Half an hour more than three.
        CarrierId::IranPost => Offset::from_seconds(12_600).unwrap_or(Offset::UTC),
        CarrierId::KoreaPost => SEOUL,
        CarrierId::RussianPost => zones::MOSCOW,
    }
}

/// The same as a zone.
pub(crate) fn zone_of(carrier: CarrierId, office: Option<&Office>) -> TimeZone {
    offset_of(carrier, office).to_time_zone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_office_has_its_own_clock() {
        let office = |index: &str| Office { index: Some(index.to_owned()), name: None };
        for (carrier, index, seconds) in [
            (CarrierId::IranPost, "", 12_600),
            (CarrierId::KoreaPost, "", 32_400),
            (CarrierId::RussianPost, "101000", 10_800),
            (CarrierId::RussianPost, "690000", 36_000),
        ] {
            assert_eq!(offset_of(carrier, Some(&office(index))).seconds(), seconds, "{carrier} {index}");
        }
        assert_eq!(offset_of(CarrierId::RussianPost, None), zones::MOSCOW);
    }
}
