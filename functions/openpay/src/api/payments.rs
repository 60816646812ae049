//! `/v1/payments`: what came in (S2-18 to S2-20).

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};
use yam_api::{Caller, PageQuery, Query, store_problem};
use yam_domain::payment::PaymentState;
use yam_domain::payment::tracking_code::TrackingCode;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError};
use yam_store::items::{Payment, PaymentClaim, Scope};
use yam_store::keys::{merchant_partition, of_merchant, sk};
use yam_store::{Range, Read};

use super::{load, shown};
use crate::PayState;
use crate::view;

/// Pages that are read for one answer when few payments fit the question.
const PAGES: u32 = 10;

/// The query of the list.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ListQuery {
    code: Option<String>,
    status: Option<String>,
    link_id: Option<String>,
    order_id: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// `GET /v1/payments`: newest first; `code` finds the one that a payer reads out.
pub(crate) async fn list(
    State(state): State<PayState>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Orders)?;
    let merchant = &caller.merchant;
    if let Some(code) = &query.code {
        let code = TrackingCode::parse(code).map_err(|error| {
            Problem::validation(vec![FieldError::new("/code", Fault::Other(error.to_string()))])
        })?;
        let key = of_merchant(merchant, sk::payment_code(code.as_str()));
        let claim: Option<PaymentClaim> =
            state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?;
        let items = match claim {
            Some(claim) => {
                let payment = load(&state, merchant, claim.payment.as_str()).await?;
                vec![shown(&state, &caller, &payment).await?]
            }
            None => vec![],
        };
        return Ok(Json(json!({"items": items, "next_cursor": null})));
    }
    let status = query.status.as_deref().map(str::parse::<PaymentState>).transpose().map_err(|_| {
        let all: Vec<&str> = PaymentState::ALL.iter().map(|state| state.as_str()).collect();
        Problem::validation(vec![FieldError::new("/status", Fault::OneOf(all.join(", ")))])
    })?;
    let cipher = state.store.vault.cipher(merchant).await.map_err(store_problem)?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor.clone() };
    let wanted = usize::try_from(page.limit()).unwrap_or(50);
    let mut after = page.after(&cipher, "payments")?;
    let mut items = Vec::new();
    for _ in 0..PAGES {
        let range = Range {
            pk: merchant_partition(merchant),
            prefix: sk::PAYMENTS,
            after: after.take(),
            backwards: true,
            limit: page.limit(),
        };
        let found = state.store.table.query::<Payment>(range, Read::Eventual).await.map_err(store_problem)?;
        let mut last = None;
        for (key, payment) in found.items {
            if items.len() >= wanted {
                break;
            }
            last = Some(key.sk);
            let fits = status.is_none_or(|status| payment.state == status)
                && same(query.link_id.as_deref(), payment.link.as_ref().map(AsRef::as_ref))
                && same(query.order_id.as_deref(), payment.order.as_ref().map(AsRef::as_ref));
            if fits {
                items.push(view::payment(&payment, None));
            }
        }
        after = if items.len() >= wanted { last } else { found.next };
        if items.len() >= wanted || after.is_none() {
            break;
        }
    }
    Ok(Json(PageQuery::answer(items, after, &cipher, "payments", state.store.ids.as_ref())))
}

fn same(asked: Option<&str>, has: Option<&str>) -> bool {
    asked.is_none_or(|asked| has == Some(asked))
}

/// `GET /v1/payments/{id}`.
pub(crate) async fn read(
    State(state): State<PayState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Orders)?;
    let payment = load(&state, &caller.merchant, &id).await?;
    Ok(Json(shown(&state, &caller, &payment).await?))
}
