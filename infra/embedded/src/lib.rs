//! DynamoDB and SQS inside the process.
//!
//! The AWS SDK clients are the same as in the cloud; only their HTTP connector differs: instead of
//! opening a socket it hands the request to an engine in this process. DynamoDB is the `dynoxide`
//! engine on a thread of its own, SQS is a durable queue in a SQLite file. Both account what AWS would
//! bill, per flow ([`Usage`]).
//!
//! The engine takes one request at a time and never shows stale reads, conflicts or throttling;
//! [`dynamodb::FaultyDynamo`] does.

mod connector;
pub mod dynamodb;
mod meter;
pub mod sqs;
mod usage;

pub use connector::{Answer, Connector, Service};
pub use meter::metered;
pub use usage::{FlowUsage, Usage};
