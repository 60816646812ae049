//! Who calls: an extractor in the handler's signature, so that a handler without it is seen.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{FromRef, FromRequestParts};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use http::request::Parts;
use jiff::Timestamp;
use subtle::ConstantTimeEq as _;
use yam_domain::ids::MerchantId;
use yam_platform::Problem;
use yam_platform::problem::Kind;
use yam_store::idempotency::sha256_hex;
use yam_store::items::{ApiKey, Scope};
use yam_store::keys::{of_merchant, sk};
use yam_store::{Read, Store};

use crate::failure::store_problem;
use crate::keys::KeyText;

/// A merchant's program, authenticated by an API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The merchant.
    pub merchant: MerchantId,
    /// Public part of the key.
    pub key_id: String,
    /// What the key may do.
    pub scopes: Vec<Scope>,
}

impl Caller {
    /// Requires a scope.
    ///
    /// # Errors
    /// 403 naming the scope.
    pub fn require(&self, scope: Scope) -> Result<(), Problem> {
        if self.scopes.contains(&scope) {
            Ok(())
        } else {
            Err(Problem::new(Kind::Forbidden).with(scope.as_str()))
        }
    }
}

/// Hub staff, authenticated by the operator key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator;

/// Checks keys. A key is read from the table at most once in the cache time, so a revoked key works
/// that much longer in a warm container.
#[derive(Debug, Clone)]
pub struct Authenticator {
    store: Store,
    operator_sha256: Arc<str>,
    cache_time: Duration,
    cache: Arc<Mutex<HashMap<String, (ApiKey, Timestamp)>>>,
}

const CACHED_KEYS: usize = 5_000;

impl Authenticator {
    /// Over the store and the function's settings.
    #[must_use]
    pub fn new(store: &Store, config: &yam_platform::Config) -> Self {
        Authenticator {
            store: store.clone(),
            operator_sha256: config.text("YAM_OPERATOR_KEY_SHA256").to_ascii_lowercase().into(),
            cache_time: config.seconds("YAM_API_KEY_CACHE_SECONDS"),
            cache: Arc::default(),
        }
    }

    async fn caller(&self, presented: &str, user: Option<&str>) -> Result<Caller, Problem> {
        let unauthorized = || Problem::new(Kind::Unauthorized);
        let key = KeyText::parse(presented).ok_or_else(unauthorized)?;
        if user.is_some_and(|user| user != key.merchant.as_str()) {
            return Err(unauthorized());
        }
        let stored = self.stored(&key).await?.ok_or_else(unauthorized)?;
        let matches: bool = stored.secret_sha256.as_bytes().ct_eq(key.secret_sha256.as_bytes()).into();
        if !matches || stored.ends_at.is_some_and(|end| end <= self.store.clock.now()) {
            return Err(unauthorized());
        }
        Ok(Caller { merchant: key.merchant, key_id: key.id, scopes: stored.scopes })
    }

    async fn stored(&self, key: &KeyText) -> Result<Option<ApiKey>, Problem> {
        let now = self.store.clock.real_now();
        let name = format!("{}/{}", key.merchant, key.id);
        if let Some((stored, since)) = self.cache().get(&name) {
            let age = Duration::try_from(now.duration_since(*since)).unwrap_or(Duration::ZERO);
            if age < self.cache_time {
                return Ok(Some(stored.clone()));
            }
        }
        let at = of_merchant(&key.merchant, sk::api_key(&key.id));
        let stored: Option<ApiKey> =
            self.store.table.get(&at, Read::Consistent).await.map_err(store_problem)?;
        let mut cache = self.cache();
        if cache.len() >= CACHED_KEYS {
            cache.clear();
        }
        match &stored {
            Some(stored) => cache.insert(name, (stored.clone(), now)),
            None => cache.remove(&name),
        };
        Ok(stored)
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, HashMap<String, (ApiKey, Timestamp)>> {
        self.cache.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn is_operator(&self, presented: &str) -> bool {
        !self.operator_sha256.is_empty()
            && bool::from(sha256_hex(presented.as_bytes()).as_bytes().ct_eq(self.operator_sha256.as_bytes()))
    }
}

/// The key of an `Authorization` header and, with Basic, the user id.
fn presented(parts: &Parts) -> Option<(Option<String>, String)> {
    let header = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, value) = header.split_once(' ')?;
    let value = value.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some((None, value.to_owned()));
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(value).ok()?).ok()?;
    let (user, key) = text.split_once(':')?;
    Some((Some(user.to_owned()), key.to_owned()))
}

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Authenticator: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let authenticator = Authenticator::from_ref(state);
        let (user, key) = presented(parts).ok_or_else(|| Problem::new(Kind::Unauthorized))?;
        authenticator.caller(&key, user.as_deref()).await
    }
}

impl<S> FromRequestParts<S> for Operator
where
    S: Send + Sync,
    Authenticator: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let authenticator = Authenticator::from_ref(state);
        match presented(parts) {
            Some((_, key)) if authenticator.is_operator(&key) => Ok(Operator),
            _ => Err(Problem::new(Kind::Unauthorized)),
        }
    }
}
