//! The demo shop's own endpoint, which receives signed webhooks and keeps them as they came.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use axum::routing::post;
use base64::Engine as _;
use http::StatusCode;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::error::Result;
use crate::faults::Delivery;
use crate::ledger;
use crate::pipeline::{Answer, Call, Flaw, Reach, View, Wire, plain_headers, receive, run};
use crate::state::Shared;
use crate::system::System;

/// The receiver.
pub(crate) struct Webhooks;

/// Routes of the receiver.
pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new().route("/shop/webhooks", post(default_shop)).route("/shop/{name}/webhooks", post(named_shop))
}

async fn default_shop(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    endpoint(shared, "default".to_owned(), request).await
}

async fn named_shop(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    request: Request,
) -> Response {
    endpoint(shared, name, request).await
}

/// The shop's name stands for the operation, so that faults can pick one shop.
async fn endpoint(shared: Arc<Shared>, shop: String, request: Request) -> Response {
    let headers = plain_headers(request.headers());
    let path = request.uri().path().to_owned();
    let body = match receive(&shared, System::Webhooks, &shop, request).await {
        Ok(body) => body,
        Err(response) => return response,
    };
    let received = shared.clock.now();
    let call =
        Call { system: System::Webhooks, operation: shop, account: None, path, headers, body, received };
    run(shared, call).await
}

fn webhook_id(call: &Call) -> &str {
    call.headers.iter().find(|(name, _)| name == "webhook-id").map_or("", |(_, value)| value)
}

/// What the sender saw.
fn answered(delivery: &Delivery) -> String {
    match delivery {
        Delivery::Whole | Delivery::EmptyNumber | Delivery::After(_) => "204".to_owned(),
        Delivery::Status { status, .. } => status.to_string(),
        Delivery::Hold(_)
        | Delivery::Reset
        | Delivery::Silence
        | Delivery::AtByte(_)
        | Delivery::Truncated(_) => "cut".to_owned(),
        Delivery::Code(code) => code.to_string(),
        Delivery::Quota => "429".to_owned(),
        Delivery::Maintenance => "503".to_owned(),
        _ => "200".to_owned(),
    }
}

impl Wire for Webhooks {
    fn reach(&self, _operation: &str) -> Reach {
        Reach::Effect
    }

    fn recall(&self, _view: &View<'_>) -> Answer {
        empty(StatusCode::NO_CONTENT)
    }

    fn note(&self, view: &View<'_>, connection: &Connection) -> Result<()> {
        let call = view.call;
        connection
            .prepare_cached(
                "INSERT INTO webhooks (received_ms, path, webhook_id, headers, body, accepted, answered)
                 VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)",
            )?
            .execute((
                call.received.as_millisecond(),
                &call.path,
                webhook_id(call),
                serde_json::to_string(&call.headers)?,
                call.body.as_ref(),
                answered(view.delivery),
            ))?;
        ledger::receive(
            connection,
            &ledger::Body {
                system: System::Webhooks,
                operation: &call.operation,
                account: &call.operation,
                our_id: Some(webhook_id(call)),
                text_hash: &ledger::text_hash(&call.body),
                recipient: None,
                received: call.received,
            },
        )
    }

    fn work(&self, view: &View<'_>, connection: &Connection) -> Result<Answer> {
        let call = view.call;
        // The row of this very delivery: the newest of its id and body.
        connection
            .prepare_cached(
                "UPDATE webhooks SET accepted = 1 WHERE id =
                 (SELECT max(id) FROM webhooks WHERE webhook_id = ?1 AND body = ?2 AND path = ?3)",
            )?
            .execute((webhook_id(call), call.body.as_ref(), &call.path))?;
        ledger::add(
            connection,
            &ledger::Entry {
                system: System::Webhooks,
                kind: "delivery",
                account: &call.operation,
                our_id: Some(webhook_id(call)),
                its_id: None,
                amount: None,
                text_hash: &ledger::text_hash(&call.body),
                recipient: None,
                received: call.received,
                committed: view.now,
                detail: json!({"path": call.path, "answered": answered(view.delivery)}),
            },
        )?;
        Ok(empty(StatusCode::NO_CONTENT))
    }

    fn flawed(&self, _call: &Call, flaw: Flaw, _whole: Option<&Answer>) -> Answer {
        match flaw {
            Flaw::Quota => empty(StatusCode::TOO_MANY_REQUESTS),
            Flaw::Code(code) => {
                let status = u16::try_from(code).ok().and_then(|code| StatusCode::from_u16(code).ok());
                empty(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
            }
            Flaw::Garbage | Flaw::WrongType => {
                Answer { status: StatusCode::OK, content_type: "application/json", body: "{\"ok\":".into() }
            }
            Flaw::Huge => Answer {
                status: StatusCode::OK,
                content_type: "text/plain",
                body: "x".repeat(crate::delivery::HUGE).into(),
            },
        }
    }
}

fn empty(status: StatusCode) -> Answer {
    Answer { status, content_type: "text/plain", body: bytes::Bytes::new() }
}

/// What came in: what the shop took, or with `all` also what a fault refused.
pub(crate) fn list(connection: &Connection, all: bool) -> Result<Vec<Value>> {
    let mut statement = connection.prepare(
        "SELECT received_ms, path, headers, body, accepted, answered FROM webhooks
         WHERE accepted OR ?1 ORDER BY id",
    )?;
    let mut rows = statement.query([all])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        let pairs: Vec<(String, String)> = serde_json::from_str(&row.get::<_, String>(2)?)?;
        let mut headers = serde_json::Map::new();
        for (name, value) in pairs {
            match headers.get_mut(&name) {
                Some(Value::String(known)) => {
                    known.push_str(", ");
                    known.push_str(&value);
                }
                _ => {
                    headers.insert(name, Value::String(value));
                }
            }
        }
        let body: Vec<u8> = row.get(3)?;
        let text = String::from_utf8_lossy(&body);
        let mut item = json!({
            "received_at": ledger::moment(row.get(0)?), "path": row.get::<_, String>(1)?, "headers": headers,
            "body": text, "accepted": row.get::<_, bool>(4)?, "answered": row.get::<_, String>(5)?,
        });
        // A body that is no text is kept exactly beside its readable form.
        if let std::borrow::Cow::Owned(_) = text {
            item["body_base64"] = json!(base64::engine::general_purpose::STANDARD.encode(&body));
        }
        items.push(item);
    }
    Ok(items)
}
