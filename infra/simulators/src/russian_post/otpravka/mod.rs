//! Otpravka (section 4): orders, batches and forms of clients with a contract.

mod backlog;
mod barcode;
mod batches;
mod batching;
mod check;
mod checkin;
mod clean;
pub(crate) mod clients;
mod create;
mod door;
mod flaws;
mod forms;
mod opers;
pub(crate) mod orders;
mod pdf;
mod places;
mod quote;
mod reply;
mod returns;
mod routes;
pub(crate) mod settings;
mod shipments;
mod shown;
mod zip;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::{HeaderName, HeaderValue, Method, header};
use rusqlite::Connection;
use serde_json::{Value, json};

use self::clients::Client;
use self::door::Asked;
use self::settings::Settings;
use crate::error::Result;
use crate::ledger;
use crate::pipeline::{Answer, Call, Flaw, Reach, View, Wire, plain_headers, receive, run};
use crate::registry::Registry;
use crate::state::Shared;
use crate::store::Store;
use crate::switches::Switches;
use crate::system::System;
use crate::usage;

/// The service's standing data; orders and batches live in the store.
pub(crate) struct Desk {
    pub(crate) clients: Registry<Client>,
    pub(crate) settings: Switches<Settings>,
}

impl Desk {
    /// Reads clients and settings, and seeds the demo clients.
    pub(crate) fn load(store: &Store) -> Result<Self> {
        Ok(Self {
            clients: Registry::load(store, System::RussianPostOtpravka, clients::seeds())?,
            settings: Switches::load(store, "russian_post_otpravka_settings")?,
        })
    }
}

/// The service.
pub(crate) struct Otpravka;

const BASE: &str = "/russian_post/otpravka";

/// Routes below what stands for `https://otpravka-api.pochta.ru`.
pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new().route("/russian_post/otpravka/{*path}", any(endpoint))
}

/// The header in which a call remembers its verb.
const VERB: &str = "x-verb";

async fn endpoint(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let below = path.strip_prefix(BASE).unwrap_or_default();
    let Some(operation) = routes::find(request.method(), below) else {
        return reply::not_found("Resource", below).into_response();
    };
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut headers = plain_headers(request.headers());
    headers.retain(|(name, _)| name != VERB);
    headers.push((VERB.to_owned(), request.method().to_string()));
    let body = match receive(&shared, System::RussianPostOtpravka, operation.name, request).await {
        Ok(body) => body,
        Err(response) => return response,
    };
    let call = Call {
        system: System::RussianPostOtpravka,
        operation: operation.name.to_owned(),
        account: None,
        path: format!("{path}{query}"),
        headers,
        body,
        received: shared.clock.now(),
    };
    run(shared, call).await
}

fn verb(call: &Call) -> Method {
    let found = call.headers.iter().find(|(name, _)| name == VERB);
    found.and_then(|(_, value)| value.parse().ok()).unwrap_or(Method::GET)
}

/// `GET /1.0/settings/limit`
fn limit(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    let used = usage::used(connection, &door::meter(&asked.client), asked.view.now)?;
    Ok(reply::ok(&json!({"allowed-count": asked.client.daily, "current-count": used})))
}

/// `GET /1.0/settings`; members beside these are not known.
fn settings_of(asked: &Asked<'_>) -> Answer {
    let client = &asked.client;
    reply::ok(&json!({
        "login": client.login, "org-name": client.sender, "api-enabled": true, "cod-enabled": client.cod,
        "espp-code": if client.cod { json!("00000000001") } else { Value::Null },
        "shipping-points": client.points,
    }))
}

/// `GET /1.0/counterpart/balance`
fn balance(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    let left = checkin::balance(asked, connection)?;
    Ok(reply::ok(&json!({
        "balance": left, "balance-date": asked.view.now, "work-with-balance": asked.client.work_with_balance,
    })))
}

impl Wire for Otpravka {
    fn reach(&self, operation: &str) -> Reach {
        routes::reach(operation)
    }

    fn recall(&self, view: &View<'_>) -> Answer {
        reply::not_found("Resource", &view.call.operation)
    }

