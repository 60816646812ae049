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
