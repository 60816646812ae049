//! `GET /v1/reports/notifications`: the log as JSON with totals, CSV or XLSX.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE, VARY};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use yam_api::{Caller, Query, store_problem};
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_sheets::{Cell, Sheet, Wanted};
use yam_store::items::Scope;

use crate::NoticesState;
use crate::log::{Filter, LogQuery, before, collect, shown};
use crate::receivers::Receivers;
use crate::shop::ShopNotices;

/// Most messages of one report.
const MOST: usize = 2_000;
/// Most that are looked at for them.
const LOOKED_AT: usize = 20_000;

/// Headings, and where their values stand in a message's view.
const COLUMNS: [(&str, &str); 22] = [
    ("notification_id", "/notification_id"),
    ("planned_for", "/planned_for"),
    ("status", "/status"),
    ("reason", "/why/reason"),
    ("event", "/event"),
    ("audience", "/audience"),
    ("channel", "/channel"),
    ("recipient", "/recipient"),
    ("reference", "/reference"),
    ("parcel_id", "/parcel_id"),
    ("order_id", "/order_id"),
    ("payment_id", "/payment_id"),
    ("rules_version", "/rules_version"),
    ("template_id", "/text/template_id"),
    ("template_version", "/text/version"),
    ("account_id", "/account_id"),
    ("provider_id", "/provider_id"),
    ("accepted_at", "/accepted_at"),
    ("receipt", "/receipt/state"),
    ("receipt_cause", "/receipt/cause"),
    ("cost", "/cost/amount"),
    ("currency", "/cost/currency"),
];

/// The handler; `format` or the `Accept` header says how.
pub(crate) async fn report(
    State(state): State<NoticesState>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<LogQuery>,
) -> Result<Response, Problem> {
    caller.require(Scope::Orders)?;
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    let wanted = Wanted::of(query.format.as_deref(), accept).ok_or_else(|| {
        Problem::validation(vec![FieldError::new("/format", Fault::OneOf(Wanted::NAMES.into()))])
    })?;
    let filter = Filter::of(&query)?;
    let shop = ShopNotices::load(&state, &caller.merchant).await?;
    let cipher = state.store.vault.cipher(&caller.merchant).await.map_err(store_problem)?;
    let bounds = (MOST, LOOKED_AT);
    let (rows, next) = collect(&state, &caller, &filter, before(query.until), bounds).await?;
    let mut receivers = Receivers::new(&state, &shop, &cipher);
    let mut items = Vec::with_capacity(rows.len());
    for row in &rows {
        items.push(shown(&mut receivers, row).await?);
    }
    let Wanted::Table(kind) = wanted else {
        let answer = json!({"totals": totals(&items), "items": items, "cut": next.is_some()});
        return Ok(([(VARY, "accept")], axum::Json(answer)).into_response());
    };
    let headings = COLUMNS.map(|(heading, _)| heading);
    let line = |item: &Value| COLUMNS.iter().map(|(_, place)| cell(item.pointer(place))).collect();
    let rows = items.iter().map(line).collect();
    let sheet = Sheet { name: "notifications", columns: &headings, rows };
    let file = sheet.write(kind).map_err(|error| {
        tracing::error!(%error, "a report could not be written");
        Problem::new(Kind::Internal)
    })?;
    let headers =
        [(CONTENT_TYPE, file.media_type), (CONTENT_DISPOSITION, file.disposition.as_str()), (VARY, "accept")];
    Ok((headers, file.bytes).into_response())
}

fn cell(value: Option<&Value>) -> Cell {
    match value {
        None | Some(Value::Null) => Cell::from(""),
        Some(Value::String(text)) => Cell::from(text.as_str()),
        Some(other) => other.as_i64().map_or_else(|| Cell::from(other.to_string()), Cell::Number),
    }
}

/// Messages by status and channel, and what they cost.
fn totals(items: &[Value]) -> Value {
    let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
    let mut costs: BTreeMap<String, i64> = BTreeMap::new();
    let text = |item: &Value, place: &str| item.pointer(place).and_then(Value::as_str).map(str::to_owned);
    for item in items {
        if let (Some(status), Some(channel)) = (text(item, "/status"), text(item, "/channel")) {
            let count = counts.entry((status, channel)).or_default();
            *count = count.saturating_add(1);
        }
        if let (Some(currency), Some(amount)) =
            (text(item, "/cost/currency"), item.pointer("/cost/amount").and_then(Value::as_i64))
        {
            let sum = costs.entry(currency).or_default();
            *sum = sum.saturating_add(amount);
        }
    }
    let counts: Vec<Value> = counts
        .into_iter()
        .map(|((status, channel), count)| json!({"status": status, "channel": channel, "count": count}))
        .collect();
    json!({"messages": counts, "cost": costs})
}
