//! The texts of a shop's messages.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use yam_domain::notice::Template;

/// A text in one of its versions. The current one stands under its id, each version also under its number, so that
/// a planned message finds the words it was planned with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeText {
    /// Id, chosen by the merchant: 1 to 64 of `a-z`, `0-9`, `.`, `_`, `-`.
    pub id: String,
    /// Grows with each save, also after it was deleted and made again.
    pub version: u64,
    /// The text.
    pub template: Template,
    /// When it was saved.
    pub at: Timestamp,
    /// Id of the API key that saved it.
    pub by: String,
    /// Deleted: no rule may name it, planned messages still find their version.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
}
