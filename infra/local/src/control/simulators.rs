//! `/_local/simulators/…`, `/_local/webhooks` and `/_local/outbox`, answered by the simulators.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use http::{HeaderMap, Method, StatusCode, Uri, header};

use super::problem::Refusal;

/// Where the simulators' control routes are.
#[derive(Debug)]
pub(crate) enum SimulatorControl {
    /// In this process.
    Here(Router),
    /// In another.
    There(Remote),
}

impl SimulatorControl {
    /// In the process at an address.
    pub(crate) fn at(url: &str) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build()?;
        Ok(SimulatorControl::There(Remote { url: url.trim_end_matches('/').into(), http }))
    }
}

/// The simulators of another process.
#[derive(Debug, Clone)]
pub(crate) struct Remote {
    url: Arc<str>,
    http: reqwest::Client,
}

impl Remote {
    pub(super) fn router(self) -> Router {
        Router::new()
            .route("/_local/webhooks", any(forward))
            .route("/_local/outbox", any(forward))
            .route("/_local/simulators/{*path}", any(forward))
            .with_state(self)
    }
}

async fn forward(
    State(remote): State<Remote>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let gone = |e: reqwest::Error| Refusal::new(StatusCode::BAD_GATEWAY, format!("the simulators: {e}"));
    let path = uri.path_and_query().map_or("/", |p| p.as_str());
    let mut request = remote.http.request(method, format!("{}{path}", remote.url)).body(body);
    if let Some(kind) = headers.get(header::CONTENT_TYPE) {
        request = request.header(header::CONTENT_TYPE, kind);
    }
    let answer = request.send().await.map_err(gone)?;
    let (status, kind) = (answer.status(), answer.headers().get(header::CONTENT_TYPE).cloned());
    let mut response = (status, Body::from(answer.bytes().await.map_err(gone)?)).into_response();
    if let Some(kind) = kind {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    Ok(response)
}
