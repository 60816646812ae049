//! The course of every call on every wire: count, strike, work, answer.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use http_body_util::BodyExt;
use jiff::Timestamp;
use rusqlite::Connection;

use crate::calls::Step;
use crate::connection::Cut;
use crate::delivery;
use crate::duplicates::Duplicates;
use crate::error::Result;
use crate::faults::{Delivery, Early, Plan, Work};
use crate::late;
use crate::state::Shared;
use crate::system::System;

/// A request as a wire sees it.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) system: System,
    pub(crate) operation: String,
    /// Who calls, where the wire knows it before the body (REST).
    pub(crate) account: Option<String>,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
    pub(crate) received: Timestamp,
}

/// What a wire may look at while it works.
pub(crate) struct View<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) call: &'a Call,
    /// When the work happens.
    pub(crate) now: Timestamp,
    /// Look-ups do not see what was committed after this.
    pub(crate) visible_until: Option<Timestamp>,
    /// What becomes of order numbers seen before, if a fault says so.
    pub(crate) policy: Option<Duplicates>,
    /// What will leave on the wire.
    pub(crate) delivery: &'a Delivery,
}

/// How far an operation reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Answered from memory: prices and places.
    Memory,
    /// Reads the store; all it may write is a count of calls.
    Lookup,
    /// Changes the store.
    Effect,
}

/// A wire's answer before faults.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) content_type: &'static str,
    pub(crate) body: Bytes,
}

/// How an answer goes wrong in the wire's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    Garbage,
    Quota,
    Code(i32),
    WrongType,
    Huge,
}

/// One protocol.
pub(crate) trait Wire: Sync {
    /// How far this operation reaches.
    fn reach(&self, operation: &str) -> Reach;

    /// Answers an operation of [`Reach::Memory`].
    fn recall(&self, view: &View<'_>) -> Answer;

    /// Answers the others; an effect's connection is a transaction.
    fn work(&self, view: &View<'_>, connection: &Connection) -> Result<Answer>;

    /// Notes the body of an effect, whether or not it will be executed.
    fn note(&self, view: &View<'_>, connection: &Connection) -> Result<()>;

    /// The answer gone wrong; `whole` is there if the work was done.
    fn flawed(&self, call: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer;

    /// Headers beside the content's type.
    fn headers(&self, _call: &Call, _answer: &Answer) -> Vec<(HeaderName, HeaderValue)> {
        Vec::new()
    }

    /// What is shown while the operator works on its machines.
    fn maintenance(&self) -> Answer {
        Answer {
            status: StatusCode::SERVICE_UNAVAILABLE,
            content_type: "text/html; charset=utf-8",
            body: "<!DOCTYPE html>\n<html><head><title>Maintenance</title></head><body></body></html>\n"
                .into(),
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        response
    }
}

/// Reads a body, unless a fault strikes before that or it is too long.
pub(crate) async fn receive(
    shared: &Arc<Shared>,
    system: System,
    operation: &str,
    request: Request,
) -> std::result::Result<Bytes, Response> {
    let early = shared.faults.strike_early(&shared.store, system, operation).map_err(|e| failed(&e))?;
    if early.is_some() {
        shared.calls.count(system, operation, Step::Received);
    }
    let limit = match early {
        Some(Early::Reset) => return Err(delivery::cut(Cut::Reset)),
        Some(Early::CutBody(bytes)) => usize::try_from(bytes).unwrap_or(usize::MAX).min(MAX_BODY),
        None => MAX_BODY,
    };
    let (mut body, mut read) = (request.into_body(), BytesMut::new());
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Err(delivery::cut(Cut::Silent)) };
        if let Some(data) = frame.data_ref() {
            if early.is_some() && read.len() + data.len() >= limit {
                return Err(delivery::cut(Cut::Silent));
            }
            if read.len() + data.len() > limit {
                return Err((StatusCode::PAYLOAD_TOO_LARGE, "request too long").into_response());
            }
            read.extend_from_slice(data);
        }
    }
    if early.is_some() {
        return Err(delivery::cut(Cut::Silent));
    }
    Ok(read.freeze())
}

const MAX_BODY: usize = 4 * 1024 * 1024;

/// Headers as received, names in lower case.
pub(crate) fn plain_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect()
}

/// Takes a call through counters, faults, work and answer.
pub(crate) async fn run(shared: Arc<Shared>, call: Call) -> Response {
    let wire = shared.wire(call.system);
    let call = Arc::new(call);
    let worked = if wire.reach(&call.operation) == Reach::Memory {
        work(&shared, wire, &call)
    } else {
        let (shared, call) = (Arc::clone(&shared), Arc::clone(&call));
        match tokio::task::spawn_blocking(move || work(&shared, wire, &call)).await {
            Ok(worked) => worked,
            Err(error) => {
                tracing::error!(%error, "a simulator's work died");
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            }
        }
    };
    match worked {
        Ok((plan, answer)) => delivery::deliver(&shared, wire, &call, plan.delivery, answer).await,
        Err(error) => failed(&error),
    }
}

/// Everything up to the answer: for wires that are not HTTP too.
pub(crate) fn work(shared: &Shared, wire: &dyn Wire, call: &Call) -> Result<(Plan, Option<Answer>)> {
    late::settle(shared)?;
    let reach = wire.reach(&call.operation);
    shared.calls.count(call.system, &call.operation, Step::Received);
    let plan = shared.faults.strike(&shared.store, call.system, &call.operation, reach)?;
    let now = shared.clock.now();
    let visible_until = plan.blind.map(|span| now.checked_sub(span).unwrap_or(Timestamp::MIN));
    let view = View { shared, call, now, visible_until, policy: plan.policy, delivery: &plan.delivery };
    let answer = match (plan.work, reach) {
        (Work::Now, Reach::Memory) => {
            shared.calls.count(call.system, &call.operation, Step::Executed);
            Some(wire.recall(&view))
        }
        (Work::Now, Reach::Lookup) => {
            shared.calls.count(call.system, &call.operation, Step::Executed);
            Some(shared.store.read(|connection| wire.work(&view, connection))?)
        }
        (Work::Now, Reach::Effect) => Some(shared.store.write(|tx| {
            wire.note(&view, tx)?;
            let answer = wire.work(&view, tx)?;
            shared.calls.count(call.system, &call.operation, Step::Executed);
            shared.calls.flush(tx)?;
            Ok(answer)
        })?),
        (Work::Later { after, clock }, Reach::Effect) => {
            shared.store.write(|tx| {
                wire.note(&view, tx)?;
                late::postpone(shared, tx, call, after, clock)
            })?;
            late::armed(shared);
            None
        }
        (Work::Never, Reach::Effect) => {
            shared.store.write(|tx| {
                wire.note(&view, tx)?;
                shared.calls.flush(tx)
            })?;
            None
        }
        (Work::Never | Work::Later { .. }, _) => None,
    };
    Ok((plan, answer))
}

/// The simulators themselves failed.
pub(crate) fn failed(error: &crate::error::Error) -> Response {
    tracing::error!(%error, "simulator failed");
    (StatusCode::INTERNAL_SERVER_ERROR, format!("simulator failed: {error}")).into_response()
}
