//! Structured logs: one JSON object a line.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

/// Starts JSON logs on stderr (Lambda captures both streams). The level follows `AWS_LAMBDA_LOG_LEVEL`,
/// then `RUST_LOG`, then `info`. Calling it twice is harmless.
pub fn init_logging() {
    let level = std::env::var("AWS_LAMBDA_LOG_LEVEL").ok().or_else(|| std::env::var("RUST_LOG").ok());
    // The SDK and HTTP stack log bodies and headers at their lower levels: keep those out for good.
    let directives = format!(
        "{},aws_smithy=warn,aws_config=warn,aws_sdk=warn,hyper=warn,reqwest=warn,rustls=warn",
        level.as_deref().unwrap_or("info").to_ascii_lowercase()
    );
    let filter = EnvFilter::try_new(directives).unwrap_or_else(|_| EnvFilter::new("info"));
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_span_events(FmtSpan::NONE)
        .with_writer(std::io::stderr)
        .with_env_filter(filter)
        .finish();
    let _already_set = tracing::subscriber::set_global_default(subscriber);
}
