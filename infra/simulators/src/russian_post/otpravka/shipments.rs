//! Orders in batches: find, remove (section 4.1).

use rusqlite::Connection;
use serde_json::json;

use super::backlog::{self, each};
use super::door::Asked;
use super::orders::{self, Order};
use super::settings::Removal;
use super::{batches, batching, reply, shown};
use crate::error::Result;
use crate::pipeline::Answer;

/// `GET /1.0/shipment/search?query=`: an order's number or a barcode.
pub(super) fn search(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    let fuzzy = asked.view.shared.russian_post.otpravka.settings.get().fuzzy_search;
    let mut out = Vec::new();
    for order in orders::search(connection, &asked.client.token, asked.parameter("query"), fuzzy)? {
        out.extend(shown(asked, connection, &order)?);
    }
    Ok(reply::ok(&json!(out)))
}

/// `GET /1.0/shipment/{id}`
pub(super) fn get(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    let order = match asked.segment(2).parse() {
        Ok(id) => orders::get(connection, &asked.client.token, id)?,
        Err(_) => None,
    };
    let shown = match &order {
        Some(order) => shown(asked, connection, order)?,
        None => None,
    };
    Ok(shown.map_or_else(|| reply::not_found("Shipment", asked.segment(2)), |shown| reply::ok(&shown)))
}

/// An order as it is shown, if it is in a batch and visible.
fn shown(asked: &Asked<'_>, connection: &Connection, order: &Order) -> Result<Option<serde_json::Value>> {
    let Some(name) = order.batch.as_deref().filter(|_| order.is_visible(asked.view.visible_until)) else {
        return Ok(None);
    };
    match batches::get(connection, &asked.client.token, name)? {
        Some(batch) => shown::shipment(asked, connection, order, &batch).map(Some),
        None => Ok(None),
    }
}

/// `DELETE /1.0/shipment`: out of an open batch; whether that deletes the order is a switch.
pub(super) fn remove(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    let removal = asked.view.shared.russian_post.otpravka.settings.get().removal;
    each(asked, connection, |order| {
        let left = batching::leave(asked, connection, order)?;
        if left.is_ok() && removal == Removal::Delete {
            backlog::gone(asked, connection, order)?;
        }
        Ok(left)
    })
}
