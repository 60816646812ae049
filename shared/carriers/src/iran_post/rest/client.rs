//! Calls of Ebazaar REST: a token where one is needed, then one HTTP exchange.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;
use url::Url;
use yam_platform::http::{Answer, Deadline, EffectClient, Endpoint, Limits, Outbound, SendFailure};
use yam_platform::secrets::{ExposeSecret as _, SecretString};
use yam_platform::{Clock, Config};

use super::token::{self, Token, Tokens};
use super::wire::Method;
use crate::account::Account;
use crate::errors::error;
use crate::iran_post::errors::unanswered;
use crate::outcome::{CallOutcome, RefusalKind};

const SYSTEM: &str = "IRAN_POST_REST";
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
/// A login that takes longer leaves too little of a registration's time.
const TOKEN_TIME: Duration = Duration::from_secs(15);

/// The way to the service.
#[derive(Debug, Clone)]
pub struct Client {
    http: EffectClient,
    endpoint: Endpoint,
    clock: Arc<dyn Clock>,
    tokens: Tokens,
}

impl Client {
    pub(super) fn new(http: EffectClient, config: &Config, clock: Arc<dyn Clock>) -> Self {
        let endpoint = Endpoint::new(config, "YAM_URL_IRAN_POST_REST");
        Client { http, endpoint, clock, tokens: Tokens::default() }
    }

    /// Calls a method. HTTP 401 means that the call was not carried out: a new token, and once more.
    ///
    /// # Errors
    /// How the call ended when there is no answer to read.
    pub(super) async fn call(
        &self,
        method: Method,
        account: &Account,
        body: &(impl Serialize + Sync),
        deadline: Deadline,
    ) -> Result<Answer, CallOutcome<Infallible>> {
        let unwritten =
            |e: serde_json::Error| CallOutcome::<Infallible>::NotSent(format!("{}: {e}", method.path()));
        let body = Bytes::from(serde_json::to_vec(body).map_err(unwritten)?);
        let mut spent = None;
        for _ in 0..2 {
            let token = self.token(account, spent.as_ref(), deadline).await?;
            let answer =
                self.send(method, &token, body.clone(), deadline).await.map_err(unanswered::<Infallible>)?;
            if answer.status != StatusCode::UNAUTHORIZED {
                return Ok(answer);
            }
            spent = Some(token);
        }
        let words = "the post gave a token and then did not accept it; try again later";
        Err(CallOutcome::Busy { retry_after: None, error: error(401, "", words, RefusalKind::Other) })
    }

    /// Asks for a token, past the memory: shows whether the login works.
    pub(super) async fn log_in(
        &self,
        username: &str,
        password: &str,
        deadline: Deadline,
    ) -> CallOutcome<Token> {
        match self.log_in_answer(username, password, deadline).await {
            Ok(answer) => token::parse(&answer, self.clock.now()),
            // The call that needs the token has not been made, whatever became of this one.
            Err(failure) => CallOutcome::NotSent(format!("no token: {failure}")),
        }
    }

    pub(super) async fn log_in_answer(
        &self,
        username: &str,
        password: &str,
        deadline: Deadline,
    ) -> Result<Answer, SendFailure> {
        let limits = deadline.at_most(TOKEN_TIME).limits()?;
        let call = token_request(self.endpoint.join("token")?, username, password, limits);
        self.http.send(call).await
    }

    pub(super) fn address(&self) -> String {
        self.endpoint.shown()
    }

    /// The account's token: remembered, unless it ends soon or is the `spent` one. Calls that wait for
    /// the same account's token wait for one login.
    async fn token(
        &self,
        account: &Account,
        spent: Option<&SecretString>,
        deadline: Deadline,
    ) -> Result<SecretString, CallOutcome<Infallible>> {
        let slot = self.tokens.slot(account);
        let mut kept = slot.lock().await;
        let is_spent =
            |token: &Token| spent.is_some_and(|s| s.expose_secret() == token.value.expose_secret());
        if let Some(token) = kept.as_ref().filter(|t| self.clock.now() < t.until && !is_spent(t)) {
            return Ok(token.value.clone());
        }
        *kept = None;
        let credentials = &account.credentials;
        match self.log_in(&credentials.username, credentials.password.expose_secret(), deadline).await {
            CallOutcome::Done(token) => {
                let value = token.value.clone();
                *kept = Some(token);
                Ok(value)
            }
            other => Err(then_never(other)),
        }
    }

    async fn send(
        &self,
        method: Method,
        token: &SecretString,
        body: Bytes,
        deadline: Deadline,
    ) -> Result<Answer, SendFailure> {
        let url = self.endpoint.join(&format!("api/v0/{}", method.path()))?;
        self.http.send(request(url, method, token, body, deadline.limits()?)?).await
    }
}

/// A token outcome that is not a token.
fn then_never(outcome: CallOutcome<Token>) -> CallOutcome<Infallible> {
    match outcome {
        CallOutcome::Done(_) => CallOutcome::NotSent("no token".into()),
        CallOutcome::NotSent(why) | CallOutcome::Unknown(why) => CallOutcome::NotSent(why),
        CallOutcome::Busy { retry_after, error } => CallOutcome::Busy { retry_after, error },
        CallOutcome::Refused(error) => CallOutcome::Refused(error),
    }
}

/// The HTTP request for a token.
#[must_use]
pub fn token_request(url: Url, username: &str, password: &str, limits: Limits) -> Outbound {
    Outbound {
        system: SYSTEM,
        operation: "token",
        method: http::Method::POST,
        url,
        headers: HeaderMap::from_iter([(CONTENT_TYPE, FORM), (ACCEPT, JSON)]),
        body: token::form(username, password).into(),
        limits,
    }
}

/// The HTTP request of a method.
///
/// # Errors
/// [`SendFailure::NotSent`] when the token cannot stand in a header.
pub fn request(
    url: Url,
    method: Method,
    token: &SecretString,
    body: Bytes,
    limits: Limits,
) -> Result<Outbound, SendFailure> {
    let bearer = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()));
    let mut bearer = bearer.map_err(|_| SendFailure::NotSent("the token cannot stand in a header".into()))?;
    bearer.set_sensitive(true);
    Ok(Outbound {
        system: SYSTEM,
        operation: method.path(),
        method: http::Method::POST,
        url,
        headers: HeaderMap::from_iter([(CONTENT_TYPE, JSON), (ACCEPT, JSON), (AUTHORIZATION, bearer)]),
        body,
        limits,
    })
}
