//! What is going on: an advance of the clock and a drain wait until nothing is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use tokio::sync::watch;

/// Counts pollers and schedules at work.
#[derive(Debug)]
pub(super) struct Activity {
    active: AtomicUsize,
    begun: AtomicU64,
    changed: watch::Sender<()>,
}

impl Default for Activity {
    fn default() -> Self {
        Activity { active: AtomicUsize::new(0), begun: AtomicU64::new(0), changed: watch::Sender::new(()) }
    }
}

/// Work that ends when this is dropped.
#[derive(Debug)]
pub(super) struct Busy(Arc<Activity>);

impl Activity {
    pub(super) fn begin(self: &Arc<Self>) -> Busy {
        self.active.fetch_add(1, Ordering::SeqCst);
        self.begun.fetch_add(1, Ordering::SeqCst);
        Busy(self.clone())
    }

    /// How often work began, if none is going on.
    pub(super) fn idle(&self) -> Option<u64> {
        (self.active.load(Ordering::SeqCst) == 0).then(|| self.begun.load(Ordering::SeqCst))
    }

    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.active.fetch_sub(1, Ordering::SeqCst);
        self.0.changed.send_replace(());
    }
}
