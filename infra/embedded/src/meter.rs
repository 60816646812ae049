//! CPU time of handlers.

use std::future::poll_fn;
use std::pin::pin;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// CPU time this thread has used.
fn thread_cpu() -> Duration {
    let spent = clock_gettime(ClockId::ThreadCPUTime);
    let nanos = u32::try_from(spent.tv_nsec).unwrap_or(0);
    Duration::new(u64::try_from(spent.tv_sec).unwrap_or(0), nanos)
}

/// Runs a future and says how much CPU time its polls took ([`crate::FlowUsage::cpu_ms`]). The engines work on
/// threads of their own, so theirs is not in it.
pub async fn metered<F: Future>(work: F) -> (F::Output, Duration) {
    let mut work = pin!(work);
    let mut spent = Duration::ZERO;
    let output = poll_fn(|context| {
        let started = thread_cpu();
        let polled = work.as_mut().poll(context);
        spent += thread_cpu().saturating_sub(started);
        polled
    })
    .await;
    (output, spent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_costs_and_waiting_does_not() {
        let (sum, busy) = metered(async {
            let mut sum = 0_u64;
            for i in 0..20_000_000_u64 {
                sum = std::hint::black_box(sum.wrapping_add(i * i));
            }
            sum
        })
        .await;
        assert!(sum > 0);
        let ((), idle) = metered(tokio::task::yield_now()).await;
        assert!(busy > idle, "{busy:?} {idle:?}");
    }
}
