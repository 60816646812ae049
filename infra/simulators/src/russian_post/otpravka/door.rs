//! Who may call: two headers, and the day's quota (sections 4.1 and 8).

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use rusqlite::Connection;
use serde_json::Value;

use super::clients::Client;
use super::{BASE, reply, routes};
use crate::error::Result;
use crate::form;
use crate::pipeline::{Answer, Call, View};
use crate::russian_post::offices::MOSCOW;
use crate::state::Shared;
use crate::usage::{self, Meter};

/// Counts no calls itself.
pub(super) const LIMIT: &str = "limit";

/// A call that may be answered.
pub(super) struct Asked<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) client: Arc<Client>,
    path: &'a str,
    query: HashMap<String, String>,
    pub(super) body: Value,
}

impl<'a> Asked<'a> {
    /// Headers, quota, body: in this order.
    pub(super) fn read(
        view: &'a View<'a>,
        connection: &Connection,
    ) -> Result<std::result::Result<Self, Answer>> {
        let shared = view.shared;
        let client = match caller(shared, view.call) {
            Ok(client) => client,
            Err(status) => return Ok(Err(reply::shut_out(status))),
        };
        if view.call.operation != LIMIT && !usage::take(connection, &meter(&client), view.now)? {
            return Ok(Err(reply::used_up(shared.russian_post.otpravka.settings.get().quota_json)));
        }
        let (path, query) = address(view.call);
        let Some(body) = content(view.call) else { return Ok(Err(reply::broken("JSON parse error"))) };
        Ok(Ok(Self { view, client, path, query: form::parse(query.as_bytes()), body }))
    }

    /// A segment of the path.
    pub(super) fn segment(&self, place: usize) -> &str {
        routes::segment(self.path, place)
    }

    /// A parameter of the query; empty if it is missing.
    pub(super) fn parameter(&self, name: &str) -> &str {
        self.query.get(name).map(|value| value.trim()).unwrap_or_default()
    }

    /// The body's items; none if it is no list.
    pub(super) fn items(&self) -> Option<&Vec<Value>> {
        self.body.as_array()
    }

    /// Whether the second version was called.
    pub(super) fn is_second(&self) -> bool {
        self.segment(0) == "2.0"
    }
}

/// Path below the base, and query.
fn address(call: &Call) -> (&str, &str) {
    let address = call.path.strip_prefix(BASE).unwrap_or(&call.path);
    address.split_once('?').unwrap_or((address, ""))
}

/// The body as JSON; null if there is none, nothing if it is not JSON.
pub(super) fn content(call: &Call) -> Option<Value> {
    if call.body.trim_ascii().is_empty() {
        return Some(Value::Null);
    }
    serde_json::from_slice(&call.body).ok()
}

/// Where a client's calls are counted.
pub(super) fn meter(client: &Client) -> Meter<'_> {
    Meter {
        system: crate::system::System::RussianPostOtpravka,
        account: &client.token,
        service: "otpravka",
        limit: client.daily,
        zone: MOSCOW,
    }
}

/// The client both headers name.
pub(super) fn caller(shared: &Shared, call: &Call) -> std::result::Result<Arc<Client>, StatusCode> {
    let header =
        |wanted: &str| call.headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.trim());
    let token = header("authorization").and_then(|value| value.strip_prefix("AccessToken "));
    let client = token.and_then(|token| shared.russian_post.otpravka.clients.get(token.trim()));
    let client = client.ok_or(StatusCode::UNAUTHORIZED)?;
    let user = header("x-user-authorization").and_then(|value| value.strip_prefix("Basic "));
    let user = user.and_then(|user| STANDARD.decode(user.trim()).ok());
    if user.as_deref() != Some(format!("{}:{}", client.login, client.password).as_bytes()) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    if client.blocked { Err(StatusCode::FORBIDDEN) } else { Ok(client) }
}
