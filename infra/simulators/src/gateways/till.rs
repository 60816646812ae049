//! What all gateways' wires share: payer pages beside the shop's calls, one course for both.

use std::marker::PhantomData;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State as Extract};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt;
use rusqlite::Connection;

use super::{Gateway, book, payer, postman, timers};
use crate::error::Result;
use crate::pipeline::{Answer, Call, Flaw, Reach, View, Wire, plain_headers, receive, run};
use crate::state::Shared;

/// The wire of a gateway.
pub(crate) struct Till<G>(PhantomData<fn() -> G>);

impl<G> Till<G> {
    pub(crate) const NEW: Self = Self(PhantomData);
}

/// The routes of a gateway: its own paths, and `payer/{id}`.
pub(super) fn router<G: Gateway>() -> Router<Arc<Shared>> {
    Router::new().route(&format!("/{}/{{*path}}", G::SYSTEM.name()), any(endpoint::<G>))
}

fn payer_operation(method: &Method, path: &str) -> Option<&'static str> {
    let rest = path.strip_prefix("payer/")?;
    match (method, rest.split_once('/')) {
        (&Method::GET, None) => Some(payer::PAGE),
        (&Method::POST, None) => Some(payer::DECIDE),
        (&Method::POST, Some((_, "return"))) => Some(payer::RETURN),
        _ => None,
    }
}

async fn endpoint<G: Gateway>(
    Extract(shared): Extract<Arc<Shared>>,
    Path(path): Path<String>,
    request: Request,
) -> Response {
    let operation =
        payer_operation(request.method(), &path).or_else(|| G::operation(request.method(), &path));
    let Some(operation) = operation else { return StatusCode::NOT_FOUND.into_response() };
    let headers = plain_headers(request.headers());
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let mut call = Call {
        system: G::SYSTEM,
        operation: operation.to_owned(),
        account: None,
        path,
        headers,
        body: Bytes::new(),
        received: shared.clock.now(),
    };
    // As much as is known before the body has been read.
    call.operation = G::refined(operation, &call).to_owned();
    call.body = match receive(&shared, G::SYSTEM, &call.operation, request).await {
        Ok(body) => body,
        Err(response) => return response,
    };
    call.received = shared.clock.now();
    call.operation = G::refined(operation, &call).to_owned();
    let decides = call.operation == payer::DECIDE;
    let response = run(Arc::clone(&shared), call).await;
    if decides
        && G::notices_first(&shared)
        && let Err(error) = postman::deliver(&shared).await
    {
        tracing::warn!(%error, "simulated notices were not sent");
    }
    located(response).await
}

/// A redirect has its target for a body; here it becomes a header.
async fn located(response: Response) -> Response {
    if response.status() != StatusCode::SEE_OTHER || response.headers().contains_key(header::LOCATION) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let target = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    match HeaderValue::from_bytes(&target) {
        Ok(target) => {
            head.headers.insert(header::LOCATION, target);
            Response::from_parts(head, axum::body::Body::empty())
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

impl<G: Gateway> Wire for Till<G> {
    fn reach(&self, operation: &str) -> Reach {
        match operation {
            payer::DECIDE => Reach::Effect,
            payer::PAGE | payer::RETURN => Reach::Lookup,
            _ => G::reach(operation),
        }
    }

    fn recall(&self, view: &View<'_>) -> Answer {
        // No operation of a gateway is answered from memory.
        self.flawed(view.call, Flaw::Garbage, None)
    }

    fn work(&self, view: &View<'_>, connection: &Connection) -> Result<Answer> {
        if self.reach(&view.call.operation) == Reach::Effect {
            // Late work happens at its own time: what was due before it comes first.
            timers::run(view.shared, connection, view.now)?;
        }
        match view.call.operation.as_str() {
            payer::PAGE | payer::DECIDE | payer::RETURN => payer::work::<G>(view, connection),
            _ => G::work(view, connection),
        }
    }

    fn note(&self, view: &View<'_>, connection: &Connection) -> Result<()> {
        if view.call.operation == payer::DECIDE {
            return Ok(());
        }
        match G::owner(view, connection)? {
            Some((account, our_id)) => book::body(view, connection, &account, &our_id),
            None => Ok(()),
        }
    }

    fn flawed(&self, call: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer {
        G::flawed(call, flaw, whole)
    }
}

/// The address at which a call came in, for links in its answer.
pub(super) fn base_of(call: &Call) -> String {
    let host = call.headers.iter().find(|(name, _)| name == "host").map_or("localhost", |(_, value)| value);
    format!("http://{host}")
}

/// A header of a call.
pub(super) fn header_of<'a>(call: &'a Call, name: &str) -> Option<&'a str> {
    call.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// The fields of a call's query.
pub(super) fn query_of(call: &Call) -> std::collections::HashMap<String, String> {
    crate::form::parse(call.path.split_once('?').map_or("", |(_, query)| query).as_bytes())
}

/// The part of a call's path below the gateway's name, without query.
pub(super) fn path_of(call: &Call) -> &str {
    let path = call.path.split('?').next().unwrap_or_default();
    path.trim_start_matches('/').split_once('/').map_or("", |(_, rest)| rest)
}
