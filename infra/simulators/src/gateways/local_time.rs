//! Local times of Iran and Korea.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

/// Half past three hours east; Iran has not changed its clocks since 2022.
pub(super) fn tehran(at: Timestamp, format: &str) -> String {
    written(at, Offset::from_seconds(12_600).unwrap_or(Offset::UTC), format)
}

/// Nine hours east.
pub(super) fn seoul(at: Timestamp, format: &str) -> String {
    written(at, Offset::constant(9), format)
}

fn written(at: Timestamp, offset: Offset, format: &str) -> String {
    at.to_zoned(TimeZone::fixed(offset)).strftime(format).to_string()
}
