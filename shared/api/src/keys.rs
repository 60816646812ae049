//! The text form of API keys: `yam_<merchant>_<key id>_<secret>`.
//!
//! Merchant and key id are in the text, so a key is found with one read and no hub-wide index.

use yam_domain::ids::MerchantId;
use yam_platform::IdGen;
use yam_store::idempotency::sha256_hex;

/// A parsed key.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyText {
    /// Whose.
    pub merchant: MerchantId,
    /// Public part.
    pub id: String,
    /// SHA-256 of the secret part.
    pub secret_sha256: String,
}

impl std::fmt::Debug for KeyText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyText({}/{})", self.merchant, self.id)
    }
}

const MAX_TEXT: usize = 200;

impl KeyText {
    /// Reads a key; `None` for anything that cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_TEXT {
            return None;
        }
        let mut parts = text.splitn(4, '_');
        let ("yam", merchant, id, secret) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?)
        else {
            return None;
        };
        let good =
            |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !good(id) || !good(secret) {
            return None;
        }
        Some(KeyText {
            merchant: MerchantId::parse(merchant).ok()?,
            id: id.to_owned(),
            secret_sha256: sha256_hex(secret.as_bytes()),
        })
    }
}

/// A key just made; the text is shown once and never stored.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Public part.
    pub id: String,
    /// The whole key.
    pub text: String,
    /// SHA-256 of the secret part.
    pub secret_sha256: String,
}

impl NewKey {
    /// Makes a key of a merchant.
    #[must_use]
    pub fn make(merchant: &MerchantId, ids: &dyn IdGen) -> Self {
        let id = format!("{:012x}", ids.number() >> 16);
        let secret = ids.token(32);
        let secret_sha256 = sha256_hex(secret.as_bytes());
        NewKey { text: format!("yam_{merchant}_{id}_{secret}"), id, secret_sha256 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yam_platform::SeededIds;

    #[test]
    fn a_made_key_parses_and_others_do_not() {
        let demo = MerchantId::parse("demo-ir").unwrap();
        let ids = SeededIds::new(5);
        for _ in 0..100 {
            let key = NewKey::make(&demo, &ids);
            let parsed = KeyText::parse(&key.text).unwrap();
            assert_eq!(
                (parsed.merchant, parsed.id, parsed.secret_sha256),
                (demo.clone(), key.id, key.secret_sha256)
            );
        }
        for text in [
            "",
            "yam",
            "yam_demo",
            "yam_demo_1_",
            "yam__1_x",
            "sk_demo_1_x",
            "yam_DEMO_1_x",
            "yam_demo_1_x y",
        ] {
            assert_eq!(KeyText::parse(text), None, "{text}");
        }
        assert_eq!(KeyText::parse(&format!("yam_demo_1_{}", "x".repeat(500))), None);
    }
}
