//! `/v1/operator/message-prices`: what the hub charges for messages, as data.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;
use yam_api::{Body, Operator, store_problem};
use yam_domain::ids::MessengerId;
use yam_domain::notice::{Price, PriceList};
use yam_platform::Problem;
use yam_store::items::notices::NoticePrices;
use yam_store::keys::notice_prices;
use yam_store::{Read, Txn};

use crate::NoticesState;
use crate::shop::{Answer, fault, refuse, same_version};

/// Prices as they come.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PricesRequest {
    /// The version that was changed, 0 for the first.
    version: u64,
    items: Vec<Price>,
}

/// `GET`. Before staff have put prices, nothing is charged; the list shown is a draft to begin with.
pub(crate) async fn read(State(state): State<NoticesState>, _operator: Operator) -> Answer {
    let stored = stored(&state).await?;
    let (version, in_force) = (stored.as_ref().map_or(0, |prices| prices.rev), stored.is_some());
    let list = stored.map_or_else(PriceList::usual, |prices| prices.list);
    Ok(Json(json!({"version": version, "in_force": in_force, "items": Vec::from(list)})))
}

/// `PUT`: replaces the list. Messages that hold money keep the price they were reserved at.
pub(crate) async fn write(
    State(state): State<NoticesState>,
    _operator: Operator,
    body: Body<PricesRequest>,
) -> Answer {
    let before = stored(&state).await?.map_or(0, |prices| prices.rev);
    same_version(body.value.version, before)?;
    let (mut faults, mut seen) = (Vec::new(), BTreeSet::new());
    for (at, row) in body.value.items.iter().enumerate() {
        if row.provider.parse::<MessengerId>().is_err() {
            faults.push(fault(format!("/items/{at}/provider"), "is none of the hub's providers"));
        }
        let code = row.country.len() == 2 && row.country.bytes().all(|b| b.is_ascii_uppercase());
        if !code && row.country != "*" {
            let words = "must be a country code of two capital letters, or * for all others";
            faults.push(fault(format!("/items/{at}/country"), words));
        }
        if !seen.insert((row.provider.as_str(), row.country.as_str(), row.channel)) {
            faults.push(fault(format!("/items/{at}"), "stands there twice; keep one"));
        }
        if faults.len() >= 20 {
            break;
        }
    }
    refuse(faults)?;
    let list = PriceList::new(body.value.items)
        .map_err(|wrong| Problem::validation(vec![fault("/items", wrong.to_string())]))?;
    let made = NoticePrices { list, at: state.store.clock.now(), rev: before.saturating_add(1) };
    let (table, mut txn) = (&state.store.table, Txn::new());
    if before == 0 {
        txn.insert("prices", table, &notice_prices(), &made);
    } else {
        txn.replace("prices", table, &notice_prices(), &made, before);
    }
    txn.commit(table).await.map_err(store_problem)?;
    Ok(Json(json!({"version": made.rev, "in_force": true, "items": Vec::from(made.list)})))
}

/// The prices in force; none while nothing is charged.
pub(crate) async fn stored(state: &NoticesState) -> Result<Option<NoticePrices>, Problem> {
    state.store.table.get(&notice_prices(), Read::Eventual).await.map_err(store_problem)
}
