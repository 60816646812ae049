//! Payment gateways behind one [`PaymentGateway`] trait, honest about their differences.
//!
//! Adapters are stateless, speak the gateway's real wire, classify each answer once (reliability notes,
//! sections 4.5 to 4.8) and never touch storage. What may be done with an answer is decided by
//! `yam_domain::payment`; [`meaning`] translates answers into its events.

pub mod account;
mod answer;
pub mod attempt;
pub mod callback;
pub mod capabilities;
pub mod card;
mod client;
mod decided;
mod decimal;
mod errors;
mod gateway;
pub mod meaning;
pub mod mellat;
mod mobile;
pub mod notice;
pub mod outcome;
mod probe;
mod registry;
pub mod robokassa;
#[cfg(test)]
mod samples;
pub mod sep;
pub mod toss;
pub mod yookassa;
pub mod zarinpal;
pub mod zibal;

pub use account::{Account, AccountSettings, CredentialField, Credentials};
pub use attempt::{Attempt, Inquiry, Payer, Redirect, Refund, Refunded, Reversed, Standing, Start, Started};
pub use attempt::{MoneyTold, Settled, Unverified, Verified};
pub use callback::{Callback, CallbackError, Fields};
pub use capabilities::{Capabilities, LostReturn, RefundSupport};
pub use card::MaskedCard;
pub use gateway::PaymentGateway;
pub use notice::{Authenticity, Notice, NoticeError, NoticeKind};
pub use outcome::{CallOutcome, GatewayError, ProbeReport, RefusalKind};
pub use registry::Gateways;
