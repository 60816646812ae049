//! Named crash points (reliability notes, section 1, K0-K7), hit one by one in tests.

use std::sync::Arc;

use crate::error::StoreError;

/// Decides whether a worker dies at a named point. The default never does.
pub trait CrashPoints: Send + Sync + std::fmt::Debug {
    /// Whether to die here, e.g. at `K2:register`.
    fn dies_at(&self, point: &'static str, kind: &str) -> bool;
}

/// The crash points of a store.
#[derive(Debug, Clone, Default)]
pub struct Hooks(Option<Arc<dyn CrashPoints>>);

impl Hooks {
    /// With crash points of a test.
    #[must_use]
    pub fn new(points: Arc<dyn CrashPoints>) -> Self {
        Hooks(Some(points))
    }

    /// Passes a named point; the error ends the work as a crash would: nothing after it runs.
    ///
    /// # Errors
    /// [`StoreError::Crashed`] when a test wants it.
    pub fn pass(&self, point: &'static str, kind: &str) -> Result<(), StoreError> {
        match &self.0 {
            Some(points) if points.dies_at(point, kind) => Err(StoreError::Crashed(point)),
            _ => Ok(()),
        }
    }
}
