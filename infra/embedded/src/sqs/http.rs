//! The protocol over HTTP.

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::error::SqsError;
use super::{EmbeddedSqs, protocol};
use crate::connector::QUERY_ERROR;
use crate::usage::Usage;

/// One route: the operation is in `X-Amz-Target`. Signatures are not checked, so it belongs on a
/// loopback address.
pub(super) fn router(sqs: EmbeddedSqs) -> Router {
    Router::new()
        .route("/", post(call))
        .route("/{account}/{queue}", post(call))
        // A batch of 1 MiB, escaped.
        .layer(DefaultBodyLimit::max(8 * 1024 * 1024))
        .with_state(sqs)
}

async fn call(State(sqs): State<EmbeddedSqs>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let answer = match target.strip_prefix(protocol::TARGET_PREFIX) {
        Some(operation) => protocol::answer(&sqs, operation, &body, &Usage::current_flow()).await,
        None => SqsError::UnsupportedOperation(format!("{target:?}")).answer(),
    };
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response =
        (status, [(header::CONTENT_TYPE, protocol::CONTENT_TYPE)], answer.body).into_response();
    if let Some(code) = answer.query_error
        && let Ok(value) = HeaderValue::try_from(format!("{code};Sender"))
    {
        response.headers_mut().insert(QUERY_ERROR, value);
    }
    response
}
