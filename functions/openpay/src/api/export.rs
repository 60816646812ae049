//! `GET /v1/reports/payments`: every payment of a time, as JSON or CSV with totals (S2-19, S2-20).

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use yam_api::{Caller, Query, store_problem};
use yam_domain::payment::PaymentState;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
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

/// `GET`.
pub(crate) async fn report(
    State(state): State<PayState>,
    caller: Caller,
    Query(query): Query<ReportQuery>,
) -> Result<Response, Problem> {
    caller.require(Scope::Orders)?;
    let format = query.format.as_deref().unwrap_or("json");
    if !["json", "csv"].contains(&format) {
        let fault = Fault::OneOf("json, csv".into());
        return Err(Problem::validation(vec![FieldError::new("/format", fault)]));
    }
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
    if format == "json" {
        let items: Vec<Value> = payments.iter().map(view::event_data).collect();
        return Ok(
            axum::Json(json!({"items": items, "totals": totals(&payments), "cut": cut})).into_response()
        );
    }
    let text = csv(&payments).map_err(|error| {
        tracing::error!(%error, "a report could not be written");
        Problem::new(Kind::Internal)
    })?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"payments.csv\""),
    ];
    Ok((headers, text).into_response())
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

fn csv(payments: &[Payment]) -> Result<Vec<u8>, csv::Error> {
    // Spreadsheets take a file without this mark for another encoding and break Persian names.
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(COLUMNS)?;
    for payment in payments {
        writer.write_record(row(payment).iter().map(|cell| safe(cell)))?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(std::io::Error::other(error.to_string())))
}

fn row(payment: &Payment) -> [String; 16] {
    let data = view::event_data(payment);
    let text = |name: &str| match &data[name] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let amount = |name: &str| match &data[name]["amount"] {
        Value::Null => String::new(),
        other => other.to_string(),
    };
    [
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
        payment.amount.currency().to_string(),
        text("description"),
        text("order_id"),
        text("link_id"),
    ]
}

/// A cell that no spreadsheet takes for a formula: one that begins like a formula is quoted, as is one that hides
/// such a beginning behind white space.
fn safe(cell: &str) -> String {
    let begins = cell.trim_start().chars().next();
    let formula = begins
        .is_some_and(|c| matches!(c, '=' | '+' | '-' | '@' | '|' | '%' | '＝' | '＋' | '－' | '＠'))
        || cell.starts_with(['\t', '\r', '\n']);
    let number = cell.parse::<f64>().is_ok();
    if formula && !number { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", " =HYPERLINK(1)", "\t=1", "＝1+1"] {
            assert!(safe(cell).starts_with('\''), "{cell}");
        }
        for cell in ["-5", "250000", "سفارش ۱۲", "a=b", ""] {
            assert_eq!(safe(cell), cell);
        }
    }
}
