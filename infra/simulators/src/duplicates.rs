//! What a post does with an order number that it has seen before.

use serde::{Deserialize, Serialize};

/// The three policies a client must survive where the protocol does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Duplicates {
    /// An error.
    Reject,
    /// The numbers of the order that is there.
    #[serde(alias = "return-existing")]
    ReturnExisting,
    /// Another parcel beside the first.
    #[serde(alias = "issue-new")]
    IssueNew,
}
