//! Calls of both wires: one HTTP exchange each.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method};
use yam_platform::Config;
use yam_platform::http::{Answer, Deadline, EffectClient, Endpoint, Outbound, SendFailure};

const SYSTEM: &str = "RUSSIAN_POST_TRACKING";
const SETTING: &str = "YAM_URL_RUSSIAN_POST_TRACKING";
/// SOAP 1.2 of the single wire, SOAP 1.1 of the batch wire.
const SINGLE: HeaderValue = HeaderValue::from_static("application/soap+xml; charset=utf-8");
const BATCH: HeaderValue = HeaderValue::from_static("text/xml; charset=utf-8");
const SOAP_ACTION: HeaderName = HeaderName::from_static("soapaction");
/// 500 records of the single wire are about one megabyte, 3,000 parcels of the batch wire about fifteen.
const SINGLE_BODY: usize = 2 * 1024 * 1024;
const BATCH_BODY: usize = 32 * 1024 * 1024;

/// The way to the service.
#[derive(Debug, Clone)]
pub(super) struct Client {
    http: EffectClient,
    endpoint: Endpoint,
}

impl Client {
    pub(super) fn new(http: EffectClient, config: &Config) -> Self {
        Client { http, endpoint: Endpoint::new(config, SETTING) }
    }

    /// Calls the single wire, whose `SOAPAction` is empty and stands in no header (SOAP 1.2).
    pub(super) async fn single(
        &self,
        operation: &'static str,
        body: String,
        deadline: Deadline,
    ) -> Result<Answer, SendFailure> {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, SINGLE)]);
        self.post("rtm34", operation, headers, body, deadline, SINGLE_BODY).await
    }

    /// Calls the batch wire. The action is the one of the service's stubs; other clients send an empty one
    /// (protocol notes, section 12).
    pub(super) async fn batch(
        &self,
        operation: &'static str,
        action: &'static str,
        body: String,
        deadline: Deadline,
    ) -> Result<Answer, SendFailure> {
        let action = HeaderValue::from_static(action);
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, BATCH), (SOAP_ACTION, action)]);
        self.post("fc", operation, headers, body, deadline, BATCH_BODY).await
    }

    /// Reads the single wire's description, which needs no account.
    pub(super) async fn description(&self, deadline: Deadline) -> Result<Answer, SendFailure> {
        let mut url = self.endpoint.join("rtm34")?;
        url.set_query(Some("wsdl"));
        let call = Outbound {
            system: SYSTEM,
            operation: "wsdl",
            method: Method::GET,
            url,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            limits: deadline.limits()?,
        };
        self.http.send(call).await
    }

    pub(super) fn address(&self) -> String {
        self.endpoint.shown()
    }

    async fn post(
        &self,
        path: &str,
        operation: &'static str,
        headers: HeaderMap,
        body: String,
        deadline: Deadline,
        limit: usize,
    ) -> Result<Answer, SendFailure> {
        let call = Outbound {
            system: SYSTEM,
            operation,
            method: Method::POST,
            url: self.endpoint.join(path)?,
            headers,
            body: body.into(),
            limits: deadline.limits_for(limit)?,
        };
        self.http.send(call).await
    }
}
