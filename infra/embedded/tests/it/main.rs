//! The AWS SDK's clients against the engines in this process.

mod dynamodb;
mod faults;
mod sqs;
