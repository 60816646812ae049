//! The token call, and who holds which token.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use serde_json::json;

use super::envelope::json_answer;
use crate::error::Result;
use crate::form;
use crate::pipeline::{Answer, View};
use crate::store::Store;

/// How long a token lives, by the simulators' clock.
const LIFE_SECONDS: i64 = 3_600;

/// All tokens, in memory for the price path and in the store.
pub(crate) struct Tokens {
    held: RwLock<HashMap<String, (String, i64)>>,
}

impl Tokens {
    /// Reads the tokens.
    pub(crate) fn load(store: &Store) -> Result<Self> {
        let held = store.read(|connection| {
            let mut statement = connection.prepare("SELECT token, account, expires_ms FROM tokens")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
            Ok(rows.collect::<rusqlite::Result<HashMap<_, _>>>()?)
        })?;
        Ok(Self { held: RwLock::new(held) })
    }

    /// The account of a token that still lives.
    pub(crate) fn holder(&self, token: &str, now: Timestamp) -> Option<String> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.get(token)
            .filter(|(_, expires)| *expires > now.as_millisecond())
            .map(|(account, _)| account.clone())
    }

    /// Takes all tokens away, or those of one account.
    pub(crate) fn revoke(&self, store: &Store, account: Option<&str>) -> Result<usize> {
        // The store first, then the memory: the order in which tokens are issued.
        store.write(|tx| {
            let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
            tx.execute("DELETE FROM tokens WHERE ?1 IS NULL OR account = ?1", [account])?;
            let before = held.len();
            held.retain(|_, (holder, _)| account.is_some_and(|account| account != holder));
            Ok(before - held.len())
        })
    }

    /// Keeps a token before it is committed: should the commit fail, nobody has seen it.
    fn keep(&self, token: &str, account: &str, expires: i64, now: i64) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, (_, expires)| *expires > now);
        held.insert(token.to_owned(), (account.to_owned(), expires));
    }
}

/// `POST token` with a form of `username`, `password`, `grant_type`.
pub(super) fn issue(view: &View<'_>, connection: &Connection) -> Result<Answer> {
    let form = form::parse(&view.call.body);
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let refused = |code: &str| Ok(json_answer(StatusCode::BAD_REQUEST, &json!({"error": code})));
    if field("grant_type") != "password" {
        return refused("unsupported_grant_type");
    }
    let iran = &view.shared.iran_post;
    let Some(account) = iran.accounts.check(field("username"), field("password")) else {
        return refused("405");
    };
    if let Some(code) = account.token_error {
        return refused(&code.to_string());
    }
    if !account.active {
        return refused("402");
    }
    if account.debt {
        return refused("403");
    }
    let Ok(token) = random_token() else { return refused("406") };
    let now = view.now.as_millisecond();
    let expires = view
        .now
        .checked_add(SignedDuration::from_secs(LIFE_SECONDS))
        .unwrap_or(Timestamp::MAX)
        .as_millisecond();
    connection
        .prepare_cached("INSERT INTO tokens (token, account, expires_ms) VALUES (?1, ?2, ?3)")?
        .execute((&token, &account.username, expires))?;
    connection.prepare_cached("DELETE FROM tokens WHERE expires_ms <= ?1")?.execute([now])?;
    iran.tokens.keep(&token, &account.username, expires, now);
    let body = json!({"access_token": token, "token_type": "bearer", "expires_in": LIFE_SECONDS});
    Ok(json_answer(StatusCode::OK, &body))
}

fn random_token() -> std::result::Result<String, getrandom::Error> {
    use base64::Engine as _;
    let mut bytes = [0_u8; 48];
    getrandom::fill(&mut bytes)?;
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}
