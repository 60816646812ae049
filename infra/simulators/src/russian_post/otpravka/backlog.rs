//! Orders that are in no batch: find, edit, delete (section 4.1).

use rusqlite::Connection;
use serde_json::{Value, json};

use super::check::text;
use super::door::Asked;
use super::orders::{self, Order};
use super::{create, reply, shown};
use crate::error::Result;
use crate::ledger;
use crate::pipeline::Answer;
use crate::system::System;

/// The order a path names, if it is in the backlog and visible.
fn of_path(asked: &Asked<'_>, connection: &Connection) -> Result<Option<Order>> {
    let Ok(id) = asked.segment(2).parse() else { return Ok(None) };
    let order = orders::get(connection, &asked.client.token, id)?;
    Ok(order.filter(|order| order.batch.is_none() && order.is_visible(asked.view.visible_until)))
}

/// `GET /1.0/backlog/{id}`
pub(super) fn get(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    Ok(match of_path(asked, connection)? {
        Some(order) => reply::ok(&shown::order(asked, &order)),
        None => reply::not_found("Order", asked.segment(2)),
    })
}

/// `GET /1.0/backlog/search?query=`
pub(super) fn search(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    let fuzzy = asked.view.shared.russian_post.otpravka.settings.get().fuzzy_search;
    let found = orders::search(connection, &asked.client.token, asked.parameter("query"), fuzzy)?;
    Ok(list(asked, found))
}

/// `GET /1.0/backlog/by-group-name/{name}`
pub(super) fn group(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    Ok(list(asked, orders::in_group(connection, &asked.client.token, asked.segment(3))?))
}

fn list(asked: &Asked<'_>, mut found: Vec<Order>) -> Answer {
    found.retain(|order| order.batch.is_none() && order.is_visible(asked.view.visible_until));
    reply::ok(&found.iter().map(|order| shown::order(asked, order)).collect())
}

/// `PUT /1.0/backlog/{id}`: id and barcode stay.
pub(super) fn edit(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    let Some(order) = of_path(asked, connection)? else {
        return Ok(reply::not_found("Order", asked.segment(2)));
    };
    if !asked.body.is_object() {
        return Ok(reply::broken("JSON parse error: an order is expected"));
    }
    let (checked, price) = match create::judged(asked, &asked.body) {
        Ok(judged) => judged,
        Err(codes) => return Ok(reply::ok(&create::refused(&codes, 0))),
    };
    let edited = Order {
        order_num: text(&asked.body, "order-num").to_owned(),
        mail_type: checked.product.name.to_owned(),
        mail_category: text(&asked.body, "mail-category").to_owned(),
        mass: checked.grams,
        rate: price.total() + price.vat(),
        value: create::with_rates(&asked.body, &checked, &price),
        ..order
    };
    orders::change(connection, &edited)?;
    let detail = json!({"order_num": edited.order_num, "result_id": edited.id});
    record(asked, connection, "edit", &edited, detail)?;
    Ok(reply::ok(&json!({"result-ids": [edited.id]})))
}

/// The ids of a body; none if it has another shape.
pub(super) fn ids(body: &Value) -> Option<Vec<i64>> {
    body.as_array()?.iter().map(Value::as_i64).collect()
}

/// Does something to each order of a body's ids; what fails is told by its place.
pub(super) fn each(
    asked: &Asked<'_>,
    connection: &Connection,
    mut work: impl FnMut(&Order) -> Result<std::result::Result<(), &'static str>>,
) -> Result<Answer> {
    let Some(ids) = ids(&asked.body) else {
        return Ok(reply::broken("JSON parse error: a list of ids is expected"));
    };
    let (mut done, mut errors) = (Vec::new(), Vec::new());
    for (position, id) in ids.into_iter().enumerate() {
        let outcome = match orders::get(connection, &asked.client.token, id)? {
            Some(order) => work(&order)?,
            None => Err("NOT_FOUND"),
        };
        match outcome {
            Ok(()) => done.push(json!(id)),
            Err(code) => errors.push(reply::item_error(code, position)),
        }
    }
    Ok(reply::lists(&[("result-ids", &done), ("errors", &errors)]))
}

/// `DELETE /1.0/backlog`: what is in a batch is not found here.
pub(super) fn delete(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    each(asked, connection, |order| {
        if order.batch.is_some() {
            return Ok(Err("NOT_FOUND"));
        }
        gone(asked, connection, order)?;
        Ok(Ok(()))
    })
}

/// Deletes an order for good.
pub(super) fn gone(asked: &Asked<'_>, connection: &Connection, order: &Order) -> Result<()> {
    orders::delete(connection, order.id, asked.view.now)?;
    ledger::cancel(connection, &order.barcode, asked.view.now)?;
    let detail = json!({"order_num": order.order_num, "result_id": order.id, "batch": order.batch});
    record(asked, connection, "cancel", order, detail)
}

/// What a body says of an order by its id, for telling equal requests from different ones.
pub(super) fn content_hash(operation: &str, id: i64) -> String {
    ledger::text_hash(format!("{operation} {id}").as_bytes())
}

fn record(
    asked: &Asked<'_>,
    connection: &Connection,
    kind: &str,
    order: &Order,
    detail: Value,
) -> Result<()> {
    ledger::add(
        connection,
        &ledger::Entry {
            system: System::RussianPostOtpravka,
            kind,
            account: &order.account,
            our_id: None,
            its_id: Some(&order.barcode),
            amount: None,
            text_hash: &content_hash(&asked.view.call.operation, order.id),
            recipient: None,
            received: asked.view.call.received,
            committed: asked.view.now,
            detail,
        },
    )
}
