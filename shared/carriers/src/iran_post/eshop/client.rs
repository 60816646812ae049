//! Calls of the EShop service: one HTTP exchange each, no state.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method};
use url::Url;
use yam_platform::Config;
use yam_platform::http::{Answer, Deadline, EffectClient, Endpoint, Limits, Outbound, SendFailure};
use yam_platform::secrets::ExposeSecret as _;

use super::envelope::{self, Parameter};
use super::wire::{Login, Operation};
use crate::account::Credentials;

const SYSTEM: &str = "IRAN_POST_ESHOP";
const XML: HeaderValue = HeaderValue::from_static("text/xml; charset=utf-8");
const SOAP_ACTION: HeaderName = HeaderName::from_static("soapaction");

/// The way to the service.
#[derive(Debug, Clone)]
pub struct Client {
    http: EffectClient,
    endpoint: Endpoint,
}

impl Client {
    pub(super) fn new(http: EffectClient, config: &Config) -> Self {
        Client { http, endpoint: Endpoint::new(config, "YAM_URL_IRAN_POST_ESHOP") }
    }

    /// Calls an operation.
    pub(super) async fn call(
        &self,
        operation: Operation,
        credentials: &Credentials,
        parameters: Vec<(&'static str, Parameter)>,
        deadline: Deadline,
    ) -> Result<Answer, SendFailure> {
        let login = Login { username: &credentials.username, password: credentials.password.expose_secret() };
        let call = request(self.endpoint.url()?, operation, login, parameters, deadline.limits()?)?;
        self.http.send(call).await
    }

    /// Reads the service's description, which needs no account.
    pub(super) async fn description(&self, deadline: Deadline) -> Result<Answer, SendFailure> {
        let mut url = self.endpoint.url()?;
        url.set_query(Some("WSDL"));
        let call = Outbound {
            system: SYSTEM,
            operation: "WSDL",
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
}

/// The HTTP request of an operation.
///
/// # Errors
/// [`SendFailure::NotSent`] when it cannot be written.
pub fn request(
    url: Url,
    operation: Operation,
    login: Login<'_>,
    parameters: Vec<(&'static str, Parameter)>,
    limits: Limits,
) -> Result<Outbound, SendFailure> {
    let unwritten = |why: String| SendFailure::NotSent(format!("{}: {why}", operation.name()));
    let parameters = login.parameters(parameters);
    let body = envelope::write(operation.name(), &parameters).map_err(|e| unwritten(e.to_string()))?;
    let action = HeaderValue::from_str(&operation.action()).map_err(|e| unwritten(e.to_string()))?;
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, XML), (SOAP_ACTION, action)]);
    Ok(Outbound {
        system: SYSTEM,
        operation: operation.name(),
        method: Method::POST,
        url,
        headers,
        body: body.into(),
        limits,
    })
}
