//! The places that journeys pass through. The operator writes names, not codes.

use crate::journey::{Network, Office, Region};

const fn named(name: &'static str) -> Office {
    Office { code: name, name }
}

const fn region(centre: &'static str, offices: [&'static str; 5]) -> Region {
    let [a, b, c, d, e] = offices;
    Region { centre: named(centre), offices: [named(a), named(b), named(c), named(d), named(e)], offset: 9.0 }
}

/// Names are made up after the cities.
pub(super) static NETWORK: Network = Network {
    name: "korea_post",
    abroad: named("미국"),
    door: 0.96,
    storage_days: 4,
    line_hours: (5.0, 14.0),
    road_hours: (2.0, 12.0),
    regions: &[
        region("동서울우편집중국", ["서울강남", "서울송파", "서울마포", "서울노원", "서울중앙"]),
        region("부산우편집중국", ["부산진", "부산해운대", "부산사하", "부산동래", "김해"]),
        region("대구우편집중국", ["동대구", "대구달서", "대구수성", "경산", "구미"]),
        region("대전우편집중국", ["대전둔산", "대전유성", "청주", "세종", "천안"]),
        region("광주우편집중국", ["광주북구", "서광주", "목포", "순천", "여수"]),
        region("제주우편집중국", ["제주", "서귀포", "제주노형", "한림", "성산포"]),
    ],
};
