//! EShop SOAP, version 2.7: one endpoint, routed by the body's first element.

mod errors;
mod flaws;
mod params;
mod parcels;
mod places;
mod prices;
mod products;
mod soap;
mod wsdl;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::{Method, StatusCode};
use rusqlite::Connection;

use crate::envelope;
use crate::error::Result;
use crate::pipeline::{Answer, Call, Flaw, Reach, View, Wire, plain_headers, receive, run};
use crate::state::Shared;
use crate::system::System;
use crate::xml::Element;
use params::{Members, Unreadable};

/// The SOAP wire.
pub(crate) struct Eshop;

/// Routes of the wire.
pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new().route("/iran_post/eshop/{file}", any(endpoint))
}

/// All operations, with the parameters in the order of their schema.
const OPERATIONS: [(&str, &[&str]); 14] = [
    ("GetStates", &["username", "password"]),
    ("GetCities", &["username", "password", "stateId"]),
    ("GetDeliveryPrice", prices::DELIVERY_PRICE),
    ("DeliveryMultiPrice", prices::MULTI_PRICE),
    ("AddStuff", products::ADD),
    ("AddStuffs", &["username", "password", "stuffs"]),
    ("EditStuffs", &["username", "password", "Stuffs"]),
    ("EditStuffPrice", &["username", "password", "stuffId", "price"]),
    ("EditStuffWeight", &["username", "password", "stuffId", "weight"]),
    ("AddParcel", parcels::ADD),
    ("AddParcelWithDiscount", parcels::ADD_WITH_DISCOUNT),
    ("ReadyToShip", &["username", "password", "parcelCode", "datereadyforPost"]),
    ("GetStatus", &["username", "password", "parcelCode"]),
    ("Billing", &["username", "password"]),
];

/// Name under which calls of no known operation are counted.
const UNKNOWN: &str = "unknown";

fn known(name: &str) -> Option<(&'static str, &'static [&'static str])> {
    OPERATIONS.into_iter().find(|(operation, _)| *operation == name)
}

async fn endpoint(State(shared): State<Arc<Shared>>, Path(file): Path<String>, request: Request) -> Response {
    if !file.eq_ignore_ascii_case("EShopService.svc") {
        return StatusCode::NOT_FOUND.into_response();
    }
    match *request.method() {
        Method::GET
            if request.uri().query().is_some_and(|query| query.to_ascii_lowercase().starts_with("wsdl")) =>
        {
            return wsdl::answer(request.headers()).into_response();
        }
        Method::GET => return (StatusCode::OK, "EShopService Service").into_response(),
        Method::POST => {}
        _ => return StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
    let headers = plain_headers(request.headers());
    let path = request.uri().path().to_owned();
    let hint = known(action(&headers)).map_or(UNKNOWN, |(name, _)| name);
    let body = match receive(&shared, System::IranPostEshop, hint, request).await {
        Ok(body) => body,
        Err(response) => return response,
    };
    let operation = envelope::open(&body)
        .ok()
        .and_then(|message| known(&message.operation.name))
        .map_or(UNKNOWN, |(name, _)| name);
    let call = Call {
        system: System::IranPostEshop,
        operation: operation.to_owned(),
        account: None,
        path,
        headers,
        body,
        received: shared.clock.now(),
    };
    run(shared, call).await
}

/// The operation's name as the SOAPAction header has it.
fn action(headers: &[(String, String)]) -> &str {
    let action =
        headers.iter().find(|(name, _)| name == "soapaction").map_or("", |(_, value)| value.as_str());
    action.trim_matches('"').rsplit('/').next().unwrap_or("")
}

/// An operation that has been read.
struct Asked {
    element: Element,
    schema: &'static [&'static str],
    strict: bool,
}

impl Asked {
    fn read(view: &View<'_>) -> std::result::Result<Self, Answer> {
        let element = envelope::open(&view.call.body)
            .map_err(|problem| soap::fault("DeserializationFailed", &problem))?
            .operation;
        let strict = view.shared.iran_post.settings().strict;
        if strict && !action(&view.call.headers).eq(&element.name) {
            let text = "The message cannot be processed at the receiver, due to an Action mismatch at the EndpointDispatcher.";
            return Err(soap::fault("ActionNotSupported", text));
        }
        match known(&element.name) {
            Some((_, schema)) => Ok(Self { element, schema, strict }),
            None => {
                let text = format!("The message with element '{}' cannot be processed.", element.name);
                Err(soap::fault("ActionNotSupported", &text))
            }
        }
    }

    fn members(&self) -> Members<'_> {
        Members::read(&self.element, self.schema, self.strict)
    }
}

/// What an operation gives back: its result, or a message it could not read.
type Outcome = std::result::Result<soap::Value, Unreadable>;

fn finish(operation: &str, outcome: Outcome) -> Answer {
    match outcome {
        Ok(value) => soap::answer(operation, &value),
        Err(Unreadable(text)) => soap::fault("DeserializationFailed", &text),
    }
}

impl Wire for Eshop {
    fn reach(&self, operation: &str) -> Reach {
        match operation {
            "GetStates" | "GetCities" | "GetDeliveryPrice" | "DeliveryMultiPrice" | UNKNOWN => Reach::Memory,
            "GetStatus" | "Billing" => Reach::Lookup,
            _ => Reach::Effect,
        }
    }

    fn recall(&self, view: &View<'_>) -> Answer {
        let asked = match Asked::read(view) {
            Ok(asked) => asked,
            Err(fault) => return fault,
        };
        let members = asked.members();
        let outcome = match asked.element.name.as_str() {
            "GetStates" => places::states(view, &members),
            "GetCities" => places::cities(view, &members),
            "GetDeliveryPrice" => prices::delivery_price(view, &members),
            _ => prices::multi_price(view, &members),
        };
        finish(&asked.element.name, outcome)
    }

    fn work(&self, view: &View<'_>, connection: &Connection) -> Result<Answer> {
        let asked = match Asked::read(view) {
            Ok(asked) => asked,
            Err(fault) => return Ok(fault),
        };
        let members = asked.members();
        let strict = asked.strict;
        let outcome = match asked.element.name.as_str() {
            "AddStuff" => products::add(view, connection, &members)?,
            "AddStuffs" => products::add_all(view, connection, &members, strict)?,
            "EditStuffs" => products::edit_all(view, connection, &members, strict)?,
            "EditStuffPrice" => products::edit_one(view, connection, &members, products::Field::Price)?,
            "EditStuffWeight" => products::edit_one(view, connection, &members, products::Field::Weight)?,
            "AddParcel" | "AddParcelWithDiscount" => {
                parcels::add(view, connection, &members, strict, &asked.element)?
            }
            "ReadyToShip" => parcels::ready_to_ship(view, connection, &members, &asked.element)?,
            "GetStatus" => parcels::status(view, connection, &members)?,
            _ => parcels::billing(view, connection, &members)?,
        };
        Ok(finish(&asked.element.name, outcome))
    }

    fn note(&self, view: &View<'_>, connection: &Connection) -> Result<()> {
        match Asked::read(view) {
            Ok(asked) => parcels::note(view, connection, &asked.members(), &asked.element),
            Err(_) => Ok(()),
        }
    }

    fn flawed(&self, call: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer {
        flaws::flawed(&call.operation, flaw, whole)
    }
}
