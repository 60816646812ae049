//! What a caller wants a report as.

use crate::kind::Kind;

/// How a report is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// As JSON.
    Json,
    /// As a table for people.
    Table(Kind),
}

impl Wanted {
    /// What can be asked for by name.
    pub const NAMES: &'static str = "json, csv, xlsx";

    /// By the name in an address, which counts more than the `Accept` header; JSON where neither says. None for
    /// another name.
    #[must_use]
    pub fn of(name: Option<&str>, accept: Option<&str>) -> Option<Wanted> {
        match name {
            None => Some(accepted(accept.unwrap_or(""))),
            Some("json") => Some(Wanted::Json),
            Some("csv") => Some(Wanted::Table(Kind::Csv)),
            Some("xlsx") => Some(Wanted::Table(Kind::Xlsx)),
            Some(_) => None,
        }
    }
}

/// The best of the ranges that an `Accept` header names, the first of equal ones (RFC 9110, section 12.5.1).
fn accepted(accept: &str) -> Wanted {
    let mut best = (0_u32, Wanted::Json);
    for range in accept.split(',').take(20) {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or("").to_ascii_lowercase();
        let weight =
            parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse::<f64>().ok());
        let weight = thousandths(weight.unwrap_or(0.0));
        let wanted = match name.as_str() {
            "application/json" | "application/*" | "*/*" => Wanted::Json,
            other => match Kind::of_media_type(other) {
                Some(kind) => Wanted::Table(kind),
                None => continue,
            },
        };
        if weight > best.0 {
            best = (weight, wanted);
        }
    }
    best.1
}

fn thousandths(weight: f64) -> u32 {
    (0..=1_000_u32).rev().find(|n| f64::from(*n) <= weight * 1_000.0).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_counts_more_than_the_header() {
        let csv = Some(Wanted::Table(Kind::Csv));
        let xlsx = Some(Wanted::Table(Kind::Xlsx));
        let sheet = Kind::Xlsx.media_type();
        for (name, accept, wanted) in [
            (None, None, Some(Wanted::Json)),
            (None, Some("*/*".to_owned()), Some(Wanted::Json)),
            (None, Some("text/csv".to_owned()), csv),
            (None, Some(sheet.to_owned()), xlsx),
            (None, Some(format!("text/csv;q=0.5, {sheet}; q=0.9, */*;q=0.1")), xlsx),
            (None, Some("text/html, text/csv;q=0".to_owned()), Some(Wanted::Json)),
            (Some("csv"), Some(sheet.to_owned()), csv),
            (Some("json"), Some(sheet.to_owned()), Some(Wanted::Json)),
            (Some("pdf"), None, None),
        ] {
            assert_eq!(Wanted::of(name, accept.as_deref()), wanted, "{name:?} {accept:?}");
        }
    }
}
