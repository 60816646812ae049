//! `POST /v1/payments/statements`: a bank statement against the slips that wait (beyond D8).

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::{Value, json};
use yam_api::{Caller, Query, store_problem};
use yam_domain::ids::PaymentId;
use yam_domain::payment::PaymentState;
use yam_domain::payment::form::Unit;
use yam_domain::payment::slip::Handling;
use yam_domain::payment::statement::{Confidence, OpenSlip, identify, match_slips};
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_store::items::{OpenPaySettings, Payment, PaymentClaim, Scope};
use yam_store::keys::{Key, merchant_partition, of_merchant, sk};
use yam_store::{Range, Read};

use super::statement_file;
use crate::PayState;
use crate::pages::shop::Shop;
use crate::slips::{self, Approval, NotDecided};

/// Payments that are looked through for waiting slips.
const LOOKED_THROUGH: usize = 5_000;

/// The query.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ImportQuery {
    /// Account of the shop whose statement it is.
    account: Option<String>,
    /// Unit of its amounts, the shop's unless named.
    unit: Option<String>,
    /// Only say what would happen.
    dry_run: Option<bool>,
}

/// `POST`, the file as the body (CSV or XLSX). What a row proves beyond doubt is approved where the shop wants that; the
/// rest is proposed with its confidence.
pub(crate) async fn import(
    State(state): State<PayState>,
    caller: Caller,
    Query(query): Query<ImportQuery>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Orders)?;
    let too_large = |_| Problem::new(Kind::TooLarge).with(statement_file::MOST_BYTES.to_string());
    let body = body.map_err(too_large)?;
    let merchant = &caller.merchant;
    let wrong = |pointer: &str, words: String| {
        Problem::validation(vec![FieldError::new(pointer, Fault::Other(words))])
    };
    let shop = Shop::load(&state, merchant.as_str()).await?;
    let unit = match query.unit.as_deref().map(str::parse::<Unit>) {
        None => shop.unit,
        Some(Ok(unit)) if unit.currency() == shop.unit.currency() => unit,
        Some(_) => return Err(wrong("/unit", "is not a unit of the shop's currency".into())),
    };
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let file = statement_file::read(&body, content_type, unit);
    let file = file.map_err(|error| wrong("/file", error.to_string()))?;
    let account = query.account.unwrap_or_else(|| "account".to_owned());
    let lines = file.rows.len();
    let rows = identify(&account, file.rows);
    let used: BTreeSet<String> = used_rows(&state, &caller).await?;
    let open = open_slips(&state, &caller).await?;
    let proposals = match_slips(&open, &rows, &used);
    let key = of_merchant(merchant, sk::OPENPAY);
    let settings: Option<OpenPaySettings> =
        state.store.table.get(&key, Read::Eventual).await.map_err(store_problem)?;
    let approves =
        settings.is_some_and(|settings| settings.approve_matched_slips) && !query.dry_run.unwrap_or(false);
    let mut items = Vec::with_capacity(proposals.len());
    for proposal in proposals {
        let row = rows.iter().find(|row| row.key == proposal.row).map(|row| &row.row);
        let mut outcome = if proposal.automatic { "certain" } else { "for_a_person" };
        let id = PaymentId::parse(&proposal.slip).ok();
        if let (true, true, Some(id), Some(row)) = (proposal.automatic, approves, &id, row) {
            let approval = Approval {
                account: account.clone(),
                on_statement: row.date,
                row: Some(proposal.row.clone()),
                even_so: false,
                by: "statement".to_owned(),
            };
            outcome = match slips::approve(&state.engine, merchant, id, &approval).await {
                Ok(_) => "approved",
                Err(NotDecided::Store(error)) => return Err(store_problem(error)),
                Err(_) => "for_a_person",
            };
            if outcome == "approved"
                && let Err(error) = state.engine.tell_order(merchant, id).await
            {
                tracing::warn!(payment = %id, %error, "its order is left to the due row");
            }
        }
        let confidence = match proposal.confidence {
            Confidence::Certain => "certain",
            Confidence::Likely => "likely",
            Confidence::Weak => "weak",
        };
        items.push(json!({
            "payment_id": proposal.slip,
            "statement_row": proposal.row,
            "confidence": confidence,
            "outcome": outcome,
            "row": row.map(|row| json!({
                "date": row.date, "amount": row.amount, "reference": row.reference, "text": row.text,
            })),
        }));
    }
    Ok(Json(json!({
        "rows": lines, "skipped_lines": file.skipped, "open_slips": open.len(), "items": items,
    })))
}

async fn used_rows(state: &PayState, caller: &Caller) -> Result<BTreeSet<String>, Problem> {
    let pk = merchant_partition(&caller.merchant);
    let rows: Vec<(Key, PaymentClaim)> = state
        .store
        .table
        .query_all(&pk, sk::STATEMENT_ROWS, Read::Consistent)
        .await
        .map_err(store_problem)?;
    let keys =
        rows.into_iter().filter_map(|(key, _)| key.sk.strip_prefix(sk::STATEMENT_ROWS).map(str::to_owned));
    Ok(keys.collect())
}

async fn open_slips(state: &PayState, caller: &Caller) -> Result<Vec<OpenSlip>, Problem> {
    let mut open = Vec::new();
    let mut after = None;
    let mut seen = 0_usize;
    loop {
        let range = Range {
            pk: merchant_partition(&caller.merchant),
            prefix: sk::PAYMENTS,
            after,
            backwards: true,
            limit: 200,
        };
        let page =
            state.store.table.query::<Payment>(range, Read::Consistent).await.map_err(store_problem)?;
        seen = seen.saturating_add(page.items.len());
        for (_, payment) in page.items {
            let waiting = payment.slip.filter(|record| record.state == PaymentState::SlipSubmitted);
            open.extend(waiting.map(|record| {
                // A row proves what was transferred, not that it is what is owed.
                let covers = record.slip.amount == payment.amount;
                OpenSlip {
                    id: payment.id.to_string(),
                    handling: if covers { record.seen.handling() } else { Handling::Held },
                    slip: record.slip,
                }
            }));
        }
        after = page.next;
        if after.is_none() || seen >= LOOKED_THROUGH {
            return Ok(open);
        }
    }
}
