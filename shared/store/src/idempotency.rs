//! Records of `Idempotency-Key`: the same key answers the same, for 24 hours.
//!
//! The record is written in the transaction that makes the resource, so there is no "in progress"
//! state to clean up: of two parallel requests one commits, the other finds its record.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use yam_domain::ids::MerchantId;

use crate::error::StoreError;
use crate::keys::{Key, of_merchant, sk};
use crate::store::Store;
use crate::table::Read;
use crate::txn::Txn;

/// How long an answer is replayed.
pub const REPLAYED: SignedDuration = SignedDuration::from_hours(24);

/// A finished request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// SHA-256 of the canonical body.
    pub body_hash: String,
    /// HTTP status of the answer.
    pub status: u16,
    /// Body of the answer.
    pub answer: Value,
    /// Epoch seconds.
    pub expires_at: i64,
}

/// The key of one request's record.
#[derive(Debug, Clone)]
pub struct RequestKey {
    key: Key,
    body_hash: String,
}

/// What an earlier request with the same key left.
#[derive(Debug, Clone, PartialEq)]
pub enum Earlier {
    /// Nothing: go on.
    None,
    /// This answer; give it again.
    Answer(u16, Value),
    /// It was for another body.
    OtherBody,
}

/// SHA-256 in hex.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut s, b| {
        let _infallible = write!(s, "{b:02x}");
        s
    })
}

impl RequestKey {
    /// From merchant, method, route pattern with its ids, the header's value and the canonical body.
    #[must_use]
    pub fn new(merchant: &MerchantId, method: &str, path: &str, header: &str, body: &Value) -> Self {
        let hash = sha256_hex(format!("{method}\0{path}\0{header}").as_bytes());
        RequestKey {
            key: of_merchant(merchant, sk::idempotency(&hash)),
            body_hash: sha256_hex(body.to_string().as_bytes()),
        }
    }

    /// What an earlier request left; 1 read unit.
    ///
    /// # Errors
    /// As [`crate::table::Table::get`].
    pub async fn earlier(&self, store: &Store) -> Result<Earlier, StoreError> {
        let record: Option<Record> = store.table.get(&self.key, Read::Consistent).await?;
        Ok(match record {
            Some(r) if r.expires_at <= store.clock.now().as_second() => Earlier::None,
            Some(r) if r.body_hash != self.body_hash => Earlier::OtherBody,
            Some(r) => Earlier::Answer(r.status, r.answer),
            None => Earlier::None,
        })
    }

    /// Adds the record to the transaction that makes the resource. Leave secrets out of `answer`.
    pub fn record(&self, txn: &mut Txn, store: &Store, status: u16, answer: &Value) {
        let now = store.clock.now();
        let expires_at = now.saturating_add(REPLAYED).unwrap_or(Timestamp::MAX).as_second();
        let record = Record { body_hash: self.body_hash.clone(), status, answer: answer.clone(), expires_at };
        let now = aws_sdk_dynamodb::types::AttributeValue::N(now.as_second().to_string());
        let condition = "attribute_not_exists(pk) OR expires_at <= :now";
        txn.put("idempotency record", &store.table, &self.key, &record, Some((condition, &[(":now", now)])));
    }
}
