//! A parcel's status in words for people, in each language.

use crate::money::display::Locale;
use crate::parcel::ParcelStatus;

/// Said to a buyer of one parcel.
#[must_use]
pub fn of_one(status: ParcelStatus, locale: Locale) -> &'static str {
    find(include_str!("../../data/notice/page.csv"), status, locale)
}

/// Said to a shop of several.
#[must_use]
pub fn of_many(status: ParcelStatus, locale: Locale) -> &'static str {
    find(include_str!("../../data/notice/statuses.csv"), status, locale)
}

/// The tables have neither quotes nor commas within a field.
fn find(table: &'static str, status: ParcelStatus, locale: Locale) -> &'static str {
    let behind = match locale {
        Locale::En => 0,
        Locale::Ru => 1,
        Locale::Fa => 2,
        Locale::Ko => 3,
    };
    let mut found = table.lines().filter_map(|line| {
        let (word, words) = line.split_once(',')?;
        (word == status.as_str()).then(|| words.split(',').nth(behind)).flatten()
    });
    found.next().unwrap_or(status.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_its_words_in_every_language() {
        for status in ParcelStatus::ALL {
            for locale in [Locale::En, Locale::Fa, Locale::Ru, Locale::Ko] {
                for words in [of_one(*status, locale), of_many(*status, locale)] {
                    assert!(!words.is_empty() && words != status.as_str(), "{status} {locale:?}");
                }
            }
        }
        for table in
            [include_str!("../../data/notice/page.csv"), include_str!("../../data/notice/statuses.csv")]
        {
            assert!(!table.contains('"') && table.lines().all(|line| line.matches(',').count() == 4));
        }
        assert_eq!(of_one(ParcelStatus::Arrived, Locale::Ko), "우체국에 도착");
    }
}
