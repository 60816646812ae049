//! Calls of Korea Post's tracking services: one GET each, the key in the query string.

use bytes::Bytes;
use http::header::{ACCEPT, HeaderValue, USER_AGENT};
use http::{HeaderMap, Method};
use url::Url;
use yam_domain::waybill::WaybillNumber;
use yam_platform::Config;
use yam_platform::http::{Answer, Deadline, EffectClient, Endpoint, Limits, Outbound, SendFailure};

use super::key::in_query;
use super::open_api::Service;
use super::portal;

/// The value of the operator's own sample: calls without it are dropped once there are many (protocol notes,
/// section 1).
pub(super) const AGENT: HeaderValue = HeaderValue::from_static("Apache-HttpClient/4.5.1 (Java/1.8.0_91)");
pub(super) const XML: HeaderValue = HeaderValue::from_static("application/xml, text/xml, */*");
/// The flavour of the portal that answers in UTF-8.
const PORTAL_PATH: &str = "KpostPortal/openapi2";

/// The ways to the services.
#[derive(Debug, Clone)]
pub(super) struct Client {
    http: EffectClient,
    open_api: Endpoint,
    portal: Endpoint,
}

impl Client {
    pub(super) fn new(http: EffectClient, config: &Config) -> Self {
        Client {
            http,
            open_api: Endpoint::new(config, "YAM_URL_KOREA_POST_TRACE"),
            portal: Endpoint::new(config, "YAM_URL_KOREA_POST_PORTAL"),
        }
    }

    /// Asks a service of the public-data portal.
    pub(super) async fn open_api(
        &self,
        service: Service,
        key: &str,
        code: &WaybillNumber,
        deadline: Deadline,
    ) -> Result<Answer, SendFailure> {
        let url = open_api_url(self.open_api.join(service.path())?, key, code);
        self.http.send(get("KOREA_POST_TRACE", service.operation(), url, deadline.limits()?)).await
    }

    /// Asks the KpostPortal.
    pub(super) async fn portal(
        &self,
        key: &str,
        code: &WaybillNumber,
        deadline: Deadline,
    ) -> Result<Answer, SendFailure> {
        let url = portal_url(self.portal.join(PORTAL_PATH)?, key, code);
        self.http.send(get("KOREA_POST_PORTAL", portal::target(code), url, deadline.limits()?)).await
    }

    /// Asks the KpostPortal for the delivery area of an address.
    pub(super) async fn area(
        &self,
        key: &str,
        postal_code: &str,
        address: &str,
        deadline: Deadline,
    ) -> Result<Answer, SendFailure> {
        let mut url = self.portal.join(PORTAL_PATH)?;
        let pairs = [("target", "delivArea"), ("zip", postal_code), ("addr", address), ("mdiv", "1")];
        let rest = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        url.set_query(Some(&format!("regkey={}&{rest}", in_query(key))));
        self.http.send(get("KOREA_POST_PORTAL", "delivArea", url, deadline.limits()?)).await
    }

    pub(super) fn open_api_address(&self) -> String {
        self.open_api.shown()
    }

    pub(super) fn portal_address(&self) -> String {
        self.portal.shown()
    }
}

/// The address of a question to the public-data portal.
pub(super) fn open_api_url(mut url: Url, key: &str, code: &WaybillNumber) -> Url {
    url.set_query(Some(&format!("ServiceKey={}&rgist={code}", in_query(key))));
    url
}

/// The address of a question to the KpostPortal; `showRec` asks for the acceptance too.
pub(super) fn portal_url(mut url: Url, key: &str, code: &WaybillNumber) -> Url {
    let target = portal::target(code);
    url.set_query(Some(&format!("regkey={}&target={target}&query={code}&showRec=Y", in_query(key))));
    url
}

fn get(system: &'static str, operation: &'static str, url: Url, limits: Limits) -> Outbound {
    let headers = HeaderMap::from_iter([(USER_AGENT, AGENT), (ACCEPT, XML)]);
    Outbound { system, operation, method: Method::GET, url, headers, body: Bytes::new(), limits }
}
