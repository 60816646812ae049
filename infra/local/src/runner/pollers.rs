//! Event sources: queues to functions.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use yam_embedded::sqs::Received;
use yam_platform::Clock as _;

use super::batch::{event, failed_ids, flow_of};
use super::{Hub, Source};

/// Pause after the queue itself failed.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// Looks again after this at the latest.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Feeds one function from one queue until `stop`.
pub(super) async fn poll(hub: Arc<Hub>, source: Arc<Source>, stop: CancellationToken) {
    let permits = Arc::new(Semaphore::new(source.source.max_concurrency));
    let mut changes = hub.engines.sqs.changes();
    loop {
        let permit = tokio::select! {
            () = stop.cancelled() => return,
            permit = permits.clone().acquire_owned() => permit,
        };
        let Ok(permit) = permit else { return };
        changes.mark_unchanged();
        let busy = hub.activity.begin();
        match hub.engines.sqs.receive(&source.source.queue, source.source.batch_size.min(10), None).await {
            Ok(messages) if !messages.is_empty() => {
                let (hub, source) = (hub.clone(), source.clone());
                hub.clone().tasks.spawn(async move {
                    run(&hub, &source, messages).await;
                    drop((permit, busy));
                });
                continue;
            }
            Ok(_) => drop((permit, busy)),
            Err(error) => {
                drop((permit, busy));
                tracing::error!(queue = source.source.queue, %error, "a queue cannot be read");
                tokio::time::sleep(AFTER_FAILURE).await;
            }
        }
        let wait = until_visible(&hub, &source).await;
        tokio::select! {
            () = stop.cancelled() => return,
            _ = changes.changed() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Simulated time runs as fast as real time between advances.
async fn until_visible(hub: &Hub, source: &Source) -> Duration {
    let next = hub.engines.sqs.next_visible_at(&source.source.queue).await.ok().flatten();
    let Some(next) = next else { return LONGEST_WAIT };
    let left = next.saturating_sub(hub.clock.now().as_millisecond()).max(1);
    Duration::from_millis(u64::try_from(left).unwrap_or(1)).min(LONGEST_WAIT)
}

/// Invokes the function and deletes what it dealt with; the rest comes again when its time-out is over.
async fn run(hub: &Hub, source: &Source, messages: Vec<Received>) {
    let sqs = &hub.engines.sqs;
    let flow = flow_of(&messages).unwrap_or_else(|| format!("queue {}", source.function.name));
    sqs.bill(&flow, messages.iter().map(|m| m.body.len()).sum());
    let answer = source.function.on_queue(event(&source.source.queue, &messages), &flow).await;
    let Ok(answer) = answer else { return };
    let failed =
        if source.source.partial_batches { failed_ids(&answer, &messages) } else { Some(Vec::new()) };
    let Some(failed) = failed else {
        tracing::error!(
            function = source.function.name,
            "the batch response names a message that was not in the batch"
        );
        return;
    };
    let done: Vec<String> =
        messages.into_iter().filter(|m| !failed.contains(&m.message_id)).map(|m| m.receipt).collect();
    if done.is_empty() {
        return;
    }
    sqs.bill(&flow, 0);
    if let Err(error) = sqs.delete(&source.source.queue, done).await {
        tracing::error!(queue = source.source.queue, %error, "messages that were dealt with will come again");
    }
}
