//! `cargo run`: the whole hub in one process.
//!
//! The same functions as in AWS, wired by the same `template.yaml`, over an embedded DynamoDB and an
//! embedded queue; simulators of the outside; simulated time; and a control surface for tests and for
//! trying things out.

mod caller;
pub mod cli;
pub mod clock;
mod control;
mod demo;
mod environment;
pub mod functions;
pub mod home;
mod probe;
mod ready;
mod replay;
pub mod runner;
mod seed;
mod simulators;
pub mod start;
mod start_page;
pub mod template;
pub mod time_owner;
