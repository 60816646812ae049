//! Sealing and opening.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as B64;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::IdGen;

/// 32 bytes that encrypt one secret; wiped when dropped.
pub type DataKey = Zeroizing<[u8; 32]>;

/// What a sealed text is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context<'a> {
    /// Whose secret.
    pub owner: &'a str,
    /// What for, e.g. `carrier-account/acc_1`.
    pub purpose: &'a str,
}

impl Context<'_> {
    fn bytes(&self) -> Vec<u8> {
        format!("{}\0{}", self.owner, self.purpose).into_bytes()
    }
}

/// A sealed text as it is stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(String);

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealed(..)")
    }
}

/// Why a secret could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The key service did not answer; trying again may help.
    #[error("key service: {0}")]
    Keys(String),
    /// The text is not one of ours, was changed, or belongs to another owner or purpose.
    #[error("sealed text does not open")]
    Broken,
}

/// Makes and unwraps data keys.
#[async_trait::async_trait]
pub trait KeyWrapper: Send + Sync + std::fmt::Debug {
    /// A new data key and its wrapped form.
    async fn generate(&self, context: Context<'_>) -> Result<(DataKey, Vec<u8>), SealError>;
    /// The data key of a wrapped form.
    async fn unwrap_key(&self, context: Context<'_>, wrapped: &[u8]) -> Result<DataKey, SealError>;
}

/// Seals and opens secrets.
#[derive(Clone)]
pub struct Sealer {
    keys: Arc<dyn KeyWrapper>,
    ids: Arc<dyn IdGen>,
    unwrapped: Arc<Mutex<HashMap<Vec<u8>, DataKey>>>,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealer").field("keys", &self.keys).finish_non_exhaustive()
    }
}

/// Unwrapped keys kept in a warm container.
const CACHED_KEYS: usize = 1_000;

impl Sealer {
    /// Over a source of data keys.
    #[must_use]
    pub fn new(keys: Arc<dyn KeyWrapper>, ids: Arc<dyn IdGen>) -> Self {
        Sealer { keys, ids, unwrapped: Arc::default() }
    }

    /// Seals `plaintext` for this owner and purpose.
    ///
    /// # Errors
    /// The key service did not answer.
    pub async fn seal(&self, context: Context<'_>, plaintext: &[u8]) -> Result<Sealed, SealError> {
        let (key, wrapped) = self.keys.generate(context).await?;
        let mut nonce = [0u8; 12];
        self.ids.fill(&mut nonce);
        let sealed = seal_with(&key, &nonce, &context.bytes(), plaintext)?;
        Ok(Sealed(format!("v1.{}.{}.{}", B64.encode(wrapped), B64.encode(nonce), B64.encode(sealed))))
    }

    /// Opens a sealed text.
    ///
    /// # Errors
    /// The key service did not answer, or the text is not of this owner and purpose.
    pub async fn open(&self, context: Context<'_>, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let mut parts = sealed.0.split('.');
        let (Some("v1"), Some(wrapped), Some(nonce), Some(text), None) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(SealError::Broken);
        };
        let wrapped = B64.decode(wrapped).map_err(|_| SealError::Broken)?;
        let nonce: [u8; 12] =
            B64.decode(nonce).ok().and_then(|n| n.try_into().ok()).ok_or(SealError::Broken)?;
        let text = B64.decode(text).map_err(|_| SealError::Broken)?;
        let key = self.data_key(context, &wrapped).await?;
        open_with(&key, &nonce, &context.bytes(), &text)
    }

    async fn data_key(&self, context: Context<'_>, wrapped: &[u8]) -> Result<DataKey, SealError> {
        if let Some(key) = self.cache().get(wrapped) {
            return Ok(key.clone());
        }
        let key = self.keys.unwrap_key(context, wrapped).await?;
        let mut cache = self.cache();
        if cache.len() >= CACHED_KEYS {
            cache.clear();
        }
        cache.insert(wrapped.to_vec(), key.clone());
        Ok(key)
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, HashMap<Vec<u8>, DataKey>> {
        self.unwrapped.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

pub(super) fn seal_with(
    key: &DataKey,
    nonce: &[u8; 12],
    aad: &[u8],
    text: &[u8],
) -> Result<Vec<u8>, SealError> {
    let cipher = Aes256Gcm::new((&**key).into());
    cipher.encrypt(&Nonce::from(*nonce), Payload { msg: text, aad }).map_err(|_| SealError::Broken)
}

pub(super) fn open_with(
    key: &DataKey,
    nonce: &[u8; 12],
    aad: &[u8],
    text: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let cipher = Aes256Gcm::new((&**key).into());
    let plain =
        cipher.decrypt(&Nonce::from(*nonce), Payload { msg: text, aad }).map_err(|_| SealError::Broken)?;
    Ok(Zeroizing::new(plain))
}
