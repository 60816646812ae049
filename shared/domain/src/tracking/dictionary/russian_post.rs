//! Russian Post: operation type and attribute.
//!
//! Source: Russian Post notes, section 3. The look-up goes by numbers, never by names. Attribute 0 means
//! "not known" and reads as its type, except 8/0 (sorting), which has a row. An attribute that no row
//! lists reads as its type too, but not for the types whose attributes change the meaning (4, 8 and 31):
//! their default is "in transit", and that would be a guess.

use std::sync::LazyLock;

use super::table;
use crate::tracking::{Meaning, Reading};

struct OperationType {
    id: u32,
    reading: Reading,
    /// Does an unlisted attribute read as the type?
    covers_unlisted: bool,
}

static TYPES: LazyLock<Vec<OperationType>> = LazyLock::new(|| {
    let mut types: Vec<OperationType> = type_rows().filter_map(|row| operation_type(&row)).collect();
    types.sort_by_key(|row| row.id);
    types
});

static ATTRIBUTES: LazyLock<Vec<((u32, u32), Reading)>> = LazyLock::new(|| {
    let mut attributes: Vec<((u32, u32), Reading)> =
        attribute_rows().filter_map(|row| attribute(&row)).collect();
    attributes.sort_by_key(|row| row.0);
    attributes
});

/// Reads an operation: its type (`OperType/Id`) and attribute (`OperAttr/Id`, 0 when not told).
pub fn russian_post(oper_type: u32, attr: u32) -> Reading {
    listed(oper_type, attr)
        .or_else(|| by_type(oper_type, attr))
        .unwrap_or_else(|| Reading::of(Meaning::Unknown))
}

fn listed(oper_type: u32, attr: u32) -> Option<Reading> {
    let at = ATTRIBUTES.binary_search_by_key(&(oper_type, attr), |row| row.0).ok()?;
    ATTRIBUTES.get(at).map(|row| row.1)
}

fn by_type(oper_type: u32, attr: u32) -> Option<Reading> {
    let at = TYPES.binary_search_by_key(&oper_type, |row| row.id).ok()?;
    let row = TYPES.get(at)?;
    (attr == 0 || row.covers_unlisted).then_some(row.reading)
}

fn type_rows() -> impl Iterator<Item = Vec<&'static str>> {
    table::rows(include_str!("../../../data/tracking/russian_post_types.csv"))
}

fn attribute_rows() -> impl Iterator<Item = Vec<&'static str>> {
    table::rows(include_str!("../../../data/tracking/russian_post_attributes.csv"))
}

fn operation_type(row: &[&str]) -> Option<OperationType> {
    let &[id, _name, status, reason, flags, unlisted] = row else {
        return None;
    };
    let covers_unlisted = match unlisted {
        "default" => true,
        "unknown" => false,
        _ => return None,
    };
    Some(OperationType {
        id: id.parse().ok()?,
        reading: table::reading(status, reason, flags)?,
        covers_unlisted,
    })
}

