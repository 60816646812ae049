//! How the AWS SDK reaches AWS: over the HTTP client that calls everything else, without HTTP/2. DynamoDB speaks
//! HTTP/1.1 alone, and a second client would make every function a tenth larger (docs/figures.md).

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::{Headers, StatusCode};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::ErrorKind;
use bytes::{Bytes, BytesMut};

/// The largest answer that is read, in bytes: a `BatchGetItem` of DynamoDB has 16 MB of items at most.
const LONGEST_ANSWER: usize = 24 * 1024 * 1024;
/// As the SDK's own client has it.
const IDLE: Duration = Duration::from_secs(20);

/// The connections of the SDK's clients, to be set once in the configuration they are made from: they share them.
#[must_use]
pub fn http_client() -> SharedHttpClient {
    SharedHttpClient::new(Connections::default())
}

/// Whether no connection came about, which proves that not one byte of the request left.
#[must_use]
pub fn never_connected(error: &ConnectorError) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<reqwest::Error>());
    error.is_user() || cause.is_some_and(|cause| cause.is_connect() || cause.is_builder())
}

/// A client for each connect time-out that is asked for: two in all.
type Clients = Vec<(Option<Duration>, reqwest::Client)>;

#[derive(Debug, Clone, Default)]
struct Connections(Arc<Mutex<Clients>>);

impl Connections {
    fn client(&self, within: Option<Duration>) -> Result<reqwest::Client, reqwest::Error> {
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, client)) = clients.iter().find(|(of, _)| *of == within) {
            return Ok(client.clone());
        }
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .pool_idle_timeout(IDLE)
            .tcp_nodelay(true)
            .no_gzip();
        if let Some(within) = within {
            builder = builder.connect_timeout(within);
        }
        let client = builder.build()?;
        clients.push((within, client.clone()));
        Ok(client)
    }
}

impl HttpClient for Connections {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        let (connections, settings) = (self.clone(), settings.clone());
        SharedHttpConnector::new(Connection { connections, settings })
    }
}

#[derive(Debug)]
struct Connection {
    connections: Connections,
    settings: HttpConnectorSettings,
}

impl HttpConnector for Connection {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.connections.client(self.settings.connect_timeout()).map_err(failed);
        let read_timeout = self.settings.read_timeout();
        HttpConnectorFuture::new(async move {
            let mut request = sendable(request)?;
            *request.timeout_mut() = read_timeout;
            read(client?.execute(request).await.map_err(failed)?).await
        })
    }
}

/// The SDK's request as reqwest's. The SDK has no streams here: bodies lie in memory.
fn sendable(request: HttpRequest) -> Result<reqwest::Request, ConnectorError> {
    let unusable = |what: &str| ConnectorError::user(what.into());
    let parts = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
    let (parts, body) = parts.into_parts();
    let body = Bytes::copy_from_slice(body.bytes().ok_or_else(|| unusable("the body is a stream"))?);
    let url = parts.uri.to_string().parse().map_err(|_| unusable("the address is no URL"))?;
    let mut sent = reqwest::Request::new(parts.method, url);
    *sent.headers_mut() = parts.headers;
    *sent.body_mut() = Some(body.into());
    Ok(sent)
}

/// The whole answer, or none: half of one must not pass for an answer.
async fn read(mut response: reqwest::Response) -> Result<HttpResponse, ConnectorError> {
    let status = StatusCode::try_from(response.status().as_u16());
    let status = status.map_err(|error| ConnectorError::other(error.into(), None))?;
    let headers = Headers::try_from(std::mem::take(response.headers_mut()));
    let headers = headers.map_err(|error| ConnectorError::other(error.into(), None))?;
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(ConnectorError::other("the answer is too long".into(), None));
        }
        body.extend_from_slice(&chunk);
    }
    let mut answer = HttpResponse::new(status, SdkBody::from(body.freeze()));
    *answer.headers_mut() = headers;
    Ok(answer)
}

/// The kind decides whether the SDK asks again, where it may.
fn failed(error: reqwest::Error) -> ConnectorError {
    match () {
        () if error.is_builder() => ConnectorError::user(error.into()),
        () if error.is_timeout() => ConnectorError::timeout(error.into()),
        () if error.is_connect() => ConnectorError::io(error.into()).never_connected(),
        () => ConnectorError::other(error.into(), Some(ErrorKind::TransientError)),
    }
}

#[cfg(test)]
mod tests;
