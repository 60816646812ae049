//! The bootstraps' event loops.

use std::sync::Arc;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use jiff::Timestamp;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Service as _};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;

use super::Invocation;

fn invocation(deadline_ms: u64) -> Invocation {
    let millis = i64::try_from(deadline_ms).unwrap_or(i64::MAX);
    Invocation { end: Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX) }
}

/// Serves a router behind API Gateway.
///
/// # Errors
/// The runtime's own failures; an error of a request is its answer.
pub async fn run_http(router: axum::Router) -> Result<(), Error> {
    lambda_http::run(router).await
}

/// Serves an SQS event source with partial batch responses.
///
/// # Errors
/// The runtime's own failures.
pub async fn run_sqs<F, Fut>(handler: F) -> Result<(), Error>
where
    F: Fn(SqsEvent, Invocation) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = SqsBatchResponse> + Send,
{
    let handler = Arc::new(handler);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| {
        let handler = handler.clone();
        async move { Ok::<_, Error>(handler(event.payload, invocation(event.context.deadline)).await) }
    }))
    .await
}

/// Serves an SQS event source and a schedule: what has `Records` is a batch.
///
/// # Errors
/// The runtime's own failures.
pub async fn run_sqs_and_schedule<F, Fut, G, Tick>(handler: F, tick: G) -> Result<(), Error>
where
    F: Fn(SqsEvent, Invocation) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = SqsBatchResponse> + Send,
    G: Fn(Invocation) -> Tick + Send + Sync + 'static,
    Tick: Future<Output = Result<(), Error>> + Send,
{
    let both = Arc::new((handler, tick));
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        let both = both.clone();
        async move {
            let invocation = invocation(event.context.deadline);
            if event.payload.get("Records").is_none() {
                both.1(invocation).await?;
                return Ok::<_, Error>(Value::Null);
            }
            let batch = serde_json::from_value(event.payload)?;
            Ok(serde_json::to_value(both.0(batch, invocation).await)?)
        }
    }))
    .await
}

/// Serves a schedule.
///
/// # Errors
/// The runtime's own failures; a handler's error makes the scheduler try again.
pub async fn run_schedule<F, Fut>(handler: F) -> Result<(), Error>
where
    F: Fn(Invocation) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), Error>> + Send,
{
    let handler = Arc::new(handler);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        let handler = handler.clone();
        async move { handler(invocation(event.context.deadline)).await }
    }))
    .await
}

/// Serves a function that answers to the HTTP API and to queues.
///
/// # Errors
/// The runtime API is gone.
pub async fn run_http_and_sqs<F, Fut>(router: axum::Router, handler: F) -> Result<(), Error>
where
    F: Fn(SqsEvent, Invocation) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = SqsBatchResponse> + Send,
{
    let both = Arc::new((router, handler));
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        let both = both.clone();
        async move {
            if event.payload.get("Records").is_some() {
                let invocation = invocation(event.context.deadline);
                let batch = serde_json::from_value(event.payload)?;
                return Ok::<_, Error>(serde_json::to_value(both.1(batch, invocation).await)?);
            }
            let request: LambdaRequest = serde_json::from_value(event.payload)?;
            let mut http = Adapter::from(both.0.clone());
            let answer = http.call(LambdaEvent::new(request, event.context)).await?;
            Ok(serde_json::to_value(answer)?)
        }
    }))
    .await
}
