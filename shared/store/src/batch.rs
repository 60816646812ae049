//! Reading several items by their keys at once.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use serde::de::DeserializeOwned;

use crate::error::{StoreError, other};
use crate::keys::Key;
use crate::table::{Item, Read, Table, from_item, key_item, key_of};

/// Most keys of one request (DynamoDB's service quotas).
const MOST: usize = 100;
/// Requests for the same keys after which a table that leaves some of them unread counts as away.
const ATTEMPTS: usize = 5;

impl Table {
    /// Several items by their keys, no key twice; what does not exist is left out. 0.5 read units per 4 KB of each
    /// item, twice that when consistent.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    pub async fn get_many<T: DeserializeOwned>(
        &self,
        keys: &[Key],
        read: Read,
    ) -> Result<HashMap<Key, T>, StoreError> {
        let mut found = HashMap::with_capacity(keys.len());
        for part in keys.chunks(MOST) {
            let mut wanted: Vec<Item> = part.iter().map(key_item).collect();
            for _ in 0..ATTEMPTS {
                if wanted.is_empty() {
                    break;
                }
                let (items, unread) = self.get_some(wanted, read).await?;
                for item in items {
                    found.insert(key_of(&item)?, from_item(item)?);
                }
                wanted = unread;
            }
            if !wanted.is_empty() {
                let words = format!("{} keys of a batch stay unread", wanted.len());
                return Err(StoreError::Unavailable(words));
            }
        }
        Ok(found)
    }

    /// One request: the items there are, and the keys the table had no strength for.
    async fn get_some(&self, keys: Vec<Item>, read: Read) -> Result<(Vec<Item>, Vec<Item>), StoreError> {
        let asked = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(read == Read::Consistent)
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let answer =
            self.client.batch_get_item().request_items(&self.name, asked).send().await.map_err(other)?;
        let items = answer.responses.unwrap_or_default().into_values().flatten().collect();
        let unread = answer.unprocessed_keys.unwrap_or_default();
        Ok((items, unread.into_values().flat_map(|left| left.keys).collect()))
    }
}
