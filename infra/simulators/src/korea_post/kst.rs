//! Korean time, in the shapes the services write it.

use jiff::Timestamp;
use jiff::tz::Offset;

/// All year.
pub(super) const KST: Offset = Offset::constant(9);

/// Formats a moment by the clock on a Korean wall.
pub(super) fn format(at: Timestamp, shape: &str) -> String {
    KST.to_datetime(at).strftime(shape).to_string()
}

/// `2025-01-03`
pub(super) const DASHED: &str = "%Y-%m-%d";
/// `2025.01.03`
pub(super) const DOTTED: &str = "%Y.%m.%d";
/// `18:00`
pub(super) const CLOCK: &str = "%H:%M";
/// `20250103`
pub(super) const DAY: &str = "%Y%m%d";
/// `20250103180005`
pub(super) const STAMP: &str = "%Y%m%d%H%M%S";
