//! HTTP requests, as the HTTP API hands them to functions.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use tower::ServiceExt as _;

use super::Hub;

/// API Gateway waits no longer for a function.
const LONGEST: Duration = Duration::from_secs(30);

impl Hub {
    /// Answers a request of the HTTP API. As in AWS the function goes on when the caller hangs up.
    pub async fn answer(&self, request: Request) -> Response {
        let found = self.routes.find(request.method().as_str(), request.uri().path());
        let Some((function, router)) = found.and_then(|f| Some((f, f.http.clone()?))) else {
            return message(StatusCode::NOT_FOUND, r#"{"message":"Not Found"}"#);
        };
        let timeout = function.timeout.min(LONGEST);
        let work = self.tasks.spawn(tokio::time::timeout(timeout, router.oneshot(request)));
        match work.await {
            Ok(Ok(Ok(response))) => response,
            Ok(Ok(Err(never))) => match never {},
            Ok(Err(_elapsed)) => {
                tracing::error!(
                    function = function.name,
                    seconds = timeout.as_secs(),
                    "a function ran out of time"
                );
                message(StatusCode::SERVICE_UNAVAILABLE, r#"{"message":"Service Unavailable"}"#)
            }
            Err(_panicked_or_stopped) => {
                message(StatusCode::INTERNAL_SERVER_ERROR, r#"{"message":"Internal Server Error"}"#)
            }
        }
    }
}

fn message(status: StatusCode, text: &'static str) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
