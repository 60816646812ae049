//! Crash points that are hit once.

use std::sync::Mutex;

use yam_store::CrashPoints;

/// Dies at a named point, once (or a number of times), for one kind of work.
#[derive(Debug)]
pub struct CrashAt {
    point: &'static str,
    kind: &'static str,
    left: Mutex<u32>,
}

impl CrashAt {
    /// At the next passing of `point` by `kind`.
    #[must_use]
    pub fn once(point: &'static str, kind: &'static str) -> Self {
        CrashAt { point, kind, left: Mutex::new(1) }
    }

    /// Whether the crash has happened.
    #[must_use]
    pub fn happened(&self) -> bool {
        self.left.lock().is_ok_and(|left| *left == 0)
    }
}

impl CrashPoints for CrashAt {
    fn dies_at(&self, point: &'static str, kind: &str) -> bool {
        let Ok(mut left) = self.left.lock() else { return false };
        let dies = *left > 0 && point == self.point && kind == self.kind;
        if dies {
            *left -= 1;
        }
        dies
    }
}

/// Dies at any point of any work, so many times in a thousand, until it is told to stop.
#[derive(Debug)]
pub struct CrashOften {
    per_mille: u64,
    random: Mutex<u64>,
    deaths: Mutex<u32>,
}

impl CrashOften {
    /// From a seed.
    #[must_use]
    pub fn seeded(per_mille: u64, seed: u64) -> Self {
        CrashOften { per_mille, random: Mutex::new(seed | 1), deaths: Mutex::new(0) }
    }

    /// How often it happened.
    #[must_use]
    pub fn deaths(&self) -> u32 {
        self.deaths.lock().map_or(0, |deaths| *deaths)
    }

    /// No more of it.
    pub fn stop(&self) {
        if let Ok(mut random) = self.random.lock() {
            *random = 0;
        }
    }
}

impl CrashPoints for CrashOften {
    fn dies_at(&self, _point: &'static str, _kind: &str) -> bool {
        let (Ok(mut random), Ok(mut deaths)) = (self.random.lock(), self.deaths.lock()) else { return false };
        // xorshift64: never 0 unless it was stopped.
        *random ^= *random << 13;
        *random ^= *random >> 7;
        *random ^= *random << 17;
        let dies = *random != 0 && *random % 1_000 < self.per_mille;
        *deaths += u32::from(dies);
        dies
    }
}