fn attribute(row: &[&str]) -> Option<((u32, u32), Reading)> {
    let &[oper_type, attr, _name, status, reason, flags] = row else {
        return None;
    };
    Some(((oper_type.parse().ok()?, attr.parse().ok()?), table::reading(status, reason, flags)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parcel::ParcelStatus;
    use crate::tracking::{Reason, StorageWord};

    fn word(oper_type: u32, attr: u32) -> &'static str {
        match russian_post(oper_type, attr).meaning {
            Meaning::Status(status) => status.as_str(),
            Meaning::Info => "info",
            Meaning::CancelsPrevious => "cancels_previous",
            Meaning::Renumbered => "renumbered",
            Meaning::Unknown => "unknown",
        }
    }

    #[test]
    fn every_line_is_read() {
        assert_eq!(TYPES.len(), type_rows().count());
        assert_eq!(ATTRIBUTES.len(), attribute_rows().count());
        assert_eq!(TYPES.len(), 64, "types 1 to 63 and 1027");
        assert_eq!(ATTRIBUTES.len(), 416);
        assert!(ATTRIBUTES.windows(2).all(|pair| pair[0].0 < pair[1].0), "one row for each pair");
        assert!(TYPES.windows(2).all(|pair| pair[0].id < pair[1].id), "one row for each type");
        for ((oper_type, _), _) in ATTRIBUTES.iter() {
            assert!(TYPES.iter().any(|row| row.id == *oper_type), "{oper_type}");
        }
    }

    #[test]
    fn the_full_types_are_full() {
        for (oper_type, attributes) in [(2, 0..=31), (3, 1..=23), (8, 0..=78), (12, 1..=30), (14, 1..=26)] {
            for attr in attributes {
                assert!(listed(oper_type, attr).is_some(), "{oper_type}/{attr}");
            }
        }
    }

    #[test]
    fn rows_of_the_note() {
        for (oper_type, attr, expected) in [
            (1, 2, "accepted"),
            (2, 0, "delivered"),
            (2, 1, "delivered"),
            (2, 2, "returned"),
            (2, 14, "delivered"),
            (2, 31, "returned"),
            (4, 3, "in_transit"),
            (4, 6, "on_hold"),
            (4, 13, "storage_expired"),
            (5, 1, "lost"),
            (5, 2, "undeliverable"),
            (5, 8, "customs"),
            (7, 2, "storage_expired"),
            (8, 0, "in_transit"),
            (8, 2, "arrived"),
            (8, 15, "out_for_delivery"),
            (8, 26, "renumbered"),
            (8, 28, "storage_expiring"),
            (8, 34, "info"),
            (8, 40, "storage_expired"),
            (8, 41, "returning"),
            (8, 65, "on_hold"),
            (12, 9, "arrived"),
            (12, 12, "storage_expired"),
            (42, 28, "lost"),
            (14, 1, "in_transit"),
            (14, 4, "customs"),
            (25, 0, "storage_expired"),
            (26, 2, "cancels_previous"),
            (31, 21, "in_transit"),
            (35, 9, "arrived"),
            (44, 1, "info"),
            (48, 0, "delivered"),
            (62, 0, "returned"),
            (63, 0, "info"),
            (1027, 3, "on_hold"),
        ] {
            assert_eq!(word(oper_type, attr), expected, "{oper_type}/{attr}");
        }
    }

    #[test]
    fn an_attribute_not_known_reads_as_its_type() {
        for (oper_type, expected) in [
            (1, "accepted"),
            (3, "returning"),
            (4, "in_transit"),
            (12, "delivery_failed"),
            (31, "in_transit"),
        ] {
            assert_eq!(word(oper_type, 0), expected, "{oper_type}/0");
        }
        assert_eq!(word(10, 7), "in_transit", "a type without attributes");
        assert_eq!(word(3, 999), "returning");
    }

    #[test]
    fn what_no_row_knows_is_never_in_transit() {
        for (oper_type, attr) in [(0, 0), (64, 1), (999, 0), (1026, 1), (8, 79), (8, 999), (4, 20), (31, 99)]
        {
            assert_eq!(word(oper_type, attr), "unknown", "{oper_type}/{attr}");
        }
    }

    #[test]
    fn marks_of_the_note() {
        assert!(russian_post(8, 4).left_sorting);
        assert!(!russian_post(8, 3).left_sorting);
        assert!(russian_post(8, 9).locker && russian_post(12, 12).locker && russian_post(4, 13).locker);
        assert!(
            russian_post(3, 0).turns_back && russian_post(3, 4).turns_back && russian_post(8, 41).turns_back
        );
        assert!(!russian_post(2, 1).turns_back);
        assert_eq!(russian_post(3, 1).reason, Some(Reason::StorageExpired));
        assert_eq!(russian_post(3, 4).reason, Some(Reason::Refused));
        assert_eq!(russian_post(8, 28).storage, Some(StorageWord::DaysLeft(5)));
        assert_eq!(russian_post(8, 42).storage, Some(StorageWord::DaysLeft(1)));
        assert_eq!(russian_post(8, 23).storage, Some(StorageWord::Extended));
        assert!(russian_post(44, 0).cancelled && russian_post(46, 0).cancelled);
        assert_eq!(russian_post(18, 0).meaning, Meaning::Status(ParcelStatus::Lost));
    }
}
