//! Transactions: state change, uniqueness claims, due rows and outbox rows land together or not at all.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
    Update,
};
use serde::Serialize;

use crate::error::{StoreError, other};
use crate::keys::Key;
use crate::table::{Table, WRITE_MARK, key_item, to_item};

/// Writes that land together. Costs two write units per KB of each item, also when cancelled.
#[derive(Debug, Default)]
pub struct Txn {
    writes: Vec<(&'static str, Result<TransactWriteItem, String>)>,
}

const OLD: ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure::AllOld;

impl Txn {
    /// Most writes of one transaction (DynamoDB's service quotas).
    pub const MOST: usize = 100;

    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Txn::default()
    }

    /// How many writes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.writes.len()
    }

    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    fn push<E: std::fmt::Display>(
        &mut self,
        what: &'static str,
        table: &Table,
        write: impl FnOnce(&Table) -> Result<TransactWriteItem, E>,
    ) {
        self.writes.push((what, write(table).map_err(|e| e.to_string())));
    }

    /// Writes an item that must not exist yet.
    pub fn insert<T: Serialize>(&mut self, what: &'static str, table: &Table, key: &Key, value: &T) {
        self.put(what, table, key, value, Some(("attribute_not_exists(pk)", &[])));
    }

    /// Writes an item in any case.
    pub fn upsert<T: Serialize>(&mut self, what: &'static str, table: &Table, key: &Key, value: &T) {
        self.put(what, table, key, value, None);
    }

    /// Writes an item whose stored `rev` is still `rev`.
    pub fn replace<T: Serialize>(
        &mut self,
        what: &'static str,
        table: &Table,
        key: &Key,
        value: &T,
        rev: u64,
    ) {
        let values = [(":rev", AttributeValue::N(rev.to_string()))];
        self.put(what, table, key, value, Some(("rev = :rev", &values)));
    }

    /// Writes an item under a condition of its own.
    pub fn put<T: Serialize>(
        &mut self,
        what: &'static str,
        table: &Table,
        key: &Key,
        value: &T,
        condition: Option<(&str, &[(&str, AttributeValue)])>,
    ) {
        self.push(what, table, |table| {
            let mut put = Put::builder().table_name(&table.name);
            put = put.set_item(Some(to_item(key, value)?)).return_values_on_condition_check_failure(OLD);
            if let Some((expression, values)) = condition {
                put = put.condition_expression(expression);
                for (name, value) in values {
                    put = put.expression_attribute_values(*name, value.clone());
                }
            }
            let put = put.build().map_err(|e| StoreError::Corrupt(e.to_string()))?;
            Ok::<_, StoreError>(TransactWriteItem::builder().put(put).build())
        });
    }

    /// Deletes an item, if it is there.
    pub fn delete(&mut self, what: &'static str, table: &Table, key: &Key) {
        self.push(what, table, |table| {
            let delete = Delete::builder().table_name(&table.name).set_key(Some(key_item(key))).build();
            delete.map(|d| TransactWriteItem::builder().delete(d).build())
        });
    }

    /// Deletes an item whose stored `rev` is still `rev`.
    pub fn delete_at(&mut self, what: &'static str, table: &Table, key: &Key, rev: u64) {
        self.push(what, table, |table| {
            let delete = Delete::builder()
                .table_name(&table.name)
                .set_key(Some(key_item(key)))
                .condition_expression("rev = :rev")
                .expression_attribute_values(":rev", AttributeValue::N(rev.to_string()))
                .return_values_on_condition_check_failure(OLD)
                .build();
            delete.map(|d| TransactWriteItem::builder().delete(d).build())
        });
    }

    /// Updates parts of an item under a condition.
    pub fn update(
        &mut self,
        what: &'static str,
        table: &Table,
        key: &Key,
        expression: &str,
        condition: &str,
        values: &[(&str, AttributeValue)],
    ) {
        self.push(what, table, |table| {
            let mut update = Update::builder()
                .table_name(&table.name)
                .set_key(Some(key_item(key)))
                .update_expression(expression)
                .condition_expression(condition)
                .return_values_on_condition_check_failure(OLD);
            for (name, value) in values {
                update = update.expression_attribute_values(*name, value.clone());
            }
            update.build().map(|u| TransactWriteItem::builder().update(u).build())
        });
    }

    /// Requires something of an item without writing it.
    pub fn check(
        &mut self,
        what: &'static str,
        table: &Table,
        key: &Key,
        condition: &str,
        values: &[(&str, AttributeValue)],
    ) {
        self.push(what, table, |table| {
            let mut check = ConditionCheck::builder()
                .table_name(&table.name)
                .set_key(Some(key_item(key)))
                .condition_expression(condition)
                .return_values_on_condition_check_failure(OLD);
            for (name, value) in values {
                check = check.expression_attribute_values(*name, value.clone());
            }
            check.build().map(|c| TransactWriteItem::builder().condition_check(c).build())
        });
    }

    /// Adds the writes of another.
    pub fn extend(&mut self, more: Txn) {
        self.writes.extend(more.writes);
    }

    /// Commits.
    ///
    /// # Errors
    /// [`StoreError::Condition`] names the first write whose condition did not hold;
    /// [`StoreError::Conflict`] and [`StoreError::Unavailable`] may be tried again. After
    /// `Unavailable` the writes may have landed: conditions make a repetition safe.
    pub async fn commit(self, table: &Table) -> Result<(), StoreError> {
        let mut names = Vec::with_capacity(self.writes.len());
        let mut items = Vec::with_capacity(self.writes.len());
        for (what, write) in self.writes {
            names.push(what);
            items.push(write.map_err(StoreError::Corrupt)?);
        }
        if items.is_empty() {
            return Ok(());
        }
        if let ([what], [TransactWriteItem { put: Some(put), .. }]) = (names.as_slice(), items.as_slice()) {
            return commit_single(table, what, put.clone()).await;
        }
        let answer = table.client.transact_write_items().set_transact_items(Some(items)).send().await;
        let Err(error) = answer else { return Ok(()) };
        if !error.as_service_error().is_some_and(TransactWriteItemsError::is_transaction_canceled_exception) {
            return Err(other(error));
        }
        let TransactWriteItemsError::TransactionCanceledException(cancelled) = error.into_service_error()
        else {
            return Err(StoreError::Conflict);
        };
        let reasons = cancelled.cancellation_reasons.unwrap_or_default();
        let mut verdict = StoreError::Conflict;
        for (what, reason) in names.into_iter().zip(reasons) {
            match reason.code.as_deref() {
                Some("ConditionalCheckFailed") => {
                    return Err(StoreError::Condition { what, old: reason.item.map(Box::new) });
                }
                Some("None") | None => {}
                Some("TransactionConflict") => {}
                Some("ValidationError" | "ItemCollectionSizeLimitExceeded") => {
                    verdict = StoreError::Corrupt(format!("{what}: {}", reason.message.unwrap_or_default()));
                }
                Some(code) => verdict = StoreError::Unavailable(format!("{what}: {code}")),
            }
        }
        Err(verdict)
    }
}

/// A lone write needs no transaction, which would cost twice. Unlike a transaction it has no token by
/// which its repetition after a lost answer is known: a mark in the item tells that the write that is in
/// the way is our own.
async fn commit_single(table: &Table, what: &'static str, put: Put) -> Result<(), StoreError> {
    let mark = AttributeValue::S(table.ids.token(9));
    let answer = table
        .client
        .put_item()
        .table_name(&table.name)
        .set_item(Some(put.item))
        .item(WRITE_MARK, mark.clone())
        .set_condition_expression(put.condition_expression)
        .set_expression_attribute_values(put.expression_attribute_values)
        .return_values_on_condition_check_failure(OLD)
        .send()
        .await;
    let Err(error) = answer else { return Ok(()) };
    match error.as_service_error() {
        Some(PutItemError::ConditionalCheckFailedException(e)) => match &e.item {
            Some(there) if there.get(WRITE_MARK) == Some(&mark) => Ok(()),
            old => Err(StoreError::Condition { what, old: old.clone().map(Box::new) }),
        },
        _ => Err(other(error)),
    }
}
