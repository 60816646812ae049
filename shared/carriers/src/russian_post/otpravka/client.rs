//! Calls of Otpravka: JSON under two credentials (protocol notes, section 4.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, Method};
use serde::Serialize;
use yam_platform::Config;
use yam_platform::http::{Answer, Deadline, EffectClient, Endpoint, Outbound, SendFailure};
use yam_platform::secrets::ExposeSecret as _;

use crate::account::Account;

const SYSTEM: &str = "RUSSIAN_POST_OTPRAVKA";
const SETTING: &str = "YAM_URL_RUSSIAN_POST_OTPRAVKA";
const JSON: HeaderValue = HeaderValue::from_static("application/json;charset=UTF-8");
const USER: HeaderName = HeaderName::from_static("x-user-authorization");
/// A sheet of labels is far below.
const FORM_BODY: usize = 8 * 1024 * 1024;

/// The way to the service.
#[derive(Debug, Clone)]
pub(super) struct Client {
    http: EffectClient,
    endpoint: Endpoint,
    check_in: Method,
}

/// One call.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    operation: &'static str,
    method: Method,
    path: String,
    query: String,
}

impl Ask {
    pub(super) fn new(operation: &'static str, method: Method, path: impl Into<String>) -> Self {
        Ask { operation, method, path: path.into(), query: String::new() }
    }

    /// The same with values in its address.
    pub(super) fn with(mut self, pairs: &[(&str, &str)]) -> Self {
        self.query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        self
    }
}

impl Client {
    pub(super) fn new(http: EffectClient, config: &Config) -> Self {
        let post = config.text("YAM_RUSSIAN_POST_CHECKIN_METHOD").eq_ignore_ascii_case("POST");
        let check_in = if post { Method::POST } else { Method::GET };
        Client { http, endpoint: Endpoint::new(config, SETTING), check_in }
    }

    pub(super) fn address(&self) -> String {
        self.endpoint.shown()
    }

    /// The verb of check-in, on which documents and clients disagree (section 12.1).
    pub(super) fn check_in_method(&self) -> Method {
        self.check_in.clone()
    }

    /// Calls without a body.
    pub(super) async fn ask(
        &self,
        ask: Ask,
        account: &Account,
        deadline: Deadline,
    ) -> Result<Answer, SendFailure> {
        self.send(ask, Some(account), Bytes::new(), deadline.limits()?).await
    }

    /// Calls with a JSON body.
    pub(super) async fn tell(
        &self,
        ask: Ask,
        account: &Account,
        body: &(impl Serialize + Sync + ?Sized),
        deadline: Deadline,
    ) -> Result<Answer, SendFailure> {
        let unwritten = |e: serde_json::Error| SendFailure::NotSent(format!("{}: {e}", ask.operation));
        let body = Bytes::from(serde_json::to_vec(body).map_err(unwritten)?);
        self.send(ask, Some(account), body, deadline.limits()?).await
    }

    /// Fetches a form, which may be larger than an answer of the service.
    pub(super) async fn form(
        &self,
        ask: Ask,
        account: &Account,
        deadline: Deadline,
    ) -> Result<Answer, SendFailure> {
        self.send(ask, Some(account), Bytes::new(), deadline.limits_for(FORM_BODY)?).await
    }

    /// Calls without credentials, which the service has to refuse.
    pub(super) async fn anonymous(&self, ask: Ask, deadline: Deadline) -> Result<Answer, SendFailure> {
        self.send(ask, None, Bytes::new(), deadline.limits()?).await
    }

    async fn send(
        &self,
        ask: Ask,
        account: Option<&Account>,
        body: Bytes,
        limits: yam_platform::http::Limits,
    ) -> Result<Answer, SendFailure> {
        let mut url = self.endpoint.join(&ask.path)?;
        if !ask.query.is_empty() {
            url.set_query(Some(&ask.query));
        }
        let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, JSON), (ACCEPT, JSON)]);
        if let Some(account) = account {
            headers.extend(credentials(account)?);
        }
        let Ask { operation, method, .. } = ask;
        let call = Outbound { system: SYSTEM, operation, method, url, headers, body, limits };
        self.http.send(call).await
    }
}

/// The two headers of an account.
fn credentials(account: &Account) -> Result<HeaderMap, SendFailure> {
    let missing = || SendFailure::NotSent("the account has no access token".into());
    let token = account.credentials.secret(super::ACCESS_TOKEN).ok_or_else(missing)?;
    let (user, password) = (&account.credentials.username, account.credentials.password.expose_secret());
    let user = STANDARD.encode(format!("{user}:{password}"));
    let value = |text: String| {
        let unfit = |_| SendFailure::NotSent("the access token cannot stand in a header".into());
        let mut value = HeaderValue::from_str(&text).map_err(unfit)?;
        value.set_sensitive(true);
        Ok::<_, SendFailure>(value)
    };
    let token = value(format!("AccessToken {token}"))?;
    Ok(HeaderMap::from_iter([(AUTHORIZATION, token), (USER, value(format!("Basic {user}"))?)]))
}
