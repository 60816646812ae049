//! Sealed, self-contained tokens: rate ids and list cursors.
//!
//! A token carries its own content, encrypted and bound to a purpose, so nothing is written when one
//! is handed out and nothing in it can be read or changed by its bearer.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use super::sealer::{DataKey, open_with, seal_with};
use crate::IdGen;

/// The hub's key for tokens.
#[derive(Clone)]
pub struct TokenKey(DataKey);

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenKey(..)")
    }
}

/// A token that is not one of ours, was changed, or was made for another purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("token is not valid")]
pub struct TokenError;

/// The longest token that is looked at.
const MAX_TOKEN: usize = 4_096;

impl TokenKey {
    /// Over 32 secret bytes.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        TokenKey(Zeroizing::new(key))
    }

    /// Seals `content` for one purpose, e.g. `rate/<merchant>`.
    ///
    /// # Errors
    /// Content that cannot be written as JSON.
    pub fn seal<T: Serialize>(&self, purpose: &str, content: &T, ids: &dyn IdGen) -> Result<String, TokenError> {
        let plain = serde_json::to_vec(content).map_err(|_| TokenError)?;
        let mut nonce = [0u8; 12];
        ids.fill(&mut nonce);
        let mut token = nonce.to_vec();
        token.extend(seal_with(&self.0, &nonce, purpose.as_bytes(), &plain).map_err(|_| TokenError)?);
        Ok(B64.encode(token))
    }

    /// Opens a token made for the same purpose.
    ///
    /// # Errors
    /// [`TokenError`] for anything else.
    pub fn open<T: DeserializeOwned>(&self, purpose: &str, token: &str) -> Result<T, TokenError> {
        if token.len() > MAX_TOKEN {
            return Err(TokenError);
        }
        let bytes = B64.decode(token).map_err(|_| TokenError)?;
        let (nonce, text) = bytes.split_first_chunk::<12>().ok_or(TokenError)?;
        let plain = open_with(&self.0, nonce, purpose.as_bytes(), text).map_err(|_| TokenError)?;
        serde_json::from_slice(&plain).map_err(|_| TokenError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededIds;

    #[test]
    fn opens_only_for_its_purpose_and_key() {
        let key = TokenKey::new([7; 32]);
        let token = key.seal("rate/demo", &("pishtaz", 164_000), &SeededIds::new(3)).unwrap();
        assert_eq!(key.open::<(String, i64)>("rate/demo", &token), Ok(("pishtaz".into(), 164_000)));
        assert_eq!(key.open::<(String, i64)>("rate/other", &token), Err(TokenError));
        assert_eq!(TokenKey::new([8; 32]).open::<(String, i64)>("rate/demo", &token), Err(TokenError));
        assert_eq!(key.open::<(String, i64)>("rate/demo", &"A".repeat(9_999)), Err(TokenError));
        assert_eq!(key.open::<(String, i64)>("rate/demo", ""), Err(TokenError));
    }
}
