//! Sizes of pieces and parcels in whole millimetres.
//!
//! Operators round sizes up to centimetres, so every limit is judged after rounding up: 160.1 cm is 161.

use serde::{Deserialize, Serialize};

/// A box by its three sides, in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dimensions {
    /// One side, mm.
    pub length: u32,
    /// Another, mm.
    pub width: u32,
    /// The third, mm.
    pub height: u32,
}

impl Dimensions {
    /// A box of three sides in millimetres.
    #[must_use]
    pub const fn new(length: u32, width: u32, height: u32) -> Self {
        Self { length, width, height }
    }

    /// The sides from the longest to the shortest.
    #[must_use]
    pub fn sorted(self) -> [u32; 3] {
        let mut sides = [self.length, self.width, self.height];
        sides.sort_unstable_by(|a, b| b.cmp(a));
        sides
    }

    /// Whole centimetres of each side, rounded up, from the longest to the shortest.
    #[must_use]
    pub fn centimetres(self) -> [u32; 3] {
        self.sorted().map(|side| side.div_ceil(10))
    }

    /// Length, width and height together in centimetres, rounded up once (Korea Post notes, section 8).
    #[must_use]
    pub fn girth_sum_cm(self) -> u32 {
        self.sorted().into_iter().fold(0, u32::saturating_add).div_ceil(10)
    }

    /// The longest side in centimetres, rounded up.
    #[must_use]
    pub fn longest_cm(self) -> u32 {
        let [longest, ..] = self.centimetres();
        longest
    }

    /// A box that holds all pieces for certain: each as large as the largest, laid flat on each other.
    /// None without pieces.
    #[must_use]
    pub fn stacked(pieces: impl IntoIterator<Item = (Dimensions, u32)>) -> Option<Dimensions> {
        let mut whole: Option<Dimensions> = None;
        for (piece, quantity) in pieces.into_iter().filter(|(_, quantity)| *quantity > 0) {
            let [long, middle, short] = piece.sorted();
            let height = short.saturating_mul(quantity);
            whole = Some(match whole {
                None => Dimensions::new(long, middle, height),
                Some(so_far) => Dimensions::new(
                    so_far.length.max(long),
                    so_far.width.max(middle),
                    so_far.height.saturating_add(height),
                ),
            });
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn limits_are_judged_after_rounding_up() {
        assert_eq!(Dimensions::new(1_000, 300, 300).girth_sum_cm(), 160);
        assert_eq!(Dimensions::new(1_000, 300, 301).girth_sum_cm(), 161);
        assert_eq!(Dimensions::new(300, 1_001, 10).longest_cm(), 101);
        assert_eq!(Dimensions::new(101, 205, 300).centimetres(), [30, 21, 11]);
        assert_eq!(Dimensions::new(u32::MAX, u32::MAX, 1).girth_sum_cm(), u32::MAX.div_ceil(10));
    }

    #[test]
    fn pieces_are_laid_on_each_other() {
        let book = Dimensions::new(30, 210, 150);
        let plate = Dimensions::new(250, 250, 20);
        assert_eq!(Dimensions::stacked([(book, 2), (plate, 1)]), Some(Dimensions::new(250, 250, 80)));
        assert_eq!(Dimensions::stacked([(book, 0)]), None);
        assert_eq!(Dimensions::stacked([]), None);
    }

    proptest! {
        #[test]
        fn a_stack_holds_each_piece(pieces in prop::collection::vec((1u32..2_000, 1u32..2_000, 1u32..2_000, 1u32..5), 1..6)) {
            let pieces: Vec<_> = pieces.into_iter().map(|(a, b, c, n)| (Dimensions::new(a, b, c), n)).collect();
            let [long, middle, short] = Dimensions::stacked(pieces.iter().copied()).unwrap().sorted();
            for (piece, _) in pieces {
                let [a, b, c] = piece.sorted();
                prop_assert!(a <= long && b <= middle.max(long) && c <= short.max(middle));
            }
        }
    }
}
