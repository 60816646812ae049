//! Money held for the messages of one invocation.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use yam_domain::money::Money;

/// Money that one worker has reserved for the messages it is about to send (reliability notes, M5). Whoever finds
/// it after `until` settles it from its messages: its worker has died, or left some of them open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// What is held.
    pub reserved: Money,
    /// Sort keys of the messages it may be spent on, where they are few.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<String>,
    /// Else the first and the last of them: the messages themselves tell which block they took their price from. A
    /// minute's hundreds of names would cost more to write than the rest of the block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<(String, String)>,
    /// When it is looked at; its due row stands there.
    pub until: Timestamp,
    /// Counts the changes.
    pub rev: u64,
}

/// Names that a block of 1 KB has room for.
const NAMED: usize = 10;

impl Block {
    /// A new block for messages.
    #[must_use]
    pub fn over(messages: &[String], reserved: Money, until: Timestamp) -> Self {
        let span = messages.iter().min().cloned().zip(messages.iter().max().cloned());
        let few = messages.len() <= NAMED;
        Block {
            reserved,
            messages: if few { messages.to_vec() } else { vec![] },
            span: span.filter(|_| !few),
            until,
            rev: 1,
        }
    }

    /// Whether it may be spent on a message.
    #[must_use]
    pub fn is_for(&self, message: &str) -> bool {
        match &self.span {
            Some((first, last)) => (first.as_str()..=last.as_str()).contains(&message),
            None => self.messages.iter().any(|name| name == message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yam_domain::money::Currency;

    #[test]
    fn a_block_names_few_messages_and_spans_many() {
        let names = |count: usize| (0..count).rev().map(|n| format!("m-{n:03}")).collect::<Vec<_>>();
        let over = |count| Block::over(&names(count), Money::new(1, Currency::Irr), Timestamp::UNIX_EPOCH);
        let few = over(10);
        assert!(few.span.is_none() && few.is_for("m-009") && !few.is_for("m-010"));
        let many = over(11);
        assert_eq!(many.span, Some(("m-000".to_owned(), "m-010".to_owned())));
        assert!(many.messages.is_empty() && many.is_for("m-000") && many.is_for("m-010"));
        assert!(!many.is_for("m-011"));
    }
}
