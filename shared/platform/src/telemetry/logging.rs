//! Structured logs: one JSON object a line.

use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt as _;

/// Starts JSON logs on stderr (Lambda captures both streams). The level follows `AWS_LAMBDA_LOG_LEVEL`,
/// then `RUST_LOG` (`target=level` pairs, no span filters: those would bring a regular expression engine into
/// every function), then `info`. Calling it twice is harmless.
pub fn init_logging() {
    let level = std::env::var("AWS_LAMBDA_LOG_LEVEL").ok().or_else(|| std::env::var("RUST_LOG").ok());
    // The SDK and HTTP stack log bodies and headers at their lower levels: keep those out for good.
    let directives = format!(
        "{},aws_smithy=warn,aws_config=warn,aws_sdk=warn,hyper=warn,reqwest=warn,rustls=warn",
        level.as_deref().unwrap_or("info").to_ascii_lowercase()
    );
    let filter: Targets =
        directives.parse().unwrap_or_else(|_| Targets::new().with_default(LevelFilter::INFO));
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_span_events(FmtSpan::NONE)
        .with_writer(std::io::stderr);
    let subscriber = tracing_subscriber::registry().with(lines.with_filter(filter));
    let _already_set = tracing::subscriber::set_global_default(subscriber);
}
