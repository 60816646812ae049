//! Journeys in the post's codes.

use super::network::{CITIES, NETWORK};
use super::scan::Scan;
use crate::journey::{Ends, Happening, Step};

/// A code of twenty digits names the city it goes to.
pub(super) fn ends(code: &str) -> Ends {
    let city = code.get(5..10).filter(|_| code.len() == 20).and_then(|city| city.parse::<u32>().ok());
    let to = city.and_then(|city| CITIES.iter().position(|known| *known == city));
    Ends { to, ..Ends::default() }
}

const ON_ITS_WAY: &str = "رهسپار به نقطه پستی";
const RECEIVED: &str = "وصول مرسوله";

/// What the post writes down at a step. The way between the centres stands on the public page only;
/// nothing is said of a number that is only given out, of storage that ends, nor of a loss.
pub(super) fn scan(step: &Step) -> Option<Scan> {
    let scan = match step.happening {
        Happening::Accepted => Scan::of(5),
        Happening::LeftOrigin | Happening::LeftCentre | Happening::ReturnLeft => Scan::words(ON_ITS_WAY),
        Happening::ReachedCentre | Happening::Arrived | Happening::ReturnReachedCentre => {
            Scan::words(RECEIVED)
        }
        Happening::ReachedRegion => Scan::of(13),
        Happening::OutForDelivery => Scan::of(14),
        Happening::Missed => Scan::of(15),
        Happening::MissedAgain => Scan::of(16),
        Happening::Kept => Scan::of(8),
        Happening::Delivered | Happening::Collected => Scan::of(7),
        Happening::SentBackUncollected | Happening::SentBackRefused => Scan::of(10),
        Happening::Returned => Scan::of(11),
        Happening::Registered
        | Happening::Exported
        | Happening::Imported
        | Happening::AtCustoms
        | Happening::Released
        | Happening::StorageEndsInFiveDays
        | Happening::StorageEndsTomorrow
        | Happening::StorageEnded
        | Happening::ReturnArrived
        | Happening::Lost => return None,
    };
    Some(scan.moved(NETWORK.office(step.place).name))
}
