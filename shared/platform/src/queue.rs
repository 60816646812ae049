//! Sending to the hub's queues: always in batches, keys only.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::{MessageAttributeValue, SendMessageBatchRequestEntry};

use crate::Config;
use crate::telemetry::TraceContext;

/// The hub's queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Queue {
    /// Registrations and other calls to postal operators.
    Dispatch,
    /// Webhook deliveries.
    Sync,
    /// Proofs that could not be stored at once.
    Evidence,
    /// Polls: buckets, and single parcels to look at.
    Tracking,
    /// Payments to look at.
    Openpay,
    /// Events to tell people of, and messages to send.
    Notify,
}

impl Queue {
    /// Every queue.
    pub const ALL: [Queue; 6] =
        [Queue::Dispatch, Queue::Sync, Queue::Evidence, Queue::Tracking, Queue::Openpay, Queue::Notify];

    /// Name in keys, logs and the template.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Queue::Dispatch => "dispatch",
            Queue::Sync => "sync",
            Queue::Evidence => "evidence",
            Queue::Tracking => "tracking",
            Queue::Openpay => "openpay",
            Queue::Notify => "notify",
        }
    }

    /// The queue of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Queue::ALL.into_iter().find(|q| q.name() == name)
    }

    fn setting(self) -> &'static str {
        match self {
            Queue::Dispatch => "YAM_QUEUE_DISPATCH_URL",
            Queue::Sync => "YAM_QUEUE_SYNC_URL",
            Queue::Evidence => "YAM_QUEUE_EVIDENCE_URL",
            Queue::Tracking => "YAM_QUEUE_TRACKING_URL",
            Queue::Openpay => "YAM_QUEUE_OPENPAY_URL",
            Queue::Notify => "YAM_QUEUE_NOTIFY_URL",
        }
    }
}

/// Messages that did not get in.
#[derive(Debug, thiserror::Error)]
#[error("queue {queue}: {failed} of {total} messages were not taken: {reason}")]
pub struct QueueError {
    queue: &'static str,
    failed: usize,
    total: usize,
    reason: String,
}

/// Messages in one batch (SQS limit).
const BATCH: usize = 10;

/// Sends to queues.
#[derive(Debug, Clone)]
pub struct QueueClient {
    client: Client,
    urls: [String; Queue::ALL.len()],
}

impl QueueClient {
    /// Over an SQS client and the configured queue addresses.
    #[must_use]
    pub fn new(client: Client, config: &Config) -> Self {
        QueueClient { client, urls: Queue::ALL.map(|q| config.text(q.setting()).to_owned()) }
    }

    /// Sends all bodies in as few requests as SQS allows. A message may get in twice; what is sent must
    /// bear that.
    ///
    /// # Errors
    /// Some were not taken. What they point at has a due row or an outbox row, so a caller may go on.
    pub async fn send(&self, queue: Queue, bodies: &[String]) -> Result<(), QueueError> {
        let error = |failed: usize, reason: String| QueueError {
            queue: queue.name(),
            failed,
            total: bodies.len(),
            reason,
        };
        let url = &self.urls[queue as usize];
        if url.is_empty() {
            return Err(error(bodies.len(), format!("{} is not set", queue.setting())));
        }
        let mut failures: Vec<String> = Vec::new();
        for batch in bodies.chunks(BATCH) {
            let mut request = self.client.send_message_batch().queue_url(url);
            for (i, body) in batch.iter().enumerate() {
                request = request.entries(entry(i, body).map_err(|e| error(bodies.len(), e))?);
            }
            match request.send().await {
                Ok(answer) => failures.extend(answer.failed.into_iter().map(|f| f.code)),
                Err(e) => failures.extend(batch.iter().map(|_| DisplayErrorContext(&e).to_string())),
            }
        }
        match failures.first() {
            None => Ok(()),
            Some(reason) => Err(error(failures.len(), reason.clone())),
        }
    }
}

fn entry(index: usize, body: &str) -> Result<SendMessageBatchRequestEntry, String> {
    let mut entry = SendMessageBatchRequestEntry::builder().id(index.to_string()).message_body(body);
    if let Some(trace) = TraceContext::current() {
        for (name, value) in [("traceparent", trace.child_header()), ("flow", trace.flow().to_owned())] {
            let value = MessageAttributeValue::builder().data_type("String").string_value(value).build();
            entry = entry.message_attributes(name, value.map_err(|e| e.to_string())?);
        }
    }
    entry.build().map_err(|e| e.to_string())
}
