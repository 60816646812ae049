//! Postal operators behind one [`Carrier`] trait and one [`Tracker`] trait, honest about their
//! differences.
//!
//! Adapters are stateless, speak the operator's real wire (`wire.rs`, `map.rs`, `client.rs`), classify
//! each failure once, and never touch storage: ids that must outlive a call go through
//! [`References`], which the caller backs with the table.

pub mod account;
mod capabilities;
pub mod carrier;
pub mod consignment;
mod errors;
mod finish;
pub mod iran_post;
pub mod korea_post;
pub mod our_id;
pub mod outcome;
mod registry;
pub mod russian_post;
#[cfg(test)]
mod scripted;
pub mod tracker;
mod wire_time;

pub use account::{Account, CredentialField, Credentials, KoreaPostSettings, RussianPostSettings};
pub use capabilities::{Capabilities, ClientId, QuoteSource, Support, capabilities};
pub use carrier::{Carrier, OperatorRate, Prepared, References};
pub use consignment::{Consignee, Consignment, Quote, QuoteDestination, Stuff};
pub use our_id::OurId;
pub use outcome::{
    CallOutcome, Label, LookUpOutcome, OperatorError, ProbeReport, RefusalKind, Registered, SenderPlace,
    Surplus,
};
pub use registry::{Carriers, Trackers};
pub use tracker::{Access, Ticket, TicketAnswer, TrackOutcome, Tracker, Way};
