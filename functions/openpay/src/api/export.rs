//! `GET /v1/reports/payments`: every payment of a time, as JSON with totals, CSV or XLSX (S2-19, S2-20).

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE, VARY};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use yam_api::{Caller, Query, store_problem};
use yam_domain::payment::PaymentState;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_sheets::{Cell, Sheet, Wanted};
use yam_store::items::{Payment, Scope};
use yam_store::keys::{merchant_partition, sk};
use yam_store::{Range, Read};

use crate::PayState;
use crate::view;

/// Most payments of one report.
const MOST: usize = 5_000;

/// The query.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ReportQuery {
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    status: Option<String>,
    format: Option<String>,
}

const COLUMNS: [&str; 16] = [
    "payment_code",
    "payment_id",
    "created_at",
    "paid_at",
    "status",
    "method",
    "gateway",
    "bank_reference",
    "card",
    "requested_amount",
    "amount",
    "refunded_amount",
    "currency",
    "description",
    "order_id",
    "link_id",
];

/// `GET`; `format` or the `Accept` header says how.
pub(crate) async fn report(
    State(state): State<PayState>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<ReportQuery>,
) -> Result<Response, Problem> {
    caller.require(Scope::Orders)?;
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    let wanted = Wanted::of(query.format.as_deref(), accept).ok_or_else(|| {
        Problem::validation(vec![FieldError::new("/format", Fault::OneOf(Wanted::NAMES.into()))])
    })?;
    let status = query.status.as_deref().map(str::parse::<PaymentState>).transpose();
    let status = status.map_err(|_| {
        let words = "is not a status of a payment";
        Problem::validation(vec![FieldError::new("/status", Fault::Other(words.into()))])
    })?;
    let fits = |payment: &Payment| {
        query.from.is_none_or(|from| payment.created_at >= from)
            && query.until.is_none_or(|until| payment.created_at < until)
            && status.is_none_or(|status| payment.state == status)
    };
    let (payments, cut) = collect(&state, &caller, query.from, fits).await?;
    let Wanted::Table(kind) = wanted else {
        let items: Vec<Value> = payments.iter().map(view::event_data).collect();
        let answer = json!({"items": items, "totals": totals(&payments), "cut": cut});
        return Ok(([(VARY, "accept")], axum::Json(answer)).into_response());
    };
    let rows = payments.iter().map(row).collect();
    let file = Sheet { name: "payments", columns: &COLUMNS, rows }.write(kind).map_err(|error| {
        tracing::error!(%error, "a report could not be written");
        Problem::new(Kind::Internal)
    })?;
    let headers =
        [(CONTENT_TYPE, file.media_type), (CONTENT_DISPOSITION, file.disposition.as_str()), (VARY, "accept")];
    Ok((headers, file.bytes).into_response())
}

/// Payments newest first, down to `from`; whether the report had to be cut.
async fn collect(
    state: &PayState,
    caller: &Caller,
    from: Option<Timestamp>,
    fits: impl Fn(&Payment) -> bool,
) -> Result<(Vec<Payment>, bool), Problem> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let range = Range {
            pk: merchant_partition(&caller.merchant),
            prefix: sk::PAYMENTS,
            after,
            backwards: true,
            limit: 200,
        };
        let page = state.store.table.query::<Payment>(range, Read::Eventual).await.map_err(store_problem)?;
        let past = page.items.iter().any(|(_, payment)| from.is_some_and(|from| payment.created_at < from));
        found.extend(page.items.into_iter().map(|(_, payment)| payment).filter(&fits));
        if found.len() > MOST {
            found.truncate(MOST);
            return Ok((found, true));
        }
        after = page.next;
        if past || after.is_none() {
            return Ok((found, false));
        }
    }
}

/// Count and sum of what is paid, and what went back, by currency.
fn totals(payments: &[Payment]) -> Value {
    let mut sums: BTreeMap<String, (u64, i64, i64)> = BTreeMap::new();
    for payment in payments.iter().filter(|payment| payment.paid_told) {
        let entry = sums.entry(payment.amount.currency().to_string()).or_default();
        entry.0 = entry.0.saturating_add(1);
        entry.1 = entry.1.saturating_add(payment.amount.amount());
        entry.2 = entry.2.saturating_add(view::refunded(payment));
    }
    let lines = sums.into_iter().map(|(currency, (count, paid, refunded))| {
        json!({"currency": currency, "count": count, "paid": paid, "refunded": refunded})
    });
    lines.collect()
}

fn row(payment: &Payment) -> Vec<Cell> {
    let data = view::event_data(payment);
    let text = |name: &str| match &data[name] {
        Value::String(text) => Cell::from(text.as_str()),
        Value::Null => Cell::from(""),
        other => Cell::from(other.to_string()),
    };
    let amount = |name: &str| data[name]["amount"].as_i64().map_or(Cell::from(""), Cell::Number);
    vec![
        text("code"),
        text("payment_id"),
        text("created_at"),
        text("paid_at"),
        text("status"),
        text("method"),
        text("gateway"),
        text("bank_reference"),
        text("card"),
        amount("requested_amount"),
        amount("amount"),
        amount("refunded_amount"),
        Cell::from(payment.amount.currency().to_string()),
        text("description"),
        text("order_id"),
        text("link_id"),
    ]
}
