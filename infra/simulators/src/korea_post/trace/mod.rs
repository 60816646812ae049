//! Trace: KpostPortal and the public-data gateway, below one base that stands for both hosts.

mod combined;
mod delivery_area;
mod domestic;
mod flaws;
mod gateway;
mod portal;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use bytes::Bytes;
use http::{Method, StatusCode};
use jiff::Timestamp;
use rusqlite::Connection;

use super::keys::{Key, Service};
use super::kst::KST;
use super::{KoreaPost, maintenance};
use crate::error::Result;
use crate::form;
use crate::pipeline::{Answer, Call, Flaw, Reach, View, Wire, plain_headers, receive, run};
use crate::post::{Found, find};
use crate::state::Shared;
use crate::system::System;
use crate::usage::{self, Meter};

/// Both services.
pub(crate) struct Trace;

const BASE: &str = "/korea_post/trace";

/// Routes of the services.
pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new().route("/korea_post/trace/{*path}", any(endpoint))
}

/// Targets of the portal.
const TRACE: &str = "trace";
const EMS_TRACE: &str = "emsTrace";
const EMS_ENG_TRACE: &str = "emsEngTrace";
const DELIVERY_AREA: &str = "delivArea";
/// Operations of the gateway.
const DOMESTIC: &str = "getLongitudinalDomesticList";
const COMBINED: &str = "getLongitudinalCombinedList";
const AREA_CODE: &str = "getDelivAreaCd";
/// Name under which calls of no known operation are counted.
const UNKNOWN: &str = "unknown";

const AREA_PATH: &str = "/postal/retrieveDelivAreaCdService/retrieveDelivAreaCdService/getDelivAreaCd";

/// The service that answers on a path.
fn service(path: &str) -> Option<Service> {
    let path = path.strip_prefix(BASE)?;
    if path == "/KpostPortal/openapi" || path == "/KpostPortal/openapi2" {
        return Some(Service::Portal);
    }
    (path.starts_with("/trace/") || path.starts_with("/postal/")).then_some(Service::Gateway)
}

/// The portal names its operation in a parameter, the gateway in the path.
fn operation(path: &str, fields: &Fields) -> &'static str {
    if service(path) == Some(Service::Portal) {
        let target = fields.get("target");
        let known = [TRACE, EMS_TRACE, EMS_ENG_TRACE, DELIVERY_AREA];
        return known.into_iter().find(|name| *name == target).unwrap_or(UNKNOWN);
    }
    match path.strip_prefix(BASE) {
        Some(
            "/trace/retrieveLongitudinalService/retrieveLongitudinalService/getLongitudinalDomesticList",
        ) => DOMESTIC,
        Some(
            "/trace/retrieveLongitudinalCombinedService/retrieveLongitudinalCombinedService/getLongitudinalCombinedList",
        ) => COMBINED,
        Some(path) if path.trim_end_matches('/') == AREA_PATH => AREA_CODE,
        _ => UNKNOWN,
    }
}

/// The parameters of a call, whichever way they came.
struct Fields(HashMap<String, String>);

impl Fields {
    fn read(form: &[u8]) -> Self {
        Self(form::parse(form))
    }

    /// One without the blanks around it; empty if it is missing.
    fn get(&self, name: &str) -> &str {
        self.0.get(name).map(|value| value.trim()).unwrap_or_default()
    }

    /// The same for a name that may come in any case.
    fn get_any_case(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim()).unwrap_or_default()
    }
}

async fn endpoint(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    if service(&path).is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::POST) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let headers = plain_headers(request.headers());
    let query = request.uri().query().unwrap_or_default().to_owned();
    let guess = operation(&path, &Fields::read(query.as_bytes()));
    let body = match receive(&shared, System::KoreaPostTrace, guess, request).await {
        Ok(body) => body,
        Err(response) => return response,
    };
    let form = Bytes::from([query.as_bytes(), &b"&"[..], &body[..]].concat());
    let call = Call {
        system: System::KoreaPostTrace,
        operation: operation(&path, &Fields::read(&form)).to_owned(),
        account: None,
        path,
        headers,
        body: form,
        received: shared.clock.now(),
    };
    run(shared, call).await
}

/// Takes a call from its key's quota.
fn granted(view: &View<'_>, connection: &Connection, key: &Key) -> Result<bool> {
    let meter = Meter {
        system: view.call.system,
        account: &key.key,
        service: key.service.name(),
        limit: key.daily,
        zone: KST,
    };
    usage::take(connection, &meter, view.now)
}

/// What is known of a number: now, unless look-ups are blind to what is new.
fn item(view: &View<'_>, connection: &Connection, number: &str) -> Result<Found<KoreaPost>> {
    let asked: Timestamp = view.visible_until.unwrap_or(view.now);
    find::<KoreaPost>(view.shared, connection, number, asked)
}

impl Wire for Trace {
    fn reach(&self, operation: &str) -> Reach {
        if operation == UNKNOWN { Reach::Memory } else { Reach::Lookup }
    }

    fn recall(&self, view: &View<'_>) -> Answer {
        match service(&view.call.path) {
            Some(Service::Portal) => portal::refusal(view, "ERR-125"),
            _ => gateway::failure(gateway::NO_SERVICE),
        }
    }

    fn work(&self, view: &View<'_>, connection: &Connection) -> Result<Answer> {
        let fields = Fields::read(&view.call.body);
        match view.call.operation.as_str() {
            DOMESTIC => domestic::answer(view, connection, &fields),
            COMBINED => combined::answer(view, connection, &fields),
            AREA_CODE => delivery_area::gateway(view, connection, &fields),
            DELIVERY_AREA => delivery_area::portal(view, connection, &fields),
            _ => portal::answer(view, connection, &fields),
        }
    }

    fn note(&self, _view: &View<'_>, _connection: &Connection) -> Result<()> {
        Ok(())
    }

    fn flawed(&self, call: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer {
        flaws::flawed(service(&call.path), flaw, whole)
    }

    fn maintenance(&self) -> Answer {
        maintenance::page()
    }
}
