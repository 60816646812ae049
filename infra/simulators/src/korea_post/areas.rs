//! Postal codes: where a parcel goes and what its label says (sections 3.4, 6.1 and 6.3).
//!
//! The protocol has the form of these names and codes, not their list. This one is made up: hubs after
//! the cities, offices from the network of journeys.

use super::network::NETWORK;

/// Where a postal code lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Area {
    /// The sorting hub, e.g. `대구M`.
    pub(super) hub: &'static str,
    /// The office that delivers.
    pub(super) office: &'static str,
    /// The delivery area, three digits.
    pub(super) code: String,
    pub(super) course: String,
    /// Four sort codes with blanks between them, as they are printed.
    pub(super) printed: String,
    pub(super) is_jeju: bool,
    /// Reached by ship, for a fee.
    pub(super) is_island: bool,
}

/// First two digits of a postal code, from and to; the hub; its region in the network; the letter on
/// labels.
const HUBS: [(u32, u32, &str, usize, &str); 9] = [
    (1, 9, "동서울M", 0, "서1"),
    (10, 20, "안양M", 0, "경1"),
    (21, 26, "부천M", 0, "경2"),
    (27, 35, "대전M", 3, "충1"),
    (36, 43, "대구M", 2, "경3"),
    (44, 53, "부산M", 1, "부1"),
    (54, 56, "전주M", 4, "전1"),
    (57, 62, "광주M", 4, "전2"),
    (63, 63, "제주M", 5, "제1"),
];

const JEJU: u32 = 63;
/// Ulleungdo.
const ISLAND: u32 = 402;

/// The area of a postal code; none if there is no such code.
pub(super) fn find(zip: &str) -> Option<Area> {
    let number: u32 = zip.parse().ok().filter(|_| is_zip(zip))?;
    let head = number / 1_000;
    let (_, _, hub, region, letter) = HUBS.iter().find(|(from, to, ..)| (*from..=*to).contains(&head))?;
    let offices = &NETWORK.regions.get(*region)?.offices;
    let office = offices.get(usize::try_from(number).ok()? % offices.len())?.name;
    let (street, course) = (number % 1_000, number % 97);
    Some(Area {
        hub,
        office,
        code: format!("{street:03}"),
        course: format!("{course:03}"),
        printed: format!("{letter} {:03} {:02} {:02}", 700 + head, street % 100, number % 31),
        is_jeju: head == JEJU,
        is_island: number / 100 == ISLAND,
    })
}

/// Five digits, leading zeros included.
pub(super) fn is_zip(text: &str) -> bool {
    text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lie_where_their_heads_say() {
        let area = |zip| find(zip).unwrap();
        assert_eq!((area("01000").hub, area("41585").hub, area("61000").hub), ("동서울M", "대구M", "광주M"));
        assert_eq!((area("63000").is_jeju, area("63000").is_island), (true, false));
        assert_eq!((area("40240").is_jeju, area("40240").is_island), (false, true));
        assert_eq!((area("41585").code.as_str(), area("41585").office), ("585", "동대구"));
        assert_eq!(area("10701").printed, "경1 710 01 06");
        for wrong in ["00999", "64000", "1000", "123456", "1234a", ""] {
            assert_eq!(find(wrong), None, "{wrong}");
        }
    }
}
