//! A copy of the table that lags behind.

use std::collections::VecDeque;

use bytes::Bytes;

use crate::connector::Answer;
use crate::dynamodb::{DynamoError, EmbeddedDynamo, TableDefinition};
use crate::usage::Usage;

pub(super) fn is_write(operation: &str) -> bool {
    matches!(operation, "PutItem" | "UpdateItem" | "DeleteItem" | "BatchWriteItem" | "TransactWriteItems")
        || matches!(operation, "CreateTable" | "DeleteTable" | "UpdateTimeToLive")
}

/// Repeats every write that succeeded, some writes late. Writes depend on nothing but the items, so
/// the copy is the table as it was.
#[derive(Debug)]
pub(super) struct Replica {
    engine: EmbeddedDynamo,
    pending: VecDeque<(String, Bytes)>,
    lag: usize,
}

impl Replica {
    pub(super) fn new() -> Result<Self, DynamoError> {
        Ok(Replica { engine: EmbeddedDynamo::memory(Usage::new())?, pending: VecDeque::new(), lag: 1 })
    }

    pub(super) async fn create_table(&self, table: &TableDefinition) -> Result<(), DynamoError> {
        self.engine.create_table(table).await
    }

    pub(super) async fn lag(&mut self, writes: usize) {
        self.lag = writes;
        self.catch_up().await;
    }

    pub(super) async fn follow(&mut self, operation: &str, body: Bytes) {
        if operation.ends_with("Table") || operation == "UpdateTimeToLive" {
            self.engine.execute(operation, body, None).await;
            return;
        }
        self.pending.push_back((operation.to_owned(), body));
        self.catch_up().await;
    }

    pub(super) async fn read(&self, operation: &str, body: Bytes) -> Answer {
        self.engine.execute(operation, body, None).await
    }

    async fn catch_up(&mut self) {
        while self.pending.len() > self.lag {
            if let Some((operation, body)) = self.pending.pop_front() {
                let answer = self.engine.execute(&operation, body, None).await;
                if !answer.is_success() {
                    let text = String::from_utf8_lossy(&answer.body).into_owned();
                    tracing::error!(operation, text, "the replica could not repeat a write");
                }
            }
        }
    }
}
