//! The hub through its HTTP API and queues, with simulated time and operators on sockets.

mod bad_input;
mod contract;
mod crashes;
mod enrolment;
mod idempotency;
mod keys;
mod lost_answers;
mod orders;
mod rates;
mod releases;
mod reviews;
mod sending;
mod store_faults;
mod tenancy;
mod tracking;
mod tracking_costs;
mod tracking_journeys;
mod tracking_paces;
mod units;
mod webhooks;
