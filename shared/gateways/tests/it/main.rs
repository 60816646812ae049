//! Adapters over real sockets against small scripted servers.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, like the tests")]

mod faults;
mod iran;
mod rubles_and_won;
mod scenes;
mod server;
