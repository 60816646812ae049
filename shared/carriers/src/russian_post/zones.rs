//! The clock of an office, by its postal index: the batch wire tells local times without an offset
//! (protocol notes, section 2.2; table and its limits in `shared/domain/data/russia/README.md`).

use std::sync::OnceLock;

use jiff::tz::Offset;
use serde::Deserialize;

/// Moscow's time: of `DatePreparation`, of quota days, and of every index the table does not know.
pub const MOSCOW: Offset = Offset::constant(3);

#[derive(Debug, Deserialize)]
struct Row {
    first: usize,
    last: usize,
    hours: i8,
}

/// The offset of the office with this index.
#[must_use]
pub fn offset(index: &str) -> Offset {
    let index = index.trim();
    let russian = index.len() == 6 && index.bytes().all(|byte| byte.is_ascii_digit());
    let prefix = index.get(..3).filter(|_| russian).and_then(|prefix| prefix.parse::<usize>().ok());
    prefix.and_then(|prefix| table().get(prefix)).copied().unwrap_or(MOSCOW)
}

/// The offset of each three-digit prefix.
fn table() -> &'static [Offset] {
    static TABLE: OnceLock<Vec<Offset>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = vec![MOSCOW; 1_000];
        for row in rows().into_iter().flatten() {
            let area = table.get_mut(row.first..=row.last);
            if let (Some(area), Ok(offset)) = (area, Offset::from_hours(row.hours)) {
                area.fill(offset);
            }
        }
        table
    })
}

/// The data file is checked by a test; a row that does not read would count as Moscow.
fn rows() -> Vec<Result<Row, csv::Error>> {
    csv::Reader::from_reader(include_str!("../../../domain/data/russia/zones.csv").as_bytes())
        .into_deserialize()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_reads_and_none_overlap() {
        let mut end = 0;
        for row in rows() {
            let row = row.unwrap();
            assert!(row.first > end && row.first <= row.last && row.last < 1_000, "{row:?}");
            assert!((2..=12).contains(&row.hours), "{row:?}");
            end = row.last;
        }
        assert!(end > 690);
    }

    #[test]
    fn offices_from_kaliningrad_to_kamchatka() {
        for (index, hours) in [
            ("236000", 2),
            ("101000", 3),
            ("190000", 3),
            ("400001", 3),
            ("443001", 4),
            ("620000", 5),
            ("644001", 6),
            ("630099", 7),
            ("664000", 8),
            ("672000", 9),
            ("690000", 10),
            ("693000", 11),
            ("683000", 12),
        ] {
            assert_eq!(offset(index), Offset::constant(hours), "{index}");
        }
    }

    #[test]
    fn what_is_no_office_of_a_region_counts_as_moscow() {
        for index in ["", "800001", "999999", "000000", "63009", "6300991", "63009A", "가나다", " 101000 "]
        {
            assert_eq!(offset(index), MOSCOW, "{index}");
        }
    }
}
