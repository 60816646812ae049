//! What happens to batches: making, filling, emptying, archive (section 4.5).

use jiff::civil::Date;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::backlog::{each, ids};
use super::batches::{self, Batch};
use super::door::Asked;
use super::orders::{self, Order};
use super::{create, reply, shown};
use crate::error::Result;
use crate::ledger;
use crate::pipeline::Answer;
use crate::russian_post::offices::MOSCOW;
use crate::system::System;

/// The batch a path names.
pub(super) fn of_path(asked: &Asked<'_>, connection: &Connection) -> Result<Option<Batch>> {
    batches::get(connection, &asked.client.token, asked.segment(2))
}

/// The answer without it.
pub(super) fn no_batch(asked: &Asked<'_>) -> Answer {
    reply::not_found("Batch", asked.segment(2))
}

/// The day in Moscow.
pub(super) fn today(asked: &Asked<'_>) -> Date {
    MOSCOW.to_datetime(asked.view.now).date()
}

/// `POST /1.0/user/shipment`: orders of different kinds come into different batches; what is not in the
/// backlog is not found.
pub(super) fn create_batch(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    let Some(ids) = ids(&asked.body) else {
        return Ok(reply::broken("JSON parse error: a list of ids is expected"));
    };
    let date = match asked.parameter("sending-date") {
        "" => today(asked),
        text => match text.parse::<Date>() {
            Ok(date) => date,
            Err(_) => return Ok(reply::broken("Failed to convert value of sending-date")),
        },
    };
    let (mut opened, mut done, mut errors) = (Vec::<Batch>::new(), Vec::new(), Vec::new());
    for (position, id) in ids.into_iter().enumerate() {
        let order = orders::get(connection, &asked.client.token, id)?.filter(|order| order.batch.is_none());
        let Some(order) = order else {
            errors.push(reply::item_error("NOT_FOUND", position));
            continue;
        };
        if date < today(asked) {
            errors.push(reply::item_error("PAST_DUE_DATE", position));
            continue;
        }
        let fitting = opened.iter().position(|batch| batch.suits(&order).is_ok());
        let place = match fitting {
            Some(place) => place,
            None => {
                opened.push(batches::open(connection, &order, &date.to_string(), asked.view.now)?);
                opened.len() - 1
            }
        };
        orders::put(connection, order.id, opened.get(place).map(|batch| batch.name.as_str()))?;
        done.push(json!(id));
    }
    let mut shown = Vec::new();
    for batch in &opened {
        record(asked, connection, "batch", &batch.name, &batch_hash(asked))?;
        shown.push(batches::shown(asked, connection, batch)?);
    }
    Ok(reply::lists(&[("batches", &shown), ("result-ids", &done), ("errors", &errors)]))
}

/// Tells equal requests for batches from different ones.
pub(super) fn batch_hash(asked: &Asked<'_>) -> String {
    ledger::text_hash(asked.body.to_string().as_bytes())
}

/// `GET /1.0/batch/{name}`
pub(super) fn get(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    Ok(match of_path(asked, connection)? {
        Some(batch) => reply::ok(&batches::shown(asked, connection, &batch)?),
        None => no_batch(asked),
    })
}

/// A page of a list: `size` and `page` from 0.
fn page<T>(asked: &Asked<'_>, all: Vec<T>) -> impl Iterator<Item = T> {
    let number = |name: &str| asked.parameter(name).parse::<usize>().ok();
    let size = number("size").unwrap_or(usize::MAX).max(1);
    all.into_iter().skip(size.saturating_mul(number("page").unwrap_or(0))).take(size)
}

/// `GET /1.0/batch`
pub(super) fn list(asked: &Asked<'_>, connection: &Connection, archived: bool) -> Result<Answer> {
    let mut all = batches::all(connection, &asked.client.token, archived)?;
    let wanted =
        |name: &str, value: &str| matches!(asked.parameter(name), "") || asked.parameter(name) == value;
    all.retain(|batch| wanted("mailType", &batch.mail_type) && wanted("mailCategory", &batch.mail_category));
    let shown: Result<Vec<Value>> =
        page(asked, all).map(|batch| batches::shown(asked, connection, &batch)).collect();
    Ok(reply::ok(&json!(shown?)))
}

