//! How long a piece of work waited for others, apart from its own time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

tokio::task_local! {
    static WAITED: Arc<AtomicU64>;
}

/// Runs `work` and says how long its calls to the outside took. Calls at the same time are added up, and those of
/// tasks that it spawns are not seen: it is meant for work that makes one call after the other.
pub async fn waiting_apart<F: Future>(work: F) -> (F::Output, Duration) {
    let waited = Arc::new(AtomicU64::new(0));
    let output = WAITED.scope(waited.clone(), work).await;
    (output, Duration::from_nanos(waited.load(Ordering::Relaxed)))
}

/// Notes a call that took so long; nobody may be listening.
pub(super) fn note(took: Duration) {
    let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
    let _nobody_asks = WAITED.try_with(|waited| waited.fetch_add(nanos, Ordering::Relaxed));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn calls_are_added_up_where_somebody_asks() {
        note(Duration::from_secs(5));
        let (answer, waited) = waiting_apart(async {
            note(Duration::from_millis(20));
            tokio::task::yield_now().await;
            note(Duration::from_millis(3));
            7
        })
        .await;
        assert_eq!((answer, waited), (7, Duration::from_millis(23)));
        note(Duration::from_secs(5));
        assert_eq!(waiting_apart(async {}).await.1, Duration::ZERO);
    }
}
