//! Releasing an order in parts: what may go out now, given what went out before (S3-02, S3-21).

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::ids::CarrierId;

/// After so long without a waybill somebody is warned, and after so long alarmed (S3-04, S3-20).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaybillPromise {
    /// A warning.
    pub warn_after: SignedDuration,
    /// The promise is broken.
    pub alarm_after: SignedDuration,
}

/// Within which time a shop is promised the waybill of a released parcel; none where the post promises none.
#[must_use]
pub fn promise(carrier: CarrierId) -> Option<WaybillPromise> {
    let minutes = SignedDuration::from_mins;
    (carrier == CarrierId::KoreaPost)
        .then(|| WaybillPromise { warn_after: minutes(12), alarm_after: minutes(20) })
}

/// Pieces of one order line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pieces {
    /// Id of the order line.
    pub line_id: String,
    /// How many, at least one.
    pub quantity: u32,
}

/// What is wrong with an asked-for part; `index` counts its entries from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReleaseFault {
    /// No such line in the order.
    UnknownLine {
        /// Entry.
        index: usize,
    },
    /// The line is named twice: together it may be meant or not.
    NamedTwice {
        /// The second entry.
        index: usize,
    },
    /// None, or more than is left of the line.
    Quantity {
        /// Entry.
        index: usize,
        /// Pieces left to release.
        left: u32,
    },
}

/// What is left of each line: ordered less what stands in parcels that were released and not called off.
#[must_use]
pub fn left<'a>(ordered: &[Pieces], released: impl IntoIterator<Item = &'a Pieces>) -> BTreeMap<String, u32> {
    let mut left: BTreeMap<String, u32> =
        ordered.iter().map(|pieces| (pieces.line_id.clone(), pieces.quantity)).collect();
    for pieces in released {
        if let Some(rest) = left.get_mut(&pieces.line_id) {
            *rest = rest.saturating_sub(pieces.quantity);
        }
    }
    left
}

/// Checks what is asked against what is left.
///
/// # Errors
/// Every fault, in the order of the entries.
pub fn check(asked: &[Pieces], left: &BTreeMap<String, u32>) -> Result<(), Vec<ReleaseFault>> {
    let mut faults = Vec::new();
    for (index, pieces) in asked.iter().enumerate() {
        if asked.iter().take(index).any(|earlier| earlier.line_id == pieces.line_id) {
            faults.push(ReleaseFault::NamedTwice { index });
            continue;
        }
        match left.get(&pieces.line_id) {
            None => faults.push(ReleaseFault::UnknownLine { index }),
            Some(left) if pieces.quantity == 0 || pieces.quantity > *left => {
                faults.push(ReleaseFault::Quantity { index, left: *left });
            }
            Some(_) => {}
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// What of `held` stays after `taken` went; lines that are all gone are left out.
#[must_use]
pub fn without(held: &[Pieces], taken: &mut Vec<Pieces>) -> Vec<Pieces> {
    let mut rest = Vec::new();
    for pieces in held {
        let mut quantity = pieces.quantity;
        for gone in taken.iter_mut().filter(|gone| gone.line_id == pieces.line_id) {
            let both = gone.quantity.min(quantity);
            quantity -= both;
            gone.quantity -= both;
        }
        if quantity > 0 {
            rest.push(Pieces { line_id: pieces.line_id.clone(), quantity });
        }
    }
    taken.retain(|gone| gone.quantity > 0);
    rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pieces(line: &str, quantity: u32) -> Pieces {
        Pieces { line_id: line.to_owned(), quantity }
    }

    #[test]
    fn more_than_was_ordered_is_refused() {
        let ordered = [pieces("a", 3), pieces("b", 1)];
        let released = [pieces("a", 2)];
        let left = left(&ordered, &released);
        assert_eq!(left, BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 1)]));
        assert_eq!(check(&[pieces("a", 1), pieces("b", 1)], &left), Ok(()));
        for (asked, fault) in [
            (vec![pieces("a", 2)], ReleaseFault::Quantity { index: 0, left: 1 }),
            (vec![pieces("b", 1), pieces("a", 0)], ReleaseFault::Quantity { index: 1, left: 1 }),
            (vec![pieces("c", 1)], ReleaseFault::UnknownLine { index: 0 }),
            (vec![pieces("b", 1), pieces("b", 1)], ReleaseFault::NamedTwice { index: 1 }),
        ] {
            assert_eq!(check(&asked, &left), Err(vec![fault]), "{asked:?}");
        }
    }

    #[test]
    fn what_goes_is_taken_from_what_is_held() {
        let mut taken = vec![pieces("a", 2), pieces("b", 1)];
        assert_eq!(without(&[pieces("a", 3), pieces("c", 1)], &mut taken), [pieces("a", 1), pieces("c", 1)]);
        assert_eq!(taken, [pieces("b", 1)], "what was not held is still to be found");
        assert_eq!(without(&[pieces("b", 1)], &mut taken), []);
        assert_eq!(taken, []);
    }

    proptest! {
        /// However an order is cut up, no piece goes out twice and none is lost.
        #[test]
        fn parts_add_up(
            ordered in prop::collection::vec(1_u32..20, 1..5),
            asked in prop::collection::vec(prop::collection::vec((0_usize..6, 0_u32..8), 0..4), 0..12),
        ) {
            let ordered: Vec<Pieces> =
                ordered.into_iter().enumerate().map(|(n, quantity)| pieces(&n.to_string(), quantity)).collect();
            let mut held = ordered.clone();
            let mut released: Vec<Pieces> = Vec::new();
            for part in asked {
                let part: Vec<Pieces> = part.into_iter().map(|(n, q)| pieces(&n.to_string(), q)).collect();
                if check(&part, &left(&ordered, &released)).is_ok() {
                    let mut taken = part.clone();
                    held = without(&held, &mut taken);
                    prop_assert!(taken.is_empty(), "all of it was held");
                    released.extend(part);
                }
            }
            for line in &ordered {
                let of = |all: &[Pieces]| -> u32 {
                    all.iter().filter(|p| p.line_id == line.line_id).map(|p| p.quantity).sum()
                };
                prop_assert_eq!(of(&released) + of(&held), line.quantity);
            }
        }
    }
}
