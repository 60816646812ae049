//! What every HTTP function wraps around its router.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, header};
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument as _;

use crate::problem::{Kind, Problem, localize};
use crate::telemetry::TraceContext;
use crate::{Clock, IdGen};

/// Adds to a router: trace context and one log line a request, problems in the caller's language, a
/// bound on the body, panics as 500, 404 and 405 as problems.
pub fn harden(router: Router, body_limit: usize, clock: Arc<dyn Clock>, ids: Arc<dyn IdGen>) -> Router {
    router
        .fallback(|| async { Problem::new(Kind::NotFound) })
        .method_not_allowed_fallback(|| async { Problem::new(Kind::MethodNotAllowed) })
        .layer(CatchPanicLayer::custom(|_panic: Box<dyn std::any::Any + Send>| {
            tracing::error!("a request panicked");
            Problem::new(Kind::Internal).into_response()
        }))
        .layer(DefaultBodyLimit::max(body_limit))
        .layer(middleware::from_fn(localize))
        .layer(middleware::from_fn(move |request: Request, next: Next| {
            let (clock, ids) = (clock.clone(), ids.clone());
            async move { traced(request, next, clock.as_ref(), ids.as_ref()).await }
        }))
}

async fn traced(request: Request, next: Next, clock: &dyn Clock, ids: &dyn IdGen) -> Response {
    let started = clock.real_now();
    let method = request.method().clone();
    let header = request.headers().get("traceparent").and_then(|v| v.to_str().ok());
    // The path itself may hold what a log must not: the route's pattern is logged instead.
    let route = request.extensions().get::<MatchedPath>().map(|p| p.as_str().to_owned());
    let flow = format!("{method} {}", route.as_deref().unwrap_or("(no route)"));
    let trace = TraceContext::continued(header, ids, &flow);
    let span = tracing::info_span!("request", request_id = trace.trace_id(), route = %flow);
    let request_id = HeaderValue::from_str(trace.trace_id());
    let mut response = trace.scope(next.run(request)).instrument(span.clone()).await;
    if let Ok(id) = request_id {
        response.headers_mut().insert("x-request-id", id);
    }
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    let duration_ms = clock.real_now().duration_since(started).as_millis();
    tracing::info!(parent: &span, status = response.status().as_u16(), duration_ms, "request answered");
    response
}
