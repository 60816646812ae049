//! The public calculator (section 5): prices and terms by GET, without an account.

mod answer;
mod dictionary;
mod errors;
mod flaws;
mod query;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use rusqlite::Connection;

use crate::error::Result;
use crate::pipeline::{Answer, Call, Flaw, Reach, View, Wire, plain_headers, receive, run};
use crate::state::Shared;
use crate::system::System;

/// The calculator.
pub(crate) struct Calculator;

/// Routes below what stands for `https://tariff.pochta.ru` and its mirror.
pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new().route("/russian_post/tariff/{*path}", any(endpoint))
}

const BASE: &str = "/russian_post/tariff";
const TARIFF: &str = "calculate/tariff";
const DELIVERY: &str = "calculate/delivery";
const BOTH: &str = "calculate/tariff/delivery";
const DICTIONARY: &str = "dictionary";
/// Paths of the first version.
const OLD: [(&str, &str); 3] = [
    ("/tariff/v1/calculate", TARIFF),
    ("/delivery/v1/calculate", DELIVERY),
    ("/tariff/v1/dictionary", DICTIONARY),
];

/// The operation of a path.
fn operation(path: &str) -> Option<&'static str> {
    let path = path.strip_prefix(BASE)?.trim_end_matches('/');
    if let Some((_, operation)) = OLD.iter().find(|(known, _)| *known == path) {
        return Some(operation);
    }
    let path = path.strip_prefix("/v2/")?;
    [TARIFF, DELIVERY, BOTH, DICTIONARY]
        .into_iter()
        .find(|known| path == *known || *known == DICTIONARY && path.starts_with("dictionary/"))
}

/// Whether a call is of the first version.
fn is_old(path: &str) -> bool {
    path.contains("/v1/")
}

async fn endpoint(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let Some(operation) = operation(&path) else { return StatusCode::NOT_FOUND.into_response() };
    if request.method() != Method::GET {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let headers = plain_headers(request.headers());
    let query = request.uri().query().unwrap_or_default().to_owned();
    if let Err(response) = receive(&shared, System::RussianPostTariff, operation, request).await {
        return response;
    }
    let call = Call {
        system: System::RussianPostTariff,
        operation: operation.to_owned(),
        account: None,
        path,
        headers,
        body: Bytes::from(query),
        received: shared.clock.now(),
    };
    run(shared, call).await
}

impl Wire for Calculator {
    fn reach(&self, _operation: &str) -> Reach {
        Reach::Memory
    }

    fn recall(&self, view: &View<'_>) -> Answer {
        let query = query::Query::read(&view.call.body);
        if view.call.operation == DICTIONARY {
            return dictionary::answer(&view.call.path, &query);
        }
        answer::answer(view, &query)
    }

    fn work(&self, view: &View<'_>, _connection: &Connection) -> Result<Answer> {
        Ok(self.recall(view))
    }

    fn note(&self, _view: &View<'_>, _connection: &Connection) -> Result<()> {
        Ok(())
    }

    fn flawed(&self, call: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer {
        flaws::flawed(is_old(&call.path), flaw, whole)
    }

    fn headers(&self, _call: &Call, _answer: &Answer) -> Vec<(HeaderName, HeaderValue)> {
        vec![(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"))]
    }
}
