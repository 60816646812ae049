//! Calls to one host of a gateway: one HTTP exchange each, no state.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, Method};
use serde_json::Value;
use url::Url;
use yam_platform::Config;
use yam_platform::http::{Answer, Deadline, EffectClient, Endpoint, Outbound, SendFailure};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const XML: HeaderValue = HeaderValue::from_static("text/xml;charset=UTF-8");
const SOAP_ACTION: HeaderName = HeaderName::from_static("soapaction");

/// The way to a host.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    http: EffectClient,
    endpoint: Endpoint,
    system: &'static str,
}

/// What is sent with a call beside its address.
#[derive(Debug, Default)]
pub(crate) struct Extra {
    /// Headers; secret ones are marked so.
    pub(crate) headers: HeaderMap,
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

    /// An address on the host, for the payer's browser.
    pub(crate) fn page(&self, path: &str) -> Result<Url, SendFailure> {
        self.endpoint.join(path)
    }

    /// The host, for people.
    pub(crate) fn address(&self) -> String {
        self.endpoint.shown()
    }

    /// Posts JSON.
    pub(crate) async fn post(
        &self,
        operation: &'static str,
        path: &str,
        body: &Value,
        extra: Extra,
        deadline: Deadline,
    ) -> Result<Answer, SendFailure> {
        let mut headers = extra.headers;
        headers.insert(CONTENT_TYPE, JSON);
        headers.insert(ACCEPT, JSON);
        let url = self.endpoint.join(path)?;
        self.send(operation, Method::POST, url, headers, Bytes::from(body.to_string()), deadline).await
    }

    /// Posts a text as JSON (a signed token is not quoted; Robokassa's refunds).
    pub(crate) async fn post_token(
        &self,
        operation: &'static str,
        path: &str,
        token: String,
        deadline: Deadline,
    ) -> Result<Answer, SendFailure> {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, JSON), (ACCEPT, JSON)]);
        let url = self.endpoint.join(path)?;
        self.send(operation, Method::POST, url, headers, token.into(), deadline).await
    }

    /// Posts a SOAP 1.1 envelope.
    pub(crate) async fn soap(
        &self,
        operation: &'static str,
        path: &str,
        envelope: String,
        deadline: Deadline,
    ) -> Result<Answer, SendFailure> {
        let headers =
            HeaderMap::from_iter([(CONTENT_TYPE, XML), (SOAP_ACTION, HeaderValue::from_static("\"\""))]);
        let url = self.endpoint.join(path)?;
        self.send(operation, Method::POST, url, headers, envelope.into(), deadline).await
    }

    /// Reads.
    pub(crate) async fn get(
        &self,
        operation: &'static str,
        path: &str,
        query: &[(&str, &str)],
        extra: Extra,
        deadline: Deadline,
    ) -> Result<Answer, SendFailure> {
        let mut url = self.endpoint.join(path)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.send(operation, Method::GET, url, extra.headers, Bytes::new(), deadline).await
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

impl Extra {
    /// HTTP Basic.
    pub(crate) fn basic(user: &str, password: &str) -> Result<Self, SendFailure> {
        Self::authorised(&format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
    }

    /// A bearer token.
    pub(crate) fn bearer(token: &str) -> Result<Self, SendFailure> {
        Self::authorised(&format!("Bearer {token}"))
    }

    /// With one more header, whose value must be plain text.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Result<Self, SendFailure> {
        let unusable = || SendFailure::NotSent(format!("{name} cannot stand in a header"));
        let value = HeaderValue::from_str(value).ok().filter(|v| v.to_str().is_ok()).ok_or_else(unusable)?;
        self.headers.insert(HeaderName::from_static(name), value);
        Ok(self)
    }

    fn authorised(value: &str) -> Result<Self, SendFailure> {
        let mut value = HeaderValue::from_str(value)
            .map_err(|_| SendFailure::NotSent("the credentials cannot stand in a header".into()))?;
        value.set_sensitive(true);
        Ok(Extra { headers: HeaderMap::from_iter([(AUTHORIZATION, value)]) })
    }
}

/// The end of a step that may take so long.
pub(crate) fn deadline(within: Duration) -> Deadline {
    Deadline::after(within)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_is_the_vector_of_the_notes() {
        let extra = Extra::basic("test_sk_demo000000", "").unwrap();
        assert_eq!(extra.headers[AUTHORIZATION], "Basic dGVzdF9za19kZW1vMDAwMDAwOg==");
        assert!(extra.headers[AUTHORIZATION].is_sensitive());
        assert!(Extra::bearer("a\nb").is_err());
    }
}
