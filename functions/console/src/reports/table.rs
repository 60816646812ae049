//! The report as a table for people.

use serde_json::Value;
use yam_sheets::{Cell, Sheet};

/// Columns.
const COLUMNS: [&str; 14] = [
    "kind",
    "order_number",
    "carrier",
    "tracking_code",
    "posted_at",
    "reached_at",
    "days",
    "allowed_days",
    "silent_days",
    "last_scan_at",
    "last_scan",
    "claim_by",
    "too_late",
    "letter",
];

/// Where their values stand in a row of the report.
const PLACES: [&str; 14] = [
    "/kind",
    "/order_number",
    "/carrier",
    "/tracking_code",
    "/posted_at",
    "/reached_at",
    "/days",
    "/allowed_days",
    "/silent_days",
    "/last_scan/happened_at",
    "/last_scan/raw/text",
    "/claim_by",
    "/too_late",
    "/letter",
];

/// The table of these rows.
pub(super) fn sheet(rows: &[Value]) -> Sheet<'static> {
    let line = |row: &Value| PLACES.iter().map(|place| cell(row.pointer(place))).collect();
    Sheet { name: "claims", columns: &COLUMNS, rows: rows.iter().map(line).collect() }
}

fn cell(value: Option<&Value>) -> Cell {
    match value {
        None | Some(Value::Null) => Cell::from(""),
        Some(Value::String(text)) => Cell::from(text.as_str()),
        Some(other) => other.as_i64().map_or_else(|| Cell::from(other.to_string()), Cell::Number),
    }
}
