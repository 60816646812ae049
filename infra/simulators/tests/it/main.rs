//! The simulators over real sockets.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod cuts;
mod durability;
mod eshop;
mod faults;
mod late;
mod rest;
mod support;
mod surface;
mod tracking;
mod webhooks;
