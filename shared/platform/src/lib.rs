//! What every function of Yam stands on: configuration, secrets, clients, telemetry, problem+json,
//! Lambda glue, the clock and ids.
//!
//! Nothing here knows an operator, a shop platform or the table's layout.

pub mod aws;
mod clock;
pub mod config;
pub mod http;
mod hub;
mod ids;
pub mod lambda;
pub mod problem;
pub mod queue;
pub mod secrets;
pub mod telemetry;
pub mod xml;

/// The allocator of every function and of the local runner.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub use clock::{Clock, ManualClock, SystemClock};
pub use config::Config;
pub use hub::Platform;
pub use ids::{IdGen, SeededIds, SystemIds};
pub use problem::Problem;
