//! Notifications: what was planned, what became of it, and the money held for it.

mod block;
mod message;
mod plan;
mod receipt;

pub use block::Block;
pub use message::{
    About, Follows, MessageReceipt, MessageState, MessageWork, SentProof, Settling, TextVersion, Tried,
};
pub use plan::NoticePlan;
pub use receipt::{EarlyReceipt, MessageId};
