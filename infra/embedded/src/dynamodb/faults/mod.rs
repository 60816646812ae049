//! What DynamoDB shows in the cloud and the engine never does.

mod answers;
mod plan;
mod replica;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::result::ConnectorError;
use bytes::Bytes;

use plan::Plan;
pub use plan::{Chances, Fault};
use replica::Replica;

use super::{DynamoError, EmbeddedDynamo, TableDefinition};
use crate::connector::{Answer, Connector, Service};
use crate::usage::Usage;

/// A DynamoDB with the cloud's bad days: stale reads, throttling, conflicting transactions, answers
/// that are lost after the work was done, connections that fail before it.
///
/// Faults come from a script ([`FaultyDynamo::script`]) or by chance from a seed
/// ([`FaultyDynamo::chances`]); a script goes first. Stale reads are answered by a replica that lags
/// behind by a number of writes, so it must be wrapped around an engine before its first write and all
/// writes have to go through it. Clones share everything.
///
/// ```
/// # use yam_embedded::{Usage, dynamodb::{Chances, EmbeddedDynamo, Fault, FaultyDynamo}};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let faulty = FaultyDynamo::new(EmbeddedDynamo::memory(Usage::new())?, 7)?;
/// faulty.chances(Chances { stale_read: 0.5, ..Chances::default() });
/// faulty.script("TransactWriteItems", Fault::LostAnswer, 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct FaultyDynamo {
    primary: EmbeddedDynamo,
    plan: Arc<Mutex<Plan>>,
    /// Held over each write, so that the replica sees the writes in the order in which they happened.
    replica: Arc<tokio::sync::Mutex<Replica>>,
}

impl FaultyDynamo {
    /// Wraps an engine that was not written to yet. Without a script or chances nothing goes wrong.
    ///
    /// # Errors
    /// The replica's engine does not start.
    pub fn new(primary: EmbeddedDynamo, seed: u64) -> Result<Self, DynamoError> {
        let replica = Replica::new()?;
        Ok(FaultyDynamo {
            primary,
            plan: Arc::new(Mutex::new(Plan::new(seed))),
            replica: Arc::new(tokio::sync::Mutex::new(replica)),
        })
    }

    /// Creates a table here and in the replica.
    ///
    /// # Errors
    /// The engine refuses the definition.
    pub async fn create_table(&self, table: &TableDefinition) -> Result<(), DynamoError> {
        self.replica.lock().await.create_table(table).await?;
        self.primary.create_table(table).await
    }

    /// Lets the next `times` calls of an operation (`*` for any) go wrong.
    pub fn script(&self, operation: &str, fault: Fault, times: u32) {
        self.plan().script(operation, fault, times);
    }

    /// Lets calls go wrong by chance.
    pub fn chances(&self, chances: Chances) {
        self.plan().chances = chances;
    }

    /// By how many writes a stale read is late; 1 if not set.
    pub async fn lag(&self, writes: usize) {
        self.replica.lock().await.lag(writes).await;
    }

    /// Ends all faults; what was scripted and did not happen yet is forgotten.
    pub fn heal(&self) {
        self.plan().heal();
    }

    /// The engine behind the faults.
    #[must_use]
    pub fn primary(&self) -> &EmbeddedDynamo {
        &self.primary
    }

    /// The HTTP client for an `SdkConfig`.
    #[must_use]
    pub fn http_client(&self) -> SharedHttpClient {
        Connector::dynamodb(self.clone()).http_client()
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn answer(&self, operation: &str, body: Bytes, flow: String) -> Result<Answer, ConnectorError> {
        let fault = self.plan().strike(operation, &body);
        match fault {
            None => Ok(self.run(operation, body, flow).await),
            Some(Fault::StaleRead) => Ok(self.stale(operation, body, flow).await),
            Some(Fault::Throttled) => Ok(answers::throttled()),
            Some(Fault::RateLimited) => Ok(answers::rate_limited()),
            Some(Fault::InternalError) => Ok(answers::internal_error()),
            Some(Fault::Conflict) => Ok(answers::conflict(operation, &body)),
            Some(Fault::NoConnection) => {
                Err(ConnectorError::io("connection refused (injected)".into()).never_connected())
            }
            Some(Fault::LostAnswer) => {
                self.run(operation, body, flow).await;
                Err(ConnectorError::timeout("the answer was lost after the work was done (injected)".into()))
            }
        }
    }

    async fn run(&self, operation: &str, body: Bytes, flow: String) -> Answer {
        if !replica::is_write(operation) {
            return self.primary.execute(operation, body, Some(flow)).await;
        }
        let mut replica = self.replica.lock().await;
        let answer = self.primary.execute(operation, body.clone(), Some(flow)).await;
        if answer.is_success() {
            replica.follow(operation, body).await;
        }
        answer
    }

    async fn stale(&self, operation: &str, body: Bytes, flow: String) -> Answer {
        // The primary is asked too: a stale read is billed like any other.
        self.primary.execute(operation, body.clone(), Some(flow)).await;
        self.replica.lock().await.read(operation, body).await
    }
}

impl Service for FaultyDynamo {
    fn target_prefix(&self) -> &'static str {
        super::TARGET_PREFIX
    }

    fn content_type(&self) -> &'static str {
        super::CONTENT_TYPE
    }

    fn call(
        &self,
        operation: &str,
        body: Bytes,
    ) -> impl Future<Output = Result<Answer, ConnectorError>> + Send + 'static {
        let (this, operation, flow) = (self.clone(), operation.to_owned(), Usage::current_flow());
        async move { this.answer(&operation, body, flow).await }
    }
}
