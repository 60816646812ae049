//! An HTTP connector for the AWS SDK that ends in this process.

use std::sync::Arc;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;

/// Header of [`Answer::query_error`].
pub(crate) const QUERY_ERROR: &str = "x-amzn-query-error";

/// The answer of a service to one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// JSON.
    pub body: Bytes,
    /// The error's older name, which clients of services that once spoke the query protocol read from a
    /// header.
    pub query_error: Option<&'static str>,
}

impl Answer {
    /// 200.
    #[must_use]
    pub fn ok(body: impl Into<Bytes>) -> Self {
        Answer::new(200, body)
    }

    /// Any status.
    #[must_use]
    pub fn new(status: u16, body: impl Into<Bytes>) -> Self {
        Answer { status, body: body.into(), query_error: None }
    }

    /// An error in the shape of AWS' JSON protocols.
    #[must_use]
    pub fn error(status: u16, kind: &str, message: &str) -> Self {
        let body = serde_json::json!({ "__type": kind, "message": message });
        Answer::new(status, body.to_string())
    }

    /// Whether the operation succeeded.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.status == 200
    }
}

/// One AWS service in this process.
pub trait Service: Send + Sync + std::fmt::Debug + 'static {
    /// What stands before the operation's name in `X-Amz-Target`, its dot included.
    fn target_prefix(&self) -> &'static str;

    /// Media type of the answers.
    fn content_type(&self) -> &'static str;

    /// Answers one operation.
    ///
    /// # Errors
    /// When the caller gets no answer at all: only fault injection does that.
    fn call(
        &self,
        operation: &str,
        body: Bytes,
    ) -> impl Future<Output = Result<Answer, ConnectorError>> + Send + 'static;
}

type Call = Box<dyn Fn(&str, Bytes) -> HttpConnectorFuture + Send + Sync>;

struct Route {
    prefix: &'static str,
    call: Call,
}

/// Takes the SDK's requests to the services in this process.
#[derive(Clone, Default)]
pub struct Connector {
    routes: Arc<Vec<Route>>,
}

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.routes.iter().map(|r| r.prefix)).finish()
    }
}

#[derive(Default)]
struct Routes(Vec<Route>);

impl Routes {
    fn add<S: Service>(mut self, service: S) -> Self {
        let (prefix, content_type) = (service.target_prefix(), service.content_type());
        let call: Call = Box::new(move |operation, body| {
            let answer = service.call(operation, body);
            HttpConnectorFuture::new(async move { response(answer.await?, content_type) })
        });
        self.0.push(Route { prefix, call });
        self
    }
}

impl Connector {
    /// To DynamoDB alone.
    pub fn dynamodb(service: impl Service) -> Self {
        Connector { routes: Arc::new(Routes::default().add(service).0) }
    }

    /// To DynamoDB and SQS.
    pub fn new(dynamodb: impl Service, sqs: impl Service) -> Self {
        Connector { routes: Arc::new(Routes::default().add(dynamodb).add(sqs).0) }
    }

    /// For an [`SdkConfig`].
    #[must_use]
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.clone())
    }

    /// A configuration whose clients end here; the credentials are made up and the time-outs are those
    /// of the cloud.
    #[must_use]
    pub fn sdk_config(&self) -> SdkConfig {
        self.outside_config()
            .into_builder()
            .timeout_config(yam_platform::aws::timeouts())
            .retry_config(yam_platform::aws::retries())
            .http_client(self.http_client())
            .build()
    }
}

impl Connector {
    /// A configuration whose clients go where their address says (the simulators of SNS and SES), with the
    /// same region and the same made-up credentials.
    #[must_use]
    pub fn outside_config(&self) -> SdkConfig {
        let credentials = Credentials::new("embedded", "embedded", None, None, "embedded");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(yam_platform::aws::http_client())
            .build()
    }
}

impl HttpClient for Connector {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let route = self.routes.iter().find_map(|r| Some((r, target.strip_prefix(r.prefix)?.to_owned())));
        let Some(((route, operation), body)) = route.zip(request.body().bytes()) else {
            let text = format!("nothing in this process answers {target:?}");
            return HttpConnectorFuture::ready(Err(ConnectorError::user(text.into())));
        };
        (route.call)(&operation, Bytes::copy_from_slice(body))
    }
}

fn response(answer: Answer, content_type: &'static str) -> Result<HttpResponse, ConnectorError> {
    let status = StatusCode::try_from(answer.status).map_err(|e| ConnectorError::other(e.into(), None))?;
    let mut response = HttpResponse::new(status, SdkBody::from(answer.body));
    response.headers_mut().insert("content-type", content_type);
    if let Some(code) = answer.query_error {
        response.headers_mut().insert(QUERY_ERROR, format!("{code};Sender"));
    }
    Ok(response)
}
