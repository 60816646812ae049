//! Error codes of the calculator (protocol notes, section 5): what a shop would do about each.

use crate::outcome::RefusalKind;

/// The reading of a code; none for errors of the calculator's own, which say nothing about the parcel.
pub(super) fn reading(code: i64) -> Option<(RefusalKind, &'static str)> {
    Some(match code {
        1380 | 1387 | 5000 | 5999 => return None,
        1207 | 1342 => (RefusalKind::PostalCode, "Russian Post has no office with this index"),
        1209 | 1370..=1375 | 1450 | 2002 | 2004..=2007 | 2009 => {
            (RefusalKind::City, "Russian Post does not carry this there")
        }
        1202 | 1204 | 1205 | 2008 | 2010 => {
            (RefusalKind::Service, "Russian Post does not offer this service here or on this day")
        }
        1332 => (RefusalKind::Goods, "Russian Post does not take this declared value"),
        1333 => (RefusalKind::CodNotSupported, "Russian Post collects no money for this parcel"),
        1210 | 1334 => (RefusalKind::Country, "Russian Post does not know this country"),
        2001 | 2003 => (RefusalKind::Weight, "Russian Post does not carry this weight"),
        2011 => (RefusalKind::Goods, "Russian Post does not take this sum"),
        1376..=1379 => (RefusalKind::Weight, "weight, size or sum is out of Russian Post's range"),
        1101 | 1200 | 1201 | 1203 | 1211 | 1222 | 1301 | 1302 | 1304 | 1305 | 1340 | 1343 | 1366 | 1367 => {
            (RefusalKind::Other, "Russian Post's calculator misses or does not take a value")
        }
        _ => (RefusalKind::Other, "Russian Post's calculator refuses with a code it does not document"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_table_has_a_reading() {
        let listed = [
            1101, 1200, 1201, 1202, 1203, 1204, 1205, 1207, 1209, 1210, 1211, 1222, 1301, 1302, 1304, 1305,
            1332, 1333, 1334, 1340, 1342, 1343, 1366, 1367, 1370, 1371, 1372, 1373, 1374, 1375, 1376, 1377,
            1378, 1379, 1450, 2001, 2002, 2003, 2004, 2005, 2006, 2007, 2008, 2009, 2010, 2011,
        ];
        for code in listed {
            let (_, meaning) = reading(code).unwrap();
            assert!(!meaning.contains("document"), "{code}");
        }
        for code in [1380, 1387, 5000, 5999] {
            assert_eq!(reading(code), None, "{code}");
        }
        for (code, kind) in [
            (1207, RefusalKind::PostalCode),
            (1375, RefusalKind::City),
            (1202, RefusalKind::Service),
            (1333, RefusalKind::CodNotSupported),
            (2003, RefusalKind::Weight),
            (4242, RefusalKind::Other),
        ] {
            assert_eq!(reading(code).map(|(kind, _)| kind), Some(kind), "{code}");
        }
    }
}
