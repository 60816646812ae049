//! Chance that repeats: the same seed and the same words draw the same numbers.

/// A stream of numbers.
#[derive(Debug, Clone)]
pub(crate) struct Draw(u64);

impl Draw {
    /// The stream that belongs to these words.
    pub(crate) fn new(seed: u64, words: &[&str]) -> Self {
        // FNV-1a; the separator keeps ("ab", "c") and ("a", "bc") apart.
        let mut hash = seed ^ 0xCBF2_9CE4_8422_2325;
        for word in words {
            for byte in word.bytes().chain([0xFF]) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
            }
        }
        Self(hash)
    }

    /// SplitMix64.
    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    /// From zero up to, but not including, one.
    pub(crate) fn unit(&mut self) -> f64 {
        // 32 bits convert to a float without loss.
        f64::from(u32::try_from(self.word() >> 32).unwrap_or(0)) / (f64::from(u32::MAX) + 1.0)
    }

    /// True with this chance.
    pub(crate) fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// A place in a list of this length; zero for an empty one.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        let count = u64::try_from(count).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.word() % count).unwrap_or(0)
    }

    /// Evenly between two numbers.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Around a median with a long tail, as waiting times are: nearly log-normal.
    pub(crate) fn around(&mut self, median: f64, spread: f64) -> f64 {
        // Four even numbers add up to nearly a normal one of variance 1/3.
        let sum: f64 = (0..4).map(|_| self.unit()).sum();
        median * (spread * (sum - 2.0) * 3.0_f64.sqrt()).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_draw_the_same_numbers() {
        let draw = |seed, words: &[&str]| {
            let mut draw = Draw::new(seed, words);
            (0..5).map(|_| draw.word()).collect::<Vec<_>>()
        };
        assert_eq!(draw(1, &["a", "b"]), draw(1, &["a", "b"]));
        assert_ne!(draw(1, &["a", "b"]), draw(2, &["a", "b"]));
        assert_ne!(draw(1, &["ab", "c"]), draw(1, &["a", "bc"]));
    }

    #[test]
    fn numbers_lie_where_they_should() {
        let mut draw = Draw::new(7, &["range"]);
        let mut waits: Vec<f64> = (0..2_001).map(|_| draw.around(10.0, 0.5)).collect();
        waits.sort_by(f64::total_cmp);
        assert!((9.0..11.0).contains(&waits[1_000]), "{}", waits[1_000]);
        let hits = (0..10_000).filter(|_| draw.chance(0.2)).count();
        assert!((1_800..2_200).contains(&hits), "{hits}");
        assert!((0..1_000).all(|_| draw.below(3) < 3 && (2.0..5.0).contains(&draw.between(2.0, 5.0))));
        assert_eq!(draw.below(0), 0);
    }
}
