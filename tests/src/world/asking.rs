//! Asking the hub, as shops and browsers do.

use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::World;

impl World {
    /// A call with the merchant's key.
    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        self.call_as(&self.key, method, path, &[], body).await
    }

    /// A call with any key and more headers.
    pub async fn call_as(
        &self,
        key: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let body = body.map(|b| b.to_string());
        let (status, bytes) =
            self.raw(key, method, path, headers, body.unwrap_or_default().into_bytes()).await;
        let value = serde_json::from_slice(&bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(&bytes)));
        (status, value)
    }

    /// A call with any bytes.
    pub async fn raw(
        &self,
        key: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> (StatusCode, Vec<u8>) {
        let (status, _, bytes) = self.exchange(key, method, path, headers, body).await;
        (status, bytes)
    }

    /// A call with any bytes, and all of its answer. The body is called JSON unless the headers say otherwise.
    pub async fn exchange(
        &self,
        key: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> (StatusCode, HeaderMap, Vec<u8>) {
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            request = request.header("content-type", "application/json");
        }
        if !key.is_empty() {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body)).expect("request");
        let response = self.answer(request).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("body");
        (status, headers, bytes.to_vec())
    }

    /// The answer of the function that a request's path belongs to.
    pub(crate) async fn answer(&self, request: Request<Body>) -> axum::response::Response {
        let path = request.uri().path().to_owned();
        let (_, router) = self
            .routers
            .iter()
            .find(|(prefixes, _)| prefixes.iter().any(|p| begins(&path, p)))
            .expect("a router for every path");
        router.clone().oneshot(request).await.expect("answer")
    }
}

/// Whether a path begins with this; a `*` is one part of it.
fn begins(path: &str, prefix: &str) -> bool {
    let Some((before, after)) = prefix.split_once('*') else { return path.starts_with(prefix) };
    let rest = path.strip_prefix(before).and_then(|rest| rest.find('/').map(|end| &rest[end..]));
    rest.is_some_and(|rest| rest.starts_with(after))
}
