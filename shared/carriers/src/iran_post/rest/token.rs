//! Access tokens: one per account, kept in memory, asked for once however many calls wait for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use yam_platform::http::Answer;
use yam_platform::secrets::{ExposeSecret as _, SecretString};

use super::codes::TokenRefusal;
use crate::account::Account;
use crate::iran_post::errors::{error, outline};
use crate::outcome::{CallOutcome, RefusalKind};

/// A token is renewed this long before it ends, so that it does not end on the way.
const MARGIN: SignedDuration = SignedDuration::from_secs(60);
/// No token is believed for longer, whatever the service says.
const LONGEST: i64 = 24 * 60 * 60;
/// Accounts remembered; beyond it the memory starts anew, which costs one token each.
const MOST_ACCOUNTS: usize = 10_000;

/// A token and the time until which it is used.
#[derive(Debug, Clone)]
pub struct Token {
    /// Goes into the `Authorization` header.
    pub value: SecretString,
    /// Used until then.
    pub until: Timestamp,
}

/// Where one account's token is kept; locked while it is being renewed.
pub(super) type Slot = Arc<tokio::sync::Mutex<Option<Token>>>;

/// The tokens of all accounts of this process.
#[derive(Debug, Clone, Default)]
pub(super) struct Tokens(Arc<Mutex<HashMap<[u8; 32], Slot>>>);

impl Tokens {
    /// The slot of an account under its present password: a changed one starts without a token.
    pub(super) fn slot(&self, account: &Account) -> Slot {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= MOST_ACCOUNTS {
            slots.clear();
        }
        slots.entry(fingerprint(account)).or_default().clone()
    }
}

