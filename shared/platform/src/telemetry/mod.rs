//! Logs, metrics and trace context.

mod logging;
mod metrics;
mod trace;

pub use logging::init_logging;
pub use metrics::{Metric, MetricSink, Metrics, Unit};
pub use trace::TraceContext;
