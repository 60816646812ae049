//! Adapters over real sockets against the simulators, which were written from the protocols alone.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, like the tests")]
