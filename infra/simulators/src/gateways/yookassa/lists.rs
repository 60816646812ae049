//! What can be asked about: payments and refunds, one or many.

use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::change::{not_found, own};
use super::create::invalid;
use super::{Account, Payment, json as read, shape, till, vault};
use crate::error::Result;
use crate::pipeline::{Answer, View};
use crate::system::System;

pub(super) fn payment(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
    id: &str,
) -> Result<Answer> {
    let found = own(connection, account, id)?.and_then(|payment| payment.seen_at(view.visible_until));
    Ok(found.map_or_else(|| not_found("payment_id"), |payment| read::ok(&shape::payment(&payment))))
}

/// Newest first; `created_at.gte|gt|lte|lt`, `status`, `limit` up to 100, `cursor` the last id seen.
pub(super) fn payments(view: &View<'_>, connection: &Connection, account: &Account) -> Result<Answer> {
    let query = till::query_of(view.call);
    let limit = query.get("limit").map_or(Some(10), |limit| limit.parse::<usize>().ok());
    let Some(limit) = limit.filter(|limit| (1..=100).contains(limit)) else { return Ok(invalid("limit")) };
    let mut bounds = Vec::new();
    for name in ["gte", "gt", "lte", "lt"] {
        let Some(told) = query.get(&format!("created_at.{name}")) else { continue };
        let Ok(at) = told.parse::<Timestamp>() else { return Ok(invalid("created_at")) };
        bounds.push((name, at));
    }
    let within = |created: Timestamp| {
        bounds.iter().all(|(name, at)| match *name {
            "gte" => created >= *at,
            "gt" => created > *at,
            "lte" => created <= *at,
            _ => created < *at,
        })
    };
    let status = query.get("status");
    let fits = |payment: &Payment| {
        payment.account == account.shop_id
            && within(payment.created)
            && status.is_none_or(|status| shape::status(payment) == status)
    };
    let all = vault::newest(connection, System::YooKassa, 10_000, fits)?;
    let seen = all.into_iter().filter_map(|payment| payment.seen_at(view.visible_until));
    let cursor = query.get("cursor");
    let mut rest: Vec<Payment> = match cursor {
        Some(cursor) => seen.skip_while(|payment| payment.id != *cursor).skip(1).take(limit + 1).collect(),
        None => seen.take(limit + 1).collect(),
    };
    let more = rest.len() > limit;
    rest.truncate(limit);
    let mut answer =
        json!({"type": "list", "items": rest.iter().map(shape::payment).collect::<Vec<Value>>()});
    if let Some(last) = rest.last().filter(|_| more) {
        answer["next_cursor"] = json!(last.id);
    }
    Ok(read::ok(&answer))
}

pub(super) fn refund(connection: &Connection, account: &Account, id: &str) -> Result<Answer> {
    let found = vault::refund(connection, System::YooKassa, id)?;
    let own = found.filter(|refund| refund.id == id && refund.account == account.shop_id);
    Ok(own.map_or_else(|| not_found("refund_id"), |refund| read::ok(&shape::refund(&refund))))
}

/// Oldest first, of one payment with `payment_id`.
pub(super) fn refunds(view: &View<'_>, connection: &Connection, account: &Account) -> Result<Answer> {
    let query = till::query_of(view.call);
    let payment = query.get("payment_id").map(String::as_str);
    let items: Vec<Value> = vault::refunds(connection, System::YooKassa, payment)?
        .iter()
        .filter(|refund| refund.account == account.shop_id)
        .filter(|refund| view.visible_until.is_none_or(|until| refund.at <= until))
        .take(100)
        .map(shape::refund)
        .collect();
    Ok(read::ok(&json!({"type": "list", "items": items})))
}
