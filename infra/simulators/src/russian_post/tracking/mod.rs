//! The tracking services: `/rtm34`, single access by SOAP 1.2, and `/fc`, batch access by SOAP 1.1.

mod batch;
mod flaws;
mod record;
mod single;
mod soap11;
mod soap12;
mod tickets;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::post;
use jiff::Timestamp;
use rusqlite::Connection;

use crate::envelope::{self, Message};
use crate::error::Result;
use crate::ledger;
use crate::pipeline::{Answer, Call, Flaw, Reach, View, Wire, plain_headers, receive, run};
use crate::state::Shared;
use crate::system::System;

/// Both services.
pub(crate) struct Tracking;

/// Routes of the services, below what stands for `https://tracking.russianpost.ru`.
pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/russian_post/tracking/rtm34", post(single_access))
        .route("/russian_post/tracking/fc", post(batch_access))
}

const GET_HISTORY: &str = "getOperationHistory";
const GET_MONEY_ORDERS: &str = "PostalOrderEventsForMail";
const GET_TICKET: &str = "getTicket";
const GET_RESPONSE: &str = "getResponseByTicket";
/// Name under which calls of no known operation are counted.
const UNKNOWN: &str = "unknown";

/// Wrappers of single access.
const SINGLE: &str = "http://russianpost.org/operationhistory";
/// Wrappers of batch access.
const BATCH: &str = "http://fclient.russianpost.org/postserver";

/// What a quota says when it is used up.
const QUOTA: &str = "Превышен лимит количества запросов";

async fn single_access(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    endpoint(shared, GET_HISTORY, request).await
}

async fn batch_access(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    // Most clients leave the SOAPAction empty; then a fault that strikes before the body cannot tell.
    let action = request.headers().get("soapaction").and_then(|value| value.to_str().ok()).unwrap_or("");
    let guess = [GET_TICKET, GET_RESPONSE].into_iter().find(|name| action.contains(*name)).unwrap_or(UNKNOWN);
    endpoint(shared, guess, request).await
}

/// `guess` is the operation as far as it is known before the body.
async fn endpoint(shared: Arc<Shared>, guess: &'static str, request: Request) -> Response {
    let headers = plain_headers(request.headers());
    let path = request.uri().path().to_owned();
    let body = match receive(&shared, System::RussianPostTracking, guess, request).await {
        Ok(body) => body,
        Err(response) => return response,
    };
    let operation = envelope::open(&body).map_or(UNKNOWN, |message| operation(&path, &message));
    let call = Call {
        system: System::RussianPostTracking,
        operation: operation.to_owned(),
        account: None,
        path,
        headers,
        body,
        received: shared.clock.now(),
    };
    run(shared, call).await
}

fn is_batch(path: &str) -> bool {
    path.ends_with("/fc")
}

/// The operation a service is asked for, if the message has its version, namespace and name.
fn operation(path: &str, message: &Message) -> &'static str {
    let Message { version, operation } = message;
    let right_version =
        if is_batch(path) { soap11::is_version(version) } else { soap12::is_version(version) };
    if !right_version {
        return UNKNOWN;
    }
    match (is_batch(path), operation.namespace.as_str(), operation.name.as_str()) {
        (false, SINGLE, GET_HISTORY) => GET_HISTORY,
        (false, SINGLE, GET_MONEY_ORDERS) => GET_MONEY_ORDERS,
        (true, BATCH, "ticketRequest") => GET_TICKET,
        (true, BATCH, "answerByTicketRequest") => GET_RESPONSE,
        _ => UNKNOWN,
    }
}

/// The moment whose knowledge is shown: now, unless look-ups are blind to what is new.
fn knowledge(view: &View<'_>) -> Timestamp {
    view.visible_until.unwrap_or(view.now)
}

impl Wire for Tracking {
    fn reach(&self, operation: &str) -> Reach {
        match operation {
            GET_TICKET => Reach::Effect,
            UNKNOWN => Reach::Memory,
            _ => Reach::Lookup,
        }
    }

    fn recall(&self, view: &View<'_>) -> Answer {
        if is_batch(&view.call.path) {
            soap11::unreadable(&view.call.body)
        } else {
            soap12::unreadable(&view.call.body)
        }
    }

    fn work(&self, view: &View<'_>, connection: &Connection) -> Result<Answer> {
        let wrapper = match envelope::open(&view.call.body) {
            Ok(message) => message.operation,
            Err(_) => return Ok(self.recall(view)),
        };
        match view.call.operation.as_str() {
            GET_TICKET => batch::ticket(view, connection, &wrapper),
            GET_RESPONSE => batch::answer(view, connection, &wrapper),
            GET_MONEY_ORDERS => single::money_orders(view, connection, &wrapper),
            _ => single::history(view, connection, &wrapper),
        }
    }

    fn note(&self, view: &View<'_>, connection: &Connection) -> Result<()> {
        let Ok(message) = envelope::open(&view.call.body) else { return Ok(()) };
        ledger::receive(
            connection,
            &ledger::Body {
                system: view.call.system,
                operation: &view.call.operation,
                account: message.operation.text_of("login"),
                our_id: None,
                text_hash: &batch::content_hash(&message.operation),
                recipient: None,
                received: view.call.received,
            },
        )
    }

    fn flawed(&self, call: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer {
        flaws::flawed(&call.operation, is_batch(&call.path), flaw, whole)
    }
}
