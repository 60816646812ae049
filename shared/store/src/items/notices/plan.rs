//! Which messages of an epoch are planned.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The messages of one epoch of a parcel, of a payment's or an account's event. A key that stands here is never
/// planned again, also after the parcel was deleted and came back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticePlan {
    /// Message key to the sort key of its first intent.
    pub keys: BTreeMap<String, String>,
    /// Counts the changes.
    pub rev: u64,
    /// Epoch seconds after which it may be forgotten.
    pub expires_at: i64,
}
