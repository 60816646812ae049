//! A row of a statement, and a key by which it is known again when statements overlap.

use crate::money::Money;
use crate::text::ascii_digits;
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// Shorter runs of digits in a text are dates, branches and times.
const SHORTEST_NUMBER: usize = 4;

/// A transfer that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementRow {
    /// Amount.
    pub amount: Money,
    /// Day it was booked.
    pub date: Date,
    /// The bank's column for a follow-up, reference or document number.
    pub reference: Option<String>,
    /// Its text.
    pub text: String,
    /// Last four digits of the payer's card.
    pub last4: Option<String>,
}

/// A row with its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifiedRow {
    /// Known again in every statement of the same account that holds the row.
    pub key: String,
    /// The row.
    pub row: StatementRow,
}

impl StatementRow {
    /// Whether a slip number (without leading zeros) stands in the row: as its reference, or as a whole run
    /// of digits in its text.
    pub(super) fn names(&self, number: &str) -> bool {
        let same = |digits: &str| digits.trim_start_matches('0') == number;
        !number.is_empty()
            && (self.reference_digits().is_some_and(|r| same(&r))
                || self.text_numbers().iter().any(|run| same(run)))
    }

    /// Whether it has any number at all that a slip could show.
    pub(super) fn has_number(&self) -> bool {
        self.reference_digits().is_some() || !self.text_numbers().is_empty()
    }

    fn reference_digits(&self) -> Option<String> {
        let digits: String =
            ascii_digits(self.reference.as_deref()?).chars().filter(char::is_ascii_digit).collect();
        Some(digits).filter(|d| !d.is_empty())
    }

    fn text_numbers(&self) -> Vec<String> {
        ascii_digits(&self.text)
            .split(|c: char| !c.is_ascii_digit())
            .filter(|run| run.len() >= SHORTEST_NUMBER)
            .map(str::to_owned)
            .collect()
    }
}

/// Gives rows their keys: from all they hold, and their place among rows that hold the same.
#[must_use]
pub fn identify(account: &str, rows: Vec<StatementRow>) -> Vec<IdentifiedRow> {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    rows.into_iter()
        .map(|row| {
            let content = format!(
                "{account}\u{1f}{}\u{1f}{}\u{1f}{}\u{1f}{}\u{1f}{}",
                row.amount,
                row.date,
                row.reference.as_deref().unwrap_or(""),
                row.text,
                row.last4.as_deref().unwrap_or("")
            );
            let hash: String = Sha256::digest(content).iter().take(12).map(|b| format!("{b:02x}")).collect();
            let nth = seen.entry(hash.clone()).or_default();
            *nth += 1;
            IdentifiedRow { key: format!("{hash}-{nth}"), row }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn row(reference: Option<&str>, text: &str) -> StatementRow {
        StatementRow {
            amount: Money::new(250_000, Currency::Irr),
            date: jiff::civil::date(2026, 3, 20),
            reference: reference.map(str::to_owned),
            text: text.to_owned(),
            last4: None,
        }
    }

    #[test]
    fn numbers_are_found_whole() {
        assert!(row(Some("00123456"), "").names("123456"));
        assert!(row(None, "واریز نقدی شماره ۱۲۳۴۵۶ شعبه ۱۲").names("123456"));
        assert!(!row(None, "ref 91234567").names("123456"));
        assert!(!row(Some("123456"), "").names(""));
        assert!(!row(None, "branch 12").has_number());
    }

    #[test]
    fn rows_are_known_again_and_twins_are_two() {
        let both = || identify("acc", vec![row(Some("1"), "a"), row(Some("1"), "a"), row(Some("2"), "a")]);
        let keys: Vec<String> = both().into_iter().map(|r| r.key).collect();
        assert_eq!(keys, both().into_iter().map(|r| r.key).collect::<Vec<_>>());
        let distinct: std::collections::BTreeSet<&String> = keys.iter().collect();
        assert_eq!(distinct.len(), 3);
        assert_ne!(identify("other", vec![row(Some("1"), "a")])[0].key, keys[0]);
    }
}
