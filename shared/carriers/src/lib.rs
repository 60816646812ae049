//! Postal operators behind one [`Carrier`] trait, honest about their differences.
//!
//! Adapters are stateless, speak the operator's real wire (`wire.rs`, `map.rs`, `client.rs`), classify
//! each failure once, and never touch storage: ids that must outlive a call go through
//! [`References`], which the caller backs with the table.

pub mod account;
pub mod carrier;
pub mod consignment;
pub mod iran_post;
pub mod outcome;
mod registry;

pub use account::{Account, Credentials};
pub use carrier::{Capabilities, Carrier, ClientId, OperatorRate, Prepared, References, Support};
pub use consignment::{Consignee, Consignment, Quote, QuoteDestination, Stuff};
pub use outcome::{CallOutcome, LookUpOutcome, OperatorError, ProbeReport, RefusalKind, Registered};
pub use registry::Carriers;