    fn work(&self, view: &View<'_>, connection: &Connection) -> Result<Answer> {
        let asked = match Asked::read(view, connection)? {
            Ok(asked) => asked,
            Err(answer) => return Ok(answer),
        };
        let asked = &asked;
        Ok(match view.call.operation.as_str() {
            door::LIMIT => limit(asked, connection)?,
            "settings" => settings_of(asked),
            "shipping_points" => places::shipping_points(asked),
            "balance" => balance(asked, connection)?,
            "tariff" => quote::quote(asked),
            "clean_address" => clean::addresses(asked),
            "clean_physical" => clean::names(asked),
            "clean_phone" => clean::phones(asked),
            "unreliable_recipient" => clean::reliability(asked),
            "create" => create::create(asked, connection)?,
            "back_to_new" => batching::back_to_new(asked, connection)?,
            "search_backlog" => backlog::search(asked, connection)?,
            "backlog_group" => backlog::group(asked, connection)?,
            "get_backlog" => backlog::get(asked, connection)?,
            "edit" => backlog::edit(asked, connection)?,
            "delete_backlog" => backlog::delete(asked, connection)?,
            "create_batch" => batching::create_batch(asked, connection)?,
            "list_batches" => batching::list(asked, connection, false)?,
            "get_batch" => batching::get(asked, connection)?,
            "batch_orders" => batching::orders_of(asked, connection)?,
            "move_to_batch" => batching::fill(asked, connection)?,
            "add_to_batch" => batching::add_new(asked, connection)?,
            "sending_day" => checkin::sending_day(asked, connection)?,
            "checkin" => checkin::checkin(asked, connection, &verb(view.call))?,
            "search_shipment" => shipments::search(asked, connection)?,
            "get_shipment" => shipments::get(asked, connection)?,
            "delete_shipment" => shipments::remove(asked, connection)?,
            "list_archive" => batching::list(asked, connection, true)?,
            "archive" => batching::archive(asked, connection, true)?,
            "revert_archive" => batching::archive(asked, connection, false)?,
            "return" => returns::of_direct(asked, connection)?,
            "return_without_direct" => returns::without_direct(asked, connection)?,
            "delete_return" => returns::delete(asked, connection)?,
            "office" => places::office(asked),
            "offices_by_address" => places::by_address(asked),
            "offices_nearby" => places::nearby(asked),
            "office_services" => places::services(asked),
            "settlement_offices" => places::of_settlement(asked),
            "delivery_points" => places::delivery_points(),
            "unloading_passport" => places::passport(),
            "forms_backlog" => forms::of_order(asked, connection, 3)?,
            "form_f103" => forms::f103(asked, connection)?,
            "forms_zip" => forms::all(asked, connection)?,
            _ => forms::of_order(asked, connection, 2)?,
        })
    }

    fn note(&self, view: &View<'_>, connection: &Connection) -> Result<()> {
        let Ok(client) = door::caller(view.shared, view.call) else { return Ok(()) };
        let Some(body) = door::content(view.call) else { return Ok(()) };
        let operation = view.call.operation.as_str();
        let receive = |our_id: Option<&str>, text_hash: String, recipient: Option<&Value>| {
            ledger::receive(
                connection,
                &ledger::Body {
                    system: view.call.system,
                    operation,
                    account: &client.token,
                    our_id,
                    text_hash: &text_hash,
                    recipient,
                    received: view.call.received,
                },
            )
        };
        let items = || body.as_array().into_iter().flatten();
        match operation {
            "create" | "add_to_batch" => {
                for item in items() {
                    let our_id = check::text(item, "order-num");
                    receive(Some(our_id), create::content_hash(item), Some(&create::recipient(item)))?;
                }
            }
            "delete_backlog" | "delete_shipment" => {
                for id in items().filter_map(Value::as_i64) {
                    receive(None, backlog::content_hash(operation, id), None)?;
                }
            }
            "create_batch" => receive(None, ledger::text_hash(body.to_string().as_bytes()), None)?,
            "checkin" => {
                let path = view.call.path.strip_prefix(BASE).unwrap_or_default();
                receive(None, checkin::checkin_hash(routes::segment(path, 2)), None)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn flawed(&self, call: &Call, flaw: Flaw, whole: Option<&Answer>) -> Answer {
        flaws::flawed(call, flaw, whole)
    }

    /// Files have names.
    fn headers(&self, call: &Call, answer: &Answer) -> Vec<(HeaderName, HeaderValue)> {
        let name = forms::name(&call.path, answer.content_type);
        let value = name.and_then(|name| HeaderValue::from_str(&format!("attachment; filename={name}")).ok());
        value.into_iter().map(|value| (header::CONTENT_DISPOSITION, value)).collect()
    }
}
