//! What all providers' wires share.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::extract::{Request, State as Extract};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use bytes::Bytes;
use http::StatusCode;
use rusqlite::Connection;

use super::{Messenger, timers};
use crate::error::Result;
use crate::gateways::postman;
use crate::ledger::{self, text_hash};
use crate::pipeline::{Answer, Call, Flaw, Reach, View, Wire, plain_headers, receive, run};
use crate::state::Shared;

/// The wire of a provider.
pub(crate) struct Line<M>(PhantomData<fn() -> M>);

impl<M> Line<M> {
    pub(crate) const NEW: Self = Self(PhantomData);
}

/// The routes of a provider: all below its name, and the name itself.
pub(super) fn router<M: Messenger>() -> Router<Arc<Shared>> {
    let name = M::SYSTEM.name();
    Router::new()
        .route(&format!("/{name}"), any(endpoint::<M>))
        .route(&format!("/{name}/"), any(endpoint::<M>))
        .route(&format!("/{name}/{{*path}}"), any(endpoint::<M>))
}

async fn endpoint<M: Messenger>(Extract(shared): Extract<Arc<Shared>>, request: Request) -> Response {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let mut call = Call {
        system: M::SYSTEM,
        operation: String::new(),
        account: None,
        path,
        headers: plain_headers(request.headers()),
        body: Bytes::new(),
        received: shared.clock.now(),
    };
    let Some(operation) = M::operation(request.method(), path_of(&call)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    operation.clone_into(&mut call.operation);
    call.body = match receive(&shared, M::SYSTEM, operation, request).await {
        Ok(body) => body,
        Err(response) => return response,
    };
    call.received = shared.clock.now();
    call.operation = M::refined(operation, &call).to_owned();
    let response = run(Arc::clone(&shared), call).await;
    if shared.messengers.hasty.swap(false, Ordering::SeqCst)
        && let Err(error) = postman::deliver(&shared).await
    {
        tracing::warn!(%error, "simulated receipts were not sent");
    }
    response
}

impl<M: Messenger> Wire for Line<M> {
    fn reach(&self, operation: &str) -> Reach {
        M::reach(operation)
    }

    fn recall(&self, view: &View<'_>) -> Answer {
        // No operation of a provider is answered from memory.
        self.flawed(view.call, Flaw::Garbage, None)
    }

    fn work(&self, view: &View<'_>, connection: &Connection) -> Result<Answer> {
        if self.reach(&view.call.operation) == Reach::Effect {
            // Late work happens at its own time: what was due before it comes first.
            timers::run(view.shared, connection, view.now)?;
        }
        M::work(view, connection)
    }

    fn note(&self, view: &View<'_>, connection: &Connection) -> Result<()> {
        let Some((account, our_id)) = M::owner(view) else { return Ok(()) };
        ledger::receive(
            connection,
            &ledger::Body {
                system: view.call.system,
                operation: &view.call.operation,
                account: &account,
                our_id: Some(our_id.as_str()).filter(|id| !id.is_empty()),
                text_hash: &content_hash(view.call),
                recipient: None,
                received: view.call.received,
            },
        )
    }

    fn flawed(&self, call: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer {
        M::flawed(call, flaw, whole)
    }
}

/// The part of a call's path below the provider's name, without query.
pub(super) fn path_of(call: &Call) -> &str {
    let path = call.path.split('?').next().unwrap_or_default();
    path.trim_start_matches('/').split_once('/').map_or("", |(_, rest)| rest)
}

/// What a call says: its body, or its query where it has none.
pub(super) fn content_hash(call: &Call) -> String {
    text_hash(if call.body.is_empty() { call.path.as_bytes() } else { &call.body })
}

/// A call's parameters: of its query, and over them those of its form.
pub(super) fn form_of(call: &Call) -> HashMap<String, String> {
    let mut fields = crate::form::parse(call.path.split_once('?').map_or("", |(_, query)| query).as_bytes());
    fields.extend(crate::form::parse(&call.body));
    fields
}

/// A parameter, empty if it is not there.
pub(super) fn field<'a>(fields: &'a HashMap<String, String>, name: &str) -> &'a str {
    fields.get(name).map_or("", String::as_str)
}
