//! One call for equal concurrent questions.

use std::collections::HashMap;
use std::sync::Mutex;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, WeakShared};
use yam_carriers::{CallOutcome, OperatorRate};

/// What an operator answered, shared.
pub(crate) type Landed = Result<Vec<OperatorRate>, CallOutcome<()>>;

type Flight = Shared<BoxFuture<'static, Landed>>;
type Weak = WeakShared<BoxFuture<'static, Landed>>;

/// Calls under way. Each is driven by the requests that wait for it and ends with the last of them, so
/// nothing outlives its handler.
#[derive(Debug, Default)]
pub(crate) struct Flights(Mutex<HashMap<String, Weak>>);

const SWEEP_AT: usize = 1_000;

impl Flights {
    /// Joins the call of this name, or starts it.
    pub(crate) fn join(&self, name: &str, start: impl FnOnce() -> BoxFuture<'static, Landed>) -> Flight {
        let mut flights = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if flights.len() >= SWEEP_AT {
            flights.retain(|_, flight| flight.upgrade().is_some());
        }
        if let Some(flight) = flights.get(name).and_then(WeakShared::upgrade)
            && flight.peek().is_none()
        {
            return flight;
        }
        let flight = start().shared();
        if let Some(weak) = flight.downgrade() {
            flights.insert(name.to_owned(), weak);
        }
        flight
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn equal_questions_share_one_call_and_later_ones_ask_again() {
        let flights = Flights::default();
        let calls = Arc::new(AtomicU32::new(0));
        let start = || {
            let calls = calls.clone();
            async move {
                tokio::task::yield_now().await;
                calls.fetch_add(1, Ordering::Relaxed);
                Ok(vec![])
            }
            .boxed()
        };
        let (a, b, c) = (flights.join("x", start), flights.join("x", start), flights.join("y", start));
        let (a, b, c) = futures_util::join!(a, b, c);
        assert!(a.is_ok() && b.is_ok() && c.is_ok());
        assert_eq!(calls.load(Ordering::Relaxed), 2);
        assert!(flights.join("x", start).await.is_ok());
        assert_eq!(calls.load(Ordering::Relaxed), 3);
    }
}
