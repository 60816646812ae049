//! AWS clients with time-outs and retries stated, not inherited.

mod connection;

use std::time::Duration;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

pub use connection::{http_client, never_connected};

/// What a function in Lambda is given: region, credentials and, in an emulator, the address come from the
/// environment and from nowhere else. The chain of profiles, STS and instance metadata is left out on purpose:
/// it is a tenth of a function's code, and none of it is used there (docs/figures.md).
///
/// The retries are for calls whose repetition is harmless: DynamoDB writes are conditional, queue messages
/// hold only keys, KMS calls change nothing. A client whose call is itself an effect (SNS, SES) must be
/// built with [`one_attempt`].
#[must_use]
pub fn from_environment() -> SdkConfig {
    let set = |name| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(set("AWS_REGION").or_else(|| set("AWS_DEFAULT_REGION")).map(Region::new))
        .credentials_provider(SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new()))
        .timeout_config(timeouts())
        .retry_config(retries())
        .http_client(http_client());
    config.set_endpoint_url(set("AWS_ENDPOINT_URL"));
    config.build()
}

/// Retries of calls whose repetition is harmless.
#[must_use]
pub fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(50))
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
