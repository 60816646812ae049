//! The `Authorization` header: HMAC-SHA256 of date and salt (notification notes, section 5.5).

use hmac::{Hmac, KeyInit as _, Mac as _};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use sha2::Sha256;

use crate::account::Credentials;
use crate::errors::ours;
use crate::outcome::{CallOutcome, RefusalKind};
use crate::wire_id::hex;

/// ISO 8601 in UTC with milliseconds.
pub(super) fn date(at: Timestamp) -> String {
    format!("{at:.3}")
}

pub(super) fn sign(secret: &str, date: &str, salt: &str) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(date.as_bytes());
    mac.update(salt.as_bytes());
    hex(&mac.finalize().into_bytes())
}

pub(super) fn headers<T>(
    credentials: &Credentials,
    at: Timestamp,
    salt: &str,
) -> Result<HeaderMap, CallOutcome<T>> {
    let (key, date) = (credentials.get("api_key"), date(at));
    let signature = sign(credentials.get("api_secret"), &date, salt);
    let text = format!("HMAC-SHA256 apiKey={key}, date={date}, salt={salt}, signature={signature}");
    let usable = key.bytes().all(|b| b.is_ascii_alphanumeric());
    match HeaderValue::from_str(&text) {
        Ok(mut value) if usable => {
            value.set_sensitive(true);
            Ok(HeaderMap::from_iter([(AUTHORIZATION, value)]))
        }
        _ => Err(ours("the API key is not one of Solapi's", RefusalKind::Account)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vector_of_the_notes() {
        let at: Timestamp = "2026-11-21T01:02:03Z".parse().unwrap();
        assert_eq!(date(at), "2026-11-21T01:02:03.000Z");
        let made = sign("TESTSECRET0123456789ABCDEFGHIJKL", &date(at), "0123456789abcdef0123456789abcdef");
        assert_eq!(made, "6681ba1e9f65b176bd89554a586fdd3715b4415ecbd80f1819a7d090c9474d8d");
    }

    #[test]
    fn a_key_cannot_add_to_the_header() {
        let with = |key: &str| {
            let fields = [("api_key", key), ("api_secret", "s")];
            let credentials = Credentials::new(fields.map(|(n, v)| (n.to_owned(), v.to_owned())));
            headers::<()>(&credentials, Timestamp::UNIX_EPOCH, "0123456789ab")
        };
        assert!(with("NCSDEMO0000000001").unwrap()[AUTHORIZATION].is_sensitive());
        assert!(with("a, signature=x").is_err() && with("a\r\nb").is_err());
    }
}
