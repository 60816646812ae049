//! Reading and writing single items.

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use serde::Serialize;
use serde::de::DeserializeOwned;
use yam_platform::IdGen;

use crate::error::{StoreError, other};
use crate::keys::Key;

/// An item as the SDK has it.
pub type Item = HashMap<String, AttributeValue>;

/// The hub's table.
#[derive(Debug, Clone)]
pub struct Table {
    pub(crate) client: Client,
    pub(crate) name: String,
    pub(crate) ids: Arc<dyn IdGen>,
}

/// How a read may be served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// Half the price; may be some writes old. For caches and hints.
    Eventual,
    /// What decisions are made on.
    Consistent,
}

/// A page of a query.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// Items in key order, or in reverse.
    pub items: Vec<(Key, T)>,
    /// Sort key after which the next page starts.
    pub next: Option<String>,
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Lenient<T> {
    Good(T),
    Broken(serde::de::IgnoredAny),
}

/// A range of one partition.
#[derive(Debug, Clone)]
pub struct Range<'a> {
    /// Partition.
    pub pk: String,
    /// Prefix of the sort keys.
    pub prefix: &'a str,
    /// Start behind this sort key.
    pub after: Option<String>,
    /// Newest first.
    pub backwards: bool,
    /// Entries in a page.
    pub limit: u32,
}

/// What items are to meet, in DynamoDB's words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Condition<'a> {
    /// The expression.
    pub(crate) expression: &'a str,
    /// Its placeholders for attributes.
    pub(crate) names: &'a [(&'a str, &'a str)],
    /// Its placeholders for values.
    pub(crate) values: &'a [(&'a str, AttributeValue)],
}

/// Attribute by which a lone conditional write knows what it wrote itself.
pub(crate) const WRITE_MARK: &str = "w";

pub(crate) fn key_item(key: &Key) -> Item {
    HashMap::from([
        ("pk".to_owned(), AttributeValue::S(key.pk.clone())),
        ("sk".to_owned(), AttributeValue::S(key.sk.clone())),
    ])
}

pub(crate) fn key_of(item: &Item) -> Result<Key, StoreError> {
    let text = |name: &str| item.get(name).and_then(|v| v.as_s().ok()).cloned();
    match (text("pk"), text("sk")) {
        (Some(pk), Some(sk)) => Ok(Key { pk, sk }),
        _ => Err(StoreError::Corrupt("item without key".into())),
    }
}

/// An item of a value; the schema version `v` lets a later hub tell old items.
pub(crate) fn to_item<T: Serialize>(key: &Key, value: &T) -> Result<Item, StoreError> {
    let mut item: Item = serde_dynamo::aws_sdk_dynamodb_1::to_item(value)?;
    item.retain(|_, v| !v.is_null());
    item.extend(key_item(key));
    item.insert("v".into(), AttributeValue::N("1".into()));
    Ok(item)
}

/// The value of an item, keys left out.
pub(crate) fn from_item<T: DeserializeOwned>(mut item: Item) -> Result<T, StoreError> {
    match item.remove("v") {
        Some(AttributeValue::N(v)) if v == "1" => {}
        other => return Err(StoreError::Corrupt(format!("item of unknown version {other:?}"))),
    }
    item.remove("pk");
    item.remove("sk");
    item.remove(WRITE_MARK);
    Ok(serde_dynamo::aws_sdk_dynamodb_1::from_item(item)?)
}

impl Table {
    /// Over a client, a table name and the randomness that marks lone writes.
    #[must_use]
    pub fn new(client: Client, name: impl Into<String>, ids: Arc<dyn IdGen>) -> Self {
        Table { client, name: name.into(), ids }
    }

