//! Batches from a queue: each record by itself, panics caught, failures reported one by one.

use std::panic::AssertUnwindSafe;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures_util::{FutureExt as _, StreamExt as _, stream};

use crate::IdGen;
use crate::telemetry::TraceContext;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueMessage {
    /// Id the queue gave it.
    pub id: String,
    /// Body: keys as JSON.
    pub body: String,
    /// How often it was received, this time included.
    pub receive_count: u32,
}

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Dealt with, or at rest with a due row of its own: the queue forgets it.
    Done,
    /// Could not be dealt with because of us (database away, crash): the queue brings it again.
    Again,
}

/// Runs `handler` over a batch with bounded concurrency; a panic counts as [`Verdict::Again`] and
/// touches no other record.
pub async fn process_batch<F, Fut>(
    event: SqsEvent,
    concurrency: usize,
    ids: &dyn IdGen,
    service: &str,
    handler: F,
) -> SqsBatchResponse
where
    F: Fn(QueueMessage) -> Fut + Send + Sync,
    Fut: Future<Output = Verdict> + Send,
{
    let failed: Vec<String> = stream::iter(event.records)
        .map(|record| {
            let attribute =
                |name: &str| record.message_attributes.get(name).and_then(|a| a.string_value.clone());
            let flow = attribute("flow").unwrap_or_else(|| format!("queue {service}"));
            let trace = TraceContext::continued(attribute("traceparent").as_deref(), ids, &flow);
            let message = message(record);
            let id = message.id.clone();
            let work = AssertUnwindSafe(trace.scope(handler(message))).catch_unwind();
            async move {
                match work.await {
                    Ok(Verdict::Done) => None,
                    Ok(Verdict::Again) => Some(id),
                    Err(_panic) => {
                        tracing::error!(message.id = %id, service, "a record panicked; it will come again");
                        Some(id)
                    }
                }
            }
        })
        .buffer_unordered(concurrency.max(1))
        .filter_map(|failure| async move { failure })
        .collect()
        .await;
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failed
        .into_iter()
        .map(|id| {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = id;
            failure
        })
        .collect();
    response
}

fn message(record: SqsMessage) -> QueueMessage {
    let count = record.attributes.get("ApproximateReceiveCount").and_then(|c| c.parse().ok());
    QueueMessage {
        id: record.message_id.unwrap_or_default(),
        body: record.body.unwrap_or_default(),
        receive_count: count.unwrap_or(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededIds;

    fn event(bodies: &[&str]) -> SqsEvent {
        let mut event = SqsEvent::default();
        for (i, body) in bodies.iter().enumerate() {
            let mut message = SqsMessage::default();
            message.message_id = Some(format!("m{i}"));
            message.body = Some((*body).to_owned());
            event.records.push(message);
        }
        event
    }

    #[tokio::test]
    async fn a_panic_and_a_failure_touch_only_their_own_records() {
        let ids = SeededIds::new(1);
        let answer = process_batch(event(&["ok", "panic", "again", "ok"]), 2, &ids, "test", |m| async move {
            match m.body.as_str() {
                "panic" => panic!("boom"),
                "again" => Verdict::Again,
                _ => Verdict::Done,
            }
        })
        .await;
        let mut failed: Vec<_> = answer.batch_item_failures.into_iter().map(|f| f.item_identifier).collect();
        failed.sort();
        assert_eq!(failed, ["m1", "m2"]);
    }
}
