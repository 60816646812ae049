//! Data keys wrapped by AWS KMS.

use aws_sdk_kms::Client;
use aws_sdk_kms::error::DisplayErrorContext;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::DataKeySpec;
use zeroize::Zeroizing;

use super::sealer::{Context, DataKey, KeyWrapper, SealError};

/// Wraps data keys with a KMS key; owner and purpose are the encryption context, so the key's audit
/// trail says whose secret was opened.
#[derive(Debug, Clone)]
pub struct KmsKey {
    client: Client,
    key_id: String,
}

impl KmsKey {
    /// Over a KMS key id, alias or ARN.
    #[must_use]
    pub fn new(client: Client, key_id: impl Into<String>) -> Self {
        KmsKey { client, key_id: key_id.into() }
    }
}

fn key_from(plain: Option<Blob>) -> Result<DataKey, SealError> {
    let bytes = Zeroizing::new(plain.map(Blob::into_inner).unwrap_or_default());
    let key: [u8; 32] =
        bytes.as_slice().try_into().map_err(|_| SealError::Keys("key of wrong length".into()))?;
    Ok(Zeroizing::new(key))
}

#[async_trait::async_trait]
impl KeyWrapper for KmsKey {
    async fn generate(&self, context: Context<'_>) -> Result<(DataKey, Vec<u8>), SealError> {
        let answer = self
            .client
            .generate_data_key()
            .key_id(&self.key_id)
            .key_spec(DataKeySpec::Aes256)
            .encryption_context("owner", context.owner)
            .encryption_context("purpose", context.purpose)
            .send()
            .await
            .map_err(|e| SealError::Keys(DisplayErrorContext(e).to_string()))?;
        let wrapped = answer.ciphertext_blob.map(Blob::into_inner).unwrap_or_default();
        Ok((key_from(answer.plaintext)?, wrapped))
    }

    async fn unwrap_key(&self, context: Context<'_>, wrapped: &[u8]) -> Result<DataKey, SealError> {
        let answer = self
            .client
            .decrypt()
            .key_id(&self.key_id)
            .ciphertext_blob(Blob::new(wrapped))
            .encryption_context("owner", context.owner)
            .encryption_context("purpose", context.purpose)
            .send()
            .await;
        match answer {
            Ok(answer) => key_from(answer.plaintext),
            Err(error) => match error.as_service_error() {
                Some(e) if e.is_invalid_ciphertext_exception() => Err(SealError::Broken),
                _ => Err(SealError::Keys(DisplayErrorContext(error).to_string())),
            },
        }
    }
}
