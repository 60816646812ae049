//! `Authorization: HMAC-SHA256 apiKey=…, date=…, salt=…, signature=…` (sections 5.5 and 10.3).

use std::collections::HashMap;
use std::sync::Arc;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use rusqlite::Connection;
use sha2::Sha256;

use crate::error::Result;
use crate::messengers::Account;
use crate::pipeline::View;

/// How far the date may be off, and how long a signature is remembered.
const SKEW_MINUTES: i64 = 15;

type Refusal = (&'static str, &'static str);

/// Parameters of the header; their names in lower case, since the official clients disagree.
fn parameters(view: &View<'_>) -> Option<HashMap<String, String>> {
    let header = view.call.headers.iter().find(|(name, _)| name == "authorization")?;
    let (scheme, rest) = header.1.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("HMAC-SHA256").then_some(())?;
    let pairs = rest.split(',').filter_map(|pair| pair.trim().split_once('='));
    Some(pairs.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect())
}

/// The account a call names, whether or not its signature holds.
pub(super) fn named(view: &View<'_>) -> Option<Arc<Account>> {
    view.shared.messengers.solapi.account(parameters(view)?.get("apikey")?)
}

/// Lower-case hexadecimal HMAC of date and salt.
fn signature(secret: &str, date: &str, salt: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(date.as_bytes());
    mac.update(salt.as_bytes());
    Some(mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Whose call it is. Signatures are made in real time, whatever the simulated clock shows.
pub(super) fn check(
    view: &View<'_>,
    connection: &Connection,
) -> Result<std::result::Result<Arc<Account>, Refusal>> {
    let Some(given) = parameters(view) else {
        return Ok(Err(("Unauthorized", "the Authorization header cannot be read")));
    };
    let field = |name: &str| given.get(name).map_or("", String::as_str);
    let known = view.shared.messengers.solapi.account(field("apikey")).filter(|account| account.active);
    let Some(account) = known else { return Ok(Err(("InvalidAPIKey", "the API key is not known"))) };
    if !account.ip_allowed {
        return Ok(Err(("Forbidden", "the address is not allowed")));
    }
    let now = view.shared.clock.signing_now();
    let near = |date: Timestamp| now.duration_since(date).abs().as_mins() < SKEW_MINUTES;
    if !field("date").parse().is_ok_and(near) {
        return Ok(Err(("RequestTimeTooSkewed", "the date is too far from the server's time")));
    }
    if !(12..=64).contains(&field("salt").len()) {
        return Ok(Err(("InvalidSalt", "the salt has 12 to 64 bytes")));
    }
    let right = signature(&account.secret, field("date"), field("salt"));
    if right.as_deref() != Some(field("signature")) {
        return Ok(Err(("SignatureDoesNotMatch", "the signature does not match")));
    }
    let until = now.as_millisecond() - SKEW_MINUTES * 60_000;
    connection.prepare_cached("DELETE FROM message_signatures WHERE at_ms < ?1")?.execute([until])?;
    let fresh = connection
        .prepare_cached("INSERT OR IGNORE INTO message_signatures (signature, at_ms) VALUES (?1, ?2)")?
        .execute((field("signature"), now.as_millisecond()))?;
    Ok(if fresh == 0 { Err(("DuplicatedSignature", "the signature was used before")) } else { Ok(account) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_protocol() {
        assert_eq!(
            signature(
                "TESTSECRET0123456789ABCDEFGHIJKL",
                "2026-11-21T01:02:03.000Z",
                "0123456789abcdef0123456789abcdef"
            )
            .as_deref(),
            Some("6681ba1e9f65b176bd89554a586fdd3715b4415ecbd80f1819a7d090c9474d8d")
        );
    }
}
