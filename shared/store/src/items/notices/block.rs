//! Money held for the messages of one invocation.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use yam_domain::money::Money;

/// Money that one worker has reserved for the messages it is about to send (reliability notes, M5). Whoever finds
/// it after `until` settles it from the messages it names: its worker has died, or left some of them open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// What is held.
    pub reserved: Money,
    /// Sort keys of the messages it may be spent on.
    pub messages: Vec<String>,
    /// When it is looked at; its due row stands there.
    pub until: Timestamp,
    /// Counts the changes.
    pub rev: u64,
}
