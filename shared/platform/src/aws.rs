//! AWS clients with time-outs and retries stated, not inherited.

use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

/// Defaults for calls whose repetition is harmless: DynamoDB writes are conditional, queue messages
/// hold only keys, KMS calls change nothing. A client whose call is itself an effect (SNS, SES) must be
/// built with [`one_attempt`].
pub async fn load() -> SdkConfig {
    aws_config::defaults(BehaviorVersion::v2026_01_12())
        .timeout_config(timeouts())
        .retry_config(
            RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(50)),
        )
        .load()
        .await
}

/// Time-outs of one SDK call and each of its attempts.
#[must_use]
pub fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_millis(1_000))
        .operation_attempt_timeout(Duration::from_millis(2_000))
        .operation_timeout(Duration::from_millis(6_000))
        .build()
}

/// The retry rule for sends that are effects: one send per send (reliability notes, section 1 rule 8).
#[must_use]
pub fn one_attempt() -> RetryConfig {
    RetryConfig::disabled()
}
