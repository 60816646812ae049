//! The DynamoDB layer: keys in one module, typed items, conditional writes, intents with their fences
//! and due rows, the transactional outbox, idempotency records.
//!
#![doc = include_str!("../ACCESS.md")]

mod batch;
pub mod buyer_page;
pub mod calls;
pub mod due;
pub mod enrolment;
mod error;
pub mod event;
pub mod hooks;
pub mod idempotency;
pub mod intent;
pub mod items;
pub mod key_use;
pub mod keys;
mod message;
pub mod notices;
mod store;
pub mod table;
pub mod tracking;
mod txn;
mod vault;
pub mod watch;
pub mod work;

pub use error::StoreError;
pub use event::{Announcement, Event};
pub use hooks::{CrashPoints, Hooks};
pub use intent::Intent;
pub use keys::Key;
pub use message::Message;
pub use store::Store;
pub use table::{Item, Page, Range, Read, Table};
pub use txn::Txn;
pub use vault::{Vault, WrappedKey};
