//! How far two provinces are from each other, as the tariff counts it.

use super::places::state;
use serde::{Deserialize, Serialize};

/// The tariff's distance class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Distance {
    /// Within one province.
    InState,
    /// Between two provinces that touch.
    Neighbour,
    /// Any other.
    Other,
}

/// The class between two province codes.
///
/// The published list of neighbours lacks three reverse entries (6-25, 13-6, 14-9); adjacency is taken
/// as symmetric (Iran Post notes, section 12). An unknown code is `Other`, the dearest class.
pub fn distance(from_state: u8, to_state: u8) -> Distance {
    let lists = |a: u8, b: u8| state(a).is_some_and(|state| state.neighbours.contains(&b));
    if from_state == to_state && state(from_state).is_some() {
        Distance::InState
    } else if lists(from_state, to_state) || lists(to_state, from_state) {
        Distance::Neighbour
    } else {
        Distance::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn classes() {
        assert_eq!(distance(1, 1), Distance::InState);
        assert_eq!(distance(1, 31), Distance::Neighbour);
        assert_eq!(distance(1, 5), Distance::Other);
        assert_eq!(distance(0, 0), Distance::Other);
        for (a, b) in [(6, 25), (25, 6), (13, 6), (6, 13), (14, 9), (9, 14)] {
            assert_eq!(distance(a, b), Distance::Neighbour, "{a}-{b}");
        }
    }

    proptest! {
        #[test]
        fn the_way_back_is_as_far(a in any::<u8>(), b in any::<u8>()) {
            prop_assert_eq!(distance(a, b), distance(b, a));
        }
    }
}
