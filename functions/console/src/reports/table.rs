//! The report as a table for people: RFC 4180, in UTF-8 with the mark by which spreadsheets know it.

use serde_json::Value;

/// Columns and where their values stand in a row of the report.
const COLUMNS: [(&str, &str); 14] = [
    ("kind", "/kind"),
    ("order_number", "/order_number"),
    ("carrier", "/carrier"),
    ("tracking_code", "/tracking_code"),
    ("posted_at", "/posted_at"),
    ("reached_at", "/reached_at"),
    ("days", "/days"),
    ("allowed_days", "/allowed_days"),
    ("silent_days", "/silent_days"),
    ("last_scan_at", "/last_scan/happened_at"),
    ("last_scan", "/last_scan/raw/text"),
    ("claim_by", "/claim_by"),
    ("too_late", "/too_late"),
    ("letter", "/letter"),
];

/// The table of these rows.
pub(super) fn csv(rows: &[Value]) -> String {
    let mut table = String::from('\u{feff}');
    line(&mut table, COLUMNS.iter().map(|(name, _)| (*name).to_owned()));
    for row in rows {
        line(&mut table, COLUMNS.iter().map(|(_, at)| text(row.pointer(at))));
    }
    table
}

fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn line(table: &mut String, cells: impl Iterator<Item = String>) {
    let cells: Vec<String> = cells.map(|cell| quoted(&cell)).collect();
    table.push_str(&cells.join(","));
    table.push_str("\r\n");
}

/// A cell. An order number such as `=1+2` must not become a formula in the clerk's spreadsheet.
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}
