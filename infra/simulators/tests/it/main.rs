//! The simulators over real sockets.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod cuts;
mod durability;
mod eshop;
mod faults;
mod gateways;
mod journeys;
mod korea_gateway;
mod korea_portal;
mod korea_ship;
mod late;
mod messengers;
mod otpravka_batches;
mod otpravka_orders;
mod posts;
mod rest;
mod russian_batch;
mod russian_single;
mod russian_tariff;
mod scans;
/// The cipher that clients need too.
#[path = "../../src/korea_post/ship/seed.rs"]
mod seed;
mod sending;
mod ship;
mod support;
mod surface;
mod tracking;
mod webhooks;
