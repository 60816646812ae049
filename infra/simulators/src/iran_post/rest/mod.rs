//! Ebazaar REST: a token, then JSON in an envelope.

mod checks;
mod envelope;
mod flaws;
mod goods;
mod money;
mod orders;
mod places;
mod prices;
pub(crate) mod tokens;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::{Method, StatusCode};
use rusqlite::Connection;
use serde_json::Value;

use super::accounts::Account;
use crate::error::Result;
use crate::pipeline::{Answer, Call, Flaw, Reach, View, Wire, plain_headers, receive, run};
use crate::state::Shared;
use crate::system::System;
use envelope::{Refused, answer, message};

/// The REST wire.
pub(crate) struct Rest;

/// Routes of the wire.
pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new().route("/iran_post/rest/{*path}", any(endpoint))
}

/// Token call and methods.
const OPERATIONS: [(&str, Reach); 17] = [
    (TOKEN, Reach::Effect),
    ("BaseInfo/Province", Reach::Memory),
    ("BaseInfo/City", Reach::Memory),
    ("BaseInfo/BoxSize", Reach::Memory),
    ("BaseInfo/Kiosk", Reach::Memory),
    ("BaseInfo/PudoPostNode", Reach::Memory),
    ("Product/Add", Reach::Effect),
    ("Product/Edit", Reach::Effect),
    ("Order/DeliveryPrice", Reach::Memory),
    ("Order/AddParcel", Reach::Effect),
    ("Order/Inquiry", Reach::Lookup),
    ("Order/ParcelStatus", Reach::Lookup),
    ("Order/ChangeStatus", Reach::Effect),
    ("Order/ParcelDetail", Reach::Lookup),
    ("Wallet/Credit", Reach::Lookup),
    ("Finance/Billing", Reach::Lookup),
    (UNKNOWN, Reach::Memory),
];

const TOKEN: &str = "token";
const UNKNOWN: &str = "unknown";

/// The operation a path names; IIS does not tell upper from lower case.
fn operation(path: &str) -> &'static str {
    let path = path.trim_end_matches('/').to_ascii_lowercase();
    let Some(path) = path.strip_prefix("restapi/") else { return UNKNOWN };
    let name = if path == TOKEN { Some(TOKEN) } else { path.strip_prefix("api/v0/") };
    name.and_then(|name| OPERATIONS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)))
        .map_or(UNKNOWN, |&(known, _)| known)
}

async fn endpoint(State(shared): State<Arc<Shared>>, Path(path): Path<String>, request: Request) -> Response {
    let operation = operation(&path);
    if operation == UNKNOWN {
        return message(StatusCode::NOT_FOUND, "No HTTP resource was found that matches the request URI.")
            .into_response();
    }
    if request.method() != Method::POST {
        let text = "The requested resource does not support this http method.";
        return message(StatusCode::METHOD_NOT_ALLOWED, text).into_response();
    }
    let headers = plain_headers(request.headers());
    let path = request.uri().path().to_owned();
    let body = match receive(&shared, System::IranPostRest, operation, request).await {
        Ok(body) => body,
        Err(response) => return response,
    };
    let account =
        bearer(&headers).and_then(|token| shared.iran_post.tokens.holder(token, shared.clock.now()));
    let call = Call {
        system: System::IranPostRest,
        operation: operation.to_owned(),
        account,
        path,
        headers,
        body,
        received: shared.clock.now(),
    };
    run(shared, call).await
}

fn bearer(headers: &[(String, String)]) -> Option<&str> {
    let (_, value) = headers.iter().find(|(name, _)| name == "authorization")?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// An authorised call with its body.
struct Asked<'a> {
    view: &'a View<'a>,
    account: Arc<Account>,
    body: Value,
}

impl<'a> Asked<'a> {
    fn read(view: &'a View<'a>) -> std::result::Result<Self, Answer> {
        let iran = &view.shared.iran_post;
        let account = view.call.account.as_deref().and_then(|name| iran.accounts.get(name));
        let Some(account) = account else {
            return Err(message(StatusCode::UNAUTHORIZED, "Authorization has been denied for this request."));
        };
        if iran.settings().rate_limited {
            return Err(answer(Err(Refused(-1))));
        }
        let body =
            if view.call.body.trim_ascii().is_empty() { b"{}".as_slice() } else { view.call.body.as_ref() };
        match serde_json::from_slice(body) {
            Ok(body) => Ok(Self { view, account, body }),
            Err(_) => Err(message(StatusCode::BAD_REQUEST, "The request is invalid.")),
        }
    }

    /// The items of a batch.
    fn items(&self) -> std::result::Result<&[Value], Refused> {
        self.body.as_array().map(Vec::as_slice).ok_or(Refused(13))
    }
}

impl Wire for Rest {
    fn reach(&self, operation: &str) -> Reach {
        OPERATIONS.iter().find(|(known, _)| *known == operation).map_or(Reach::Memory, |(_, reach)| *reach)
    }

    fn recall(&self, view: &View<'_>) -> Answer {
        let asked = match Asked::read(view) {
            Ok(asked) => asked,
            Err(answer) => return answer,
        };
        answer(match view.call.operation.as_str() {
            "BaseInfo/Province" => places::provinces(&asked),
            "BaseInfo/City" => places::cities(&asked),
            "BaseInfo/BoxSize" => places::box_sizes(),
            "BaseInfo/Kiosk" => places::kiosks(&asked),
            "BaseInfo/PudoPostNode" => places::pudo_nodes(&asked),
            _ => prices::delivery_price(&asked),
        })
    }

    fn work(&self, view: &View<'_>, connection: &Connection) -> Result<Answer> {
        if view.call.operation == TOKEN {
            return tokens::issue(view, connection);
        }
        let asked = match Asked::read(view) {
            Ok(asked) => asked,
            Err(answer) => return Ok(answer),
        };
        Ok(answer(match view.call.operation.as_str() {
            "Product/Add" => goods::add(&asked, connection)?,
            "Product/Edit" => goods::edit(&asked, connection)?,
            "Order/AddParcel" => orders::add::add(&asked, connection)?,
            "Order/Inquiry" => orders::inquiry(&asked, connection)?,
            "Order/ParcelStatus" => orders::statuses(&asked, connection)?,
            "Order/ChangeStatus" => orders::change_status(&asked, connection)?,
            "Order/ParcelDetail" => orders::detail(&asked, connection)?,
            "Wallet/Credit" => money::credit(&asked),
            _ => money::billing(&asked, connection)?,
        }))
    }

    fn note(&self, view: &View<'_>, connection: &Connection) -> Result<()> {
        match Asked::read(view) {
            Ok(asked) => orders::note(&asked, connection),
            Err(_) => Ok(()),
        }
    }

    fn flawed(&self, call: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer {
        flaws::flawed(call, flaw, whole)
    }
}
