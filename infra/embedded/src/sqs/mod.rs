//! SQS inside the process: a durable queue that answers the SQS JSON protocol.
//!
//! Everything is in one SQLite file (WAL, synchronous FULL): a send is answered when it is on disk, and a
//! receive commits the count and the time-out before the message is handed out, so that a message that
//! kills its reader still reaches the dead letters. Time is the injected clock's. Differences from SQS:
//! standard queues only, no MD5 digests, and a long poll waits in real time.

mod error;
mod http;
mod model;
mod protocol;
mod queues;
mod requests;
mod thread;

use std::path::Path;
use std::sync::Arc;

use aws_smithy_runtime_api::client::result::ConnectorError;
use bytes::Bytes;
use tokio::sync::watch;
use yam_platform::{Clock, IdGen};

pub use error::SqsError;
pub use model::{Attribute, Counts, DeadLetter, NewMessage, QueueDefinition, Received, Redrive};

use crate::connector::{Answer, Service};
use crate::usage::{FlowUsage, Usage};
use thread::QueueThread;

/// An embedded SQS. Clones share it; its work is done on one thread of its own.
#[derive(Debug, Clone)]
pub struct EmbeddedSqs {
    thread: Arc<QueueThread>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGen>,
    usage: Usage,
    base_url: Arc<str>,
    changed: Arc<watch::Sender<u64>>,
}

/// Account number in queue addresses.
const ACCOUNT: &str = "000000000000";

impl EmbeddedSqs {
    /// Keeps everything in memory.
    ///
    /// # Errors
    /// SQLite does not start.
    pub fn memory(clock: Arc<dyn Clock>, ids: Arc<dyn IdGen>, usage: Usage) -> Result<Self, SqsError> {
        Self::start(rusqlite::Connection::open_in_memory()?, clock, ids, usage)
    }

