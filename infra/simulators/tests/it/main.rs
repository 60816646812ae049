//! The simulators over real sockets.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod cuts;
mod durability;
mod eshop;
mod faults;
mod journeys;
mod korea_gateway;
mod korea_portal;
mod late;
mod posts;
mod rest;
mod russian_batch;
mod russian_single;
mod scans;
mod support;
mod surface;
mod tracking;
mod webhooks;
