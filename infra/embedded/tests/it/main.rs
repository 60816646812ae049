//! The AWS SDK's clients against the engines in this process.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, like the tests")]

mod dynamodb;
mod faults;
mod sqs;
