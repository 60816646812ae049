//! DynamoDB inside the process, over the `dynoxide` engine.

mod billing;
mod engine;
mod faults;
mod table;

use std::path::Path;
use std::sync::Arc;

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::result::ConnectorError;
use bytes::Bytes;

pub use faults::{Chances, Fault, FaultyDynamo};
pub use table::{AttributeType, TableDefinition};

use crate::connector::{Answer, Connector, Service};
use crate::usage::Usage;
use engine::EngineThread;

/// The engine could not be started or did not take an order.
#[derive(Debug, thiserror::Error)]
#[error("embedded DynamoDB: {0}")]
pub struct DynamoError(String);

/// An embedded DynamoDB. Clones share the engine, which runs on one thread of its own, so that its CPU
/// time is not in the caller's.
#[derive(Debug, Clone)]
pub struct EmbeddedDynamo {
    engine: Arc<EngineThread>,
    usage: Usage,
}

impl EmbeddedDynamo {
    /// Keeps everything in memory.
    ///
    /// # Errors
    /// The engine does not start.
    pub fn memory(usage: Usage) -> Result<Self, DynamoError> {
        let database = dynoxide::Database::memory().map_err(|e| DynamoError(e.to_string()))?;
        Self::start(database, usage)
    }

    /// Keeps everything in a SQLite file: every answered write is on disk.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn open(path: &Path, usage: Usage) -> Result<Self, DynamoError> {
        let text = path.to_str().ok_or_else(|| DynamoError(format!("{} is not UTF-8", path.display())))?;
        let database = dynoxide::Database::new(text).map_err(|e| DynamoError(format!("{text}: {e}")))?;
        Self::start(database, usage)
    }

    fn start(database: dynoxide::Database, usage: Usage) -> Result<Self, DynamoError> {
        let engine = EngineThread::start(database, usage.clone()).map_err(|e| DynamoError(e.to_string()))?;
        Ok(EmbeddedDynamo { engine: Arc::new(engine), usage })
    }

    /// What was consumed.
    #[must_use]
    pub fn usage(&self) -> &Usage {
        &self.usage
    }

    /// The HTTP client for an `SdkConfig`.
    #[must_use]
    pub fn http_client(&self) -> SharedHttpClient {
        Connector::dynamodb(self.clone()).http_client()
    }

    /// Runs an operation of the JSON protocol; consumption goes to `flow`, or nowhere.
    pub async fn execute(&self, operation: &str, body: Bytes, flow: Option<String>) -> Answer {
        self.engine.execute(operation, body, flow).await
    }

    /// Creates a table unless it is there.
    ///
    /// # Errors
    /// The engine refuses the definition.
    pub async fn create_table(&self, table: &TableDefinition) -> Result<(), DynamoError> {
        for (operation, body) in table.requests() {
            let answer = self.execute(operation, body, None).await;
            let text = String::from_utf8_lossy(&answer.body);
            if !answer.is_success() && !text.contains("ResourceInUseException") {
                return Err(DynamoError(format!("{operation} {}: {text}", table.name)));
            }
        }
        Ok(())
    }
}

/// What stands before an operation's name.
pub(crate) const TARGET_PREFIX: &str = "DynamoDB_20120810.";
/// Media type of the protocol.
pub(crate) const CONTENT_TYPE: &str = "application/x-amz-json-1.0";

impl Service for EmbeddedDynamo {
    fn target_prefix(&self) -> &'static str {
        TARGET_PREFIX
    }

    fn content_type(&self) -> &'static str {
        CONTENT_TYPE
    }

    fn call(
        &self,
        operation: &str,
        body: Bytes,
    ) -> impl Future<Output = Result<Answer, ConnectorError>> + Send + 'static {
        let waiting = self.engine.submit(operation, body, Some(Usage::current_flow()));
        async move { Ok(waiting.answer().await) }
    }
}