    /// One item; 0.5 read units per 4 KB, twice that when consistent.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    pub async fn get<T: DeserializeOwned>(&self, key: &Key, read: Read) -> Result<Option<T>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key_item(key)))
            .consistent_read(read == Read::Consistent)
            .send()
            .await
            .map_err(other)?;
        answer.item.map(from_item).transpose()
    }

    /// Writes an item unless one is there; answers with the one that is. 1 write unit per KB, also
    /// when it was there.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    pub async fn put_new<T>(&self, key: &Key, value: &T) -> Result<Option<T>, StoreError>
    where
        T: Serialize + DeserializeOwned,
    {
        let answer = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(to_item(key, value)?))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let Err(error) = answer else { return Ok(None) };
        match error.as_service_error() {
            Some(e) if e.is_conditional_check_failed_exception() => {}
            _ => return Err(other(error)),
        }
        let old = match error.into_service_error() {
            aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(e) => e.item,
            _ => None,
        };
        match old {
            Some(item) => from_item(item).map(Some),
            None => self.get(key, Read::Consistent).await,
        }
    }

    /// Writes an item whatever was there: for caches and settings with one writer.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    pub async fn put<T: Serialize>(&self, key: &Key, value: &T) -> Result<(), StoreError> {
        let put = self.client.put_item().table_name(&self.name).set_item(Some(to_item(key, value)?));
        put.send().await.map_err(other)?;
        Ok(())
    }

    /// The next number of a counter, counted up in one step: no two callers get the same, and one that
    /// is not used is gone. 1 write unit.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] (a number may be gone), [`StoreError::Corrupt`].
    pub async fn next_number(&self, key: &Key) -> Result<u64, StoreError> {
        let answer = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key_item(key)))
            .update_expression("SET v = :one ADD last_number :one")
            .expression_attribute_values(":one", AttributeValue::N("1".into()))
            .return_values(ReturnValue::UpdatedNew)
            .send()
            .await
            .map_err(other)?;
        let number = answer.attributes.as_ref().and_then(|item| item.get("last_number"));
        let number = number.and_then(|value| value.as_n().ok()).and_then(|digits| digits.parse().ok());
        number.ok_or_else(|| StoreError::Corrupt(format!("the counter {} holds no number", key.sk)))
    }

    /// Deletes an item, if it is there.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        let delete = self.client.delete_item().table_name(&self.name).set_key(Some(key_item(key)));
        delete.send().await.map_err(other)?;
        Ok(())
    }

    /// A page of a range; 0.5 read units per 4 KB read, twice that when consistent.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    pub async fn query<T: DeserializeOwned>(
        &self,
        range: Range<'_>,
        read: Read,
    ) -> Result<Page<T>, StoreError> {
        let mut query = self
            .client
            .query()
            .table_name(&self.name)
            .expression_attribute_values(":pk", AttributeValue::S(range.pk.clone()))
            .scan_index_forward(!range.backwards)
            .consistent_read(read == Read::Consistent)
            .limit(i32::try_from(range.limit).unwrap_or(100));
        // DynamoDB refuses an empty string for a sort key, also as a prefix; the embedded engine takes it.
        query = if range.prefix.is_empty() {
            query.key_condition_expression("pk = :pk")
        } else {
            let prefix = AttributeValue::S(range.prefix.to_owned());
            query
                .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                .expression_attribute_values(":prefix", prefix)
        };
        if let Some(after) = range.after {
            query = query.set_exclusive_start_key(Some(key_item(&Key { pk: range.pk, sk: after })));
        }
        let answer = query.send().await.map_err(other)?;
        let next = answer.last_evaluated_key.map(|item| key_of(&item)).transpose()?.map(|key| key.sk);
        let items = answer.items.unwrap_or_default().into_iter();
        let items =
            items.map(|item| Ok((key_of(&item)?, from_item(item)?))).collect::<Result<_, StoreError>>()?;
        Ok(Page { items, next })
    }

    /// A page of work rows, in which an item that cannot be read is logged and left out, so that one
    /// poisoned row does not stop the others.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn query_lenient<T: DeserializeOwned>(
        &self,
        range: Range<'_>,
        read: Read,
    ) -> Result<Page<T>, StoreError> {
        let page = self.query::<Lenient<T>>(range, read).await?;
        let items = page.items.into_iter().filter_map(|(key, item)| match item {
            Lenient::Good(value) => Some((key, value)),
            Lenient::Broken(_) => {
                tracing::error!(item.pk = %key.pk, item.sk = %key.sk, "an item cannot be read and is skipped");
                None
            }
        });
        Ok(Page { items: items.collect(), next: page.next })
    }

    /// Every item of a range that is known to be small (accounts, endpoints), in bounded pages.
    ///
    /// # Errors
    /// As [`Table::query`].
    pub async fn query_all<T: DeserializeOwned>(
        &self,
        pk: &str,
        prefix: &str,
        read: Read,
    ) -> Result<Vec<(Key, T)>, StoreError> {
        let mut all = Vec::new();
        let mut after = None;
        for _ in 0..20 {
            let range = Range { pk: pk.to_owned(), prefix, after, backwards: false, limit: 100 };
            let page = self.query(range, read).await?;
            all.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(all)
    }

    /// The keys of a partition's span whose items meet a condition. The whole span is read, consistently: 1 read unit
    /// per 4 KB.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    pub(crate) async fn keys_where(
        &self,
        pk: &str,
        (first, last): (&str, &str),
        condition: &Condition<'_>,
    ) -> Result<Vec<Key>, StoreError> {
        let mut found = Vec::new();
        let mut after: Option<Item> = None;
        loop {
            let mut query = self
                .client
                .query()
                .table_name(&self.name)
                .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
                .filter_expression(condition.expression)
                .projection_expression("pk, sk")
                .consistent_read(true)
                .expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()))
                .expression_attribute_values(":first", AttributeValue::S(first.to_owned()))
                .expression_attribute_values(":last", AttributeValue::S(last.to_owned()))
                .set_exclusive_start_key(after.take());
            for (name, attribute) in condition.names {
                query = query.expression_attribute_names(*name, *attribute);
            }
            for (name, value) in condition.values {
                query = query.expression_attribute_values(*name, value.clone());
            }
            let answer = query.send().await.map_err(other)?;
            for item in answer.items.unwrap_or_default() {
                found.push(key_of(&item)?);
            }
            after = answer.last_evaluated_key;
            if after.is_none() {
                return Ok(found);
            }
        }
    }
}