    /// Keeps everything in a file. What was in flight when the file was left is visible again, its receive
    /// counts kept.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn open(
        path: &Path,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdGen>,
        usage: Usage,
    ) -> Result<Self, SqsError> {
        Self::start(rusqlite::Connection::open(path)?, clock, ids, usage)
    }

    fn start(
        connection: rusqlite::Connection,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdGen>,
        usage: Usage,
    ) -> Result<Self, SqsError> {
        queues::prepare(&connection)?;
        Ok(EmbeddedSqs {
            thread: Arc::new(QueueThread::start(connection)?),
            clock,
            ids,
            usage,
            base_url: "http://sqs.embedded".into(),
            changed: Arc::new(watch::Sender::new(0)),
        })
    }

    /// Makes or changes queues.
    ///
    /// # Errors
    /// SQLite fails.
    pub async fn declare(&self, definitions: Vec<QueueDefinition>) -> Result<(), SqsError> {
        self.thread.run(move |c| definitions.iter().try_for_each(|d| queues::declare(c, d))).await
    }

    /// The address of a queue, as `Ref` gives it in the template.
    #[must_use]
    pub fn url(&self, queue: &str) -> String {
        format!("{}/{ACCOUNT}/{queue}", self.base_url)
    }

    /// Changes after each operation that may have made a message visible.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Tells those who wait for [`EmbeddedSqs::changes`] to look again: the clock was moved.
    pub fn wake(&self) {
        self.changed.send_modify(|n| *n = n.wrapping_add(1));
    }

    /// Sends messages, all or none; answers their ids once they are on disk.
    ///
    /// # Errors
    /// No such queue, or SQLite fails.
    pub async fn send(&self, queue: &str, messages: Vec<NewMessage>) -> Result<Vec<String>, SqsError> {
        let now = self.clock.now();
        let ids: Vec<String> = messages.iter().map(|_| self.ids.ordered(now)).collect();
        let (queue, given) = (queue.to_owned(), ids.clone());
        let now = now.as_millisecond();
        self.thread.run(move |c| queues::send(c, now, &queue, &messages, &given)).await?;
        self.wake();
        Ok(ids)
    }

    /// Hands out up to `max` messages and hides them for `visibility_ms` (the queue's own time-out
    /// without it). Messages received too often go to the dead letters instead.
    ///
    /// # Errors
    /// No such queue, or SQLite fails.
    pub async fn receive(
        &self,
        queue: &str,
        max: usize,
        visibility_ms: Option<i64>,
    ) -> Result<Vec<Received>, SqsError> {
        let (queue, now) = (queue.to_owned(), self.clock.now().as_millisecond());
        self.thread.run(move |c| queues::receive(c, now, &queue, max, visibility_ms)).await
    }

    /// Forgets received messages by their receipts.
    ///
    /// # Errors
    /// SQLite fails; the messages come again.
    pub async fn delete(&self, queue: &str, receipts: Vec<String>) -> Result<(), SqsError> {
        let queue = queue.to_owned();
        self.thread.run(move |c| receipts.iter().try_for_each(|r| queues::delete(c, &queue, r))).await
    }

    /// Hides received messages for so long from now on; 0 makes them visible.
    ///
    /// # Errors
    /// The message is not in flight, or SQLite fails.
    pub async fn change_visibility(
        &self,
        queue: &str,
        receipts: Vec<String>,
        visibility_ms: i64,
    ) -> Result<(), SqsError> {
        let (queue, now) = (queue.to_owned(), self.clock.now().as_millisecond());
        let work = move |c: &rusqlite::Connection| {
            receipts.iter().try_for_each(|r| queues::change_visibility(c, now, &queue, r, visibility_ms))
        };
        self.thread.run(work).await?;
        self.wake();
        Ok(())
    }

    /// How many messages stand where.
    ///
    /// # Errors
    /// No such queue, or SQLite fails.
    pub async fn counts(&self, queue: &str) -> Result<Counts, SqsError> {
        let (queue, now) = (queue.to_owned(), self.clock.now().as_millisecond());
        self.thread.run(move |c| queues::counts(c, now, &queue)).await
    }

    /// When the next message of a queue becomes visible, in milliseconds; in the past if one already is.
    ///
    /// # Errors
    /// No such queue, or SQLite fails.
    pub async fn next_visible_at(&self, queue: &str) -> Result<Option<i64>, SqsError> {
        let queue = queue.to_owned();
        self.thread.run(move |c| queues::next_visible_at(c, &queue)).await
    }

    /// The messages of a queue's dead-letter queue, oldest first, without receiving them.
    ///
    /// # Errors
    /// No such queue, or SQLite fails.
    pub async fn dead_letters(&self, queue: &str, limit: usize) -> Result<Vec<DeadLetter>, SqsError> {
        let queue = queue.to_owned();
        self.thread.run(move |c| queues::dead_letters(c, &queue, limit)).await
    }

    /// Forgets every message of a queue.
    ///
    /// # Errors
    /// No such queue, or SQLite fails.
    pub async fn purge(&self, queue: &str) -> Result<(), SqsError> {
        let queue = queue.to_owned();
        self.thread.run(move |c| queues::purge(c, &queue)).await
    }

    /// Accounts requests: one for each started 64 KiB.
    pub fn bill(&self, flow: &str, bytes: usize) {
        let requests = u64::try_from(bytes.div_ceil(64 * 1024).max(1)).unwrap_or(1);
        self.usage.add(flow, &FlowUsage { sqs_requests: requests, ..FlowUsage::default() });
    }

    /// What was consumed.
    #[must_use]
    pub fn usage(&self) -> &Usage {
        &self.usage
    }

    /// The protocol over HTTP, for other processes on this machine.
    pub fn router(&self) -> axum::Router {
        http::router(self.clone())
    }
}

impl Service for EmbeddedSqs {
    fn target_prefix(&self) -> &'static str {
        protocol::TARGET_PREFIX
    }

    fn content_type(&self) -> &'static str {
        protocol::CONTENT_TYPE
    }

    fn call(
        &self,
        operation: &str,
        body: Bytes,
    ) -> impl Future<Output = Result<Answer, ConnectorError>> + Send + 'static {
        let (this, operation, flow) = (self.clone(), operation.to_owned(), Usage::current_flow());
        async move { Ok(protocol::answer(&this, &operation, &body, &flow).await) }
    }
}