/// `GET /1.0/batch/{name}/shipment`
pub(super) fn orders_of(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    let Some(batch) = of_path(asked, connection)? else { return Ok(no_batch(asked)) };
    let all = orders::in_batch(connection, &batch.account, &batch.name)?;
    let shown: Result<Vec<Value>> =
        page(asked, all).map(|order| shown::shipment(asked, connection, &order, &batch)).collect();
    Ok(reply::ok(&json!(shown?)))
}

/// `POST /1.0/batch/{name}/shipment`: orders of the backlog come into an open batch that suits them.
pub(super) fn fill(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    let Some(batch) = of_path(asked, connection)? else { return Ok(no_batch(asked)) };
    each(asked, connection, |order| {
        let fits = match (&order.batch, batch.is_open()) {
            (Some(_), _) => Err("NOT_FOUND"),
            (None, false) => Err("READONLY_STATE"),
            (None, true) => batch.suits(order),
        };
        if fits.is_ok() {
            orders::put(connection, order.id, Some(&batch.name))?;
        }
        Ok(fits)
    })
}

/// `PUT /1.0/batch/{name}/shipment`: new orders at once in a batch.
pub(super) fn add_new(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    let Some(batch) = of_path(asked, connection)? else { return Ok(no_batch(asked)) };
    let Some(items) = asked.items().filter(|items| items.iter().all(Value::is_object)) else {
        return Ok(reply::broken("JSON parse error: a list of orders is expected"));
    };
    let (mut done, mut errors) = (Vec::new(), Vec::new());
    for (position, item) in items.iter().enumerate() {
        let outcome = if batch.is_open() {
            create::one(asked, connection, item, Some(&batch.name))?
        } else {
            Err(vec!["READONLY_STATE".to_owned()])
        };
        match outcome {
            Ok(order) => done.push(json!(order.id)),
            Err(codes) => errors.push(create::refused(&codes, position)),
        }
    }
    Ok(reply::lists(&[("result-ids", &done), ("errors", &errors)]))
}

/// `POST /1.0/user/backlog`: back to the backlog, while the batch is open.
pub(super) fn back_to_new(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    each(asked, connection, |order| leave(asked, connection, order))
}

/// Takes an order out of its batch.
pub(super) fn leave(
    asked: &Asked<'_>,
    connection: &Connection,
    order: &Order,
) -> Result<std::result::Result<(), &'static str>> {
    let Some(name) = order.batch.as_deref() else { return Ok(Err("NOT_FOUND")) };
    let batch = batches::get(connection, &asked.client.token, name)?;
    if !batch.is_some_and(|batch| batch.is_open()) {
        return Ok(Err("READONLY_STATE"));
    }
    orders::put(connection, order.id, None)?;
    batches::close_if_empty(connection, &asked.client.token, name)?;
    Ok(Ok(()))
}

/// `PUT /1.0/archive`, `POST /1.0/archive/revert`: names of batches.
pub(super) fn archive(asked: &Asked<'_>, connection: &Connection, archived: bool) -> Result<Answer> {
    let Some(names) = asked.items() else {
        return Ok(reply::broken("JSON parse error: a list of names is expected"));
    };
    let mut out = Vec::new();
    for name in names.iter().filter_map(Value::as_str) {
        out.push(match batches::get(connection, &asked.client.token, name)? {
            Some(batch) => {
                batches::set_archived(connection, &batch, archived)?;
                json!({"batch-name": name})
            }
            None => json!({"batch-name": name, "error-code": "NOT_FOUND"}),
        });
    }
    Ok(reply::ok(&json!(out)))
}

/// Writes what became of a batch.
pub(super) fn record(
    asked: &Asked<'_>,
    connection: &Connection,
    kind: &str,
    name: &str,
    hash: &str,
) -> Result<()> {
    let orders = orders::in_batch(connection, &asked.client.token, name)?;
    ledger::add(
        connection,
        &ledger::Entry {
            system: System::RussianPostOtpravka,
            kind,
            account: &asked.client.token,
            our_id: None,
            its_id: Some(name),
            amount: Some(orders.iter().map(|order| order.rate).sum()),
            text_hash: hash,
            recipient: None,
            received: asked.view.call.received,
            committed: asked.view.now,
            detail: json!({"barcodes": orders.iter().map(|order| &order.barcode).collect::<Vec<_>>()}),
        },
    )
}
