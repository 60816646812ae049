//! Matching open slips with the rows of a bank statement (beyond D8).
//!
//! A slip passes by itself only when its amount, its number and its day all stand in one row that no other
//! slip lays claim to and that has not been used before. Everything else is proposed to a person with what
//! speaks for and against it, or not at all.

mod row;
#[cfg(test)]
mod tests;

pub use row::{IdentifiedRow, StatementRow, identify};

use super::amount::{Compared, compare};
use super::slip::{Handling, Slip};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Furthest a bank's booking lies from the day on the slip.
const FAR_DAYS: i32 = 3;
/// Numbers shorter than this occur by chance, so the day must agree exactly.
const SAFE_DIGITS: usize = 6;

/// A slip that waits.
#[derive(Debug, Clone)]
pub struct OpenSlip {
    /// Its payment's id.
    pub id: String,
    /// What it says.
    pub slip: Slip,
    /// What it may do, given who else has shown it.
    pub handling: Handling,
}

/// How sure a match is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Amount and day agree, or the amount is ten times off; the number does not stand there.
    Weak,
    /// Amount, day and card agree, and the row has no number.
    Likely,
    /// Amount, day and number agree.
    Certain,
}

/// A row that may be a slip's transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The slip's payment.
    pub slip: String,
    /// The row's key.
    pub row: String,
    /// How sure it is.
    pub confidence: Confidence,
    /// Whether it may be approved without a person.
    pub automatic: bool,
}

/// Proposes rows for slips, the surest first for each slip. `used` are the keys of rows that approvals have
/// taken before.
pub fn match_slips(slips: &[OpenSlip], rows: &[IdentifiedRow], used: &BTreeSet<String>) -> Vec<Proposal> {
    let free: Vec<&IdentifiedRow> = rows.iter().filter(|row| !used.contains(&row.key)).collect();
    let shown_twice = shown_twice(slips);
    let mut found: Vec<Proposal> = Vec::new();
    for open in slips {
        let mut mine: Vec<Proposal> = free
            .iter()
            .filter_map(|row| {
                let confidence = judge(&open.slip, &row.row)?;
                let automatic = confidence == Confidence::Certain
                    && open.handling == Handling::Ordinary
                    && !shown_twice.contains(&open.slip.duplicate_key());
                Some(Proposal { slip: open.id.clone(), row: row.key.clone(), confidence, automatic })
            })
            .collect();
        mine.sort_by_key(|proposal| std::cmp::Reverse(proposal.confidence));
        found.append(&mut mine);
    }
    keep_one_to_one(&mut found);
    found
}

/// Keys that more than one open slip shows: the first comer may be the thief.
fn shown_twice(slips: &[OpenSlip]) -> BTreeSet<String> {
    let mut counted: BTreeMap<String, u32> = BTreeMap::new();
    for open in slips {
        *counted.entry(open.slip.duplicate_key()).or_default() += 1;
    }
    counted.into_iter().filter(|(_, times)| *times > 1).map(|(key, _)| key).collect()
}

/// Takes "automatic" from every slip with two certain rows and every row with two certain slips.
fn keep_one_to_one(found: &mut [Proposal]) {
    let mut of_slip: BTreeMap<String, u32> = BTreeMap::new();
    let mut of_row: BTreeMap<String, u32> = BTreeMap::new();
    for sure in found.iter().filter(|p| p.confidence == Confidence::Certain) {
        *of_slip.entry(sure.slip.clone()).or_default() += 1;
        *of_row.entry(sure.row.clone()).or_default() += 1;
    }
    for proposal in found.iter_mut() {
        let alone = of_slip.get(&proposal.slip) == Some(&1) && of_row.get(&proposal.row) == Some(&1);
        proposal.automatic &= alone;
    }
}

/// How well a row fits a slip; none when it does not.
fn judge(slip: &Slip, row: &StatementRow) -> Option<Confidence> {
    let days = row.date.since(slip.paid_on).map_or(i32::MAX, |span| span.get_days()).checked_abs()?;
    let cards = match (&slip.last4, &row.last4) {
        (Some(a), Some(b)) => Some(a == b),
        _ => None,
    };
    match compare(slip.amount, row.amount) {
        Compared::Equal => {}
        // A slip of the unit: worth a look when the number stands there.
        Compared::TenTimes | Compared::ATenth if row.names(slip.number.key()) => {
            return Some(Confidence::Weak);
        }
        _ => return None,
    }
    if days > FAR_DAYS {
        return row.names(slip.number.key()).then_some(Confidence::Weak);
    }
    if row.names(slip.number.key()) {
        let safe = slip.number.key().len() >= SAFE_DIGITS || days == 0 || cards == Some(true);
        return Some(if safe && cards != Some(false) { Confidence::Certain } else { Confidence::Weak });
    }
    if !row.has_number() && cards == Some(true) && days <= 1 {
        return Some(Confidence::Likely);
    }
    (cards != Some(false)).then_some(Confidence::Weak)
}
