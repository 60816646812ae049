//! Data keys wrapped by a key file, for hubs outside AWS.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::sealer::{Context, DataKey, KeyWrapper, SealError, open_with, seal_with};
use crate::IdGen;

/// Wraps data keys with a master key from a file.
pub struct FileKey {
    master: DataKey,
    ids: Arc<dyn IdGen>,
}

impl std::fmt::Debug for FileKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FileKey(..)")
    }
}

const AAD: &[u8] = b"yam data key";

impl FileKey {
    /// Over a master key.
    #[must_use]
    pub fn new(master: [u8; 32], ids: Arc<dyn IdGen>) -> Self {
        FileKey { master: Zeroizing::new(master), ids }
    }

    /// Reads the master key from `path`.
    ///
    /// # Errors
    /// The file cannot be read or does not hold exactly 32 bytes.
    pub fn read(path: &std::path::Path, ids: Arc<dyn IdGen>) -> Result<Self, SealError> {
        let bytes = std::fs::read(path).map_err(|e| SealError::Keys(format!("{}: {e}", path.display())))?;
        let master: [u8; 32] = bytes
            .try_into()
            .map_err(|_| SealError::Keys(format!("{}: must hold exactly 32 bytes", path.display())))?;
        Ok(FileKey::new(master, ids))
    }
}

#[async_trait::async_trait]
impl KeyWrapper for FileKey {
    async fn generate(&self, _context: Context<'_>) -> Result<(DataKey, Vec<u8>), SealError> {
        let mut key = Zeroizing::new([0u8; 32]);
        self.ids.fill(&mut *key);
        let mut nonce = [0u8; 12];
        self.ids.fill(&mut nonce);
        let mut wrapped = nonce.to_vec();
        wrapped.extend(seal_with(&self.master, &nonce, AAD, &*key)?);
        Ok((key, wrapped))
    }

    async fn unwrap_key(&self, _context: Context<'_>, wrapped: &[u8]) -> Result<DataKey, SealError> {
        let (nonce, text) = wrapped.split_first_chunk::<12>().ok_or(SealError::Broken)?;
        let plain = open_with(&self.master, nonce, AAD, text)?;
        let key: [u8; 32] = plain.as_slice().try_into().map_err(|_| SealError::Broken)?;
        Ok(Zeroizing::new(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SeededIds, secrets::Sealer};

    fn sealer(master: u8) -> Sealer {
        let ids: Arc<dyn IdGen> = Arc::new(SeededIds::new(1));
        Sealer::new(Arc::new(FileKey::new([master; 32], ids.clone())), ids)
    }

    const A: Context<'_> = Context { owner: "demo", purpose: "carrier-account/1" };

    #[tokio::test]
    async fn opens_for_its_owner_and_purpose_only() {
        let sealed = sealer(1).seal(A, b"demo-pass").await.unwrap();
        assert!(!serde_json::to_string(&sealed).unwrap().contains("demo-pass"));
        assert_eq!(&**sealer(1).open(A, &sealed).await.unwrap(), b"demo-pass");
        for other in [Context { owner: "demo2", ..A }, Context { purpose: "carrier-account/2", ..A }] {
            assert!(matches!(sealer(1).open(other, &sealed).await, Err(SealError::Broken)));
        }
        assert!(matches!(sealer(2).open(A, &sealed).await, Err(SealError::Broken)), "another hub's key");
    }

    #[tokio::test]
    async fn a_changed_byte_anywhere_is_refused() {
        let sealed = serde_json::to_string(&sealer(1).seal(A, b"secret").await.unwrap()).unwrap();
        for i in 1..sealed.len() - 1 {
            let mut bytes = sealed.clone().into_bytes();
            bytes[i] = if bytes[i] == b'A' { b'B' } else { b'A' };
            let changed: super::super::Sealed = serde_json::from_slice(&bytes).unwrap();
            if bytes != sealed.as_bytes() {
                assert!(sealer(1).open(A, &changed).await.is_err(), "byte {i}");
            }
        }
    }
}
