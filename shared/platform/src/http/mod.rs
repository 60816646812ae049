//! The client for calls to the outside.
//!
//! Every call has a connect and a total deadline, a bound on the answer's size, no redirects, no
//! hidden retries, and ends in an [`Answer`] or a [`SendFailure`] that tells "not one byte left" from
//! "it may have happened" (reliability notes, section 1).

mod answer;
mod call;
mod client;
mod guard;
mod waited;

pub use answer::{Answer, SendFailure};
pub use call::{Deadline, Endpoint};
pub use client::{EffectClient, Limits, Outbound};
pub use guard::{GuardError, TrustedOrigins, check_url, is_public};
pub use waited::waiting_apart;
