//! Post offices: the local time of an index, and the network that journeys pass through.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use crate::journey::{Network, Office, Region};

/// Moscow's hours ahead of UTC.
const MOSCOW_HOURS: i8 = 3;

/// Moscow's offset.
pub(crate) const MOSCOW: Offset = Offset::constant(MOSCOW_HOURS);

/// First three digits of an index, from and to, and the hours of the region ahead of UTC. All other
/// indexes, also virtual ones, keep Moscow's time. The protocol has no such table; this one is the
/// zones of the regions, Yakutia and Krasnoyarsk simplified to one zone each.
const ZONES: [(u16, u16, i8); 15] = [
    (236, 238, 2),
    (410, 413, 4),
    (414, 416, 4),
    (426, 427, 4),
    (432, 433, 4),
    (443, 446, 4),
    (450, 462, 5),
    (614, 629, 5),
    (640, 641, 5),
    (644, 646, 6),
    (630, 663, 7),
    (664, 671, 8),
    (672, 678, 9),
    (679, 692, 10),
    (693, 694, 11),
];

/// Zones inside the ranges above.
const EXCEPTIONS: [(u16, u16, i8); 4] = [(667, 668, 7), (683, 684, 12), (685, 686, 11), (688, 689, 12)];

/// Hours ahead of UTC at an office.
fn hours(index: &str) -> i8 {
    let Some(head) = index.get(..3).and_then(|head| head.parse::<u16>().ok()) else { return MOSCOW_HOURS };
    EXCEPTIONS
        .iter()
        .chain(&ZONES)
        .find(|(from, to, _)| (*from..=*to).contains(&head))
        .map_or(MOSCOW_HOURS, |(_, _, hours)| *hours)
}

/// The offset of an office.
pub(crate) fn offset(index: &str) -> Offset {
    Offset::constant(hours(index))
}

/// The clock on an office's wall.
pub(crate) fn local(index: &str, at: Timestamp) -> DateTime {
    offset(index).to_datetime(at)
}

/// `2025-03-14T10:15:00.000+03:00`, in the office's time.
pub(crate) fn with_offset(index: &str, at: Timestamp) -> String {
    written(at, hours(index))
}

/// The same in Moscow's time, as events of money orders have it wherever they happen.
pub(crate) fn in_moscow(at: Timestamp) -> String {
    written(at, MOSCOW_HOURS)
}

fn written(at: Timestamp, hours: i8) -> String {
    let local = Offset::constant(hours).to_datetime(at);
    format!("{}.{:03}{hours:+03}:00", local.strftime("%Y-%m-%dT%H:%M:%S"), local.millisecond())
}

const fn office(code: &'static str, name: &'static str) -> Office {
    Office { code, name }
}

/// Names are made up after the cities; indexes have the right form and region.
pub(super) static NETWORK: Network = Network {
    name: "russian_post",
    abroad: office("", "Китай"),
    door: 0.2,
    storage_days: 15,
    line_hours: (24.0, 110.0),
    road_hours: (5.0, 40.0),
    regions: &[
        Region {
            centre: office("102976", "Москва-сортировочный"),
            offices: [
                office("101000", "Москва"),
                office("115230", "Москва 230"),
                office("119021", "Москва 21"),
                office("125009", "Москва 9"),
                office("127018", "Москва 18"),
            ],
            offset: 3.0,
        },
        Region {
            centre: office("190960", "Санкт-Петербург-сортировочный"),
            offices: [
                office("190000", "Санкт-Петербург"),
                office("191186", "Санкт-Петербург 186"),
                office("194044", "Санкт-Петербург 44"),
                office("196084", "Санкт-Петербург 84"),
                office("199034", "Санкт-Петербург 34"),
            ],
            offset: 3.0,
        },
        Region {
            centre: office("344960", "Ростов-на-Дону-сортировочный"),
            offices: [
                office("344002", "Ростов-на-Дону 2"),
                office("344006", "Ростов-на-Дону 6"),
                office("344019", "Ростов-на-Дону 19"),
                office("344082", "Ростов-на-Дону 82"),
                office("344090", "Ростов-на-Дону 90"),
            ],
            offset: 3.0,
        },
        Region {
            centre: office("443960", "Самара-сортировочный"),
            offices: [
                office("443001", "Самара 1"),
                office("443010", "Самара 10"),
                office("443030", "Самара 30"),
                office("443068", "Самара 68"),
                office("443100", "Самара 100"),
            ],
            offset: 4.0,
        },
        Region {
            centre: office("620960", "Екатеринбург-сортировочный"),
            offices: [
                office("620014", "Екатеринбург 14"),
                office("620028", "Екатеринбург 28"),
                office("620075", "Екатеринбург 75"),
                office("620100", "Екатеринбург 100"),
                office("620142", "Екатеринбург 142"),
            ],
            offset: 5.0,
        },
        Region {
            centre: office("630960", "Новосибирск-сортировочный"),
            offices: [
                office("630004", "Новосибирск 4"),
                office("630048", "Новосибирск 48"),
                office("630090", "Новосибирск 90"),
                office("630099", "Новосибирск 99"),
                office("630132", "Новосибирск 132"),
            ],
            offset: 7.0,
        },
        Region {
            centre: office("690960", "Владивосток-сортировочный"),
            offices: [
                office("690001", "Владивосток 1"),
                office("690014", "Владивосток 14"),
                office("690033", "Владивосток 33"),
                office("690090", "Владивосток 90"),
                office("690091", "Владивосток 91"),
            ],
            offset: 10.0,
        },
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offices_keep_the_time_of_their_region() {
        let at: Timestamp = "2025-03-14T07:15:00Z".parse().unwrap();
        for (index, shown) in [
            ("101000", "2025-03-14T10:15:00.000+03:00"),
            ("236000", "2025-03-14T09:15:00.000+02:00"),
            ("630099", "2025-03-14T14:15:00.000+07:00"),
            ("644010", "2025-03-14T13:15:00.000+06:00"),
            ("667000", "2025-03-14T14:15:00.000+07:00"),
            ("689000", "2025-03-14T19:15:00.000+12:00"),
            ("800000", "2025-03-14T10:15:00.000+03:00"),
            ("?", "2025-03-14T10:15:00.000+03:00"),
        ] {
            assert_eq!(with_offset(index, at), shown);
        }
    }

    #[test]
    fn the_network_agrees_with_the_zones() {
        for region in NETWORK.regions {
            for office in region.offices.iter().chain([&region.centre]) {
                assert!((region.offset - f64::from(hours(office.code))).abs() < 0.01, "{}", office.code);
            }
        }
    }
}
