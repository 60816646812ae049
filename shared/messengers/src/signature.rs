//! AWS Signature Version 4 of one request, with the function's own role.

use std::time::SystemTime;

use aws_config::SdkConfig;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jiff::Timestamp;
use url::Url;
use yam_platform::http::{Deadline, SendFailure};

const JSON: &str = "application/json";

/// Signs requests to one service with a role.
#[derive(Debug, Clone)]
pub struct Signer {
    credentials: Option<SharedCredentialsProvider>,
    region: String,
    service: &'static str,
}

impl Signer {
    /// With the role and in the region of a function; `service` is the signing name, e.g. `ses`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, service: &'static str) -> Self {
        let region = sdk.region().map_or_else(String::new, |region| region.as_ref().to_owned());
        Signer { credentials: sdk.credentials_provider(), region, service }
    }

    /// The region; empty when none is set.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The headers of a request with a JSON body, its signature among them.
    ///
    /// # Errors
    /// [`SendFailure::NotSent`]: there is no role, or its credentials took longer than the deadline.
    pub async fn sign(
        &self,
        method: &Method,
        url: &Url,
        body: &[u8],
        at: Timestamp,
        deadline: Deadline,
    ) -> Result<HeaderMap, SendFailure> {
        let failed = |why: String| SendFailure::NotSent(format!("the request could not be signed: {why}"));
        let provider = self.credentials.as_ref().ok_or_else(|| failed("the function has no role".into()))?;
        let asked = tokio::time::timeout(deadline.limits()?.total, provider.provide_credentials());
        let credentials = asked
            .await
            .map_err(|_| failed("the role's credentials took too long".into()))?
            .map_err(|error| failed(error.to_string()))?;
        let identity = Identity::from(credentials);
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(self.service)
            .time(SystemTime::from(at))
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| failed(error.to_string()))?
            .into();
        let named = std::iter::once(("content-type", JSON));
        let request = SignableRequest::new(method.as_str(), url.as_str(), named, SignableBody::Bytes(body))
            .map_err(|error| failed(error.to_string()))?;
        let (signed, _) = sign(request, &params).map_err(|error| failed(error.to_string()))?.into_parts();
        let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(JSON))]);
        for header in signed.into_parts().0 {
            let name = HeaderName::from_static(header.name());
            let mut value =
                HeaderValue::from_str(header.value()).map_err(|error| failed(error.to_string()))?;
            value.set_sensitive(header.sensitive() || name == http::header::AUTHORIZATION);
            headers.insert(name, value);
        }
        Ok(headers)
    }
}
