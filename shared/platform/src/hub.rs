//! Everything a function is given, in one place.

use std::sync::Arc;

use aws_config::SdkConfig;

use crate::http::EffectClient;
use crate::queue::QueueClient;
use crate::secrets::{Context, DataKey, FileKey, KeyWrapper, KmsKey, SealError, Sealer};
use crate::telemetry::Metrics;
use crate::{Clock, Config, IdGen, SystemClock, SystemIds};

/// The clients and injected sources of one function. Cheap to clone; building it opens no socket.
#[derive(Debug, Clone)]
pub struct Platform {
    /// Settings.
    pub config: Arc<Config>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids and randomness.
    pub ids: Arc<dyn IdGen>,
    /// Calls to the outside.
    pub http: EffectClient,
    /// Secrets at rest.
    pub sealer: Sealer,
    /// The table's client.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// The queues.
    pub queues: QueueClient,
    /// Figures.
    pub metrics: Metrics,
    /// Region, role and way out of clients that single functions make for themselves (SNS, SES).
    pub sdk: Arc<SdkConfig>,
}

impl Platform {
    /// For a Lambda: everything from the process environment.
    ///
    /// # Errors
    /// A setting that cannot be used, so that a bad deployment fails at start and not at its first
    /// request.
    pub fn from_env(service: &str) -> Result<Self, crate::config::ConfigError> {
        crate::telemetry::init_logging();
        let config = Config::from_env()?;
        let sdk = crate::aws::from_environment();
        Ok(Self::new(config, &sdk, Arc::new(SystemClock), Arc::new(SystemIds), Metrics::stdout(service)))
    }

    /// From given parts: what the local runner and the tests use.
    #[must_use]
    pub fn new(
        config: Config,
        sdk: &SdkConfig,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdGen>,
        metrics: Metrics,
    ) -> Self {
        let keys = key_wrapper(&config, sdk, &ids);
        Platform {
            http: EffectClient::new(&config),
            sealer: Sealer::new(keys, ids.clone()),
            dynamodb: aws_sdk_dynamodb::Client::new(sdk),
            queues: QueueClient::new(aws_sdk_sqs::Client::new(sdk), &config),
            config: Arc::new(config),
            clock,
            ids,
            metrics,
            sdk: Arc::new(sdk.clone()),
        }
    }
}

fn key_wrapper(config: &Config, sdk: &SdkConfig, ids: &Arc<dyn IdGen>) -> Arc<dyn KeyWrapper> {
    if let Some(key_id) = config.optional("YAM_KMS_KEY_ID") {
        return Arc::new(KmsKey::new(aws_sdk_kms::Client::new(sdk), key_id));
    }
    let path = config.optional("YAM_KEY_FILE");
    match path.map(|path| FileKey::read(std::path::Path::new(path), ids.clone())) {
        Some(Ok(key)) => Arc::new(key),
        Some(Err(error)) => Arc::new(NoKey(error.to_string())),
        None => Arc::new(NoKey("set YAM_KMS_KEY_ID or YAM_KEY_FILE".into())),
    }
}

/// Stands in when no key is configured: a function that needs no secret still works.
#[derive(Debug)]
struct NoKey(String);

#[async_trait::async_trait]
impl KeyWrapper for NoKey {
    async fn generate(&self, _: Context<'_>) -> Result<(DataKey, Vec<u8>), SealError> {
        Err(SealError::Keys(self.0.clone()))
    }

    async fn unwrap_key(&self, _: Context<'_>, _: &[u8]) -> Result<DataKey, SealError> {
        Err(SealError::Keys(self.0.clone()))
    }
}
