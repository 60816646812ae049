//! Injected ids and randomness.

use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

/// Where ids, tokens and jitter come from.
pub trait IdGen: Send + Sync + std::fmt::Debug {
    /// Fills `buffer` with random bytes.
    fn fill(&self, buffer: &mut [u8]);

    /// A time-ordered id (UUIDv7, 32 lower-case hex digits): later ids sort later.
    fn ordered(&self, now: Timestamp) -> String {
        let mut random = [0u8; 10];
        self.fill(&mut random);
        let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().simple().to_string()
    }

    /// What sorts before every ordered id made at `at` or later, and after those made earlier.
    #[must_use]
    fn ordered_from(&self, at: Timestamp) -> String {
        format!("{:012x}", at.as_millisecond().max(0))
    }

    /// An unguessable token of `bytes` random bytes in base64url without padding.
    fn token(&self, bytes: usize) -> String {
        let mut buffer = vec![0u8; bytes];
        self.fill(&mut buffer);
        URL_SAFE_NO_PAD.encode(buffer)
    }

    /// A number for jitter.
    fn number(&self) -> u64 {
        let mut buffer = [0u8; 8];
        self.fill(&mut buffer);
        u64::from_le_bytes(buffer)
    }
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl IdGen for SystemIds {
    #[expect(clippy::expect_used, reason = "without randomness no key is safe: stop rather than go on")]
    fn fill(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("the operating system gives random bytes");
    }
}

/// Repeatable ids for tests; never for keys that guard anything.
#[derive(Debug)]
pub struct SeededIds(Mutex<u64>);

impl SeededIds {
    /// Same seed, same ids.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        SeededIds(Mutex::new(seed))
    }
}

impl IdGen for SeededIds {
    fn fill(&self, buffer: &mut [u8]) {
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for chunk in buffer.chunks_mut(8) {
            // SplitMix64
            *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            let bytes = (z ^ (z >> 31)).to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordered_ids_sort_by_time_and_repeat_from_their_seed() {
        let early = Timestamp::from_second(1_700_000_000).unwrap();
        let late = Timestamp::from_second(1_700_000_001).unwrap();
        let ids = SeededIds::new(7);
        let a = ids.ordered(early);
        let b = ids.ordered(late);
        assert!(a < b);
        let from = SeededIds::new(7).ordered_from(late);
        assert!(a < from && from < b, "{a} {from} {b}");
        assert_eq!(a, SeededIds::new(7).ordered(early));
        assert_ne!(a, SeededIds::new(8).ordered(early));
    }
}
