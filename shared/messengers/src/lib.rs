//! Providers of SMS, calls and e-mail behind one [`Messenger`] trait, honest about their differences.
//!
//! Adapters are stateless, speak the provider's real wire, make one call per step, classify each answer once
//! (reliability notes, sections 1 and 4.10) and never touch storage. What is sent, to whom and when is decided
//! by `yam_domain`; who is tried next is decided by [`failover`].

pub mod account;
mod answer;
pub mod capabilities;
mod client;
pub mod cost;
mod errors;
pub mod failover;
pub mod kavenegar;
pub mod mail;
pub mod message;
mod messenger;
pub mod outcome;
mod probe;
pub mod receipt;
mod registry;
#[cfg(test)]
mod samples;
pub mod sender;
pub mod ses;
pub mod signature;
pub mod smsc;
pub mod smsru;
pub mod smtp;
pub mod sns;
pub mod solapi;
pub mod status;
pub mod wire_id;

pub use account::{Account, AccountSettings, CredentialField, Credentials};
pub use capabilities::{Capabilities, Recovery};
pub use cost::Cost;
pub use message::{Channel, Content, Handle, Message, MessageKey, Recipient};
pub use messenger::Messenger;
pub use outcome::{CallOutcome, ProbeReport, ProviderError, RefusalKind};
pub use receipt::{Authenticity, Fields, Receipt, ReceiptCall, ReceiptError, Receipts};
pub use registry::Messengers;
pub use sender::SenderError;
pub use status::{Balance, Cause, DeliveryState, Price, Sent, Status};
