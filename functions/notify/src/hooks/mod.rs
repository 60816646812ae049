//! What comes in by HTTP: providers' receipts, and people who want to hear no more.

mod inbound;
mod leave;
mod receive;
mod take;

pub(crate) use leave::{ask, leave};
pub(crate) use receive::{not_found, receive};