fn fingerprint(account: &Account) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [
        account.merchant.as_str(),
        account.id.as_str(),
        &account.credentials.username,
        account.credentials.password.expose_secret(),
    ] {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// The form that asks for a token.
#[must_use]
pub fn form(username: &str, password: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .append_pair("username", username)
        .append_pair("password", password)
        .append_pair("grant_type", "password")
        .finish()
}

/// Reads the answer to it. Whatever goes wrong here, the call it is for has not been made.
#[must_use]
pub fn parse(answer: &Answer, now: Timestamp) -> CallOutcome<Token> {
    let body = match serde_json::from_slice::<Value>(&answer.body) {
        Ok(body) if answer.complete => body,
        Ok(_) | Err(_) => return CallOutcome::NotSent(outline(answer, "no token: no whole JSON")),
    };
    if answer.status.is_success() {
        return match token(&body, now) {
            Some(token) => CallOutcome::Done(token),
            None => CallOutcome::NotSent(outline(answer, "no token in the answer")),
        };
    }
    let code = match body.get("error") {
        Some(Value::String(code)) => code.trim().to_owned(),
        Some(Value::Number(code)) => code.to_string(),
        _ => return CallOutcome::NotSent(outline(answer, "no token")),
    };
    let words = body.get("error_description").and_then(Value::as_str).unwrap_or_default();
    // Our words first: they tell the merchant what to do, which the operator's do not.
    let refused = |meaning: &str, kind| {
        let message = if words.is_empty() { meaning.to_owned() } else { format!("{meaning} ({words})") };
        CallOutcome::Refused(error(&code, &message, "", kind))
    };
    match TokenRefusal::of(&code) {
        TokenRefusal::Credentials(meaning) => refused(meaning, RefusalKind::Credentials),
        TokenRefusal::Inactive(meaning) => refused(meaning, RefusalKind::AccountInactive),
        TokenRefusal::Busy => CallOutcome::Busy {
            retry_after: answer.retry_after(),
            error: error(
                &code,
                words,
                "the post's login service has an error; try again later",
                RefusalKind::Other,
            ),
        },
        TokenRefusal::Other => CallOutcome::NotSent(outline(answer, "no token, for an unknown reason")),
    }
}

fn token(body: &Value, now: Timestamp) -> Option<Token> {
    let value = body.get("access_token")?.as_str().filter(|token| !token.is_empty())?;
    // What no header can carry would fail at each call.
    http::HeaderValue::from_str(value).ok()?;
    let seconds = match body.get("expires_in")? {
        Value::String(text) => text.trim().parse::<i64>().ok()?,
        number => number.as_i64()?,
    };
    let life = SignedDuration::from_secs(seconds.clamp(0, LONGEST));
    // A token shorter than the margin is still good for the call at hand.
    let used = if life > MARGIN { life - MARGIN } else { life / 2 };
    let until = now.saturating_add(used).unwrap_or(Timestamp::MAX);
    Some(Token { value: SecretString::from(value.to_owned()), until })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iran_post::samples::account;

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            status: http::StatusCode::from_u16(status).unwrap(),
            headers: http::HeaderMap::new(),
            body: body.to_owned().into(),
            complete: true,
        }
    }

    fn now() -> Timestamp {
        Timestamp::from_second(1_780_000_000).unwrap()
    }

    #[test]
    fn a_token_is_used_until_a_minute_before_its_end() {
        for (life, used) in
            [("3600", 3_540), ("\"3600\"", 3_540), ("61", 1), ("60", 30), ("0", 0), ("99999999", 86_340)]
        {
            let body =
                format!("{{\"access_token\":\"t-1\",\"expires_in\":{life},\"token_type\":\"bearer\"}}");
            let CallOutcome::Done(token) = parse(&answer(200, &body), now()) else { panic!("{life}") };
            assert_eq!(token.until.duration_since(now()).as_secs(), used, "{life}");
        }
    }

    #[test]
    fn refusals_are_classified_by_code() {
        let outcome = |body: &str| parse(&answer(400, body), now());
        for (code, kind) in [
            ("401", RefusalKind::Credentials),
            ("402", RefusalKind::AccountInactive),
            ("403", RefusalKind::AccountInactive),
            ("404", RefusalKind::AccountInactive),
            ("405", RefusalKind::Credentials),
            ("408", RefusalKind::AccountInactive),
        ] {
            for body in [format!("{{\"error\":\"{code}\"}}"), format!("{{\"error\":{code}}}")] {
                let CallOutcome::Refused(error) = outcome(&body) else { panic!("{code}") };
                assert_eq!((error.code.as_str(), error.kind), (code, kind));
                assert!(!error.message.is_empty());
            }
        }
        for code in ["406", "407"] {
            assert!(matches!(outcome(&format!("{{\"error\":\"{code}\"}}")), CallOutcome::Busy { .. }));
        }
    }

    #[test]
    fn without_a_token_nothing_was_sent() {
        for (status, body) in [
            (200, "{}"),
            (200, "{\"access_token\":\"\",\"expires_in\":1}"),
            (200, "{\"access_token\":\"a\\nb\",\"expires_in\":1}"),
            (200, "<html>"),
            (400, "{\"error\":\"invalid_grant\"}"),
            (502, "<html>Bad Gateway</html>"),
            (302, ""),
        ] {
            assert!(
                matches!(parse(&answer(status, body), now()), CallOutcome::NotSent(_)),
                "{status} {body}"
            );
        }
        let mut cut = answer(200, "{\"access_token\":\"t\",\"expires_in\":3600}");
        cut.complete = false;
        assert!(matches!(parse(&cut, now()), CallOutcome::NotSent(_)));
    }

    #[test]
    fn the_form_is_encoded() {
        assert_eq!(form("demo shop", "p&w=1"), "username=demo+shop&password=p%26w%3D1&grant_type=password");
    }

    #[test]
    fn a_new_password_has_no_token_yet_and_no_token_is_printed() {
        let tokens = Tokens::default();
        let mut account = account("rest");
        let first = tokens.slot(&account);
        assert!(Arc::ptr_eq(&first, &tokens.slot(&account)));
        account.credentials.password = "other".to_owned().into();
        assert!(!Arc::ptr_eq(&first, &tokens.slot(&account)));
        let token = Token { value: "secret-token".to_owned().into(), until: now() };
        assert!(!format!("{token:?}").contains("secret-token"));
    }
}
