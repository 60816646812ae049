//! Contract parcels (계약소포, section 3): `api.*.jparcel` with fields in SEED-128.

mod cancel;
mod contracts;
pub(crate) mod customers;
mod door;
mod flaws;
mod insert;
mod look_up;
mod offices;
mod order;
mod reg_data;
mod reply;
pub(crate) mod reservations;
mod seed;
pub(crate) mod settings;
mod tariff;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header};
use rusqlite::Connection;

use self::customers::Customer;
use self::settings::Settings;
use super::maintenance;
use crate::error::Result;
use crate::ledger;
use crate::pipeline::{Answer, Call, Flaw, Reach, View, Wire, plain_headers, receive, run};
use crate::registry::Registry;
use crate::state::Shared;
use crate::store::Store;
use crate::switches::Switches;
use crate::system::System;

/// The service's standing data; reservations live in the store.
pub(crate) struct Desk {
    pub(crate) customers: Registry<Customer>,
    pub(crate) settings: Switches<Settings>,
}

impl Desk {
    /// Reads customers and settings, and seeds the demo customers.
    pub(crate) fn load(store: &Store) -> Result<Self> {
        Ok(Self {
            customers: Registry::load(store, System::KoreaPostShip, customers::seeds())?,
            settings: Switches::load(store, "korea_post_ship_settings")?,
        })
    }
}

/// The service.
pub(crate) struct Ship;

/// Routes below what stands for `https://ship.epost.go.kr`.
pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new().route("/korea_post/ship/{message}", any(endpoint))
}

const INSERT_ORDER: &str = "InsertOrder";
const INSERT_OFFICE: &str = "InsertOffice";
const CANCEL: &str = "GetResCancelCmd";
const STOPPED_ZIP: &str = "GetStoppedZipCd";

const OPERATIONS: [(&str, Reach); 8] = [
    ("GetCustNo", Reach::Lookup),
    ("GetApprNo", Reach::Lookup),
    (STOPPED_ZIP, Reach::Lookup),
    ("GetOfficeInfo", Reach::Lookup),
    (INSERT_OFFICE, Reach::Effect),
    (INSERT_ORDER, Reach::Effect),
    ("GetResInfo", Reach::Lookup),
    (CANCEL, Reach::Effect),
];

/// The operation of a message, `api.InsertOrder.jparcel`.
fn operation(message: &str) -> Option<&'static str> {
    let name = message.strip_prefix("api.")?.strip_suffix(".jparcel")?;
    OPERATIONS.iter().find(|(known, _)| *known == name).map(|(known, _)| *known)
}

/// A `Host` of another of the operator's services (section 1).
fn is_wrong_host(host: &str) -> bool {
    let name = host.split(':').next().unwrap_or_default();
    name.ends_with(".epost.go.kr") && name != "ship.epost.go.kr"
}

async fn endpoint(
    State(shared): State<Arc<Shared>>,
    Path(message): Path<String>,
    request: Request,
) -> Response {
    let Some(operation) = operation(&message) else { return StatusCode::NOT_FOUND.into_response() };
    if !matches!(*request.method(), Method::GET | Method::POST) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let headers = plain_headers(request.headers());
    let wrong_host = headers.iter().any(|(name, value)| name == "host" && is_wrong_host(value));
    if wrong_host && shared.korea_post.ship.settings.get().redirect_wrong_host {
        let location = HeaderValue::from_static("https://ship.epost.go.kr/error.html");
        return (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, location)]).into_response();
    }
    let path = request.uri().path().to_owned();
    let query = request.uri().query().unwrap_or_default().to_owned();
    let body = match receive(&shared, System::KoreaPostShip, operation, request).await {
        Ok(body) => body,
        Err(response) => return response,
    };
    let call = Call {
        system: System::KoreaPostShip,
        operation: operation.to_owned(),
        account: None,
        path,
        headers,
        body: Bytes::from([query.as_bytes(), &b"&"[..], &body[..]].concat()),
        received: shared.clock.now(),
    };
    run(shared, call).await
}

impl Wire for Ship {
    fn reach(&self, operation: &str) -> Reach {
        OPERATIONS.iter().find(|(known, _)| *known == operation).map_or(Reach::Memory, |(_, reach)| *reach)
    }

    fn recall(&self, _view: &View<'_>) -> Answer {
        maintenance::page()
    }

    fn work(&self, view: &View<'_>, connection: &Connection) -> Result<Answer> {
        let operation = view.call.operation.as_str();
        let guest = match door::enter(view, connection, operation != STOPPED_ZIP)? {
            Ok(guest) => guest,
            Err(refused) => return Ok(refused.answer(view)),
        };
        let outcome = match operation {
            "GetCustNo" => contracts::customer_number(view, &guest),
            "GetApprNo" => contracts::approvals(view, &guest),
            STOPPED_ZIP => contracts::stopped_zip(view, &guest),
            "GetOfficeInfo" => offices::list(view, connection, &guest)?,
            INSERT_OFFICE => offices::insert(view, connection, &guest)?,
            INSERT_ORDER => insert::insert(view, connection, &guest)?,
            CANCEL => cancel::cancel(view, connection, &guest)?,
            _ => look_up::look_up(view, connection, &guest)?,
        };
        Ok(match outcome {
            Ok(reply) => reply.answer(),
            Err(refused) => refused.answer(view),
        })
    }

    fn note(&self, view: &View<'_>, connection: &Connection) -> Result<()> {
        let Some(guest) = door::peek(view.shared, view.call) else { return Ok(()) };
        let (our_id, recipient) = match view.call.operation.as_str() {
            INSERT_ORDER => ("orderNo", Some(insert::recipient(&guest))),
            INSERT_OFFICE => ("officeSer", None),
            _ => ("regiNo", None),
        };
        ledger::receive(
            connection,
            &ledger::Body {
                system: view.call.system,
                operation: &view.call.operation,
                account: &guest.customer.cust_no,
                our_id: Some(guest.fields.get(our_id)),
                text_hash: &cancel::content_hash(&guest),
                recipient: recipient.as_ref(),
                received: view.call.received,
            },
        )
    }

    fn flawed(&self, _call: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer {
        flaws::flawed(flaw, whole)
    }

    fn maintenance(&self) -> Answer {
        maintenance::page()
    }
}
