//! Calls to one host of a provider: one HTTP exchange each, no state.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};
use serde_json::Value;
use url::Url;
use yam_platform::Config;
use yam_platform::http::{Answer, Deadline, EffectClient, Endpoint, Outbound, SendFailure};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded;charset=utf-8");

/// Fields of a form.
pub(crate) type Form = Vec<(&'static str, String)>;

/// The way to a host.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    http: EffectClient,
    endpoint: Endpoint,
    system: &'static str,
}

impl Client {
    /// A host by its setting; `system` names the proxy.
    pub(crate) fn new(
        http: EffectClient,
        config: &Config,
        setting: &'static str,
        system: &'static str,
    ) -> Self {
        Client { http, endpoint: Endpoint::new(config, setting), system }
    }

    /// The host, for people.
    pub(crate) fn address(&self) -> String {
        self.endpoint.shown()
    }

    /// Posts a form in UTF-8.
    pub(crate) async fn form(
        &self,
        operation: &'static str,
        path: &str,
        fields: &Form,
        deadline: Deadline,
    ) -> Result<Answer, SendFailure> {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, FORM), (ACCEPT, JSON)]);
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let url = self.endpoint.join(path)?;
        self.send(operation, Method::POST, url, headers, body.into(), deadline).await
    }

    /// Sends JSON, or nothing, with further headers.
    #[expect(clippy::too_many_arguments, reason = "one request, told all its parts")]
    pub(crate) async fn json(
        &self,
        operation: &'static str,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
        mut headers: HeaderMap,
        deadline: Deadline,
    ) -> Result<Answer, SendFailure> {
        headers.insert(ACCEPT, JSON);
        if body.is_some() {
            headers.insert(CONTENT_TYPE, JSON);
        }
        let mut url = self.endpoint.join(path)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let body = body.map_or_else(Bytes::new, |value| Bytes::from(value.to_string()));
        self.send(operation, method, url, headers, body, deadline).await
    }

    async fn send(
        &self,
        operation: &'static str,
        method: Method,
        url: Url,
        headers: HeaderMap,
        body: Bytes,
        deadline: Deadline,
    ) -> Result<Answer, SendFailure> {
        let limits = deadline.limits()?;
        let call = Outbound { system: self.system, operation, method, url, headers, body, limits };
        self.http.send(call).await
    }
}
