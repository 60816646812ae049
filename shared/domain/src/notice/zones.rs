//! Whose clock a message keeps: the buyer's, by postal code, else the shop's (D5).
//!
//! Zone data is the copy compiled in, so that every host counts alike whatever its own files say
//! (reliability notes, section 5).

use std::sync::OnceLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

/// The name is no IANA zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown time zone; use an IANA name such as Asia/Tehran")]
pub struct UnknownZone;

/// The zone of an IANA name.
///
/// # Errors
/// When there is none of this name.
pub fn zone(name: &str) -> Result<TimeZone, UnknownZone> {
    TimeZoneDatabase::bundled().get(name).map_err(|_| UnknownZone)
}

/// The name of the zone in which a buyer lives; none when country and postal code do not say it, and the
/// shop's zone counts.
pub fn zone_name_of(country: &str, postal_code: &str) -> Option<&'static str> {
    match country {
        "IR" => Some("Asia/Tehran"),
        "KR" => Some("Asia/Seoul"),
        "RU" => russian(postal_code.trim()),
        _ => None,
    }
}

/// The buyer's zone, else the shop's.
pub fn zone_of(country: &str, postal_code: &str, shop: &TimeZone) -> TimeZone {
    let found = zone_name_of(country, postal_code).and_then(|name| zone(name).ok());
    found.unwrap_or_else(|| shop.clone())
}

struct Row {
    first: u16,
    last: u16,
    zone: &'static str,
}

fn russian(index: &str) -> Option<&'static str> {
    let proper = index.len() == 6 && index.bytes().all(|byte| byte.is_ascii_digit());
    let prefix: u16 = index.get(..3).filter(|_| proper)?.parse().ok()?;
    rows().iter().find(|row| (row.first..=row.last).contains(&prefix)).map(|row| row.zone)
}

fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| lines().filter_map(read).collect())
}

fn lines() -> impl Iterator<Item = &'static str> {
    include_str!("../../data/russia/zones.csv").lines().skip(1).filter(|line| !line.trim().is_empty())
}

fn read(line: &'static str) -> Option<Row> {
    let mut fields = line.split(',');
    let first = fields.next()?.parse().ok()?;
    let last = fields.next()?.parse().ok()?;
    let zone = fields.nth(1)?;
    Some(Row { first, last, zone })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_reads_and_names_a_zone_with_its_offset() {
        let at: jiff::Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        assert_eq!(rows().len(), lines().count());
        for (row, line) in rows().iter().zip(lines()) {
            let hours: i32 = line.split(',').nth(2).unwrap().parse().unwrap();
            let zone = zone(row.zone).unwrap();
            assert_eq!(zone.to_offset(at).seconds(), hours * 3_600, "{line}");
        }
    }

    #[test]
    fn buyers_from_kaliningrad_to_kamchatka() {
        for (country, postal_code, name) in [
            ("RU", "236000", Some("Europe/Kaliningrad")),
            ("RU", "101000", Some("Europe/Moscow")),
            ("RU", "690000", Some("Asia/Vladivostok")),
            ("RU", " 683000 ", Some("Asia/Kamchatka")),
            ("RU", "900001", None),
            ("RU", "69000", None),
            ("IR", "1234567890", Some("Asia/Tehran")),
            ("KR", "04524", Some("Asia/Seoul")),
            ("DE", "10115", None),
        ] {
            assert_eq!(zone_name_of(country, postal_code), name, "{country} {postal_code}");
        }
        let shop = zone("Europe/Moscow").unwrap();
        assert_eq!(zone_of("DE", "10115", &shop), shop);
        assert_eq!(zone("Mars/Base"), Err(UnknownZone));
    }
}
