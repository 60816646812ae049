//! SQS inside the process.
