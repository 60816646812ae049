//! Signatures: fields joined by colons, hashed with the algorithm of the cabinet (gateway notes,
//! section 6.1), and the token of refunds.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::Md5;
use sha2::{Digest, Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq as _;

use crate::account::HashKind;

/// The hash of parts joined by colons, lower-case hex.
pub(super) fn sign(kind: HashKind, parts: &[&str]) -> String {
    let text = parts.join(":");
    match kind {
        HashKind::Md5 => hex(&Md5::digest(text.as_bytes())),
        HashKind::Sha256 => hex(&Sha256::digest(text.as_bytes())),
        HashKind::Sha384 => hex(&Sha384::digest(text.as_bytes())),
        HashKind::Sha512 => hex(&Sha512::digest(text.as_bytes())),
    }
}

/// Whether a signature fits, in any case of hex digits and in constant time.
pub(super) fn fits(kind: HashKind, parts: &[&str], signature: &str) -> bool {
    let expected = sign(kind, parts);
    expected.as_bytes().ct_eq(signature.trim().to_ascii_lowercase().as_bytes()).into()
}

/// A JSON web token, HS256.
pub(super) fn token(payload: &serde_json::Value, password: &str) -> String {
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let body = format!("{}.{}", encode(r#"{"alg":"HS256","typ":"JWT"}"#), encode(&payload.to_string()));
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(password.as_bytes()) else { return String::new() };
    mac.update(body.as_bytes());
    format!("{body}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_of_the_notes() {
        let start = ["demo", "100.00", "450001", "pass1_demo"];
        assert_eq!(sign(HashKind::Md5, &start), "80d6d1f1810226c07292713149fb42d3");
        assert_eq!(
            sign(HashKind::Sha256, &start),
            "3d19c19c374dd0afd5a07f53bfdbbf5bdc97923839f6252c1e0d656a57633b21"
        );
        let with_own = ["demo", "100.00", "450001", "pass1_demo", "Shp_link=lk42", "Shp_user=7"];
        assert_eq!(sign(HashKind::Md5, &with_own), "7875d73ce788cfb1cb06f6ad1567667f");
        let result = ["100.000000", "450001", "pass2_demo", "Shp_link=lk42", "Shp_user=7"];
        assert_eq!(sign(HashKind::Md5, &result), "41b1c823b1eb157ec1c95cad2d142334");
        assert_eq!(
            sign(HashKind::Sha256, &result),
            "e98d71f2a4e62976a4d9e832cb7cda0ab0fed94b31569308aaff8c41cceaed23"
        );
        let success = ["100.00", "450001", "pass1_demo", "Shp_link=lk42", "Shp_user=7"];
        assert_eq!(sign(HashKind::Md5, &success), "dae34a6b4230ae20240d206f2cfae75c");
        let state = ["demo", "450001", "pass2_demo"];
        assert_eq!(sign(HashKind::Md5, &state), "534a0d76acc9ca105a75528330a27517");
        let corrected = ["demo", "1932809606", "secret_p2"];
        assert_eq!(sign(HashKind::Md5, &corrected), "f834719ec0af5fd1a375dc22e23da35e");
    }

    #[test]
    fn signatures_fit_in_any_case_and_only_whole() {
        let parts = ["100.000000", "450001", "pass2_demo"];
        for kind in [HashKind::Md5, HashKind::Sha256, HashKind::Sha384, HashKind::Sha512] {
            let made = sign(kind, &parts);
            assert!(fits(kind, &parts, &made) && fits(kind, &parts, &made.to_uppercase()));
            assert!(!fits(kind, &parts, &made[1..]) && !fits(kind, &parts, ""));
            assert!(!fits(kind, &["1.000000", "450001", "pass2_demo"], &made));
        }
    }

    #[test]
    fn tokens_are_signed_with_hs256() {
        // The payload, key and signature of RFC 7515 cannot be used here: its header has a line break.
        let token = token(&serde_json::json!({"a": 1}), "key");
        let parts: Vec<&str> = token.split('.').collect();
        assert_eq!(parts[..2], ["eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "eyJhIjoxfQ"]);
        assert_eq!(parts[2].len(), 43);
    }
}
