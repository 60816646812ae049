//! Signing webhooks by Standard Webhooks 1.0.0 (storefront notes, section 5.1).
//!
//! The signed text is `{id}.{timestamp}.{body}`; during a rotation every secret in force signs, and a
//! receiver accepts any of the signatures.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// A signing secret, `whsec_` and base64.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// A text that is not a signing secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signing secret is whsec_ followed by 24 to 64 bytes in base64")]
pub struct SecretError;

const PREFIX: &str = "whsec_";

impl Secret {
    /// Reads a secret, with or without its prefix.
    ///
    /// # Errors
    /// Not base64, or not 24 to 64 bytes.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let bytes = STANDARD.decode(text.strip_prefix(PREFIX).unwrap_or(text)).map_err(|_| SecretError)?;
        if (24..=64).contains(&bytes.len()) { Ok(Secret(bytes)) } else { Err(SecretError) }
    }

    /// The text of a secret made of random bytes.
    #[must_use]
    pub fn text_of(bytes: &[u8; 32]) -> String {
        format!("{PREFIX}{}", STANDARD.encode(bytes))
    }

    fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> Option<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    }
}

/// The value of `webhook-signature`: one signature per secret, newest first.
#[must_use]
pub fn signatures(secrets: &[Secret], id: &str, timestamp: i64, body: &[u8]) -> String {
    let all: Vec<String> = secrets.iter().filter_map(|s| s.sign(id, timestamp, body)).collect();
    all.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::parse(text).unwrap()
    }

    /// The published vectors of section 5.1.
    #[test]
    fn published_vectors() {
        for (key, id, at, body, expected) in [
            (
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1_614_265_330,
                "{\"test\": 2432232314}",
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            ),
            (
                "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
                "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
                1_649_367_553,
                "{\"email\":\"test@example.com\",\"username\":\"test_user\"}",
                "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
            ),
        ] {
            assert_eq!(signatures(&[secret(key)], id, at, body.as_bytes()), expected);
        }
    }

    /// The rotation example of section 5.1: both secrets sign.
    #[test]
    fn rotation_signs_with_both() {
        let old = secret("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
        let new = secret("whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=");
        let body = br#"{"type":"parcel.status_changed","timestamp":"2025-11-21T09:30:00Z","data":{"parcel_id":"pcl_01HX","status":"delivered"}}"#;
        let both = signatures(&[new, old], "msg_demo0001", 1_763_717_400, body);
        assert_eq!(both.split(' ').count(), 2);
        for expected in [
            "v1,XeFnFX5U735pxT7DcnYBPBigvwENisawvbArARzXsOs=",
            "v1,5mL9dxocRHrgYNRcccFFtvJ+XRdZ/ReFb4c4pO5TiD4=",
        ] {
            assert!(both.contains(expected), "{both}");
        }
    }

    /// An independent verifier accepts what we sign, and nothing else.
    #[test]
    fn an_independent_verifier_agrees() {
        let text = Secret::text_of(&[7; 32]);
        let verifier = standardwebhooks::Webhook::new(&text).unwrap();
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() as i64;
        let body = b"{\"a\":1}";
        let mut headers = http::HeaderMap::new();
        headers.insert("webhook-id", "evt_1".parse().unwrap());
        headers.insert("webhook-timestamp", now.to_string().parse().unwrap());
        let value = signatures(&[secret(&text)], "evt_1", now, body);
        headers.insert("webhook-signature", value.parse().unwrap());
        verifier.verify(body, &headers).unwrap();
        assert!(verifier.verify(b"{\"a\":2}", &headers).is_err());
    }

    #[test]
    fn weak_or_broken_secrets_are_refused() {
        for text in ["", "whsec_", "whsec_c2hvcnQ=", "whsec_!!!"] {
            assert!(Secret::parse(text).is_err(), "{text}");
        }
    }
}
