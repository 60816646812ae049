//! What the HTTP functions share: who calls, JSON bodies with field pointers, `Idempotency-Key`,
//! pages, and the table's failures as problems.

mod body;
mod caller;
mod failure;
pub mod html;
mod idempotent;
mod keys;
mod merchant;
mod message;
mod page;
mod query;
mod rate_token;

pub use body::Body;
pub use caller::{Authenticator, Caller, Operator};
pub use failure::store_problem;
pub use idempotent::{IdempotencyKey, Idempotent};
pub use keys::{KeyText, NewKey};
pub use merchant::{existing, merchant};
pub use message::{message_id, message_sk, message_view};
pub use page::PageQuery;
pub use query::Query;
pub use rate_token::RateToken;

/// Bytes of a request body that are read.
pub const BODY_LIMIT: usize = yam_domain::limits::MAX_BODY_BYTES;
