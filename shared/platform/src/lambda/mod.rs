//! Lambda glue: the same handlers serve HTTP, SQS and schedules in AWS and in the local runner.

mod invocation;
mod run;
mod sqs;
mod web;

pub use invocation::Invocation;
pub use run::{run_http, run_http_and_sqs, run_schedule, run_sqs, run_sqs_and_schedule};
pub use sqs::{QueueMessage, Verdict, process_batch};
pub use web::harden;
