//! How a row of a table is read.

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};

use crate::parcel::ParcelStatus;
use crate::tracking::{Meaning, Reading, Reason, StorageWord};

/// The rows of a table without its header, as trimmed fields. No field holds the separator.
pub(super) fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table
        .lines()
        .skip(1)
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.split(';').map(str::trim).collect())
}

/// A reading from the three columns that describe it; none when a word is not known.
pub(super) fn reading(status: &str, reason: &str, flags: &str) -> Option<Reading> {
    let mut reading = Reading::of(meaning(status)?);
    if !reason.is_empty() {
        reading.reason = Some(reason_word(reason)?);
    }
    for flag in flags.split_whitespace() {
        match flag {
            "left_sorting" => reading.left_sorting = true,
            "locker" => reading.locker = true,
            "turns_back" => reading.turns_back = true,
            "cancelled" => reading.cancelled = true,
            "extended" => reading.storage = Some(StorageWord::Extended),
            days => {
                let days = days.strip_prefix("days_left=")?.parse().ok()?;
                reading.storage = Some(StorageWord::DaysLeft(days));
            }
        }
    }
    Some(reading)
}

fn meaning(word: &str) -> Option<Meaning> {
    match word {
        "info" => Some(Meaning::Info),
        "cancels_previous" => Some(Meaning::CancelsPrevious),
        "renumbered" => Some(Meaning::Renumbered),
        "unknown" => Some(Meaning::Unknown),
        status => status.parse::<ParcelStatus>().ok().map(Meaning::Status),
    }
}

fn reason_word(word: &str) -> Option<Reason> {
    let word: StrDeserializer<'_, Error> = word.into_deserializer();
    Reason::deserialize(word).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_whole_or_not_at_all() {
        let read = reading("storage_expiring", "storage_expired", "locker days_left=5").unwrap();
        assert_eq!(read.meaning, Meaning::Status(ParcelStatus::StorageExpiring));
        assert_eq!(read.reason, Some(Reason::StorageExpired));
        assert_eq!(read.storage, Some(StorageWord::DaysLeft(5)));
        assert!(read.locker && !read.turns_back && !read.left_sorting && !read.cancelled);
        for (status, reason, flags) in [
            ("on_its_way", "", ""),
            ("", "", ""),
            ("arrived", "because", ""),
            ("arrived", "", "fragile"),
            ("arrived", "", "days_left=soon"),
        ] {
            assert_eq!(super::reading(status, reason, flags), None, "{status} {reason} {flags}");
        }
    }
}
