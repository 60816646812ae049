//! Indexes: where they lie, how far it is from one to another, how long it takes.
//!
//! The protocol has no such table: this one is made of rough kilometres by road, counted from Moscow.

/// First three digits from and to, kilometres east and north of Moscow, and whether the way there is long
/// whatever the distance.
type Place = (u16, u16, i64, i64, bool);

const PLACES: [Place; 45] = [
    (101, 157, 0, 0, false),
    (160, 165, 150, 700, false),
    (166, 169, 1_000, 800, false),
    (170, 172, -150, 100, false),
    (173, 175, -400, 300, false),
    (180, 182, -600, 250, false),
    (183, 184, -200, 1_500, false),
    (185, 186, -200, 700, false),
    (187, 199, -450, 500, false),
    (214, 216, -350, -100, false),
    (236, 238, -1_100, 0, false),
    (241, 249, -200, -250, false),
    (300, 309, 0, -400, false),
    (344, 347, 100, -1_050, false),
    (350, 354, 100, -1_250, false),
    (355, 369, 400, -1_400, false),
    (385, 386, 200, -1_350, false),
    (390, 393, 200, -250, false),
    (394, 399, 150, -450, false),
    (400, 404, 500, -900, false),
    (410, 413, 650, -600, false),
    (414, 416, 800, -1_200, false),
    (420, 433, 750, 0, false),
    (440, 446, 850, -350, false),
    (450, 453, 1_300, -150, false),
    (454, 457, 1_700, -50, false),
    (460, 462, 1_200, -500, false),
    (600, 607, 350, 50, false),
    (610, 619, 1_000, 300, false),
    (620, 624, 1_700, 200, false),
    (625, 629, 2_000, 200, false),
    (630, 633, 3_300, 0, false),
    (634, 636, 3_500, 100, false),
    (640, 641, 1_950, 0, false),
    (644, 646, 2_700, 0, false),
    (647, 663, 4_000, 0, false),
    (664, 671, 5_000, -200, false),
    (672, 674, 6_000, 0, false),
    (675, 676, 7_400, 0, false),
    (677, 678, 8_200, 1_000, true),
    (679, 682, 8_300, 0, false),
    (683, 684, 10_500, 800, true),
    (685, 689, 10_200, 1_200, true),
    (690, 692, 9_000, 0, false),
    (693, 694, 9_400, 0, true),
];

/// A way between two offices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) kilometres: i64,
    pub(crate) is_long: bool,
}

fn place(index: &str) -> Option<&'static Place> {
    if index.len() != 6 || !index.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let head: u16 = index.get(..3)?.parse().ok()?;
    PLACES.iter().find(|(from, to, ..)| (*from..=*to).contains(&head))
}

/// Whether an index exists.
pub(crate) fn exists(index: &str) -> bool {
    place(index).is_some()
}

/// The way between two indexes that exist.
pub(crate) fn route(from: &str, to: &str) -> Option<Route> {
    let ((.., x, y, far), (.., to_x, to_y, to_far)) = (place(from)?, place(to)?);
    Some(Route { kilometres: (x - to_x).abs() + (y - to_y).abs(), is_long: *far || *to_far })
}

/// What a long way adds, in days.
const LONG: i64 = 34;

impl Route {
    /// Up to 600, 2,000, 5,000, 8,000 kilometres, and beyond.
    pub(crate) fn zone(self) -> usize {
        [600, 2_000, 5_000, 8_000].iter().filter(|limit| self.kilometres > **limit).count()
    }

    /// Days a parcel takes, at least and at most.
    pub(crate) fn days(self) -> (i64, i64) {
        let least = 1 + self.kilometres / 3_000 + if self.is_long { LONG } else { 0 };
        (least, least + 2)
    }

    /// Days a letter or a wrapper takes.
    pub(crate) fn control_days(self) -> i64 {
        3 + self.kilometres / 1_000 + if self.is_long { LONG } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::russian_post::offices::NETWORK;

    /// Days as the protocol's answers have them (sections 4.2 and 5).
    #[test]
    fn terms_are_those_that_were_seen() {
        let days = |from, to| route(from, to).unwrap().days();
        assert_eq!((days("109440", "644015"), days("410012", "685000")), ((1, 3), (38, 40)));
        assert_eq!(route("344038", "115162").unwrap().control_days(), 4);
    }

    #[test]
    fn zones_grow_with_the_distance() {
        let zone = |to| route("101000", to).unwrap().zone();
        assert_eq!(["127018", "190000", "630099", "672000", "690090"].map(zone), [0, 1, 2, 3, 4]);
        for wrong in ["", "10100", "1010000", "10100a", "800000", "999999", "000000"] {
            assert!(!exists(wrong), "{wrong}");
        }
    }

    #[test]
    fn all_offices_of_the_network_exist() {
        let mut offices =
            NETWORK.regions.iter().flat_map(|region| region.offices.iter().chain([&region.centre]));
        assert!(offices.all(|office| exists(office.code)));
    }
}
