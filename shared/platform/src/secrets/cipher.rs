//! A key at work: seals content for one purpose.
//!
//! Used with a merchant's data key for buyers' data and credentials in the table, and for tokens that
//! carry their own content (rate ids, list cursors): nothing is written when one is handed out, and
//! nothing in it can be read or changed by its bearer.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Serialize, de::DeserializeOwned};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::sealer::{DataKey, open_with, seal_with};
use crate::IdGen;

/// A key that seals and opens.
#[derive(Clone)]
pub struct Cipher(DataKey);

impl std::fmt::Debug for Cipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cipher(..)")
    }
}

/// A text that is not one of ours, was changed, or was made for another purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sealed text is not valid")]
pub struct CipherError;

/// The longest text that is looked at.
const MAX_TEXT: usize = 64 * 1024;

impl Cipher {
    /// Over 32 secret bytes.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Cipher(Zeroizing::new(key))
    }

    /// Seals `content` for one purpose, e.g. `rate/<merchant>`.
    ///
    /// # Errors
    /// Content that cannot be written as JSON.
    pub fn seal<T: Serialize>(
        &self,
        purpose: &str,
        content: &T,
        ids: &dyn IdGen,
    ) -> Result<String, CipherError> {
        let plain = serde_json::to_vec(content).map_err(|_| CipherError)?;
        Ok(B64.encode(self.seal_bytes(purpose, &plain, ids)?))
    }

    /// Seals bytes for one purpose; 28 more come out than go in.
    ///
    /// # Errors
    /// More bytes than the cipher takes at once.
    pub fn seal_bytes(&self, purpose: &str, plain: &[u8], ids: &dyn IdGen) -> Result<Vec<u8>, CipherError> {
        let mut nonce = [0u8; 12];
        ids.fill(&mut nonce);
        let mut sealed = nonce.to_vec();
        sealed.extend(seal_with(&self.0, &nonce, purpose.as_bytes(), plain).map_err(|_| CipherError)?);
        Ok(sealed)
    }

    /// A keyed hash of a text for one purpose: finds a text again that is kept nowhere. 128 bits.
    #[must_use]
    pub fn fingerprint(&self, purpose: &str, text: &str) -> String {
        let mut block = Zeroizing::new([0u8; 64]);
        let (key, _padding) = block.split_at_mut(self.0.len());
        key.copy_from_slice(self.0.as_slice());
        let mut mac = Hmac::<Sha256>::new((&*block).into());
        mac.update(b"fingerprint\0");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        let tag = mac.finalize().into_bytes();
        B64.encode(tag.get(..16).unwrap_or(&tag))
    }

    /// Opens a text made for the same purpose.
    ///
    /// # Errors
    /// [`CipherError`] for anything else.
    pub fn open<T: DeserializeOwned>(&self, purpose: &str, token: &str) -> Result<T, CipherError> {
        if token.len() > MAX_TEXT {
            return Err(CipherError);
        }
        let bytes = B64.decode(token).map_err(|_| CipherError)?;
        let plain = self.open_bytes(purpose, &bytes)?;
        serde_json::from_slice(&plain).map_err(|_| CipherError)
    }

    /// Opens bytes sealed for the same purpose.
    ///
    /// # Errors
    /// [`CipherError`] for anything else.
    pub fn open_bytes(&self, purpose: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CipherError> {
        let (nonce, text) = sealed.split_first_chunk::<12>().ok_or(CipherError)?;
        open_with(&self.0, nonce, purpose.as_bytes(), text).map_err(|_| CipherError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededIds;

    #[test]
    fn opens_only_for_its_purpose_and_key() {
        let key = Cipher::new([7; 32]);
        let token = key.seal("rate/demo", &("pishtaz", 164_000), &SeededIds::new(3)).unwrap();
        assert_eq!(key.open::<(String, i64)>("rate/demo", &token), Ok(("pishtaz".into(), 164_000)));
        assert_eq!(key.open::<(String, i64)>("rate/other", &token), Err(CipherError));
        assert_eq!(Cipher::new([8; 32]).open::<(String, i64)>("rate/demo", &token), Err(CipherError));
        assert_eq!(key.open::<(String, i64)>("rate/demo", &"A".repeat(99_999)), Err(CipherError));
        assert_eq!(key.open::<(String, i64)>("rate/demo", ""), Err(CipherError));
    }

    #[test]
    fn a_fingerprint_depends_on_key_purpose_and_text() {
        let key = Cipher::new([7; 32]);
        let print = key.fingerprint("a", "bc");
        assert_eq!((print.as_str(), print.len()), (key.fingerprint("a", "bc").as_str(), 22));
        for other in [
            key.fingerprint("ab", "c"),
            key.fingerprint("a", "bd"),
            Cipher::new([8; 32]).fingerprint("a", "bc"),
        ] {
            assert_ne!(print, other);
        }
    }
}
