//! What an item is, as far as anyone has said.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Names come masked, as the operator shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Facts {
    /// When a journey begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) posted_at: Option<Timestamp>,
    pub(crate) sender: String,
    pub(crate) receiver: String,
    /// What the one who took it is to the receiver.
    pub(crate) relation: String,
    /// Kind of item (`pstmtrKnd`, `mailtypenm`) and service (`trtmntSe`).
    pub(crate) mail_type: String,
    pub(crate) treatment: String,
    /// Of an international item.
    pub(crate) country: String,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            posted_at: None,
            sender: "홍*동".to_owned(),
            receiver: "김*수".to_owned(),
            relation: "본인".to_owned(),
            mail_type: "등기소포".to_owned(),
            treatment: "익일특급".to_owned(),
            country: "미국".to_owned(),
        }
    }
}
